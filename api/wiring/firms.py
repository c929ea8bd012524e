"""Firms and their crews as people name them: by credit code, name or certificate. Nothing is guessed."""

from collections.abc import Iterable
from typing import Final

from api.views import Party
from api.wiring.known import Known
from ledger.errors import FormatError
from ledger.rules.aggregates import OrgState, ShipmentState, SiteState, TransferState
from ledger.store.scopes import Own

MOST_FIRMS: Final = 200
LOOKED_AT: Final = 50
USER: Final = "user:"


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


def crew(known: Known, carrier: str, kind: str, number: str) -> str:
    """Return the person whose certificate of this kind a carrier registered. FormatError `certificate_not_found`."""
    if number.startswith(USER):
        return number
    org = known.get(carrier, OrgState)
    for licence in () if org is None else org.licences:
        if licence.kind == kind and licence.number == number and licence.subject.startswith(USER):
            return licence.subject
    raise FormatError("certificate_not_found", None, {"number": number[:60]})


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
