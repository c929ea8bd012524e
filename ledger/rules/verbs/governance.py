"""Verbs of governance: who takes part, with which keys and licences, and what authorities order.

Master data are events on their organisation's chain. Governance is stated as acts alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.core.b64 import unb64u
from ledger.core.keys import SIGNATURE_SIZE, check_public_key, key_id
from ledger.core.possession import possession_bytes, proves
from ledger.core.quantity import kg
from ledger.errors import Problem
from ledger.rules.aggregates import LedgerState, OrgState
from ledger.rules.draft import Draft, reference, stop
from ledger.rules.gs1 import check_prefixes
from ledger.rules.jurisdiction import AUTHORITY
from ledger.rules.keys import PERSON, governing_keys, ids_of
from ledger.rules.manifest import rule_set
from ledger.rules.verbs.notes import batches_of, container_items


def ledger_of(draft: Draft) -> LedgerState:
    """The ledger after its genesis, which ``check_identity`` has seen."""
    known = draft.state.ledger()
    assert known is not None
    return known


def actor_of(draft: Draft) -> OrgState:
    """The organisation that acts, which ``check_identity`` has seen."""
    known = draft.state.org(draft.actor)
    assert known is not None
    return known


def _operator(draft: Draft) -> LedgerState:
    known = ledger_of(draft)
    if draft.actor != known.operator:
        raise stop("not_the_operator", "/actor")
    return known


def _manifest(draft: Draft, name: str) -> object:
    return draft.content("rule").get(name)


def ledger_opened(draft: Draft) -> None:
    """Leaf 0: the operator, the log key, registrars, first manifests. It stands once, at index 0."""
    log = draft.content("log")
    if draft.state.index != 0 or draft.state.ledger_id is not None:
        raise stop("ledger_already_open", "/type")
    if "ledger" not in log or log["origin"] != draft.event.header.origin:
        raise stop("genesis_not_of_form", "/sections/log")
    if draft.content("organisation")["organisation"] != draft.actor:
        raise stop("genesis_not_of_form", "/sections/organisation/organisation")
    _check_log_keys(draft)
    rules, reference = _manifest(draft, "rules"), _manifest(draft, "reference")
    if not isinstance(rules, dict) or not isinstance(reference, dict):
        raise stop("genesis_not_of_form", "/sections/rule")
    rule_set(rules)
    draft.chains.update((str(log["ledger"]), draft.actor))


def _check_log_keys(draft: Draft) -> None:
    for name in ("keys", "registrars"):
        stated = draft.content("log")[name]
        assert isinstance(stated, list)
        for place, raw in enumerate(stated):
            at = f"/sections/log/{name}/{place}"
            check_public_key(unb64u(str(raw), 32, field=at), field=at)


def log_key_rotated(draft: Draft) -> None:
    """A new log key, never used before, by the operator, on the ledger's chain; all else stays."""
    known = _log_change(draft, {"registrars": [*ledger_of(draft).registrars]})
    stated = draft.content("log")["keys"]
    assert isinstance(stated, list)
    used = {*known.log_keys, *known.former_log_keys}
    for place, raw in enumerate(stated):
        if raw in used:
            raise stop("log_key_used_before", f"/sections/log/keys/{place}")


def registrar_changed(draft: Draft) -> None:
    """New registrars, by the operator, on the ledger's chain; all else stays."""
    _log_change(draft, {"keys": [*ledger_of(draft).log_keys]})


def _log_change(draft: Draft, unchanged: Mapping[str, object]) -> LedgerState:
    known = _operator(draft)
    _check_log_keys(draft)
    log = draft.content("log")
    for name, value in {"origin": known.origin, "demo": known.demo, **unchanged}.items():
        if log[name] != value:
            raise stop("log_section_differs", f"/sections/log/{name}", name=name)
    vouched(draft)
    draft.chains.add(known.id)
    return known


def vouched(draft: Draft) -> None:
    """Stop unless a registrar signed, where the ledger has any."""
    registrars = ledger_of(draft).registrars
    if registrars and not ids_of(registrars) & set(draft.event.header.keys):
        raise stop("registrar_signature_missing", "/keys")


def organisation_admitted(draft: Draft) -> None:
    """A registrar's signature binds organisation, USCC and first key; without registrars the ledger asserts it."""
    _operator(draft)
    org = str(draft.content("organisation")["organisation"])
    if draft.state.org(org) is not None:
        raise stop("organisation_exists", "/sections/organisation/organisation", organisation=org)
    vouched(draft)
    if "key" in draft.event.contents:
        _check_key(draft, org)
    check_prefixes(draft)
    draft.chains.add(org)


