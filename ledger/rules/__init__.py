"""The rules of the ledger: pure functions from what was stated and what is known to what follows.

- ``statements``: what may be stated, as closed shapes; ``manifest``, ``standard``, ``names``: which rules are in force.
- ``decide``: event and state in, ``Refused`` or ``Accepted`` out. ``evolve``: record and state in, changed state out.
- ``verbs``: one function a verb, writing moves on a ``Draft``; ``settle`` turns moves into postings.
- ``state`` asks its caller for what it lacks (``NotLoaded``): no rule reads a clock or a database.
"""

from ledger.rules.decide import decide
from ledger.rules.decision import Accepted, Decision, Refused
from ledger.rules.event import Entry, Event, FormerEvent
from ledger.rules.evolve import evolve
from ledger.rules.manifest import RuleSet, rule_set
from ledger.rules.state import NotLoaded, State

__all__ = [
    "Accepted",
    "Decision",
    "Entry",
    "Event",
    "FormerEvent",
    "NotLoaded",
    "Refused",
    "RuleSet",
    "State",
    "decide",
    "evolve",
    "rule_set",
]
