"""Cards of the floor that are no labels: what to do next, and who does it. Their symbols are alphanumeric, too.

``HAZLEDGER:DO:RECEIVE`` chooses an action; ``HAZLEDGER:BADGE:<26 characters>`` says who scans from now on. The
characters are a secret of 130 random bits in Crockford's base32, which the ledger keeps as a hash: nobody guesses a
badge, and one that was lost can be revoked. It lets nobody in. Badges of the former kind named the person's UUID, which
many people see.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

ACTIONS: Final = ("receive", "move", "count", "issue", "dispatch", "undo")
_ACTION: Final = "HAZLEDGER:DO:"
_BADGE: Final = "HAZLEDGER:BADGE:"
_SECRET: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_UUID: Final = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says: an action of ``ACTIONS``, the secret of a badge, or (``former``) the person's UUID."""

    kind: Literal["action", "badge", "former_badge"]
    value: str


def read_card(text: str) -> Card | None:
    """Return what a card says, whatever its case; None: it is none."""
    given = text.strip(" \t\r\n").upper()
    if given.startswith(_ACTION) and (action := given.removeprefix(_ACTION).lower()) in ACTIONS:
        return Card("action", action)
    if given.startswith(_BADGE):
        said = given.removeprefix(_BADGE)
        if _SECRET.fullmatch(said):
            return Card("badge", said)
        if _UUID.fullmatch(said):
            return Card("former_badge", said.lower())
    return None


def action_text(action: str) -> str:
    """Return what the symbol of a command card says. ValueError: no such action."""
    if action not in ACTIONS:
        raise ValueError(action)
    return _ACTION + action.upper()


def badge_text(secret: str) -> str:
    """Return what the symbol of a badge says; ``secret`` has 26 characters. ValueError: it is none."""
    if not _SECRET.fullmatch(secret):
        raise ValueError
    return _BADGE + secret