def site_registered(draft: Draft) -> None:
    """A site of the actor, or its new list of locations."""
    site = str(draft.content("site")["site"])
    known = draft.state.site(site)
    if known is not None and known.org != draft.actor:
        raise stop("not_for_this_actor", "/sections/site/site")
    _check_units(draft)
    draft.chains.update((site, draft.actor))


def _check_units(draft: Draft) -> None:
    """Units of GB 18218 consist of locations of the site, and name products and rows that there are."""
    stated: Any = draft.content("site")
    locations = {item["location"] for item in stated["locations"]}
    for place, unit in enumerate(stated.get("hazard_units", ())):
        at = f"/sections/site/hazard_units/{place}"
        for location in unit["locations"]:
            if location not in locations:
                raise stop("unknown_location", f"{at}/locations", location=location)
        for line, item in enumerate(unit["maximum"]):
            _check_maximum(draft, item, f"{at}/maximum/{line}")


def _check_maximum(draft: Draft, item: Mapping[str, Any], at: str) -> None:
    """What a unit can hold counts by a row, a category or a product that there is."""
    row, category, product = item.get("row"), item.get("category"), item.get("product")
    major = draft.reference.gb18218
    if row is None and category is None and product is None:
        raise stop("unknown_threshold", at, threshold=str(item["name"]))
    if row is not None and row not in major.substances:
        raise stop("unknown_threshold", f"{at}/row", threshold=str(row))
    if category is not None and category not in major.categories:
        raise stop("unknown_threshold", f"{at}/category", threshold=category)
    if product is not None and draft.state.product(product) is None:
        raise stop("unknown_product", f"{at}/product", product=product)


def product_registered(draft: Draft) -> None:
    """A product of the actor, or its new description; its rows are looked up in the dangerous goods table."""
    stated = draft.content("product")
    known = draft.state.product(str(stated["product"]))
    if known is not None and known.org != draft.actor:
        raise stop("not_for_this_actor", "/sections/product/product")
    rows = stated["un"]
    assert isinstance(rows, list)
    for row in rows:
        assert isinstance(row, dict)
        un = str(row["un"])
        listed = {(entry.hazard_class, entry.packing_group) for entry in draft.reference.dangerous_goods.rows(un)}
        if (row["class"], row.get("packing_group", "")) not in listed:
            draft.note(draft.actor, "un_row@1", {"un": un, "class": row["class"]})
    draft.chains.add(draft.actor)


def container_registered(draft: Draft) -> None:
    """Containers of the actor: new ones only."""
    for place, item in enumerate(container_items(draft)):
        vessel = str(item["container"])
        if draft.state.container(vessel) is not None:
            raise stop("container_exists", f"/sections/containers/items/{place}/container", container=vessel)
        draft.chains.add(vessel)
    draft.chains.add(draft.actor)


def _check_key(draft: Draft, org: str) -> str:
    """The id of the key that is stated for an organisation; stops at one that nobody, or somebody else, can have."""
    stated = draft.content("key")
    raw = unb64u(str(stated["key"]), 32, field="/sections/key/key")
    check_public_key(raw, field="/sections/key/key")
    new = key_id(raw)
    owner = draft.state.key_owner(new)
    if new in governing_keys(ledger_of(draft)) or (owner is not None and owner.org != draft.actor):
        raise stop("key_taken", "/sections/key/key")
    if "proof" in stated:
        proof = unb64u(str(stated["proof"]), SIGNATURE_SIZE, field="/sections/key/proof")
        message = possession_bytes(ledger_of(draft).origin, org, str(stated["key"]), str(stated["holder"]))
        if not proves(raw, proof, message):
            raise stop("possession_not_proven", "/sections/key/proof")
    return new


def key_registered(draft: Draft) -> None:
    """A further key of the actor: it signs too, or its proof stands beside it; an earlier key or a registrar endorses.

    The event is endorsed by whoever signs it; the proof lets the holder of the new key be elsewhere then.
    """
    org = actor_of(draft)
    new = _check_key(draft, draft.actor)
    if new in org.keys:
        raise stop("key_exists", "/sections/key/key")
    signers = set(draft.event.header.keys)
    registrars = ids_of(ledger_of(draft).registrars)
    if new not in signers and "proof" not in draft.content("key"):
        raise stop("possession_not_proven", "/keys")
    if not signers & (set(org.keys) | registrars):
        raise stop("endorsement_missing", "/keys")
    draft.chains.add(draft.actor)
    if not signers & registrars:
        _check_endorser(draft, org, signers)


