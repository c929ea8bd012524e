"""Firms and their crews as people name them: by credit code, name or certificate. Nothing is guessed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from api.views import CrewChoice, CrewChoices, Party
from api.wiring.known import Known
from ledger.errors import FormatError
from ledger.rules.aggregates import OrgState, ShipmentState, SiteState, TransferState
from ledger.rules.licences import in_force
from ledger.store.scopes import Own

MOST_FIRMS: Final = 200
LOOKED_AT: Final = 50
USER: Final = "user:"
MOST_CREW: Final = 200


def firm(known: Known, text: str) -> Party:
    """Return the one organisation of this credit code, name or reference. FormatError `firm_not_found`."""
    given = text.strip()
    if given.startswith("org:") and known.get(given, OrgState) is not None:
        return known.party(given)
    rows = known.unit.queries.things("org", text=given, limit=LOOKED_AT) if given else []
    found = [row.id for row in rows if given.casefold() in (row.label.casefold(), row.zh, row.en.casefold())]
    if len(found) != 1:
        raise FormatError("firm_not_found", None, {"firm": given[:80], "count": len(found)})
    return known.party(found[0])


def firms(known: Known, org: str) -> tuple[Party, ...]:
    """Return organisations that one dealt with, by name: of its stock, and of its newest transfers and shipments."""
    found = {ref for _, ref in known.related.things("org", Own(org), limit=MOST_FIRMS)}
    for kind in ("transfer", "shipment"):
        found |= _parties(known, [row.ref for row in known.unit.queries.deals(org, kind, limit=LOOKED_AT)])
    parties = [known.party(ref) for ref in found - {org}]
    return tuple(sorted(parties, key=lambda party: party.name.zh)[:MOST_FIRMS])


def _parties(known: Known, refs: Iterable[str]) -> set[str]:
    found: set[str] = set()
    known.load(refs)
    for ref in refs:
        deal = known.get(ref, TransferState) or known.get(ref, ShipmentState)
        found |= frozenset() if deal is None else deal.parties
    return found


def crew(known: Known, carrier: str, kind: str, named: str) -> str:
    """Return the person of a carrier that is named by certificate, or by reference as a form chose it.

    FormatError `certificate_not_found`: the carrier registered no such one, and nobody of it is called so.
    """
    org = known.get(carrier, OrgState)
    for licence in () if org is None else org.licences:
        if licence.kind == kind and named in (licence.number, licence.subject) and licence.subject.startswith(USER):
            return licence.subject
    own = known.unit.people.user(named) if named.startswith(USER) else None
    if own is not None and own.org == carrier:
        return named
    raise FormatError("certificate_not_found", None, {"number": named[:60]})


def crews(known: Known, org: str, carriers: Iterable[str]) -> CrewChoices:
    """Return the people that a form offers to ``org``: by name its own, by certificate those of other carriers."""
    own = {row.id: row.name for row in known.unit.people.users_of(org) if row.disabled_at_ms is None}
    asked = dict.fromkeys(carriers)
    known.load(asked)
    party = known.party(org)
    return CrewChoices(
        drivers=tuple(_crew_of(known, "driver", own, org, asked)),
        escorts=tuple(_crew_of(known, "escort", own, org, asked)),
        dispatchers=tuple(CrewChoice(user, name, party, "") for user, name in _by_name(own)),
    )


def _crew_of(
    known: Known, kind: str, own: Mapping[str, str], org: str, carriers: Iterable[str]
) -> Iterator[CrewChoice]:
    for carrier in carriers:
        state = known.get(carrier, OrgState)
        held = () if state is None else state.licences
        named = [one for one in held if one.kind == kind and one.subject.startswith(USER)]
        good = [one for one in named if in_force(one, known.now_ms)]
        people = dict.fromkeys(one.subject for one in good)
        numbers = {one.subject: one.number for one in good}
        if carrier == org:
            people |= dict.fromkeys(user for user, _ in _by_name(own))
        for user in list(people)[:MOST_CREW]:
            number = numbers.get(user, "")
            yield CrewChoice(user, own.get(user) or number, known.party(carrier), number)


def _by_name(people: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(people.items(), key=lambda item: (item[1], item[0]))


def docks(known: Known, org: str, kind: str = "") -> tuple[str, ...]:
    """Return locations of a party's sites, as "site:<uuid>/<location>": those of a kind, if it has such."""
    found: list[str] = []
    wanted: list[str] = []
    for _, ref in known.related.things("site", Own(org), limit=20):
        site = known.get(ref, SiteState)
        if site is not None and site.org == org:
            found += [f"{ref}/{location}" for location in site.locations]
            wanted += [f"{ref}/{location}" for location, at in site.locations.items() if at.kind == kind]
    return tuple(wanted or found)
