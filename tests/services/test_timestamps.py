"""Timestamps of an authority (RFC 3161) on the day's checkpoint: `openssl ts` answers, and nothing else is believed."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from sqlalchemy import text

from api.wiring.witnesses import LedgerWitnesses
from ledger.cli.timestamps import check_timestamp
from ledger.config import load
from ledger.errors import ConfigurationError, VerificationError
from ledger.services.calls import Caller, CallError, Reply
from ledger.services.log_export import export as export_log
from ledger.services.timestamps.authority import Authority, chosen, trusted
from ledger.services.timestamps.daily import WAITS_MS, Timestamping, export, kept
from ledger.services.timestamps.revocation import lists
from ledger.services.timestamps.stamp import check, request
from tests.services.world import World
from tests.witness import tsa

pytestmark = pytest.mark.usefixtures("openssl")
DAY_MS = 86_400_000
NOTE = b"log.example/a\n5\nAAAA\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tsa.Authority:
    return tsa.make(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture(scope="module")
def address(authority: tsa.Authority) -> Iterator[str]:
    with tsa.serving(authority) as url:
        yield url


@pytest.fixture
def trusting(authority: tsa.Authority, address: str) -> Authority:
    return Authority(address, trusted(authority.ca), private=True)


# --- one answer -------------------------------------------------------------------------------------------------------


def test_an_answer_is_accepted_for_its_note_and_nonce(authority: tsa.Authority) -> None:
    asked = request(NOTE)
    answer, roots = authority.answer(asked.as_bytes()), trusted(authority.ca)
    stamp = check(answer, NOTE, roots, nonce=asked.nonce)
    assert (stamp.policy, stamp.serial > 0) == ("1.3.6.1.4.1.57264.2", True)
    assert check(answer, NOTE, roots) == stamp
    refuses(answer, NOTE + b"\n", roots)
    refuses(answer, NOTE, roots, nonce=(asked.nonce or 0) + 1)
    for other in (b"", b"\x30", b"<html>", answer[:-1], answer + b"\0", answer * 200):
        refuses(other, NOTE, roots)


def refuses(answer: bytes, note: bytes, roots: tuple[x509.Certificate, ...], *, nonce: int | None = None) -> None:
    with pytest.raises(VerificationError, match="timestamp_wrong"):
        check(answer, note, roots, nonce=nonce)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_no_changed_byte_makes_an_answer_say_something_else(authority: tsa.Authority) -> None:
    """Bytes that nobody signs (copies of certificates) may change; what is stated, and by whom, may not."""
    answer, roots = authority.answer(request(NOTE).as_bytes()), trusted(authority.ca)
    stamp, refused = check(answer, NOTE, roots), 0
    for at in range(len(answer)):
        changed = bytearray(answer)
        changed[at] ^= 1 << at % 8
        try:
            assert check(bytes(changed), NOTE, roots) == stamp, at
        except VerificationError:
            refused += 1
    assert refused * 2 > len(answer)


def test_only_an_authority_that_is_trusted_is_believed(authority: tsa.Authority, tmp_path: Path) -> None:
    other = tsa.make(tmp_path / "other")
    answer = other.answer(request(NOTE).as_bytes())
    assert check(answer, NOTE, trusted(other.ca)).serial == 2
    refuses(answer, NOTE, trusted(authority.ca))


def test_a_refusal_is_no_timestamp(authority: tsa.Authority) -> None:
    refused = authority.answer(b"\x30\x03\x02\x01\x01")  # not a request: PKIStatus rejection
    refuses(refused, NOTE, trusted(authority.ca))


# --- the chain, and what was revoked ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> tuple[tsa.Chained, bytes]:
    """An authority under an intermediate one, and its answer about the note."""
    made = tsa.chained(tmp_path_factory.mktemp("tsa") / "deep")
    return made, made.authority.answer(request(NOTE).as_bytes())


def test_a_chain_leads_to_the_pinned_root_and_nowhere_else(
    deep: tuple[tsa.Chained, bytes], authority: tsa.Authority
) -> None:
    made, answer = deep
    foreign = trusted(authority.ca)
    assert check(answer, NOTE, [made.root, made.between]).serial > 0
    for trust in ([made.root], [*foreign, made.between], [*foreign, made.leaf], [*foreign, made.between, made.leaf]):
        refuses(answer, NOTE, tuple(trust))


def test_a_certificate_that_had_ended_stamps_nothing(tmp_path: Path) -> None:
    made = tsa.chained(tmp_path / "ended", until=tsa.BEGIN + timedelta(days=1))
    refuses(made.authority.answer(request(NOTE).as_bytes()), NOTE, (made.root, made.between))


OLD, COMING = tsa.BEGIN, tsa.BEGIN + timedelta(days=49 * 365)


@pytest.mark.parametrize(
    ("reason", "since", "good"),
    [
        (x509.ReasonFlags.superseded, COMING, True),
        (x509.ReasonFlags.superseded, OLD, False),
        (x509.ReasonFlags.cessation_of_operation, COMING, True),
        (x509.ReasonFlags.remove_from_crl, OLD, True),
        (x509.ReasonFlags.key_compromise, COMING, False),
        (None, COMING, False),
    ],
)
def test_a_revoked_certificate_counts_as_rfc_3161_says(
    deep: tuple[tsa.Chained, bytes], tmp_path: Path, reason: x509.ReasonFlags | None, since: datetime, *, good: bool
) -> None:
    made, answer = deep
    trust = (made.root, made.between)
    for one in (made.leaf, made.between):
        revoked = lists(made.crl(tmp_path / "crls", (one, reason, since), days=50 * 365))
        if good:
            assert check(answer, NOTE, trust, revoked=revoked) == check(answer, NOTE, trust)
        else:
            with pytest.raises(VerificationError, match="timestamp_wrong") as told:
                check(answer, NOTE, trust, revoked=revoked)
            assert "was revoked" in str(told.value.params["reason"])


def test_where_lists_are_given_one_in_force_has_to_tell(deep: tuple[tsa.Chained, bytes], tmp_path: Path) -> None:
    """A list that ended, of somebody else, or signed by somebody else tells nothing."""
    made, answer = deep
    other = tsa.chained(tmp_path / "other")
    good = lists(made.crl(tmp_path / "good", days=50 * 365))
    assert check(answer, NOTE, (made.root, made.between), revoked=good).serial > 0
    for revoked in (
        (),
        good[:1],
        good[1:],
        lists(made.crl(tmp_path / "ended", days=1)),
        lists(other.crl(tmp_path / "foreign", days=50 * 365)),
    ):
        with pytest.raises(VerificationError, match="timestamp_wrong") as told:
            check(answer, NOTE, (made.root, made.between), revoked=revoked)
        assert "no list tells" in str(told.value.params["reason"])


def test_a_stamp_whose_certificate_was_revoked_is_not_kept_nor_shown(
    plant: World, deep: tuple[tsa.Chained, bytes], tmp_path: Path
) -> None:
    made, _ = deep
    crls = made.crl(tmp_path / "crls", days=50 * 365)
    with tsa.serving(made.authority) as url:
        plant.ledger.authority = chosen(url, made.authority.ca, private=True, crls=crls)
        assert plant.ledger.authority is not None
        stamping = Timestamping(plant.ledger, plant.ledger.authority)
        told = stamping.turn()
        assert told is not None
        assert told.outcome == "stamped", told.word
        [(day, _)] = shown(plant)
        assert day
        made.crl(crls, (made.leaf, x509.ReasonFlags.key_compromise, COMING), days=50 * 365)
        assert shown(plant) == [], "the list is read anew"
        told = stamping.turn(now=True)
        assert told is not None
        assert (told.outcome, "was revoked" in told.word) == ("failed", True)
        crls.write_text("nothing")
        assert shown(plant) == []
        told = stamping.turn(now=True)
        assert told is not None
        assert told.word.startswith("tsa_crls_unreadable")


# --- once a day -------------------------------------------------------------------------------------------------------


@pytest.fixture
def stamped(plant: World, trusting: Authority) -> tuple[World, Timestamping]:
    plant.ledger.authority = trusting
    made = Timestamping(plant.ledger, trusting)
    told = made.turn()
    assert told is not None
    assert (told.outcome, told.word) == ("stamped", "stamped")
    return plant, made


def grow(world: World, number: int) -> None:
    """One more record, published."""
    world.produce(number)
    world.clock.set(world.clock.now_ms() + 2_000)
    world.ledger.publish_heads()
    world.ledger.publish_heads()


def shown(world: World) -> list[tuple[str, int]]:
    assert world.ledger.authority is not None
    with world.ledger.store.read() as unit:
        return [(one.day, one.size) for one in kept(unit, world.ledger.authority, limit=10)]


def test_a_day_is_stamped_once_and_only_if_the_log_grew(stamped: tuple[World, Timestamping]) -> None:
    world, made = stamped
    [(_, size)] = shown(world)
    grow(world, 5)
    assert made.turn() is None, "the day has its stamp"
    world.clock.set(world.clock.now_ms() + DAY_MS)
    told = made.turn()
    assert told is not None
    assert told.size > size
    world.clock.set(world.clock.now_ms() + DAY_MS)
    assert made.turn() is None, "nothing was recorded since"
    assert made.turn(now=True) is not None
    assert len(shown(world)) == 3
    assert made.until_due() > 0


def test_who_does_not_answer_is_asked_later_and_later(plant: World, trusting: Authority) -> None:
    calls: list[int] = []

    class Broken(Caller):
        def __call__(self, *_: object, **__: object) -> Reply:
            calls.append(plant.clock.now_ms())
            if len(calls) % 2:
                raise CallError("unreachable")
            return Reply(503, "text/plain", b"")

    made = Timestamping(plant.ledger, trusting, Broken(private=True, agent="tests"))
    for wait in (*WAITS_MS, WAITS_MS[-1]):
        told = made.turn()
        assert told is not None
        assert told.outcome == "failed"
        assert made.turn() is None
        plant.clock.set(plant.clock.now_ms() + wait)
    plant.ledger.authority = trusting
    assert shown(plant) == []


def test_an_old_answer_is_not_taken_for_a_new_one(plant: World, trusting: Authority, authority: tsa.Authority) -> None:
    """A replay: an answer about the very bytes, but to another request."""
    with plant.ledger.store.read() as unit:
        published = unit.log.last_published()
    assert published is not None
    former = authority.answer(request(published.note).as_bytes())

    class Replaying(Caller):
        def __call__(self, *_: object, **__: object) -> Reply:
            return Reply(200, "application/timestamp-reply", former)

    told = Timestamping(plant.ledger, trusting, Replaying(private=True, agent="tests")).turn()
    assert told is not None
    assert (told.outcome, told.word) == ("failed", "timestamp_wrong: Nonce mismatch")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE timestamps SET response = zeroblob(900)",
        "UPDATE timestamps SET note = X'41'",
        "UPDATE timestamps SET size = size - 1",
    ],
)
def test_a_row_that_an_insider_changed_is_not_shown(stamped: tuple[World, Timestamping], change: str) -> None:
    world, _ = stamped
    assert len(shown(world)) == 1
    with world.ledger.store.write() as unit:
        unit.connection.execute(text(change))
    assert shown(world) == []
    assert LedgerWitnesses(world.ledger).view().timestamp is None


# --- taken away -------------------------------------------------------------------------------------------------------


def test_an_exported_timestamp_is_checked_offline_by_us_and_by_openssl(
    stamped: tuple[World, Timestamping], authority: tsa.Authority, tmp_path: Path
) -> None:
    world, _ = stamped
    view = LedgerWitnesses(world.ledger).view()
    assert view.stamping
    assert view.timestamp is not None
    export_log(world.ledger.log, tmp_path / "log")
    assert export(world.ledger, tmp_path / "log") == 2
    assert export(world.ledger, tmp_path / "log") == 0
    checkpoint, answer = (
        tmp_path / "log" / "timestamps" / f"{view.timestamp.day}.{kind}" for kind in ("checkpoint", "tsr")
    )
    words = [str(checkpoint), str(answer), "--certificates", str(authority.ca)]
    said = CliRunner().invoke(check_timestamp, words)
    assert said.exit_code == 0, said.output
    assert f"size {view.timestamp.size}: existed at " in said.output
    program = ["openssl", "ts", "-verify", "-data", str(checkpoint), "-in", str(answer), "-CAfile", str(authority.ca)]
    assert b"Verification: OK" in subprocess.run(program, check=True, capture_output=True, timeout=60).stdout
    assert "not asked whether a certificate was revoked" in said.output
    crls = tmp_path / "crls.pem"
    crls.write_bytes(authority.crl())
    asked = CliRunner().invoke(check_timestamp, [*words, "--crls", str(crls)])
    assert (asked.exit_code, "no certificate was revoked" in asked.output) == (0, True)
    shutil.copyfile(authority.ca, checkpoint)
    assert CliRunner().invoke(check_timestamp, words).exit_code == 1


# --- settings ---------------------------------------------------------------------------------------------------------


def test_settings_choose_an_authority(authority: tsa.Authority, tmp_path: Path) -> None:
    settings = load({}, {"data": tmp_path, "tsa_url": "https://tsa.example.cn", "tsa_certificates": authority.ca})
    made = chosen(settings.tsa_url, settings.tsa_certificates, private=settings.tsa_private)
    assert made == Authority("https://tsa.example.cn", trusted(authority.ca))
    assert chosen(None, None, private=False) is None
    assert chosen(None, authority.ca, private=False) == replace(made, url=None), "only shown, nobody is asked"
    for url, file, code in (
        ("https://tsa.example.cn", None, "tsa_certificates_missing"),
        (None, None, "tsa_certificates_missing"),
        ("http://tsa.example.cn", authority.ca, "tsa_url_invalid"),
        ("https://tsa.example.cn", tmp_path / "none", "tsa_certificates_unreadable"),
        ("https://tsa.example.cn", authority.folder / "conf", "tsa_certificates_unreadable"),
        ("https://tsa.example.cn", authority.folder / "tsa.pem", "tsa_certificates_unreadable"),
    ):
        with pytest.raises(ConfigurationError, match=code):
            chosen(url, file, private=False, crls=authority.ca if url is None else None)
    with pytest.raises(ConfigurationError, match="tsa_crls_unreadable"):
        chosen(None, authority.ca, private=False, crls=authority.ca)
