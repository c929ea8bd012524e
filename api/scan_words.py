"""Words of the scan page: actions and outcomes."""

from typing import Final

from api.i18n import N_

ACTIONS: Final = {
    "receive": N_("Receive"),
    "move": N_("Move"),
    "count": N_("Count"),
    "issue": N_("Issue"),
    "dispatch": N_("Load"),
    "undo": N_("Undo"),
}
WAITING: Final = N_("Waiting")
OUTCOMES: Final = {
    "ok": N_("OK"),
    "wrong_place": N_("Wrong place"),
    "already_done": N_("Already done"),
    "unknown": N_("Unknown"),
    "blocked": N_("Blocked"),
}
