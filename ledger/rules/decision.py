"""The answer of a decision: refused with reasons and remedies, or accepted with its effects on each chain."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.core.records import Effects
from ledger.errors import Problem


@dataclass(frozen=True, slots=True)
class Refused:
    """The act is refused. ``problems`` name the field, the reason and, through the catalogue, the remedy."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event is recorded: its effects on each chain it belongs to (at most 1,024 chains)."""

    effects: Mapping[str, Effects]


Decision = Refused | Accepted
