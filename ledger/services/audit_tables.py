"""Tables compared row by row: every projection with what the replay made, manifests with their hashes."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Table, select

from ledger.core.b64 import b64u
from ledger.core.canonical import Json, decode
from ledger.core.records import manifest_hash
from ledger.errors import HazledgerError
from ledger.services.audit_findings import Findings
from ledger.services.rule_books import manifest_key
from ledger.store.tables import PROJECTION, checkpoint, family
from ledger.store.unit_of_work import Unit

SHOWN: Final = 20
CHUNK: Final = 2_000
MAX_MANIFEST: Final = 4 * 2**20


def compare_projections(unit: Unit, scratch: Unit, findings: Findings) -> None:
    """Note each row of a projection that the replay did not make so; the first ``SHOWN`` of each table."""
    if unit.projections.stale():
        findings.add("projections_stale")
    for table in family(PROJECTION):
        _compare(table, unit, scratch, findings)


def _compare(table: Table, unit: Unit, scratch: Unit, findings: Findings) -> None:
    keys = [column.name for column in table.primary_key.columns]
    query = select(table).order_by(*[table.c[name] for name in keys]).execution_options(yield_per=CHUNK)
    places = [table.c.keys().index(name) for name in keys]
    shown = 0
    stored = iter(unit.connection.execute(query))
    made = iter(scratch.connection.execute(query))
    left, right = next(stored, None), next(made, None)
    while (left is not None or right is not None) and shown < SHOWN:
        a = None if left is None else tuple(left[place] for place in places)
        b = None if right is None else tuple(right[place] for place in places)
        if left is not None and (b is None or (a is not None and a < b)):
            findings.add("projection_differs", "not made by the records", table=table.name, key=_text(a))
            shown, left = shown + 1, next(stored, None)
        elif right is not None and (a is None or (b is not None and b < a)):
            findings.add("projection_differs", "missing", table=table.name, key=_text(b))
            shown, right = shown + 1, next(made, None)
        else:
            if left is not None and right is not None and tuple(left) != tuple(right):
                findings.add("projection_differs", "another value", table=table.name, key=_text(a))
                shown += 1
            left, right = next(stored, None), next(made, None)


def _text(key: tuple[object, ...] | None) -> str:
    return "|".join(map(str, key or ()))


def stated_manifests(contents: Mapping[str, Mapping[str, Json]]) -> dict[bytes, str]:
    """Return hash and kind of the manifests that a section ``rule`` publishes."""
    stated = contents.get("rule", {})
    return {
        manifest_key(manifest): kind
        for kind in ("rules", "reference")
        if isinstance(manifest := stated.get(kind), dict)
    }


def check_manifests(unit: Unit, stated: Mapping[bytes, str], findings: Findings) -> None:
    """Note manifests that are not those of their hash, and those that are not just what the records published."""
    for digest, kind, body in unit.manifests.all():
        key = digest or b""  # a forged row may lack it
        with findings.catching("manifest_wrong", hash=b64u(key)):
            if manifest_hash(decode(body, max_bytes=MAX_MANIFEST)) != b64u(key) or stated.get(key) != kind:
                findings.add("manifest_wrong", f"stored as {kind}", hash=b64u(key))
    for digest in sorted(stated.keys() - {digest for digest, _, _ in unit.manifests.all()}):
        findings.add("manifest_missing", stated[digest], hash=b64u(digest))


def signed_note(unit: Unit) -> str | None:
    """Return the note of the signed checkpoint, base64url; whether it is good is for the findings to say."""
    row = unit.log.checkpoint()
    return None if row is None or not isinstance(row.note, bytes) else b64u(row.note)


def masses(unit: Unit) -> dict[str, Json]:
    """Return milligrams by kind of account, as the projections say; {} where they cannot be added up."""
    try:
        return dict(unit.queries.mass_by_account())
    except (TypeError, ValueError, LookupError, HazledgerError):  # forged
        return {}


def check_single_checkpoint(unit: Unit, findings: Findings) -> None:
    """Note rows beside the one that holds the signed checkpoint."""
    ids = [row[0] for row in unit.connection.execute(select(checkpoint.c.id))]
    if any(one != 1 for one in ids):
        findings.add("checkpoint_twice", f"{len(ids)} rows")
