"""What a change of leaves no trace for the audit, reviewed: each with the reason why nothing rests on it.

A name is "table", "table.column", or "table.* way"; a test shows that none stands here that the audit would find.
"""

from typing import Final

from tests.support.forgery import Change

NO_EVIDENCE: Final = {
    "refusals": "statements that were not recorded: kept for regulators, committed to by nothing",
    "api_keys": "who may come in from now on; how somebody came in is in the record's auth",
    "login_links": "who may come in from now on",
    "step_links": "who may take a step without an account from now on; that one came by a link is in the record's auth",
    "scans": "the floor's own list: what a scan recorded is an event under the same id, with device and counter",
    "scan_findings": "what scans show of copied labels: told to who works there; what was made of it is an event",
    "device_keys": "with which key a device signs its scans from now on; what they recorded is attested by the ledger",
    "incidents": "who sees quantities for hours; what was shown stands in the log of reads",
    "audits": "what audits found, for whoever looks: an audit does not rest on an earlier one's answer",
    "sessions": "who is logged in",
    "users": "who may come in, by which name; a person is `user:<uuid>` in what was recorded, and its key signs",
    "logins": "which user a login name means from now on",
    "passkeys": "with what users show from now on that they are themselves; the record's auth names the factor shown",
    "badges": "whom a badge means from now on; who scanned stands in the section agent of what was recorded",
    "devices": "which devices may state from now on; the device and its counter stand in the section agent",
    "key_requests": "which keys wait to be endorsed: a key counts once an event registers it",
    "drafts": "what waits to be signed: it counts once an event is recorded, with the signatures in it",
    "import_jobs": "which files are being imported, and how far: what they recorded are events",
    "invitations": "who may become a user from now on",
    "api_clients": "which programs may come in from now on; which one did is in the record's auth",
    "tokens": "which programs are in",
    "attempts": "how many logins failed just now",
    "webhooks": "where somebody wants to be told from now on",
    "cosignatures": "lines of witnesses: each is verified again before it is shown, and the witness keeps its own",
    "timestamps": "what an authority signed: verified again before it is shown, and exported as files",
    "witness_views": "the state of the talk with each witness; what it knows it tells itself",
    "pins": "what somebody pinned: it keeps the file, for a pin in the hands of the log binds nobody",
    "deliveries": "what was told to whom: what there is to tell stands in the records",
    "meta": "facts about this installation; the log names its own origin and keys",  # and see SEEN_IN_PART
    "papers.uploaded_at_ms": "when a photograph came: the event that states its hash says when it was stated",
    "checkpoints.at_ms": "when a checkpoint was shown: the note is signed, the moment is not",
    "checkpoints.* delete": "a convenience: whoever was shown a checkpoint holds its signed note",
    "checkpoints.* truncate": "as for delete; the checkpoint of the whole log stands in a table of its own",
}

SEEN_IN_PART: Final = {"meta"}
"""Of these the audit reads a row all the same: there, whether the projections are those of this version."""

HELD_TO_EVENTS: Final = {"papers", "reads", "read_tiles", "read_head"}
"""Operational tables that the audit holds against what events state of their rows, or what the log's key signed."""


def reason(change: Change) -> str | None:
    """Why this change proves nothing; None where the audit has to find it."""
    for name in (change.table, f"{change.table}.{change.column}", change.name):
        if name in NO_EVIDENCE:
            return NO_EVIDENCE[name]
    return None
