"""A record taken out of a chain in the database, so well that the chain looks whole: published heads give it away."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import VerificationError
from ledger.reference import Reference
from ledger.services.audit import audit
from ledger.services.ledger import Ledger
from ledger.verify import verify
from tests.services.world import World, ref
from tests.support.forgery import harden, soften

CHAIN = ref("batch", 1)


def withhold_the_last(path: Path, chain: str) -> None:
    """Unlink the newest record of a chain and move the chain's head back onto the one before."""
    schema = soften(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        last, before = connection.execute(
            "SELECT seq, idx FROM links WHERE chain = ? ORDER BY seq DESC LIMIT 2", (chain,)
        ).fetchall()
        connection.execute("DELETE FROM links WHERE chain = ? AND seq = ?", (chain, last[0]))
        moved = connection.execute(
            "UPDATE chain_heads SET seq = ?, idx = ?, hash = (SELECT hash FROM records WHERE idx = ?) WHERE chain = ?",
            (before[0], before[1], before[1], chain),
        )
        assert moved.rowcount == 1
    harden(path, schema)


@pytest.fixture
def emptied(tmp_path: Path, reference: Reference) -> World:
    """A batch of which a tenth was lost, which the newest heads attest; closed."""
    world = World(tmp_path, reference)
    with world.create() as ledger:
        world.furnish()
        world.produce(1)
        world.lose(1, "10")
        ledger.publish_heads()
        report = verify(ledger.evidence(CHAIN), ledger.policy())
        assert (len(report.records), report.genuine) == (2, True)
    return world


def test_evidence_with_a_record_withheld_does_not_verify(emptied: World, reference: Reference) -> None:
    withhold_the_last(emptied.folder / "ledger.sqlite3", CHAIN)
    with Ledger.open(emptied.url, reference=reference) as ledger, pytest.raises(VerificationError) as found:
        verify(ledger.evidence(CHAIN), ledger.policy())
    assert (found.value.code, found.value.step) == ("head_not_proven", "heads")


def test_the_audit_finds_the_withheld_record(emptied: World, reference: Reference) -> None:
    withhold_the_last(emptied.folder / "ledger.sqlite3", CHAIN)
    with Ledger.open(emptied.url, reference=reference) as ledger:
        report = audit(ledger.store, reference=reference, signer_state=emptied.state_path)
    listed = report["findings"]
    assert isinstance(listed, list)
    kinds = {finding["kind"] for finding in listed if isinstance(finding, dict)}
    assert {"links_digest_wrong", "heads_wrong"} <= kinds