def _check_endorser(draft: Draft, org: OrgState, signers: set[str]) -> None:
    """A person's key is endorsed by somebody else (``endorsement@1``), or takes the place of the person's own.

    Where nobody else holds a key that counts there is nobody to ask: it is recorded with a finding.
    """
    stated = draft.content("key")
    holder, replaced = str(stated["holder"]).lower(), org.keys.get(str(stated.get("replaces")))
    if not holder.startswith(PERSON) or (replaced is not None and replaced.holder.lower() == holder):
        return
    others = {name for name, key in org.keys.items() if key.revoked is None and key.holder.lower() != holder}
    if signers & others:
        return
    if others:
        draft.object("endorsement@1", Problem("key_endorsed_by_oneself", "/sections/key/holder"))
    else:
        draft.note(draft.actor, "endorsement@1", {"holder": holder})


def key_rotated(draft: Draft) -> None:
    """A key takes another's place; both sign."""
    replaced = draft.content("key").get("replaces")
    if replaced not in draft.event.header.keys:
        raise stop("endorsement_missing", "/keys")
    key_registered(draft)


def key_revoked(draft: Draft) -> None:
    """A key no longer counts from here on; what it signed before stays, flagged since it was compromised."""
    if draft.content("key")["key_id"] not in actor_of(draft).keys:
        raise stop("unknown_key", "/sections/key/key_id")
    draft.chains.add(draft.actor)


def by_authority(draft: Draft, *others: str) -> None:
    """Stop unless an authority states it, or one of the others."""
    if draft.actor not in others and AUTHORITY not in actor_of(draft).roles:
        raise stop("not_for_this_actor", "/actor")


def recall_ordered(draft: Draft) -> None:
    """A recall of batches by who made them or an authority."""
    for batch in batches_of(draft):
        known = draft.state.batch(batch)
        assert known is not None
        by_authority(draft, known.producer or "")
        draft.note(batch, "recall@1", {"on_hand_kg": kg(known.on_hand)})


def recall_acknowledged(draft: Draft) -> None:
    """A holder acknowledges the recall of batches."""
    for place, batch in enumerate(batches_of(draft)):
        known = draft.state.batch(batch)
        assert known is not None
        if known.recalled is None:
            raise stop("not_recalled", f"/sections/product/batches/{place}", batch=batch)


def same_as(draft: Draft) -> None:
    """Two or more batch ids name the same matter."""
    by_authority(draft, ledger_of(draft).operator)
    if len(batches_of(draft)) < 2:
        raise stop("list_length", "/sections/product/batches", least=2, most=200)


def finding_resolved(draft: Draft) -> None:
    """A finding disappears only through an event, of who stated it, who made the batch, or an authority."""
    event = str(draft.content("finding")["event"])
    former = draft.state.former(event)
    if former is None:
        raise stop("unknown_event", "/sections/finding/event", event=event)
    rule = draft.content("finding")["rule"]
    hit = [
        chain
        for chain, effects in former.entry.effects.items()
        if any(found.rule == rule for found in effects.findings)
    ]
    if not hit:
        raise stop("no_such_finding", "/sections/finding/rule")
    _check_resolver(draft, former.entry.event.header.actor, hit)
    draft.chains.add(hit[0])


def _check_resolver(draft: Draft, stated_by: str, hit: Sequence[str]) -> None:
    batches = [chain for chain in hit if chain.startswith("batch:")]
    draft.state.require(batches)
    made_by = {known.producer for batch in batches if (known := draft.state.batch(batch)) is not None}
    if draft.actor in {stated_by, *made_by} or AUTHORITY in actor_of(draft).roles:
        return
    draft.object("resolver@1", Problem("not_for_this_actor", "/actor"), hit[0])


def section_erased(draft: Draft) -> None:
    """Announces an erasure before the content goes: the event, the section (the reason's kind), the legal basis.

    ``auth`` stands in the record of every event; ``personal`` is there only if the event stated it.
    """
    erased, at = reference(draft, "erases")
    former = draft.state.former(erased)
    if former is None:
        raise stop("unknown_event", at + "/hash", event=erased)
    if former.entry.event.header.actor != draft.actor and draft.actor != ledger_of(draft).operator:
        raise stop("not_for_this_actor", "/actor")
    section = str(draft.content("reason")["kind"])
    if section != "auth" and section not in former.entry.event.header.sections:
        raise stop("section_not_stated", "/sections/reason/kind", section=section)
    draft.chains.add(draft.actor)


def heads_published(draft: Draft) -> None:
    """The heads of every chain as of the records before this one; made by the server alone."""
    known = _operator(draft)
    if draft.content("heads")["n"] != draft.state.index:
        raise stop("heads_index_wrong", "/sections/heads/n", index=draft.state.index)
    draft.chains.add(known.id)


def rules_published(draft: Draft) -> None:
    """New manifests, in force from the next record on."""
    known = _operator(draft)
    rules = _manifest(draft, "rules")
    if isinstance(rules, dict):
        rule_set(rules)
    if rules is None and _manifest(draft, "reference") is None:
        raise stop("nothing_named", "/sections/rule")
    vouched(draft)
    draft.chains.add(known.id)
