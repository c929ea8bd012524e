"""The page of witnesses, for people and programs, and pins that are held against the log as it is."""

from pathlib import Path

import pytest

from api.views import Party, Principal, Words
from api.wiring.witnesses import LedgerWitnesses
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.keys import private_key
from ledger.core.note import COSIGNATURE, Signer, add_signatures, open_note, parse_note
from ledger.core.tlogpolicy import TlogPolicy
from ledger.errors import ConflictError, FormatError, VerificationError
from ledger.services.clock import SetClock
from ledger.services.witnessing.roster import Roster
from ledger.services.witnessing.rounds import Witnessing
from ledger.store.rows import CosignatureRow
from ledger.witness.check import Witness
from ledger.witness.state import State
from tests.api.wiring.served import Served
from tests.witness.test_rounds import W1, W2, reaching

HTML = {"accept": "text/html", "accept-language": "en"}


def chosen() -> Roster:
    lines = [f"witness {one.name} {one.verifier(COSIGNATURE).vkey()} https://{one.name}/log" for one in (W1, W2)]
    return Roster(TlogPolicy.parse("\n".join([*lines, "quorum w1.example", ""]).encode()))


def regulator(org: str = "org:0190a000-0000-7000-8000-0000000000aa") -> Principal:
    return Principal(
        "session", Party(org, Words("监管", "Bureau")), ("regulator",), user="user:x", user_roles=("auditor",)
    )


def test_anybody_sees_who_signed_what_and_who_is_behind(victim: Served, tmp_path: Path) -> None:
    ledger = victim.ledger
    empty = victim.client.get("/log/witnesses", headers={"accept": "application/json"}).json()
    assert (empty["witnesses"], empty["quorum"], empty["quorum_size"]) == ([], "none", None)
    ledger.log.watch(chosen())
    guard = Witness(W1, {ledger.origin: ledger.verifiers}, State(tmp_path), SetClock(ledger.clock.now_ms()))
    Witnessing(ledger, chosen(), ask=reaching({W1.name: guard})).turn()
    told = victim.client.get("/log/witnesses", headers={"accept": "application/json"}).json()
    first, second = told["witnesses"]
    assert (first["name"], first["size"], first["behind"], first["failures"]) == (W1.name, told["size"], 0, 0)
    assert (second["size"], second["at"], second["behind"], second["failures"]) == (None, None, None, 1)
    assert told["quorum_size"] == told["size"]
    assert open_note(told["checkpoint"].encode(), [W1.verifier(COSIGNATURE)])[1]
    for lang, said in (("en", "up to date"), ("zh", "已是最新")):
        page = victim.client.get(f"/log/witnesses?lang={lang}", headers={"accept": "text/html"})
        assert page.status_code == 200
        assert said in page.text
        assert W1.verifier(COSIGNATURE).vkey() in page.text
        assert "/log/witnesses/pins" not in page.text  # who has not signed in pins nothing here


def test_a_line_that_an_insider_made_up_is_not_told(victim: Served) -> None:
    ledger = victim.ledger
    ledger.log.watch(chosen())
    with ledger.store.read() as unit:
        newest = unit.log.last_published()
    assert newest is not None
    forged = W2.cosign(parse_note(newest.note)[0], 1).line()
    with ledger.store.write() as unit:
        unit.witnesses.keep(CosignatureRow(W1.verifier(COSIGNATURE).vkey(), newest.size, forged, 1))
    told = victim.client.get("/log/witnesses", headers={"accept": "application/json"}).json()
    assert [one["size"] for one in told["witnesses"]] == [None, None]


def test_a_pin_is_held_against_the_log_as_it_is(victim: Served) -> None:
    ledger, port, who = victim.ledger, LedgerWitnesses(victim.ledger), regulator()
    made = port.pin(who, None)
    assert (made.standing, made.checkpoint.encode()) == ("extended", ledger.log.checkpoint())
    assert port.pin(who, made.checkpoint) == made
    assert ledger.sequencer is not None
    signer = ledger.sequencer._appender._ports.signer
    size = ledger.log.state().size
    forked = sign_checkpoint(Checkpoint(ledger.origin, size, bytes(32)), [signer])
    ahead = sign_checkpoint(Checkpoint(ledger.origin, size + 5, bytes(32)), [signer])
    assert port.pin(who, forked.decode()).standing == "forked"
    assert port.pin(who, ahead.decode()).standing == "ahead"
    assert {pin.standing for pin in port.pins(who)} == {"extended", "forked", "ahead"}
    assert port.pins(regulator("org:0190a000-0000-7000-8000-0000000000bb")) == ()


def test_only_what_this_log_signed_is_pinned_and_nothing_else_of_a_note(
    victim: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, port, who = victim.ledger, LedgerWitnesses(victim.ledger), regulator()
    other = Signer(ledger.origin, private_key(b"another".ljust(32)))
    with pytest.raises(VerificationError):
        port.pin(who, sign_checkpoint(Checkpoint(ledger.origin, 3, bytes(32)), [other]).decode())
    with pytest.raises(FormatError):
        port.pin(who, "nonsense\n")
    with pytest.raises(FormatError):
        port.pin(who, "x" * 100_000)
    note = ledger.log.checkpoint()
    spam = add_signatures(note, [W2.cosign(parse_note(note)[0], 1)])
    assert port.pin(who, spam.decode()).checkpoint.encode() == note
    monkeypatch.setattr("ledger.services.witnessing.pins.MOST", 1)
    assert ledger.sequencer is not None
    signer = ledger.sequencer._appender._ports.signer
    with pytest.raises(ConflictError):
        port.pin(who, sign_checkpoint(Checkpoint(ledger.origin, 1, bytes(32)), [signer]).decode())
    assert port.pin(who, None).standing == "extended"
