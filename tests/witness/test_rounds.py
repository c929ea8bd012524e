"""The log's side: what is published is cosigned and shown, lies are not kept, and who is put back is stopped."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.core.addcheckpoint import SIZE_TYPE
from ledger.core.bundle import Evidence, Policy, Receipt
from ledger.core.checkpoint import Checkpoint
from ledger.core.note import COSIGNATURE, Signer, open_note, parse_note
from ledger.core.tlogpolicy import TlogPolicy
from ledger.errors import ConfigurationError, IntegrityError, NotFoundError, UnavailableError, VerificationError
from ledger.reference import Reference
from ledger.services.audit import audit
from ledger.services.calls import CallError, Reply
from ledger.services.clock import SetClock
from ledger.services.ledger import Ledger
from ledger.services.signer_state import SignerState
from ledger.services.witnessing import roster, rounds
from ledger.services.witnessing.roster import Roster
from ledger.services.witnessing.rounds import WAITS_MS, Rounds, Witnessing
from ledger.services.witnessing.submit import Ask
from ledger.verify import verify
from ledger.witness.check import Witness
from ledger.witness.state import State
from tests.services.world import ORIGIN, START_MS, World, ref

W1, W2 = (Signer(f"w{n}.example", bytes(range(n, n + 32))) for n in (1, 2))
CHAIN = ref("batch", 1)


def listed(*signers: Signer, quorum: str = "w1.example") -> str:
    lines = [f"witness {one.name} {one.verifier(COSIGNATURE).vkey()} https://{one.name}/log" for one in signers]
    return "\n".join([*lines, f"quorum {quorum}", ""])


def chosen(*signers: Signer, quorum: str = "w1.example") -> Roster:
    return Roster(TlogPolicy.parse(listed(*signers, quorum=quorum).encode()))


def guards(folder: Path, ledger: Ledger, *signers: Signer) -> dict[str, Witness]:
    """Witnesses by the host at which they are reached."""
    logs = {ORIGIN: ledger.verifiers}
    return {one.name: Witness(one, logs, State(folder / one.name), SetClock(START_MS)) for one in signers}


def reaching(witnesses: dict[str, Witness]) -> Ask:
    """Calls that reach them, and nobody else."""

    def ask(method: str, url: str, body: bytes | None) -> Reply:
        host, _, path = url.removeprefix("https://").partition("/log/")
        if host not in witnesses:
            raise CallError("unreachable")
        if method == "POST":
            assert path == "add-checkpoint"
            answer = witnesses[host].add(body or b"")
        else:
            answer = witnesses[host].latest(path.removesuffix("/checkpoint"))
        return Reply(answer.status, answer.media_type, answer.body)

    return ask


def answering(status: int, body: bytes, media_type: str = "text/plain") -> Ask:
    def ask(method: str, url: str, body_: bytes | None) -> Reply:
        return Reply(status, media_type, body)

    return ask


def quorum_of(ledger: Ledger, *signers: Signer) -> Policy:
    return replace(ledger.policy(), tlog_policy=listed(*signers).encode())


def size_of(note: bytes) -> int:
    return Checkpoint.parse(parse_note(note)[0]).size


@pytest.fixture
def plant(tmp_path: Path, reference: Reference) -> World:
    """A plant with one batch, open for writing, everything published."""
    (tmp_path / "plant").mkdir()
    world = World(tmp_path / "plant", reference)
    world.create()
    world.furnish()
    world.produce(1)
    world.ledger.publish_heads()
    world.ledger.close()
    world.open()
    return world


def test_what_is_published_is_cosigned_and_shown(plant: World, tmp_path: Path) -> None:
    ledger, policy = plant.ledger, quorum_of(plant.ledger, W1)
    made = Witnessing(ledger, chosen(W1), ask=reaching(guards(tmp_path, ledger, W1)))
    ledger.log.watch(chosen(W1))
    receipt = ledger.receipt(*_first(plant))
    for bundle in (receipt, ledger.evidence(CHAIN)):  # log-signed: no quorum yet
        with pytest.raises(VerificationError) as caught:
            verify(bundle, policy)
        assert caught.value.code == "witness_quorum_not_met"
    told = made.turn()
    assert [(one.outcome, one.size) for one in told] == [("cosigned", ledger.log.state().size)]
    shown = ledger.log.checkpoint()
    _, found = open_note(shown, [W1.verifier(COSIGNATURE)])
    assert found[0].time_s == START_MS // 1000
    # The receipt that was log-signed is refreshed to a cosigned one, and so is evidence.
    for bundle in (ledger.receipt(*_first(plant)), ledger.evidence(CHAIN)):
        report = verify(bundle, policy)
        assert [part.code for part in report.verdict][:2] == ["genuine", "quorum_met"]
    assert Receipt.parse(ledger.receipt(*_first(plant))).proof.checkpoint == shown
    ledger.close()
    with Ledger.open(plant.url, reference=plant.reference) as reader:
        reader.log.watch(chosen(W1))
        assert reader.log.checkpoint() == shown
        assert verify(reader.evidence(CHAIN), policy).genuine
        assert audit(reader.store, reference=plant.reference, signer_state=plant.state_path)["ok"] is True


def _first(world: World) -> tuple[str, str]:
    """Actor and id of the record of batch 1."""
    with world.ledger.store.read() as unit:
        index = next(link.idx for link in unit.chains.iter_history(CHAIN))
        event = unit.events.at(index)
    assert event is not None
    return event.actor, event.id


def test_nothing_is_asked_twice_and_what_is_new_is(plant: World, tmp_path: Path) -> None:
    ledger = plant.ledger
    made = Witnessing(ledger, chosen(W1), ask=reaching(guards(tmp_path, ledger, W1)))
    assert len(made.turn()) == 1
    assert made.turn() == []
    assert made.until_due() == rounds.IDLE_S
    assert len(made.turn(now=True)) == 1
    plant.lose(1, "10")
    assert ledger.sequencer is not None
    ledger.close()
    plant.clock.set(plant.clock.now_ms() + 3_600_000)
    plant.open()
    again = Witnessing(plant.ledger, chosen(W1), ask=reaching(guards(tmp_path, plant.ledger, W1)))
    assert [one.outcome for one in again.turn()] == ["cosigned"]
    plant.ledger.close()


def test_a_witness_that_knows_another_size_is_asked_again_with_it(plant: World, tmp_path: Path) -> None:
    ledger = plant.ledger
    ask = reaching(guards(tmp_path, ledger, W1))
    Witnessing(ledger, chosen(W1), ask=ask).turn()
    with ledger.store.write() as unit:
        unit.connection.execute(text("DELETE FROM witness_views"))
        unit.connection.execute(text("DELETE FROM cosignatures"))
    assert [one.outcome for one in Witnessing(ledger, chosen(W1), ask=ask).turn()] == ["cosigned"]
    ledger.close()


def test_a_quorum_of_two_needs_both(plant: World, tmp_path: Path) -> None:
    ledger = plant.ledger
    both = Roster(
        TlogPolicy.parse(
            listed(W1, W2).replace("quorum w1.example", "group g all w1.example w2.example\nquorum g").encode()
        )
    )
    ledger.log.watch(both)
    witnesses = guards(tmp_path, ledger, W1)
    assert {one.name: one.outcome for one in Witnessing(ledger, both, ask=reaching(witnesses)).turn()} == {
        "w1.example": "cosigned",
        "w2.example": "failed",
    }
    with ledger.store.read() as unit:
        assert ledger.log.cosigned(unit) is None
    assert W1.name.encode() in ledger.log.checkpoint()  # what there is is shown all the same
    witnesses.update(guards(tmp_path, ledger, W2))
    plant.clock.set(plant.clock.now_ms() + WAITS_MS[0])
    assert [one.outcome for one in Witnessing(ledger, both, ask=reaching(witnesses)).turn()] == ["cosigned"]
    with ledger.store.read() as unit:
        assert ledger.log.cosigned(unit) is not None
    ledger.close()


# A witness that lies, or is down.


@pytest.mark.parametrize(
    "answer",
    [
        lambda note: W2.cosign(parse_note(note)[0], 1).line(),
        lambda note: W1.cosign(b"test.example/log\n1\n" + b"A" * 43 + b"=\n", 1).line(),
        lambda note: W1.sign(parse_note(note)[0]).line(),
        lambda note: b"nonsense\n",
        lambda note: b"",
        lambda note: b"\xff" * 10_000,
    ],
    ids=["another key", "another checkpoint", "no cosignature", "nonsense", "nothing", "bytes"],
)
def test_an_answer_that_is_no_cosignature_is_not_kept(plant: World, answer: Callable[[bytes], bytes]) -> None:
    ledger = plant.ledger
    ledger.log.watch(chosen(W1))
    newest = ledger.log.checkpoint()
    made = Witnessing(ledger, chosen(W1), ask=answering(200, answer(newest)))
    assert [one.outcome for one in made.turn()] == ["failed"]
    assert ledger.log.checkpoint() == newest
    assert plant.produce(2).index > 0
    ledger.close()


def test_lines_beside_its_own_are_not_kept(plant: World) -> None:
    ledger = plant.ledger
    ledger.log.watch(chosen(W1, W2))
    text_ = parse_note(ledger.log.checkpoint())[0]
    lines = (
        W1.cosign(text_, 1).line()
        + W2.cosign(text_, 1).line()
        + Signer("spam", bytes(range(3, 35))).cosign(text_, 1).line()
    )
    Witnessing(ledger, chosen(W1), ask=answering(200, lines)).turn()
    assert ledger.log.checkpoint().endswith(W1.cosign(text_, 1).line())
    assert b"spam" not in ledger.log.checkpoint()
    assert W2.name.encode() not in ledger.log.checkpoint()
    ledger.close()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (409, b"3\n", "text/plain"),
        (409, b"many\n", SIZE_TYPE),
        (409, b"0\n", SIZE_TYPE),
        (404, b"", "text/plain"),
        (301, b"", "text/plain"),
        (500, b"", "text/plain"),
    ],
)
def test_whatever_it_answers_the_ledger_goes_on(plant: World, status: int, body: bytes, kind: str) -> None:
    made = Witnessing(plant.ledger, chosen(W1), ask=answering(status, body, kind))
    assert [one.outcome for one in made.turn()] == ["failed"]
    assert plant.produce(2).index > 0
    plant.ledger.close()


def test_a_witness_whose_size_keeps_changing_is_not_followed_for_ever(plant: World) -> None:
    sizes = iter(range(1, 100))
    made = Witnessing(plant.ledger, chosen(W1), ask=lambda *_: Reply(409, SIZE_TYPE, b"%d\n" % next(sizes)))
    assert [one.word for one in made.turn()] == ["the size it knows keeps changing"]
    assert next(sizes) == 4
    plant.ledger.close()


def test_a_witness_that_is_down_is_asked_later_and_later(plant: World) -> None:
    made = Witnessing(plant.ledger, chosen(W1), ask=reaching({}))
    waits = []
    for _ in range(len(WAITS_MS) + 1):
        assert [one.outcome for one in made.turn()] == ["failed"]
        assert made.turn() == []
        with plant.ledger.store.read() as unit:
            row = unit.witnesses.views()[0]
        waits.append(row.due_at_ms - plant.clock.now_ms())
        assert 0 < made.until_due() <= rounds.IDLE_S
        plant.clock.set(row.due_at_ms)
    assert waits == [*WAITS_MS, WAITS_MS[-1]]
    plant.ledger.close()


def test_a_line_that_an_insider_changed_is_not_shown(plant: World, tmp_path: Path) -> None:
    ledger = plant.ledger
    ledger.log.watch(chosen(W1))
    Witnessing(ledger, chosen(W1), ask=reaching(guards(tmp_path, ledger, W1))).turn()
    text_ = parse_note(ledger.log.checkpoint())[0]
    for line in (W2.cosign(text_, 1).line(), W1.cosign(text_, 1).line()[:-8] + b"AAAAAA=\n", b"nonsense", b""):
        with ledger.store.write() as unit:
            unit.connection.execute(text("UPDATE cosignatures SET line = :line"), {"line": line})
        ledger.log.refresh()
        assert W1.name.encode() not in ledger.log.checkpoint()
        assert not Evidence.parse(ledger.evidence(CHAIN)).vkeys[1:]
    ledger.close()


def test_evidence_is_as_complete_as_without_witnesses(plant: World, tmp_path: Path) -> None:
    """A record, or published heads, newer than the cosigned checkpoint are shown, log-signed, rather than left out."""
    ledger = plant.ledger
    ledger.log.watch(chosen(W1))
    Witnessing(ledger, chosen(W1), ask=reaching(guards(tmp_path, ledger, W1))).turn()
    assert len(Evidence.parse(ledger.evidence(CHAIN)).vkeys) == 2
    plant.produce(2)
    assert len(Evidence.parse(ledger.evidence(CHAIN)).vkeys) == 2  # another batch: the cosigned one says as much
    plant.lose(1, "10")
    newer = Evidence.parse(ledger.evidence(CHAIN))
    assert len(newer.vkeys) == 1
    assert len([entry for entry in newer.entries if entry.link]) == 2
    ledger.close()


# A log that was put back.


def put_back(plant: World, tmp_path: Path) -> tuple[World, dict[str, Witness]]:
    """A copy of the plant with its signer state, made before a witness saw more of it; the plant is closed."""
    plant.ledger.close()
    folder = tmp_path / "older"
    folder.mkdir()
    older = World(folder, plant.reference, SetClock(plant.clock.now_ms()), plant.count)
    shutil.copyfile(plant.folder / "ledger.sqlite3", folder / "ledger.sqlite3")
    shutil.copyfile(plant.state_path, older.state_path)
    with plant.open() as ledger:
        plant.lose(1, "10")
        plant.lose(1, "10")
    with plant.open() as ledger:
        witnesses = guards(tmp_path, ledger, W1)
        assert [one.outcome for one in Witnessing(ledger, chosen(W1), ask=reaching(witnesses)).turn()] == ["cosigned"]
    return older, witnesses


def test_a_log_that_was_put_back_signs_on_without_a_witness(plant: World, tmp_path: Path) -> None:
    older, _ = put_back(plant, tmp_path)
    with older.open() as ledger:
        older.lose(1, "1")
        assert audit(ledger.store, reference=older.reference, signer_state=older.state_path)["ok"] is True


def test_a_witness_stops_a_log_that_was_put_back(plant: World, tmp_path: Path) -> None:
    older, witnesses = put_back(plant, tmp_path)
    with older.open() as ledger:
        told = Witnessing(ledger, chosen(W1), ask=reaching(witnesses)).turn()
        assert [(one.outcome, one.word) for one in told] == [("inconsistent", "log_behind_witness")]
        with pytest.raises(UnavailableError, match="log_behind_witness"):
            older.lose(1, "1")
        assert "log_behind_witness" in str(ledger.why_not_writing)
    # It was signed further than this database reaches: that is on record now, and stays so without the witness.
    with pytest.raises(IntegrityError) as caught:
        older.open()
    assert caught.value.code == "log_behind_signer"
    with plant.open():
        assert plant.lose(1, "1").index > 0  # the right database goes on


def test_a_witness_stops_a_log_that_forked(plant: World, tmp_path: Path) -> None:
    older, witnesses = put_back(plant, tmp_path)
    with older.open():
        for _ in range(4):
            older.lose(1, "1")
    with older.open() as ledger:
        told = Witnessing(ledger, chosen(W1), ask=reaching(witnesses)).turn()
        assert [one.word for one in told] == ["log_forks_witness"]
        with pytest.raises(UnavailableError, match="log_forks_witness"):
            older.lose(1, "1")
    with pytest.raises(IntegrityError) as caught:
        older.open()
    assert caught.value.code == "log_forks_signer"


def test_a_bare_number_stops_the_signer_until_somebody_looks(plant: World) -> None:
    """A witness that says it knows more, but shows nothing that this log signed, binds no restart."""
    ledger = plant.ledger
    made = Witnessing(ledger, chosen(W1), ask=answering(409, b"1000000\n", SIZE_TYPE))
    assert [one.word for one in made.turn()] == ["log_behind_witness"]
    with pytest.raises(UnavailableError):
        plant.produce(2)
    ledger.recover()
    assert plant.produce(3).index > 0
    ledger.close()


def test_a_starting_writer_asks_the_witnesses_first(plant: World, tmp_path: Path) -> None:
    older, witnesses = put_back(plant, tmp_path)

    def guard(ledger: Ledger) -> None:
        found = rounds.guard(ledger, chosen(W1), reaching(witnesses))
        if found is not None:
            SignerState(older.state_path).write(found[1])
            raise found[0]

    with pytest.raises(IntegrityError) as caught:
        Ledger.open(older.url, **older._ports(), guard=guard)
    assert caught.value.code == "log_behind_witness"
    with pytest.raises(IntegrityError):
        older.open()
    with Ledger.open(plant.url, **plant._ports(), guard=guard) as ledger:
        assert ledger.why_not_writing is None
        assert rounds.guard(ledger, chosen(W1), reaching({})) is None  # who is down keeps nobody from starting


# By hand, and as a thread.


def test_a_request_may_be_carried_by_hand(plant: World, tmp_path: Path) -> None:
    ledger = plant.ledger
    ledger.log.watch(chosen(W1))
    guard = guards(tmp_path, ledger, W1)[W1.name]
    made = Witnessing(ledger, chosen(W1), ask=reaching({}))
    answer = guard.add(made.draft(W1.name))
    assert answer.status == 200
    assert made.take(W1.name, answer.body) == size_of(ledger.log.checkpoint())
    assert answer.body in ledger.log.checkpoint()
    with pytest.raises(VerificationError):
        made.take(W1.name, W2.cosign(parse_note(ledger.log.checkpoint())[0], 1).line())
    with pytest.raises(NotFoundError):
        made.draft("nobody")
    ledger.close()


def test_the_thread_asks_when_something_is_published(plant: World, tmp_path: Path) -> None:
    ledger = plant.ledger
    witnesses = guards(tmp_path, ledger, W1)
    ask, asked = reaching(witnesses), threading.Event()

    def telling(method: str, url: str, body: bytes | None) -> Reply:
        reply = ask(method, url, body)
        asked.set()
        return reply

    running = Rounds(ledger, Witnessing(ledger, chosen(W1), ask=telling))
    running.start()
    assert asked.wait(60)
    running.close()
    running.close()
    ledger.close()


def test_the_operators_file(tmp_path: Path) -> None:
    path = tmp_path / "witnesses"
    path.write_text(listed(W1), encoding="utf-8")
    assert [line.name for line in roster.read(path, private=False).asked] == [W1.name]
    path.write_text(listed(W1).replace("https://", "http://"), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        roster.read(path, private=False)
    assert caught.value.code == "witness_url_invalid"
    assert roster.read(path, private=True).asked
    for content in ("nonsense\n", ""):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ConfigurationError) as caught:
            roster.read(path, private=False)
        assert caught.value.code == "witnesses_unreadable"
