"""How governance changes what is known: master data, keys, licences, holds and recalls (part of ``evolve``)."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from ledger.core.b64 import unb64u
from ledger.core.keys import key_id
from ledger.core.quantity import milligrams
from ledger.core.records import manifest_hash
from ledger.core.times import date_ms, parse_stated
from ledger.rules.aggregates import (
    Aggregate,
    BatchState,
    ContainerState,
    KeyOwnerState,
    KeyState,
    LedgerState,
    LicenceState,
    LocationState,
    MaximumState,
    OrgState,
    PrefixState,
    ProductState,
    SiteState,
    UnitState,
)
from ledger.rules.costorage import pairs
from ledger.rules.event import Entry
from ledger.rules.jurisdiction import jurisdiction_of
from ledger.rules.licences import same_paper
from ledger.rules.state import GS1, State

Changes = MutableMapping[str, Aggregate | int]
KEPT = ("uscc", "roles", "region", "park", "phone", "address", "authority", "jurisdiction", "gs1_prefixes")


def _content(entry: Entry, section: str) -> Mapping[str, Any]:
    return entry.event.contents.get(section, {})


def _keys(entry: Entry) -> dict[str, KeyState]:
    stated = _content(entry, "key")
    if "key" not in stated:
        return {}
    raw = str(stated["key"])
    return {key_id(unb64u(raw, 32)): KeyState(raw, str(stated["holder"]), entry.index)}


def _org(entry: Entry, *, vouched: bool) -> OrgState:
    stated = _content(entry, "organisation")
    return OrgState(
        id=str(stated["organisation"]),
        name_zh=stated["names"]["zh"],
        name_en=stated["names"].get("en", ""),
        uscc=str(stated["uscc"]),
        roles=tuple(stated.get("roles", ())),
        region=str(stated["region"]),
        park=str(stated.get("park", "")),
        phone=str(stated.get("phone", "")),
        vouched=vouched,
        keys=_keys(entry),
        authority=str(stated.get("authority", "")),
        jurisdiction=jurisdiction_of(stated.get("jurisdiction", {})),
        address=str(stated.get("address", "")),
        gs1_prefixes=tuple(stated.get("gs1_prefixes", ())),
    )


def _opened(_state: State, entry: Entry, changes: Changes) -> None:
    log, rule = _content(entry, "log"), _content(entry, "rule")
    operator = _org(entry, vouched=False)
    changes[operator.id] = operator
    changes[log["ledger"]] = LedgerState(
        id=log["ledger"],
        origin=log["origin"],
        operator=operator.id,
        log_keys=tuple(log["keys"]),
        registrars=tuple(log["registrars"]),
        demo=log["demo"],
        rules=manifest_hash(dict(rule["rules"])),
        reference=manifest_hash(dict(rule["reference"])),
    )


def _log_changed(state: State, entry: Entry, changes: Changes) -> None:
    known = state.ledger()
    assert known is not None
    log = _content(entry, "log")
    keys = tuple(log["keys"])
    former = (*known.former_log_keys, *(raw for raw in known.log_keys if raw not in keys))
    changes[known.id] = replace(known, log_keys=keys, former_log_keys=former, registrars=tuple(log["registrars"]))


def _rules_published(state: State, entry: Entry, changes: Changes) -> None:
    known = state.ledger()
    assert known is not None
    stated = {name: manifest_hash(dict(value)) for name, value in _content(entry, "rule").items()}
    rules, reference = stated.get("rules", known.rules), stated.get("reference", known.reference)
    changes[known.id] = replace(known, rules=rules, reference=reference)


def _heads_published(state: State, entry: Entry, changes: Changes) -> None:
    known = state.ledger()
    assert known is not None
    changes[known.id] = replace(known, heads=entry.index)


def _admitted(state: State, entry: Entry, changes: Changes) -> None:
    ledger = state.ledger()
    org = _org(entry, vouched=bool(ledger and ledger.registrars))
    changes[org.id] = org
    changes.update({"key:" + key: KeyOwnerState(org.id) for key in org.keys})
    changes.update({GS1 + digits: PrefixState(org.id) for digits in org.gs1_prefixes})


def _org_changed(state: State, entry: Entry, changes: Changes) -> None:
    stated, said = _org(entry, vouched=False), _content(entry, "organisation")
    known = state.org(stated.id)
    assert known is not None
    former = known.former_names if known.name_zh == stated.name_zh else (*known.former_names, known.name_zh)
    # What is not said stays as it was: leaving out the park does not take an organisation out of it.
    named = {name: getattr(stated, name) for name in KEPT if name in said}
    succeeded = entry.event.verb == "organisation_succeeded"
    changes[known.id] = replace(
        known,
        name_zh=stated.name_zh,
        name_en=stated.name_en,
        former_names=former,
        successor=said["successor"] if succeeded else known.successor,
        **named,
    )
    changes.update({GS1 + digits: PrefixState(known.id) for digits in stated.gs1_prefixes})


def _site(state: State, entry: Entry, changes: Changes) -> None:
    stated = _content(entry, "site")
    known = state.site(stated["site"])
    table, position = stated.get("co_storage"), stated.get("position", {})
    changes[stated["site"]] = SiteState(
        id=stated["site"],
        org=entry.event.header.actor,
        name_zh=stated["names"]["zh"],
        name_en=stated["names"].get("en", ""),
        region=stated["region"],
        park=stated.get("park", ""),
        phone=stated.get("phone", ""),
        locations={item["location"]: _location(item) for item in stated["locations"]},
        apart=() if table is None else pairs(table["apart"]),
        apart_from=None if table is None else date_ms(table["from"]),
        units=tuple(_unit(item) for item in stated.get("hazard_units", ())),
        latitude=position.get("latitude", ""),
        longitude=position.get("longitude", ""),
        held={} if known is None else known.held,
    )


def _location(item: Mapping[str, Any]) -> LocationState:
    most = item.get("most_kg")
    return LocationState(item["kind"], item.get("name", ""), None if most is None else milligrams(most, "kg"))


def _unit(item: Mapping[str, Any]) -> UnitState:
    maximum = tuple(
        MaximumState(
            line["name"],
            milligrams(line["most_kg"], "kg"),
            line.get("row"),
            line.get("category", ""),
            line.get("product", ""),
        )
        for line in item["maximum"]
    )
    return UnitState(item["unit"], item.get("name", ""), tuple(item["locations"]), maximum, item.get("people"))


def _product(_state: State, entry: Entry, changes: Changes) -> None:
    stated = _content(entry, "product")
    limits = stated.get("yield")
    classes = {name for row in stated["un"] for name in (row["class"], *row.get("subsidiary", ()))}
    changes[stated["product"]] = ProductState(
        id=stated["product"],
        org=entry.event.header.actor,
        name_zh=stated["names"]["zh"],
        name_en=stated["names"].get("en", ""),
        state=stated["state"],
        lists=tuple(stated.get("lists", ())),
        classes=tuple(sorted(classes)),
        un=tuple(row["un"] for row in stated["un"]),
        yield_ppm=None if limits is None else (limits["least_ppm"], limits["most_ppm"]),
        statement=dict(stated),
    )


def _containers(_state: State, entry: Entry, changes: Changes) -> None:
    for item in _content(entry, "containers")["items"]:
        tare, capacity = item.get("tare_kg"), item.get("capacity_kg")
        changes[item["container"]] = ContainerState(
            id=item["container"],
            org=entry.event.header.actor,
            kind=item["kind"],
            serial=item.get("serial", ""),
            tare_mg=None if tare is None else milligrams(tare, "kg"),
            capacity_mg=None if capacity is None else milligrams(capacity, "kg"),
            inspection_due=item.get("inspection_due"),
        )


def _key_registered(state: State, entry: Entry, changes: Changes) -> None:
    known = state.org(entry.event.header.actor)
    assert known is not None
    added = _keys(entry)
    keys = {**known.keys, **added}
    replaced = _content(entry, "key").get("replaces")
    if replaced in keys:
        keys[replaced] = replace(keys[replaced], revoked=entry.index)
    changes[known.id] = replace(known, keys=keys)
    changes.update({"key:" + new: KeyOwnerState(known.id) for new in added})


def _key_revoked(state: State, entry: Entry, changes: Changes) -> None:
    known = state.org(entry.event.header.actor)
    assert known is not None
    stated = _content(entry, "key")
    key = known.keys[stated["key_id"]]
    revoked = replace(key, revoked=entry.index if key.revoked is None else key.revoked)
    since = parse_stated(stated["compromised_since"]) if "compromised_since" in stated else None
    if since is not None and (key.compromised_since is None or since < key.compromised_since):
        revoked = replace(revoked, compromised_since=since, reported=entry.index)
    changes[known.id] = replace(known, keys={**known.keys, stated["key_id"]: revoked})


def _licence(state: State, entry: Entry, changes: Changes) -> None:
    stated = _content(entry, "licence")
    known = state.org(stated["organisation"])
    assert known is not None
    most = stated.get("most_kg")
    licence = LicenceState(
        id=stated["licence"],
        kind=stated["kind"],
        number=stated["number"],
        products=tuple(stated.get("products", ())),
        classes=tuple(stated.get("classes", ())),
        max_mg=None if most is None else milligrams(most, "kg"),
        valid_from=date_ms(stated["valid_from"]),
        valid_to=date_ms(stated["valid_to"]),
        subject=stated.get("subject", ""),
        authority=stated.get("authority", ""),
        attested=entry.event.header.actor != known.id,
    )
    changes[known.id] = replace(known, licences=(*known.licences, licence))


def _licence_changed(state: State, entry: Entry, changes: Changes) -> None:
    stated = _content(entry, "licence")
    known = state.org(stated["organisation"])
    assert known is not None
    at = entry.event.occurred_ms
    named = next(item for item in known.licences if item.id == stated["licence"])

    def changed(licence: LicenceState) -> LicenceState:
        if not same_paper(licence, named):
            return licence
        if entry.event.verb == "licence_suspended":
            return replace(licence, suspensions=(*licence.suspensions, (at, None)))
        closed = tuple((since, at if until is None else until) for since, until in licence.suspensions)
        return replace(licence, suspensions=closed)

    changes[known.id] = replace(known, licences=tuple(changed(item) for item in known.licences))


def _batches(state: State, entry: Entry, changes: Changes) -> list[BatchState]:
    found = []
    for name in _content(entry, "product").get("batches", ()):
        held = changes.get(name)
        known = held if isinstance(held, BatchState) else state.batch(name)
        assert known is not None
        found.append(known)
    return found


def _held(state: State, entry: Entry, changes: Changes) -> None:
    actor = entry.event.header.actor
    placed = entry.event.verb == "hold_placed"
    for known in _batches(state, entry, changes):
        others = tuple(who for who in known.holds if who != actor)
        changes[known.id] = replace(known, holds=(*others, actor) if placed else others)
    for thing in _named(state, entry):
        kept = {who: index for who, index in thing.held.items() if who != actor}
        changes[thing.id] = replace(thing, held={**kept, actor: entry.index} if placed else kept)


def _named(state: State, entry: Entry) -> list[SiteState | ContainerState]:
    """The site and the containers that a hold names."""
    site = _content(entry, "place").get("site")
    items = _content(entry, "containers").get("items", ())
    found = [*([] if site is None else [state.site(site)]), *(state.container(item["container"]) for item in items)]
    return [known for known in found if known is not None]


def _recalled(state: State, entry: Entry, changes: Changes) -> None:
    for known in _batches(state, entry, changes):
        changes[known.id] = replace(known, recalled=entry.index if known.recalled is None else known.recalled)


def _same_as(state: State, entry: Entry, changes: Changes) -> None:
    names = _content(entry, "product")["batches"]
    for known in _batches(state, entry, changes):
        same = tuple(sorted({*known.same_as, *names} - {known.id}))
        changes[known.id] = replace(known, same_as=same)


MASTER: Mapping[str, Callable[[State, Entry, Changes], None]] = {
    "ledger_opened": _opened,
    "log_key_rotated": _log_changed,
    "registrar_changed": _log_changed,
    "rules_published": _rules_published,
    "heads_published": _heads_published,
    "organisation_admitted": _admitted,
    "organisation_renamed": _org_changed,
    "organisation_succeeded": _org_changed,
    "site_registered": _site,
    "product_registered": _product,
    "container_registered": _containers,
    "key_registered": _key_registered,
    "key_rotated": _key_registered,
    "key_revoked": _key_revoked,
    "licence_registered": _licence,
    "licence_suspended": _licence_changed,
    "licence_reinstated": _licence_changed,
    "hold_placed": _held,
    "hold_released": _held,
    "recall_ordered": _recalled,
    "batches_same_as": _same_as,
}
