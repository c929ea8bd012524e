"""What the things are called that were read, as far as who looks at the log of reads may know of them now.

A read is recorded before it is known whether there is anything to show: its address alone tells nobody a name.
"""

from collections.abc import Iterable

from api.views import Principal, Words
from api.wiring.findings import about
from api.wiring.known import Known
from api.wiring.sight import batch_sight, scope_of, subject_of
from api.wiring.under_grants import NAMED, ORGS
from ledger.rules.aggregates import OrgState
from ledger.services import policy


def names_of(known: Known, viewer: Principal, addresses: Iterable[str]) -> dict[str, Words]:
    """Return the name of the first thing in each address, where it names one that the viewer may know of."""
    refs = {address: ref for address in addresses if (ref := _first(address)) is not None}
    named = {ref: _name(known, viewer, ref) for ref in dict.fromkeys(refs.values())}
    return {address: name for address, ref in refs.items() if (name := named[ref]) is not None}


def _first(address: str) -> str | None:
    found = NAMED.search(address)
    return None if found is None else f"{ORGS.get(found[1], found[1])}:{found[2]}"


def _name(known: Known, viewer: Principal, ref: str) -> Words | None:
    kind = ref.partition(":")[0]
    if kind == "batch":
        return about(known, ref) if batch_sight(known, viewer, ref).batch(ref) else None
    subject = subject_of(known, viewer)
    if not policy.decide(subject, "master.read"):
        return None
    if kind == "org":
        return None if known.get(ref, OrgState) is None else known.party(ref).name
    if kind not in ("site", "container"):
        return None
    if not known.related.deals(scope_of(subject, "master.read", "governance"), kind, ref):
        return None
    if kind == "site":
        return known.place(ref).name
    return Words(known.label(ref), known.label(ref))
