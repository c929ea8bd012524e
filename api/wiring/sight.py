"""What a viewer sees of a thing: facts from the store, put to the one policy (``ledger.services.policy``).

Nothing here decides: it finds out whose a thing is, who had it, where it is, was or is about to be, and asks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from api.views import Principal
from api.wiring.known import KINDS, Known, hidden
from api.wiring.steps import Step, is_party, steps
from ledger.core.events import Header
from ledger.core.times import format_utc
from ledger.errors import ForbiddenError
from ledger.rules.aggregates import BatchState, OrgState, ProductState, SiteState
from ledger.services import policy
from ledger.services.evidence import Shown
from ledger.services.policy import Allow, Decision, Level, Object, Presence, Subject
from ledger.store.rows import HoldingRow
from ledger.store.scopes import EVERYTHING, Own, Scope, Ward

MOST_EVIDENCE: Final = 2**31
COMMERCIAL_NAMES: Final = ("seller", "buyer", "consignor", "consignee")


def plain_subject(viewer: Principal) -> Subject:
    """Who asks, without what it supervises: enough for what a role may try at all."""
    return Subject(
        org=None if viewer.org is None else viewer.org.ref,
        kinds=frozenset(KINDS[role] for role in viewer.roles),
        roles=frozenset(viewer.user_roles),
        user=viewer.user,
        strong=not viewer.needs,
        program=viewer.method in {"key", "token"},
        writes=viewer.writes,
        purpose=viewer.purpose,
    )


def subject_of(known: Known, viewer: Principal) -> Subject:
    """Who asks, with authority and jurisdiction as they are recorded."""
    plain = plain_subject(viewer)
    org = None if plain.org is None else known.get(plain.org, OrgState)
    if org is None:
        return plain
    bounds = policy.bounds_of(plain.kinds, org.jurisdiction, org.park)
    shown = known.unit.authorities.shown(org.id, at_ms=known.now_ms) if plain.watches else ()
    day = format_utc(known.now_ms)[:10]
    return replace(plain, authority=org.authority, jurisdiction=bounds, shown=shown, day=day)


def demand(decision: Decision, action: str, ref: str) -> Level:
    """Return the level of what is allowed. NotFoundError: the viewer may not know of it; ForbiddenError: it may not."""
    if isinstance(decision, Allow):
        return decision.level
    if decision.code is None:
        raise hidden(ref)
    raise ForbiddenError(decision.code, None, {"action": action})


def scope_of(subject: Subject, action: str, stage: str = "storage") -> Scope:
    """Return what bounds a list: the organisation's own world, what it supervises, or nothing. NotFoundError: nobody.

    Nothing bounds what the policy shows in full even to a stranger, such as master data to the operator.
    """
    if subject.org is None:
        raise hidden("/")
    if subject.jurisdiction is not None and subject.watches:
        return Ward(subject.org, subject.jurisdiction, subject.shown)
    return EVERYTHING if full(policy.decide(subject, action, Object(stage=stage))) else Own(subject.org)


def full(decision: Decision) -> bool:
    """Whether all is seen."""
    return isinstance(decision, Allow) and decision.level == "sections"


@dataclass
class Sight:
    """What one viewer sees of one thing, within one read.

    ``parties``: organisations that are party to every event of the thing's life; ``named``: those of them that know the
    commercial terms.
    """

    known: Known
    viewer: Principal
    presences: tuple[Presence, ...] = ()
    parties: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    subject: Subject = field(init=False)

    def __post_init__(self) -> None:
        """Look up who asks."""
        self.subject = subject_of(self.known, self.viewer)

    @property
    def org(self) -> str:
        """The viewer's organisation, "" for the public."""
        return self.subject.org or ""

    @property
    def watches(self) -> bool:
        """Whether it looks on as a regulator or park that supervises the thing."""
        return policy.supervises(self.subject, self.presences)

    def decide(self, action: str, object: Object) -> Decision:
        """Ask the policy about the thing, with where it is."""
        return policy.decide(self.subject, action, replace(object, presences=self.presences))

    # --- things ---------------------------------------------------------------------------------------------------

    def batch(self, batch: str) -> Decision:
        """Whether the viewer may know of the batch it looks at, and how much of a stranger's part."""
        parties = frozenset({self.org} if self.org and self._touched(batch) else ())
        return self.decide("batch.read", Object(parties=parties))

    def _touched(self, batch: str) -> bool:
        if self.known.related.touched(self.org, batch):
            return True
        return any(
            is_party(self.known, self.org, cell) for step in steps(self.known, batch) for cell, _ in step.holdings
        )

    def owned(self, owners: Iterable[str | None], parties: Iterable[str | None] = ()) -> bool:
        """Whether the viewer sees all of what these own, and these have or are named in."""
        object = Object(owners=_named(owners), parties=_named(parties))
        return full(self.decide("batch.read", object))

    def whole(self, batch: BatchState) -> bool:
        """Whether the viewer sees all stock of a batch: its producer, and who supervises it."""
        return full(self.decide("batch.read", Object(owners=_named([batch.producer]))))

    def row(self, batch: BatchState, row: HoldingRow) -> bool:
        """Whether the viewer sees a holding: its owner's, in its hands, of its making, or supervised."""
        parties = [row.custodian, self.known.carrier(row.custodian)]
        object = Object(owners=_named([row.owner, batch.producer]), parties=_named(parties))
        return full(self.decide("batch.read", object))

    def mine(self, row: HoldingRow) -> bool:
        """Whether a holding is the viewer's, or in its hands, or supervised."""
        return self.owned([row.owner], [row.custodian, self.known.carrier(row.custodian)])

    # --- records --------------------------------------------------------------------------------------------------

    def event(self, step: Step, section: str = "") -> Object:
        """The facts of a record in the life of what the viewer looks at."""
        parties = frozenset(
            party
            for holding, _ in step.holdings
            for party in (holding.owner, holding.custodian, self.known.carrier(holding.custodian))
            if party is not None
        )
        return Object(
            owners=frozenset({step.header.actor}),
            parties=parties | self.parties,
            upstream=bool(self.org),
            stage=step.header.type.partition(".")[0],
            type=step.header.type,
            section=section,
            named=self.named | self._commercial(step) if section else frozenset(),
        )

    def _commercial(self, step: Step) -> frozenset[str]:
        stated = self.known.section(step.row.idx, "parties")
        return frozenset(str(stated[name]) for name in COMMERCIAL_NAMES if name in stated)

    def level(self, step: Step) -> Level:
        """Return how much of a record the viewer sees; what it may not know of is a hash in the life it looks at."""
        decision = self.decide("batch.read", self.event(step))
        return decision.level if isinstance(decision, Allow) else "record"

    def concerned(self, step: Step) -> bool:
        """Whether a record is the business of a jurisdiction bounded by classes: it is about a batch of them."""
        bounds = self.subject.jurisdiction
        if bounds is None or not bounds.classes or step.header.actor == self.org:
            return True
        batches = [chain for chain in self.known.related.chains_of(step.row.idx) if chain.startswith("batch:")]
        return any(bool(batch_sight(self.known, self.viewer, batch).batch(batch)) for batch in batches)

    def taken(self, chain: str) -> Callable[[Header], Shown]:
        """What of each record of a chain the viewer takes away as evidence: as much as it sees."""
        life = steps(self.known, chain, most=MOST_EVIDENCE)
        found = {(step.header.actor, step.header.id): self._taken(step) for step in life}
        return lambda header: found.get((header.actor, header.id), Shown("record"))

    def taken_singly(self, chain: str) -> Callable[[Header], Shown]:
        """The same, looked up record by record: for a chain of which few are taken. Within this read alone."""

        def show(header: Header) -> Shown:
            row = self.known.unit.events.find(header.actor, header.id)
            life = [] if row is None else self.known.related.life(chain, index=row.idx)
            return self._taken(Step(life[0])) if life else Shown("record")

        return show

    def _taken(self, step: Step) -> Shown:
        seen = self.level(step)
        if seen != "sections":
            return Shown(seen)
        return Shown("sections", frozenset(name for name in step.header.sections if not self.section(step, name)))

    def section(self, step: Step, name: str) -> bool:
        """Whether the viewer sees this section of a record whose sections it sees."""
        return bool(self.decide("batch.read", self.event(step, name)))


