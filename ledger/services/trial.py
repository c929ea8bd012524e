"""A rule book tried on history: what it would have found and refused, had it been in force. Nothing is written.

What was recorded stays the truth: every record is folded as it stands, also where the candidate would have refused it.
What would have followed from a refusal nobody can know, and nothing here says it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ledger.core.canonical import Json, encode
from ledger.reference import Reference
from ledger.rules.decide import decide
from ledger.rules.decision import Decision, Refused
from ledger.rules.event import Entry, Event
from ledger.rules.manifest import RuleSet, rule_set
from ledger.services.findings import Findings, Wanted, every
from ledger.services.rebuild import FLUSH_EVERY, OPENED, Fold, Progress
from ledger.services.stored import entry_of
from ledger.store.scopes import EVERYTHING
from ledger.store.scratch import scratch
from ledger.store.unit_of_work import Store, Unit

EXAMPLES: Final = 5
REFUSED: Final = "would_have_been_refused@1"


@dataclass
class Difference:
    """How often something differs, with the first examples: a record, or a chain, and figures."""

    count: int = 0
    examples: list[dict[str, Json]] = field(default_factory=list)

    def add(self, example: dict[str, Json]) -> None:
        """Count one more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)

    def content(self) -> dict[str, Json]:
        """The difference as JSON."""
        return {"count": self.count, "examples": list(self.examples)}


@dataclass
class Trial:
    """What a candidate would have done, by rule. ``records``: how many it judged, from ``since`` on.

    ``found`` and ``not_found``: findings that it adds, and such as it would not have made. ``refused``: acts that were
    accepted; by the rule whose level refuses them. ``due`` and ``not_due``: the same of what time and stock make now.
    """

    since: int
    records: int = 0
    found: dict[str, Difference] = field(default_factory=dict)
    not_found: dict[str, Difference] = field(default_factory=dict)
    refused: dict[str, Difference] = field(default_factory=dict)
    due: dict[str, Difference] = field(default_factory=dict)
    not_due: dict[str, Difference] = field(default_factory=dict)

    def content(self) -> dict[str, Json]:
        """The trial as JSON."""
        parts = ("found", "not_found", "refused", "due", "not_due")
        told: dict[str, Json] = {
            part: {rule: one.content() for rule, one in sorted(getattr(self, part).items())} for part in parts
        }
        return {"since": self.since, "records": self.records, **told}


def try_rules(
    store: Store,
    manifest: Mapping[str, Any],
    in_force: RuleSet,
    reference: Reference,
    *,
    since: int = 0,
    progress: Progress | None = None,
) -> Trial:
    """Judge every record from index ``since`` on by a candidate manifest. FormatError: it is none."""
    candidate, trial = rule_set(manifest), Trial(since)
    with store.read() as evidence, scratch() as made, made.write() as unit:
        fold, size = Fold(unit, evidence), evidence.log.size()
        for stored in evidence.entries.iterate(0, size):
            entry = entry_of(stored)
            if entry.index >= since and entry.event.header.type != OPENED:
                _judge(fold, entry, candidate, reference, trial)
            fold.add(entry)
            if progress is not None and (stored.idx + 1) % FLUSH_EVERY == 0:
                progress(stored.idx + 1, size)
        at = evidence.log.last_recorded_at_ms() or 0
        before, after = (_now(evidence, rules, reference, at) for rules in (in_force, candidate))
    for into, there, gone in ((trial.due, after, before), (trial.not_due, before, after)):
        for name in sorted(there.keys() - gone.keys()):
            into.setdefault(str(there[name]["rule"]), Difference()).add(there[name])
    return trial


def _judge(fold: Fold, entry: Entry, candidate: RuleSet, reference: Reference, trial: Trial) -> None:
    trial.records += 1

    def judged(event: Event) -> Decision:
        return fold.memo.ask(
            lambda state: decide(state, event, entry.recorded_at_ms, candidate, reference),
            entry.index,
            fold.unit,
            fold.evidence,
        )

    decision = judged(entry.event)
    if isinstance(decision, Refused):
        told: dict[str, Json] = {"record": entry.index, "type": entry.event.header.type}
        for rule, problem in _reasons(decision, judged(_as_report(entry.event))):
            trial.refused.setdefault(rule, Difference()).add({**told, "problem": problem})
        return
    recorded, made = _noted(entry), _noted(Entry(entry.index, entry.recorded_at_ms, entry.event, decision.effects))
    for into, names in ((trial.found, made.keys() - recorded.keys()), (trial.not_found, recorded.keys() - made.keys())):
        for name in sorted(names):
            into.setdefault(name[1], Difference()).add({"record": entry.index, "chain": name[0], "data": _data(name)})


def _as_report(event: Event) -> Event:
    return replace(event, header=replace(event.header, mode="report"))


def _reasons(refused: Refused, reported: Decision) -> list[tuple[str, str]]:
    """Which rules refuse an act: a report of the same names them; what a report is not refused for, by "-"."""
    effects = {} if isinstance(reported, Refused) else reported.effects
    stated: list[Any] = [
        reason
        for one in effects.values()
        for found in one.findings
        if found.rule == REFUSED
        for reason in _listed(found.data.get("reasons"))
    ]
    named = [(str(one["rule"]), str(one["problem"])) for one in stated]
    told = {problem for _, problem in named}
    return [*named, *(("-", problem.code) for problem in refused.problems if problem.code not in told)]


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


Noted = tuple[str, str, bytes]


def _noted(entry: Entry) -> dict[Noted, None]:
    return {
        (chain, found.rule, encode(dict(found.data))): None
        for chain, effects in entry.effects.items()
        for found in effects.findings
    }


def _data(name: Noted) -> str:
    return name[2].decode()


def _now(unit: Unit, rules: RuleSet, reference: Reference, at: int) -> dict[str, dict[str, Json]]:
    """What time and stock make by a rule book, by the findings' ids."""
    found = Findings(unit, rules, reference, at)
    return {
        one.id: {"rule": one.rule, "chain": one.chain, "part": one.part}
        for one in every(found, EVERYTHING, Wanted(), stored=False)
    }
