"""A full audit whose bytes and signatures others judged ahead finds what it finds alone."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.core.b64 import b64u
from ledger.core.keys import public_key, verify
from ledger.reference import Reference
from ledger.services import audit_replay, audit_workers
from ledger.services.audit import audit
from ledger.services.audit_ahead import Ahead, Scout, rows_of
from ledger.services.audit_workers import Workers
from tests.services.tampering import BYTES, MEANING, replaced, tamper
from tests.services.test_evidence import KEY, REGISTRAR, signed_body
from tests.services.world import AUTH, OPERATOR, ORIGIN, PRODUCER, USCC, World, organisation, ref

RANGE = 4


class Here(Workers):
    """Scouts in this process, range by range; all is judged before the audit reads, and what was is told ``after``."""

    def __init__(self, world: World, after: Callable[[], None] = lambda: None) -> None:
        self._world, self._after = world, after

    def __exit__(self, *_: object) -> None:
        pass

    def scout(self, origin: str, low: int, high: int) -> Iterator[tuple[int, int, Sequence[Ahead] | None]]:
        scout = Scout(origin)
        with self._world.ledger.store.read() as unit:
            found = [
                (n, min(n + RANGE, high), scout.look(unit, n, min(n + RANGE, high))) for n in range(low, high, RANGE)
            ]
        self._after()
        yield from found


def full(world: World, workers: Workers | None = None) -> dict[str, Any]:
    return audit(world.ledger.store, reference=world.reference, signer_state=world.state_path, workers=workers)


def test_other_processes_find_nothing_in_a_sound_ledger(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_workers, "AHEAD", RANGE)
    with Workers(lived.ledger.store.engines.url, 2) as workers:
        found = full(lived, workers)
    assert found["ok"]
    assert found == full(lived)


@pytest.mark.parametrize(("statement", "values", "kind"), [*BYTES, *MEANING])
def test_what_is_found_does_not_depend_on_who_judged(
    lived: World, statement: str, values: tuple[object, ...], kind: str
) -> None:
    tamper(lived, statement, *values)
    alone = full(lived)
    assert kind in {one["kind"] for one in alone["findings"]}
    assert full(lived, Here(lived)) == alone


def test_rows_that_changed_after_they_were_judged_are_judged_again(
    lived: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit reads another state than the scout did: what was in order then says nothing about it."""
    statement, values, kind = BYTES[2]
    forged = Here(lived)
    with lived.ledger.store.read() as unit:
        before = [*forged.scout(ORIGIN, 1, unit.log.size())]
    tamper(lived, statement, *values)
    monkeypatch.setattr(Here, "scout", lambda *_: iter(before))
    found = full(lived, forged)
    assert kind in {one["kind"] for one in found["findings"]}
    assert found == full(lived)


# --- signatures -------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed(reference: Reference, tmp_path: Path) -> Iterator[World]:
    """A ledger with statements by a registrar and by an organisation's own key."""
    made = World(tmp_path, reference)
    with made.create(public_key(REGISTRAR)) as ledger:
        key = {"key": b64u(public_key(KEY)), "alg": "ed25519", "holder": PRODUCER}
        admitted = organisation(PRODUCER, "生产方", USCC[0], "producer")
        body = made.body("governance.organisation_admitted", OPERATOR, organisation=admitted, key=key)
        ledger.append(ledger.signed(signed_body(body, REGISTRAR, KEY), AUTH))
        for number in (1, 2):
            site = {
                "site": ref("site", number),
                "names": {"zh": "厂区"},
                "region": "320500",
                "locations": [{"location": "tank-1", "kind": "tank"}],
            }
            stated = made.body("governance.site_registered", PRODUCER, site=site)
            ledger.append(ledger.signed(signed_body(stated, KEY), AUTH))
        yield made


def test_signatures_that_were_found_good_are_not_checked_twice(signed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = full(signed)
    checked: list[bytes] = []

    def noted(raw: bytes, sig: bytes, message: bytes) -> bool:
        checked.append(raw)
        return verify(raw, sig, message)

    monkeypatch.setattr(audit_replay, "verify", noted)
    assert full(signed, Here(signed)) == alone
    assert sorted(checked) == sorted([public_key(REGISTRAR), public_key(KEY)]), "a registrar's key is of no actor"


def looked(world: World) -> list[Ahead]:
    with world.ledger.store.read() as unit:
        return Scout(ORIGIN).look(unit, 1, unit.log.size())


def test_a_wrong_signature_is_never_called_good(signed: World) -> None:
    [found] = looked(signed)
    assert found.signed == {2, 3}
    with signed.ledger.store.read() as unit:
        [chunk] = unit.entries.chunks(2, 3)
        old = str(chunk.events[0][5][80:120], "ascii")
    tamper(signed, replaced("events", "signatures", old, "A" * 40), 2)
    assert 2 not in looked(signed)[0].signed
    alone = full(signed)
    assert full(signed, Here(signed)) == alone
    assert not alone["ok"]


def test_a_key_that_is_known_by_another_id_signs_nothing(signed: World) -> None:
    """The projections, where keys are looked up, are nobody's word: an id is the digest of its key."""
    other = b64u(public_key(REGISTRAR))
    tamper(signed, replaced("states", "body", b64u(public_key(KEY)), other, "key = ?"), PRODUCER)
    assert looked(signed)[0].signed == frozenset()
    tamper(signed, "UPDATE states SET body = CAST('[]' AS BLOB) WHERE key = ?", PRODUCER)
    assert looked(signed)[0].signed == frozenset()


def test_equal_rows_have_equal_digests_whoever_read_them(lived: World) -> None:
    with lived.ledger.store.read() as unit:
        [one] = unit.entries.chunks(1, 6)
    with lived.ledger.store.read() as unit:
        [other] = unit.entries.chunks(1, 6)
        [more] = unit.entries.chunks(1, 7)
    assert rows_of(one) == rows_of(other) != rows_of(more)
    shared = one._replace(links=[(*row[:4], one.links[0][4]) for row in one.links])
    alike = one._replace(links=[(*row[:4], bytes(bytearray(one.links[0][4]))) for row in one.links])
    assert rows_of(shared) == rows_of(alike)
