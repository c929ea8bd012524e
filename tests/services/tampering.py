"""What the owner of a database could do to its rows behind the ledger's back, and what the audit says of it."""

from typing import Final

from tests.services.world import World, ref

PRODUCT_SECTION: Final = "idx = ? AND name = 'product'"
BATCH_LINK: Final = "idx = ? AND chain LIKE 'batch:%'"


def replaced(table: str, column: str, old: str, new: str, where: str = "idx = ?") -> str:
    """An UPDATE that swaps a text inside stored bytes."""
    return f"UPDATE {table} SET {column} = CAST(replace({column}, '{old}', '{new}') AS BLOB) WHERE {where}"


def tamper(world: World, statement: str, *values: object) -> None:
    """Change a row behind the ledger's back, as an owner of the database could."""
    with world.ledger.store.engines.writer.begin() as connection:
        names = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        changed = connection.exec_driver_sql(statement, tuple(values)).rowcount
        for _, text in names:
            connection.exec_driver_sql(text)
    assert changed == 1


BYTES: Final = (
    (replaced("events", "header", '"act"', '"report"'), (5,), "event_hash_wrong"),
    ("UPDATE events SET id = 'x' WHERE idx = ?", (5,), "event_key_wrong"),
    (replaced("disclosures", "body", "LOT-1", "LOT-9", PRODUCT_SECTION), (5,), "section_digest_wrong"),
    (replaced("disclosures", "body", '","', '", "', PRODUCT_SECTION), (5,), "bytes_not_of_form"),
    (f"DELETE FROM disclosures WHERE {PRODUCT_SECTION}", (5,), "section_missing"),
    (replaced("records", "body", '"index":5', '"index":4'), (5,), "record_hash_wrong"),
    ("UPDATE records SET recorded_at_ms = 0 WHERE idx = ?", (5,), "recorded_time_wrong"),
    (replaced("records", "auth", "user", "ruse"), (5,), "auth_digest_wrong"),
    ("UPDATE records SET auth = NULL WHERE idx = ?", (5,), "erased_unannounced"),
    ("DELETE FROM records WHERE idx = ?", (5,), "record_missing"),
    ("DELETE FROM events WHERE idx = ?", (5,), "event_missing"),
    (f"UPDATE links SET seq = 7 WHERE {BATCH_LINK}", (5,), "link_place_wrong"),
    (f"DELETE FROM links WHERE {BATCH_LINK}", (5,), "links_digest_wrong"),
    ("UPDATE checkpoint SET size = size - 1 WHERE id = ?", (1,), "checkpoint_not_of_log"),
    (replaced("checkpoint", "note", " ", "  ", "id = ?"), (1,), "checkpoint_wrong"),
    ("UPDATE chain_heads SET idx = idx - 1 WHERE chain = ?", (ref("batch", 1),), "chain_head_wrong"),
    (replaced("manifests", "body", ":", ": ", "kind = ?"), ("rules",), "manifest_wrong"),
)  # fmt: skip
"""Statements that change bytes, their values, and the finding: both depths see it."""

MEANING: Final = (
    (replaced("links", "effects", '"-100"', '"-101"', BATCH_LINK), (5,), "postings_not_zero"),
    ("UPDATE holdings SET mg = mg + 1 WHERE batch = ?", (ref("batch", 1),), "projection_differs"),
    ("DELETE FROM states WHERE key = ?", (ref("batch", 1),), "projection_differs"),
    ("UPDATE account_totals SET mg = 1 WHERE account = 'sampled' AND mg = ?", (5_000_000,), "projection_differs"),
    ("UPDATE search SET zh = 'x' WHERE id = ?", (ref("batch", 1),), "projection_differs"),
)  # fmt: skip
"""The same of what only the full depth sees."""
