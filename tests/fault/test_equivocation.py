"""Two histories under one log key: each is found through a witness or a pinned checkpoint, and, without them, not."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.cli.checking import verify as verify_command
from ledger.cli.log import log as log_command
from ledger.core.addcheckpoint import AddCheckpoint
from ledger.core.bundle import Evidence, Policy
from ledger.core.checkpoint import Checkpoint
from ledger.core.misbehaviour import Misbehaviour
from ledger.core.note import COSIGNATURE, Signer, Verifier, add_signatures, parse_note, parse_signatures
from ledger.errors import VerificationError
from ledger.reference import Reference
from ledger.services.audit import audit
from ledger.services.clock import SetClock
from ledger.services.ledger import Ledger
from ledger.services.log_export import export
from ledger.verify import verify
from ledger.witness.check import Answer, Witness
from ledger.witness.state import State
from tests.services.world import ORIGIN, START_MS, World, ref

WITNESS = Signer("w1.example", bytes(range(1, 33)))
CHAIN = ref("batch", 1)


def witness(folder: Path, policy: Policy) -> Witness:
    keys = tuple(Verifier.parse(vkey) for vkey in policy.log_keys)
    return Witness(WITNESS, {ORIGIN: keys}, State(folder), SetClock(START_MS))


def shown_to(made: Witness, ledger: Ledger, old: int) -> Answer:
    """Submit the newest signed checkpoint of a ledger, as an honest client does."""
    state = ledger.log.state()
    proof = () if old > state.size else ledger.log.consistency(old, state.size)
    return made.add(AddCheckpoint(min(old, state.size), proof, state.note).encode())


def with_quorum(policy: Policy) -> Policy:
    text = f"witness w1 {WITNESS.verifier(COSIGNATURE).vkey()}\nquorum w1\n"
    return replace(policy, tlog_policy=text.encode())


def cosigned(bundle: bytes, answer: bytes) -> bytes:
    """Evidence with a witness's line on its checkpoint."""
    evidence = Evidence.parse(bundle)
    note = add_signatures(evidence.checkpoint, parse_signatures(answer))
    vkeys = tuple(sorted((*evidence.vkeys, WITNESS.verifier(COSIGNATURE).vkey())))
    return replace(evidence, checkpoint=note, vkeys=vkeys).encode()


def size_of(note: bytes) -> int:
    return Checkpoint.parse(parse_note(note)[0]).size


def clean(world: World) -> bool:
    with Ledger.open(world.url, reference=world.reference) as ledger:
        return audit(ledger.store, reference=world.reference, signer_state=world.state_path)["ok"] is True


def compare(one: Path, other: Path, *more: str) -> Result:
    return CliRunner().invoke(log_command, ["compare", str(one), str(other), *more], catch_exceptions=False)


