"""The same ledger on PostgreSQL: appended, proven, audited, rebuilt."""

from pathlib import Path

import pytest

from ledger.errors import RefusedError
from ledger.reference import Reference
from ledger.services.answers import Appended
from ledger.services.audit import audit
from ledger.services.rebuild import rebuild
from ledger.verify import verify
from tests.services.world import AUTH, World, ref
from tests.support.postgres import Postgres


@pytest.mark.postgres
def test_a_ledger_lives_on_postgresql(postgres: Postgres, tmp_path: Path, reference: Reference) -> None:
    world = World(tmp_path, reference)
    world.url = postgres.database()
    with world.create() as ledger:
        world.furnish()
        bodies = [world.produce_body(n) for n in range(1, 301)]
        results = ledger.append_many([ledger.state(body, AUTH) for body in bodies])
        assert all(isinstance(result, Appended) for result in results)
        world.blend(900, 1, 2)
        with pytest.raises(RefusedError):
            world.lose(1, "1000")
        ledger.publish_heads()
        assert verify(ledger.evidence(ref("batch", 1)), ledger.policy()).genuine
        assert audit(ledger.store, reference=reference, signer_state=world.state_path)["findings"] == []
        rebuild(ledger.store)
        assert audit(ledger.store, reference=reference)["findings"] == []
