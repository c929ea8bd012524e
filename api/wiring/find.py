"""One search for everything in the viewer's world."""

from collections.abc import Mapping
from typing import Final

from api.codes import normal_code
from api.views import Principal, Words
from api.views.find import FindView, HitGroup, HitView, Kind
from api.wiring.known import Known
from api.wiring.sight import scope_of, subject_of
from ledger.services import policy
from ledger.services.policy import Subject
from ledger.store.lookup import Hit, Lookup

MOST: Final = 8
MOST_CODES: Final = 20
ASKED: Final[Mapping[Kind, tuple[str, str]]] = {
    "product": ("master.read", "governance"),
    "batch": ("batch.read", "storage"),
    "container": ("master.read", "governance"),
    "site": ("master.read", "governance"),
    "org": ("master.read", "governance"),
    "shipment": ("shipment.read", "transport"),
    "licence": ("master.read", "governance"),
}
"""Kind -> what its reader must be allowed, and the stage of events that tell of it."""
OWNED: Final = frozenset({"product", "batch", "site"})
"""Kinds that are called by their own name, and whose firm is told beside it."""
OF_TARGETS: Final[Mapping[str, Kind]] = {
    "batch": "batch",
    "container": "container",
    "site": "site",
    "shipment": "shipment",
}


def find(known: Known, viewer: Principal, text: str) -> FindView:
    """Return things that bear a text, a few of each kind, the best first."""
    subject, wanted = subject_of(known, viewer), text.strip()
    if not wanted:
        return FindView("", ())
    lookup = Lookup(known.unit.connection, known.unit.backend)
    groups = [_codes(known, subject, lookup, wanted)]
    for kind, (action, stage) in ASKED.items():
        if policy.decide(subject, action):
            rows = lookup.hits(scope_of(subject, action, stage), kind, wanted, limit=MOST + 1)
            known.load({ref for row in rows for ref in (row.org, row.product) if ref})
            hits = tuple(_hit(known, kind, row) for row in rows[:MOST])
            groups.append(HitGroup(kind, hits, len(rows) > MOST))
    return FindView(wanted, tuple(group for group in groups if group.hits))


def _codes(known: Known, subject: Subject, lookup: Lookup, text: str) -> HitGroup:
    """Printed codes of things that the viewer has to do with."""
    begins = normal_code(text) or text.replace(" ", "")
    hits: list[HitView] = []
    for code, _, target in lookup.codes(begins, limit=MOST_CODES):
        thing, _, place = target.partition("/")
        kind = OF_TARGETS.get(thing.partition(":")[0])
        if kind is None or not policy.decide(subject, ASKED[kind][0]):
            continue
        hits.extend(
            HitView("code", target, f"{code} {place}".strip(), _name(known, kind, row), code=code)
            for row in lookup.visible(scope_of(subject, *ASKED[kind]), kind, thing)
        )
    return HitGroup("code", tuple(hits[:MOST]), len(hits) > MOST)


def _hit(known: Known, kind: Kind, row: Hit) -> HitView:
    label = known.lot(row.id) if kind == "batch" else known.label(row.id) if kind == "container" else row.label
    note = " · ".join(part for part in (row.un, row.cas) if part)
    code = known.related.code_of(row.id) if kind == "container" else None
    who = known.party(row.org).name if row.org and kind in OWNED else None
    return HitView(kind, row.id, label, _name(known, kind, row), note, who, code)


def _name(known: Known, kind: Kind, row: Hit) -> Words:
    """What a thing is called, or else whose it is."""
    if kind in {"container", "licence", "shipment"} or not row.zh:
        return known.party(row.org).name if row.org else Words(row.label, row.label)
    return Words(row.zh, row.en or row.zh)
