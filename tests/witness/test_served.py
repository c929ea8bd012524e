"""A witness as a process: its key, what it serves, what it bounds, and what it shows."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from ledger.cli.witness import witness as command
from ledger.core.addcheckpoint import MAX_REQUEST, AddCheckpoint, log_id
from ledger.core.bundle import Policy
from ledger.core.note import COSIGNATURE, Verifier, add_signatures, open_note, parse_signatures
from ledger.errors import ConfigurationError
from ledger.services.clock import SetClock
from ledger.verify import verify
from ledger.witness import keys
from ledger.witness import logs as known
from ledger.witness.app import create_app
from ledger.witness.check import Witness
from ledger.witness.state import State
from tests.witness.logs import LOG, NOW_MS, ORIGIN, leaves, note, request, witness
from tests.witness.served import serving


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness with a key, and the logs it knows in `logs`."""
    assert run("keygen", "w1.example", "--data", str(tmp_path / "w")).exit_code == 0
    (tmp_path / "logs").write_text(f"# known\nlog {LOG.verifier().vkey()} https://{ORIGIN}\n", encoding="utf-8")
    return tmp_path / "w"


@contextmanager
def connected(folder: Path) -> Iterator[tuple[http.client.HTTPConnection, Verifier]]:
    """A connection to a process that serves this witness, and the witness's key."""
    with serving(folder, folder.parent / "logs") as served:
        connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=60)
        try:
            yield connection, served.key
        finally:
            connection.close()


def post(connection: http.client.HTTPConnection, body: bytes) -> tuple[int, str, bytes]:
    connection.request("POST", "/add-checkpoint", body)
    answer = connection.getresponse()
    return answer.status, answer.headers["content-type"], answer.read()


def test_a_served_witness_cosigns_and_remembers_after_a_kill(folder: Path) -> None:
    with connected(folder) as (connection, key):
        status, _, body = post(connection, request(0, leaves(5)))
        assert status == 200
        _, found = open_note(add_signatures(note(leaves(5)), parse_signatures(body)), [key])
        assert found[0].time_s is not None
        assert post(connection, AddCheckpoint(0, (), note(leaves(5, forked_at=2))).encode())[0] == 409
        connection.request("GET", f"/{log_id(ORIGIN)}/checkpoint")
        assert connection.getresponse().read() == note(leaves(5)) + body
    with connected(folder) as (connection, _):
        assert post(connection, request(0, leaves(6))) == (409, "text/x.tlog.size", b"5\n")
        assert post(connection, request(5, leaves(6)))[0] == 200
    shown = run(
        "show", "--data", str(folder), "--logs", str(folder.parent / "logs"), "--conflicts", str(folder / "out")
    )
    assert shown.exit_code == 1
    assert f"{ORIGIN}: size 6" in shown.output
    proof = (folder / "out" / "misbehaviour-1.json").read_bytes()
    assert verify(proof).misbehaviour


def test_a_body_is_bounded(tmp_path: Path) -> None:
    with TestClient(create_app(witness(tmp_path))) as client:
        assert client.post("/add-checkpoint", content=b"x" * (MAX_REQUEST + 1)).status_code == 413
        assert client.post("/add-checkpoint", content=b"x" * MAX_REQUEST).status_code == 400
        assert client.get("/add-checkpoint").status_code == 405
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/xyz/checkpoint").status_code == 404


def test_a_witness_that_cannot_write_says_so_and_cosigns_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.witness.state.BUSY_S", 0.01)
    made = witness(tmp_path)
    blocking = made.state._module.connect(tmp_path / "witness.sqlite3", isolation_level=None)
    blocking.execute("BEGIN IMMEDIATE")
    with TestClient(create_app(made)) as client:
        refused = client.post("/add-checkpoint", content=request(0, leaves(3)))
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        blocking.execute("ROLLBACK")
        blocking.close()
        assert client.post("/add-checkpoint", content=request(0, leaves(3))).status_code == 200


def test_nothing_seen_is_said(folder: Path) -> None:
    shown = run("show", "--data", str(folder), "--logs", str(folder.parent / "logs"))
    assert (shown.exit_code, shown.output.splitlines()[1]) == (0, f"{ORIGIN}: nothing seen yet")


def test_a_key_is_made_once_private_and_named(folder: Path) -> None:
    assert (folder / keys.KEY).stat().st_mode & 0o777 == 0o600
    signer = keys.load(folder)
    assert (folder / keys.VKEY).read_text(encoding="utf-8").strip() == signer.verifier(COSIGNATURE).vkey()
    with pytest.raises(ConfigurationError):
        run("keygen", "w2.example", "--data", str(folder))
    assert keys.load(folder).verifier() == signer.verifier()


def test_a_key_that_is_not_the_one_it_is_named_by_is_refused(folder: Path) -> None:
    for text in (LOG.verifier(COSIGNATURE).vkey(), "nonsense"):
        (folder / keys.VKEY).write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError) as caught:
            keys.load(folder)
        assert caught.value.code == "witness_key_mismatch"
    (folder / keys.VKEY).unlink()
    with pytest.raises(ConfigurationError) as caught:
        keys.load(folder)
    assert caught.value.code == "witness_key_missing"


def test_logs_are_read_from_either_form(tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    lines.write_text(f"log {LOG.verifier().vkey()}\nquorum none\n", encoding="utf-8")
    policy = tmp_path / "policy.json"
    other = keys.make(tmp_path / "k", ORIGIN, _Entropy())
    log_key = Verifier(ORIGIN, other.key)
    policy.write_bytes(Policy(ORIGIN, (log_key.vkey(),), "A" * 43).encode())
    assert known.read([lines, policy]) == {ORIGIN: (LOG.verifier(), log_key)}


class _Entropy:
    def bytes(self, count: int) -> bytes:
        return bytes(range(7, 7 + count))


@pytest.mark.parametrize("text", ["nonsense\n", json.dumps({"spec": "hazledger/policy@1"}), "# no log\n"])
def test_a_list_that_names_no_log_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "logs"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        known.read([path])
    with pytest.raises(ConfigurationError):
        known.read([tmp_path / "missing"])


def test_a_witness_key_is_no_log_key(tmp_path: Path) -> None:
    path = tmp_path / "logs"
    path.write_text(f"log {LOG.verifier(COSIGNATURE).vkey()}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        known.read([path])
    assert caught.value.code == "witness_knows_no_log"


def test_a_rotated_log_key_is_known_beside_the_old_one(tmp_path: Path) -> None:
    other = keys.make(tmp_path / "k", ORIGIN, _Entropy())
    made = Witness(LOG, {ORIGIN: (Verifier(ORIGIN, other.key), LOG.verifier())}, State(tmp_path), SetClock(NOW_MS))
    assert made.add(request(0, leaves(3))).status == 200