def kept(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def duplicated(world: World, folder: Path) -> World:
    """A closed ledger's database and signer state, copied: what an insider runs as a second ledger."""
    folder.mkdir()
    made = World(folder, world.reference, SetClock(world.clock.now_ms()), world.count)
    shutil.copyfile(world.folder / "ledger.sqlite3", folder / "ledger.sqlite3")
    shutil.copyfile(world.state_path, made.state_path)
    return made


@pytest.fixture
def plant(tmp_path: Path, reference: Reference) -> World:
    """A plant with one batch, closed."""
    (tmp_path / "plant").mkdir()
    world = World(tmp_path / "plant", reference)
    with world.create():
        world.furnish()
        world.produce(1)
        world.ledger.publish_heads()
    return world


def test_a_fork_shown_to_two_regulators(plant: World, tmp_path: Path) -> None:
    double = duplicated(plant, tmp_path / "double")
    with plant.open() as ledger:
        plant.lose(1, "10")
        ledger.publish_heads()
        policy, to_one, pinned_by_one = ledger.policy(), ledger.evidence(CHAIN), ledger.log.state().note
        guard = witness(tmp_path / "w", policy)
        answer = shown_to(guard, ledger, 0)
    with double.open() as ledger:
        double.lose(1, "20")
        double.lose(1, "5")
        ledger.publish_heads()
        to_other, pinned_by_other = ledger.evidence(CHAIN), ledger.log.state().note
        refused = shown_to(guard, ledger, size_of(pinned_by_one))

    # Without witnesses and pins each regulator is told a genuine story, and each audit is clean.
    assert verify(to_one, policy).genuine
    assert verify(to_other, policy).genuine
    assert clean(plant)
    assert clean(double)
    # The witness cosigned the one and refuses the other: no quorum.
    assert (answer.status, refused.status) == (200, 422)
    assert verify(cosigned(to_one, answer.body), with_quorum(policy)).genuine
    with pytest.raises(VerificationError) as caught:
        verify(to_other, with_quorum(policy))
    assert caught.value.code == "witness_quorum_not_met"
    # The two pinned checkpoints, compared with the help of either log, prove it to everybody.
    pins = kept(tmp_path / "one", pinned_by_one), kept(tmp_path / "other", pinned_by_other)
    policy_file = kept(tmp_path / "policy.json", policy.encode())
    proof = tmp_path / "proof.json"
    found = compare(*pins, "--policy", str(policy_file), "--data", str(double.folder), "-o", str(proof))
    assert found.exit_code == 3, found.output
    assert "equivocation" in found.output
    assert verify(proof.read_bytes(), policy).misbehaviour
    assert Misbehaviour.parse(proof.read_bytes()).kind == "fork"
    told = CliRunner().invoke(verify_command, [str(proof), "--policy", str(policy_file)])
    assert told.exit_code == 3
    # So do the two pieces of evidence, with no log at hand.
    bundles = kept(tmp_path / "e1", to_one), kept(tmp_path / "e2", to_other)
    found = compare(*bundles, "-o", str(proof))
    assert found.exit_code == 3, found.output
    assert Misbehaviour.parse(proof.read_bytes()).kind == "leaf"


def test_history_rewritten_with_every_hash_made_anew(tmp_path: Path, reference: Reference) -> None:
    stories: list[World] = []
    notes: list[bytes] = []
    policies: list[Policy] = []
    for name, amount in (("true", "100"), ("rewritten", "90")):
        (tmp_path / name).mkdir()
        world = World(tmp_path / name, reference)
        with world.create() as ledger:
            world.furnish()
            world.produce(1, amount)
            world.produce(2)
            ledger.publish_heads()
            policies.append(ledger.policy())
            notes.append(ledger.log.state().note)
        stories.append(world)
    true, rewritten = stories
    policy = policies[0]
    assert policies[1] == policy
    with Ledger.open(rewritten.url, reference=reference) as ledger:
        evidence = ledger.evidence(CHAIN)
    # Without a pin nothing is found: the same key, the same genesis, every digest right.
    assert verify(evidence, policy).genuine
    assert clean(rewritten)
    guard = witness(tmp_path / "w", policy)
    with Ledger.open(true.url, reference=reference) as ledger:
        assert shown_to(guard, ledger, 0).status == 200
    with Ledger.open(rewritten.url, reference=reference) as ledger:
        assert shown_to(guard, ledger, size_of(notes[0])).status == 422
    pins = kept(tmp_path / "pinned", notes[0]), kept(tmp_path / "served", notes[1])
    policy_file = kept(tmp_path / "policy.json", policy.encode())
    proof = tmp_path / "proof.json"
    found = compare(*pins, "--policy", str(policy_file), "-o", str(proof))
    assert found.exit_code == 3, found.output
    assert verify(proof.read_bytes(), policy).misbehaviour


def test_yesterdays_backup_restored_with_its_signer_state(plant: World, tmp_path: Path) -> None:
    backup = duplicated(plant, tmp_path / "backup")
    with plant.open() as ledger:
        plant.lose(1, "10")
        policy, pinned = ledger.policy(), ledger.log.state().note
        guard = witness(tmp_path / "w", policy)
        assert shown_to(guard, ledger, 0).status == 200
    # Without a witness the restored ledger signs on, and its audit is clean.
    with backup.open() as ledger:
        before = shown_to(guard, ledger, size_of(pinned))
        for _ in range(3):
            backup.lose(1, "1")
        again = shown_to(guard, ledger, size_of(pinned))
        served = ledger.log.state().note
    assert clean(backup)
    # The witness refuses at once (it saw more), and again when the log has grown past it another way.
    assert (before.status, again.status) == (409, 422)
    pins = kept(tmp_path / "pinned", pinned), kept(tmp_path / "served", served)
    proof = tmp_path / "proof.json"
    found = compare(*pins, "--data", str(backup.folder), "-o", str(proof))
    assert found.exit_code == 3, found.output
    assert verify(proof.read_bytes(), policy).misbehaviour


def test_a_tail_that_was_cut_off(plant: World, tmp_path: Path) -> None:
    cut = duplicated(plant, tmp_path / "cut")
    with plant.open() as ledger:
        plant.lose(1, "10")
        policy, pinned = ledger.policy(), ledger.log.state().note
    with Ledger.open(cut.url, reference=cut.reference) as ledger:
        served = ledger.log.state().note
        assert verify(ledger.evidence(CHAIN), policy).genuine  # the control: by itself nothing is missing
        export(ledger.log, tmp_path / "served-log")
    assert clean(cut)
    pins = kept(tmp_path / "pinned", pinned), kept(tmp_path / "served", served)
    for place in (["--data", str(cut.folder)], ["--log-dir", str(tmp_path / "served-log")]):
        found = compare(*pins, "--policy", str(kept(tmp_path / "policy.json", policy.encode())), *place)
        assert found.exit_code == 1, found.output
        assert str(size_of(pinned)) in found.output
    guard = witness(tmp_path / "w", policy)
    with Ledger.open(plant.url, reference=plant.reference) as ledger:
        assert shown_to(guard, ledger, 0).status == 200
    with Ledger.open(cut.url, reference=cut.reference) as ledger:
        assert shown_to(guard, ledger, size_of(pinned)).status == 409


def test_an_honest_log_is_consistent_with_every_pin(plant: World, tmp_path: Path) -> None:
    with plant.open() as ledger:
        first = ledger.log.state().note
        plant.lose(1, "10")
        second = ledger.log.state().note
        vkey = ledger.verifier.vkey()
    with Ledger.open(plant.url, reference=plant.reference) as ledger:
        export(ledger.log, tmp_path / "log")
    pins = kept(tmp_path / "first", first), kept(tmp_path / "second", second)
    for place in (["--data", str(plant.folder)], ["--log-dir", str(tmp_path / "log"), "--key", vkey]):
        found = compare(*pins, *place)
        assert (found.exit_code, "consistent" in found.output) == (0, True), found.output
    found = compare(pins[0], pins[0], "--key", vkey)
    assert (found.exit_code, "same" in found.output) == (0, True)
    found = compare(pins[0], plant.state_path, "--data", str(plant.folder))
    assert found.exit_code == 0, found.output
    found = CliRunner().invoke(log_command, ["compare", *map(str, pins), "--key", vkey])
    assert getattr(found.exception, "code", None) == "compare_needs_log"