def batch_sight(known: Known, viewer: Principal, batch: str) -> Sight:
    """Return what a viewer sees of a batch, with where it, and all made of it, is, was or is about to be."""
    sight = Sight(known, viewer)
    if sight.subject.watches:
        sight.presences = _presences(known, sight.subject, batch)
    return sight


def deal_sight(known: Known, viewer: Principal, batches: Iterable[str], parties: Iterable[str | None]) -> Sight:
    """Return what a viewer sees of a transfer or shipment: by its parties, and by where its goods are or will be."""
    sight = Sight(known, viewer, parties=_named(parties))
    if sight.subject.watches:
        found = (at for batch in dict.fromkeys(batches) for at in _presences(known, sight.subject, batch))
        sight.presences = tuple(dict.fromkeys(found))
    return sight


def place_sight(known: Known, viewer: Principal, site: str) -> Sight:
    """Return what a viewer sees of a site."""
    sight, state = Sight(known, viewer), known.get(site, SiteState)
    if state is not None:
        named = not {site, state.org}.isdisjoint(sight.subject.shown)
        sight.presences = (Presence(state.region, state.park, shown=frozenset({sight.org} if named else ())),)
    return sight


@dataclass
class SiteSight(Sight):
    """What a viewer sees of all that was recorded at a site: others' records there are no past of its own goods.

    An authority bounded by classes sees those about goods of its classes.
    """

    def event(self, step: Step, section: str = "") -> Object:
        """The facts of a record."""
        return replace(super().event(step, section), upstream=False)

    def level(self, step: Step) -> Level:
        """Return how much of a record the viewer sees."""
        return super().level(step) if self.concerned(step) else "record"


def site_sight(known: Known, viewer: Principal, site: str) -> SiteSight:
    """Return what a viewer sees of what was recorded at a site; who runs it is party to that. NotFoundError."""
    state = known.must(site, SiteState)
    return SiteSight(known, viewer, place_sight(known, viewer, site).presences, _named([state.org]))


def _presences(known: Known, subject: Subject, batch: str) -> tuple[Presence, ...]:
    """Where a batch is, was or is about to be; first whether the subject is shown it."""
    rows = known.related.presences(batch)
    known.load(product for _, _, product in rows)
    found = tuple(Presence(region, park, _classes(known, product)) for region, park, product in rows)
    if subject.org is not None and known.unit.authorities.touches(subject.shown, batch):
        return (Presence("", "", shown=frozenset({subject.org})), *found)
    return found


def _classes(known: Known, product: str) -> frozenset[str]:
    state = known.get(product, ProductState)
    return frozenset() if state is None else frozenset((*state.classes, *state.lists))


def _named(parties: Iterable[str | None]) -> frozenset[str]:
    return frozenset(party for party in parties if party is not None)
