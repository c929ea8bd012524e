"""Cards of the floor that are no labels: what to do next, and who does it. Their symbols are alphanumeric, too.

``HAZLEDGER:DO:RECEIVE`` chooses an action; ``HAZLEDGER:BADGE:<UUID>`` says who scans from now on. A badge identifies a
person to colleagues, as a name on a jacket does; it lets nobody in.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

ACTIONS: Final = ("receive", "move", "count", "issue", "dispatch", "undo")
_ACTION: Final = "HAZLEDGER:DO:"
_BADGE: Final = "HAZLEDGER:BADGE:"
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says: an action of ``ACTIONS``, or the reference of a user."""

    kind: Literal["action", "badge"]
    value: str


def read_card(text: str) -> Card | None:
    """Return what a card says, whatever its case; None: it is none."""
    given = text.strip(" \t\r\n").upper()
    if given.startswith(_ACTION) and (action := given.removeprefix(_ACTION).lower()) in ACTIONS:
        return Card("action", action)
    if given.startswith(_BADGE) and _UUID.fullmatch(uuid := given.removeprefix(_BADGE).lower()):
        return Card("badge", f"user:{uuid}")
    return None


def action_text(action: str) -> str:
    """Return what the symbol of a command card says. ValueError: no such action."""
    if action not in ACTIONS:
        raise ValueError(action)
    return _ACTION + action.upper()


def badge_text(user: str) -> str:
    """Return what the symbol of a badge says; ``user`` is "user:<uuid>"."""
    return _BADGE + user.partition(":")[2].upper()
