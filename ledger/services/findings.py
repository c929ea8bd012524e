"""Findings of a scope: those in the effects of records, and those that time or the stock of the moment make.

One list, in one order, paged: stored findings are joined with computed ones (``ledger.rules.deadlines``,
``ledger.rules.watching``, ``ledger.services.site_findings``). Computed ones are those at ``as_of_ms`` of the state that
the unit reads; for the state at an earlier time, read a unit that was folded up to it (``ledger.services.past``).
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ledger.core.canonical import Json, decode
from ledger.core.quantity import kg
from ledger.reference import Reference
from ledger.rules import codec
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import Aggregate, BatchState, OrgState, RequestState, ShipmentState
from ledger.rules.deadlines import due
from ledger.rules.jurisdiction import EVERYWHERE
from ledger.rules.licences import DAY
from ledger.rules.manifest import RuleSet
from ledger.rules.names import RULES
from ledger.rules.recalls import RULE as LATE_RECALL
from ledger.rules.recalls import Reached, overdue
from ledger.rules.transfer_state import TransferState
from ledger.rules.travel import TRAVEL_RULES
from ledger.rules.watching import GAP, JOIN, STATIC, WATCHED, Span, part_of, span, static_days
from ledger.services.scanning.listed import CopyFinding, copies
from ledger.services.site_findings import SiteFinding, SiteFindings
from ledger.store.found import DueRow, Found, GapRow, Mark, Turn, Wanted, computed_key, stored_key
from ledger.store.late_recalls import LateRecalls, Waiting
from ledger.store.rows import FindingRow
from ledger.store.scopes import EVERYTHING, Scope, Ward
from ledger.store.unit_of_work import Unit

__all__ = ["Finding", "Findings", "Listed", "Wanted"]

SEVERITIES: Final = ("critical", "warning", "info")
MOST: Final = 200
MOST_PARTS: Final = 10_000
"""Parts of one chain that a computed finding is looked for among."""
HASH_DIGITS: Final = 16
COMPUTED: Final = re.compile(
    r"(?P<kind>[a-z]{3,10})\.(?P<name>[0-9A-Za-z_-]{36,43})\.(?P<rule>[a-z_]{1,64})\.(?P<version>[0-9]{1,4})\.[0-9a-f]{16}"
)
STORED: Final = re.compile(r"(?P<idx>[0-9]{1,15})-(?P<n>[0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``since_ms``: since when it is there; ``at_least``: it may have been there longer.

    ``org``: who stated it, or whose it is to act, "" for whoever holds the goods; ``index``: the record that carries
    it, None for a computed one; ``evidence``: records beside that; ``resolved``: the record that settled it.
    """

    id: str
    rule: str
    severity: str
    since_ms: int
    chain: str
    part: str
    org: str
    data: Mapping[str, Json]
    index: int | None = None
    batch: str | None = None
    site: str = ""
    resolved: int | None = None
    at_least: bool = False
    evidence: tuple[int, ...] = ()
    key: str = field(default="", compare=False)

    @property
    def mark(self) -> Mark:
        """Its place in the list."""
        return self.since_ms, self.key


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of findings; ``more``: where the next one begins, None on the last."""

    findings: tuple[Finding, ...]
    more: Mark | None = None


def plain(scope: Scope) -> Scope:
    """A jurisdiction without bounds is all there is: nothing has to be looked up to bound it."""
    return EVERYTHING if isinstance(scope, Ward) and scope.bounds == EVERYWHERE else scope


def severity_of(rule: str) -> str:
    """How grave findings of a rule are."""
    known = RULES.get(rule)
    return "warning" if known is None else known.severity


def computed_id(chain: str, rule: str, part: str) -> str:
    """The id of a computed finding: chain, rule and a hash of the part, so that it stays the same while it is there."""
    kind, _, uuid = chain.partition(":")
    name, _, version = rule.partition("@")
    hashed = hashlib.sha256(part.encode()).hexdigest()[:HASH_DIGITS]
    return f"{kind}.{uuid}.{name}.{version}.{hashed}"


class Findings:
    """Findings at a time, read within one unit, by the rules in force."""

    def __init__(
        self,
        unit: Unit,
        rules: RuleSet,
        reference: Reference,
        as_of_ms: int,
        sites: Callable[[Unit, RuleSet, Reference, int], SiteFindings] = SiteFindings,
    ) -> None:
        """Read within this unit; ``sites``: what makes the findings on stock, or remembers them."""
        self._unit = unit
        self._rules = rules
        self._as_of = as_of_ms
        self._found = Found(unit.connection, unit.backend)
        self._sites = sites(unit, rules, reference, as_of_ms)

    def page(
        self,
        scope: Scope,
        wanted: Wanted,
        *,
        after: Mark | None = None,
        oldest: bool = False,
        limit: int = 50,
        stored: bool = True,
    ) -> Listed:
        """Return a page, newest first unless ``oldest``. ``limit``: to ``MOST``; ``stored``: with those of records."""
        assert 0 < limit <= MOST
        scope = plain(scope)
        turn = Turn(after, oldest, limit + 1)
        parts = (
            self._stored(scope, wanted, turn) if stored else [],
            self._due(scope, wanted, turn),
            self._few(scope, wanted, turn),
        )
        found = sorted((one for part in parts for one in part), key=lambda one: one.mark, reverse=not oldest)
        page = tuple(found[:limit])
        return Listed(page, page[-1].mark if len(found) > limit else None)

    def one(self, scope: Scope, name: str) -> Finding | None:
        """Return the finding of an id, if it is there and in the scope."""
        scope = plain(scope)
        stored = STORED.fullmatch(name)
        if stored is not None:
            row = self._found.one(scope, int(stored["idx"]), int(stored["n"]))
            return None if row is None else _of_row(*row)
        computed = COMPUTED.fullmatch(name)
        if computed is None:
            return None
        chain, rule = f"{computed['kind']}:{computed['name']}", f"{computed['rule']}@{computed['version']}"
        wanted, turn = Wanted(rule=rule, status="all"), Turn(limit=MOST_PARTS)
        found = self._due(scope, wanted, turn, chain) if rule in WATCHED else self._few(scope, wanted, turn)
        return next((one for one in found if one.id == name), None)

    # --- stored -----------------------------------------------------------------------------------------------------

    def _stored(self, scope: Scope, wanted: Wanted, turn: Turn) -> list[Finding]:
        rows = self._found.stored(scope, wanted, turn)
        return [_of_row(row, at) for row, at in rows]

    # --- due --------------------------------------------------------------------------------------------------------

    def _due(self, scope: Scope, wanted: Wanted, turn: Turn, chain: str = "") -> list[Finding]:
        rows = self._found.due(scope, wanted, self._spans(wanted), self._as_of, turn, chain=chain)
        return self._told(rows)

    def _spans(self, wanted: Wanted) -> list[tuple[str, str, Span]]:
        """When the watches that are looked for are findings; none where settled ones are asked for."""
        if wanted.status == "resolved":
            return []
        pairs = [(rule, kinds) for rule, kinds in self._unit.watching.pairs() if self._asked(rule, wanted)]
        return [(rule, kinds, span(rule, kinds, self._rules)) for rule, kinds in pairs]

    def _asked(self, rule: str, wanted: Wanted) -> bool:
        """Whether findings of a rule are looked for, and the rule is in force."""
        if wanted.rule not in ("", rule) or wanted.severity not in ("", severity_of(rule)):
            return False
        return self._rules.level(rule, "", self._as_of) is not None

    def _told(self, rows: Sequence[DueRow]) -> list[Finding]:
        """Say what each watch found: the pure functions of the rules tell it, not the row."""
        states = self._states(row.watch.chain for row in rows)
        resting = [row for row in rows if row.watch.rule == STATIC]
        masses = self._unit.projections.load_holdings(_cell(row).key for row in resting)
        return [
            made
            for row in rows
            for made in (self._static(row, masses) if row.watch.rule == STATIC else self._of_state(row, states),)
            if made is not None
        ]

    def _states(self, keys: Iterable[str]) -> dict[str, Aggregate]:
        bodies = self._unit.projections.load_states(dict.fromkeys(keys))
        return {key: codec.load(key, body) for key, body in bodies.items() if body is not None}

    def _of_state(self, row: DueRow, states: Mapping[str, Aggregate]) -> Finding | None:
        watch = row.watch
        state = states.get(watch.chain)
        if not isinstance(state, TransferState | ShipmentState | OrgState | BatchState | RequestState):
            return None
        for found in due(state, self._as_of, self._rules):
            if (found.rule, part_of(found)) == (watch.rule, watch.part):
                batch = watch.chain if isinstance(state, BatchState) else None
                return _computed(watch.chain, watch.rule, watch.part, row.since_ms, found.org, found.data, batch=batch)
        return None

    def _static(self, row: DueRow, masses: Mapping[str, int]) -> Finding:
        watch, cell = row.watch, _cell(row)
        names = watch.kinds.split(JOIN) if watch.kinds else []
        data: dict[str, Json] = {
            "kg": kg(masses[cell.key]),
            "place": cell.place,
            "container": cell.container,
            "status": cell.status,
            "days": static_days(names, self._rules),
            "untouched_days": (self._as_of - watch.anchor_ms) // DAY,
        }
        return _computed(
            watch.chain, STATIC, watch.part, row.since_ms, watch.org, data, batch=watch.chain, site=watch.site
        )

    # --- few at any time --------------------------------------------------------------------------------------------

    def _few(self, scope: Scope, wanted: Wanted, turn: Turn) -> list[Finding]:
        """Findings of which there are few enough to be made whenever they are asked for."""
        found = self._copies(scope, wanted)
        if wanted.status != "resolved":
            found += [*self._gaps(scope, wanted), *self._of_sites(scope, wanted), *self._recalls(scope, wanted)]
        if wanted.before_ms is not None:
            found = [one for one in found if one.since_ms <= wanted.before_ms]
        if turn.after is None:
            return found
        after = turn.after
        return [one for one in found if (one.mark > after if turn.oldest else one.mark < after)]

    def _gaps(self, scope: Scope, wanted: Wanted) -> list[Finding]:
        if not self._asked(GAP, wanted) or wanted.batch or wanted.product or wanted.site:
            return []
        term = self._rules.parameter(GAP, "days") * DAY
        return [_gap(row, term) for row in self._found.gaps(scope, wanted, self._as_of - term)]

    def _copies(self, scope: Scope, wanted: Wanted) -> list[Finding]:
        """Labels that may be copied, by what scans showed."""
        rules = [rule for rule in TRAVEL_RULES if self._asked(rule, wanted)]
        if not rules:
            return []
        return [_of_copy(one) for one in copies(self._unit, scope, wanted, self._as_of) if one.rule in rules]

    def _recalls(self, scope: Scope, wanted: Wanted) -> list[Finding]:
        """Who should have acknowledged a recall by now."""
        if not self._asked(LATE_RECALL, wanted):
            return []
        rows = LateRecalls(self._unit.connection, self._unit.backend).waiting(scope, wanted)
        return [one for row in rows if (one := _late(row, self._as_of, self._rules)) is not None]

    def _of_sites(self, scope: Scope, wanted: Wanted) -> list[Finding]:
        rules = [rule for rule in SiteFindings.RULES if self._asked(rule, wanted)]
        if not rules:
            return []
        return [_of_site(one) for one in self._sites.listed(scope, wanted) if one.rule in rules]


def counts(findings: Findings, scope: Scope = EVERYTHING, wanted: Wanted | None = None) -> dict[str, int]:
    """Return how many findings there are by rule: a walk through every page, for commands and tests."""
    made: dict[str, int] = {}
    for one in every(findings, scope, wanted or Wanted()):
        made[one.rule] = made.get(one.rule, 0) + 1
    return dict(sorted(made.items()))


def every(findings: Findings, scope: Scope, wanted: Wanted, *, stored: bool = True) -> Iterable[Finding]:
    """Yield every finding, page by page; ``stored`` False: those that time and stock make alone."""
    after: Mark | None = None
    while True:
        page = findings.page(scope, wanted, after=after, limit=MOST, stored=stored)
        yield from page.findings
        after = page.more
        if after is None:
            return


def _of_row(row: FindingRow, at: int) -> Finding:
    data = decode(row.data)
    assert isinstance(data, dict)
    return Finding(
        id=f"{row.idx}-{row.n}",
        rule=row.rule,
        severity=row.severity,
        since_ms=at,
        chain=row.chain,
        part="",
        org=row.org or "",
        data=data,
        index=row.idx,
        batch=row.batch,
        site=row.chain if row.chain.startswith("site:") else "",
        resolved=row.resolved_idx,
        evidence=(row.idx,),
        key=stored_key(row.idx, row.n),
    )


def _computed(  # noqa: PLR0913 - a value for each member
    chain: str,
    rule: str,
    part: str,
    since_ms: int,
    org: str,
    data: Mapping[str, Json],
    *,
    batch: str | None = None,
    site: str = "",
    evidence: tuple[int, ...] = (),
    at_least: bool = False,
) -> Finding:
    return Finding(
        id=computed_id(chain, rule, part),
        rule=rule,
        severity=severity_of(rule),
        since_ms=since_ms,
        chain=chain,
        part=part,
        org=org,
        data=data,
        batch=batch,
        site=site,
        at_least=at_least,
        evidence=evidence,
        key=computed_key(chain, rule, part),
    )


def _gap(row: GapRow, term_ms: int) -> Finding:
    run = row.run
    data: dict[str, Json] = {"device": run.device, "first": row.before + 1, "last": run.first - 1}
    return _computed(
        run.org,
        GAP,
        f"{run.device}|{run.first}",
        run.first_ms + term_ms,
        run.org,
        {**data, "missing": run.first - row.before - 1},
        evidence=(row.before_idx, run.first_idx),
    )


def _late(row: Waiting, as_of_ms: int, rules: RuleSet) -> Finding | None:
    holder = row.holder
    found = overdue(Reached(holder.recall, holder.lot, holder.org, row.reached_at_ms), as_of_ms, rules)
    if found is None:
        return None
    evidence = tuple(dict.fromkeys((holder.recall, holder.idx)))
    part = f"{holder.recall}|{holder.org}"
    return _computed(
        holder.lot, LATE_RECALL, part, found.since_ms, holder.org, found.data, batch=holder.lot, evidence=evidence
    )


def _of_copy(one: CopyFinding) -> Finding:
    made = _computed(one.item, one.rule, one.part, one.since_ms, one.org, one.data, site=one.site)
    evidence = () if one.resolved is None else (one.resolved,)
    return replace(made, resolved=one.resolved, evidence=evidence)


def _of_site(one: SiteFinding) -> Finding:
    return _computed(
        one.chain, one.rule, one.part, one.since_ms, one.org, one.data, site=one.site, at_least=one.at_least
    )


def _cell(row: DueRow) -> Holding:
    return Holding(row.watch.chain, *row.watch.part.split("|"))
