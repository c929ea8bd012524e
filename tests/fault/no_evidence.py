"""What a change of leaves no trace for the audit, reviewed: each with the reason why nothing rests on it.

A name is "table", "table.column", or "table.* way"; a test shows that none stands here that the audit would find.
"""

from typing import Final

from tests.support.forgery import Change

NO_EVIDENCE: Final = {
    "refusals": "statements that were not recorded: kept for regulators, committed to by nothing",
    "api_keys": "who may come in from now on; how somebody came in is in the record's auth",
    "login_links": "who may come in from now on",
    "sessions": "who is logged in",
    "webhooks": "where somebody wants to be told from now on",
    "deliveries": "what was told to whom: what there is to tell stands in the records",
    "meta": "facts about this installation; the log names its own origin and keys",
    "checkpoints.at_ms": "when a checkpoint was shown: the note is signed, the moment is not",
    "checkpoints.* delete": "a convenience: whoever was shown a checkpoint holds its signed note",
    "checkpoints.* truncate": "as for delete; the checkpoint of the whole log stands in a table of its own",
}


def reason(change: Change) -> str | None:
    """Why this change proves nothing; None where the audit has to find it."""
    for name in (change.table, f"{change.table}.{change.column}", change.name):
        if name in NO_EVIDENCE:
            return NO_EVIDENCE[name]
    return None
