"""What was found held against what was put in: each fault found or missed, each finding explained or not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.core.canonical import Json
from ledger.demo.year.truth import Truth


@dataclass
class Comparison:
    """``found`` and ``missed``: faults; ``beside``: findings that follow from a fault; ``natural``: by rule, with why.

    ``unexplained``: findings that neither a fault nor a natural cause explains.
    """

    found: list[Mapping[str, Any]] = field(default_factory=list)
    missed: list[Mapping[str, Any]] = field(default_factory=list)
    beside: dict[str, int] = field(default_factory=dict)
    natural: dict[str, int] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    unexplained: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every fault was found and every finding is explained."""
        return not self.missed and not self.unexplained

    def content(self) -> dict[str, Json]:
        """The comparison as JSON."""
        return {
            "ok": self.ok,
            "faults": len(self.found) + len(self.missed),
            "found": len(self.found),
            "missed": [dict(one) for one in self.missed],
            "beside": dict(sorted(self.beside.items())),
            "natural": [
                {"rule": rule, "count": many, "why": self.why[rule]} for rule, many in sorted(self.natural.items())
            ],
            "unexplained": [dict(one) for one in self.unexplained],
        }


def compare(findings: Iterable[Mapping[str, Any]], truth: Truth) -> Comparison:
    """Hold findings, as ``hazledger findings --json`` prints them, against a truth."""
    made = Comparison(why={one.rule: one.why for one in truth.natural})
    at_record: dict[tuple[str, int], list[int]] = {}
    on_chain: dict[tuple[str, str], list[int]] = {}
    beside: dict[tuple[str, int], bool] = {}
    for place, fault in enumerate(truth.faults):
        if fault["chain"]:
            on_chain.setdefault((fault["rule"], fault["chain"]), []).append(place)
        elif fault["records"]:
            at_record.setdefault((fault["rule"], fault["records"][-1]), []).append(place)
        for record in fault["records"]:
            beside.update({(rule, record): True for rule in fault["also"]})
    hit: set[int] = set()
    for found in findings:
        rule, record = found["rule"], found["record"]
        places = at_record.get((rule, record), []) if record is not None else []
        places = [*places, *(on_chain.get((rule, found["chain"]), ()))]
        matching = [place for place in places if _matches(truth.faults[place], found)]
        if matching:
            hit.update(matching)
        elif (rule, record) in beside or any(
            rule in fault["also"] and fault["chain"] == found["chain"] for fault in truth.faults if fault["chain"]
        ):
            made.beside[rule] = made.beside.get(rule, 0) + 1
        elif rule in made.why:
            made.natural[rule] = made.natural.get(rule, 0) + 1
        else:
            made.unexplained.append(found)
    for place, fault in enumerate(truth.faults):
        (made.found if place in hit else made.missed).append(fault)
    return made


def _matches(fault: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether a finding says what the fault is: the part of its chain, and the rule that would have refused it."""
    if fault["chain"] and fault["part"] not in ("*", found["part"]):
        return False
    reasons = [one["rule"] for one in found["data"].get("reasons", [])]
    return not fault["reason"] or fault["reason"] in reasons
