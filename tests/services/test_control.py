"""The control socket: for its owner alone, for one ledger, and unharmed by what is sent to it."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import ConfigurationError, ConflictError, FormatError, HazledgerError, UnavailableError
from ledger.services import control
from ledger.services.control import MAX_BYTES, NAME, SPEC, ControlServer, ask
from ledger.services.intake import Auth
from ledger.services.operate import Answer, Operator, Request
from tests.services.world import ORIGIN, World


@pytest.fixture
def listening(plant: World, tmp_path: Path) -> Iterator[Path]:
    def do(name: str, request: Request, uid: int) -> Answer:
        if name == "crash":
            raise ZeroDivisionError
        return Operator(plant.ledger, Auth("local", f"uid:{uid}"), tmp_path / "log.key").do(name, request)

    with ControlServer(tmp_path, ORIGIN, do):
        yield tmp_path
    assert not (tmp_path / NAME).exists()


def raw(folder: Path, line: bytes) -> bytes:
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.connect(str(folder / NAME))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_statement_is_recorded_with_who_asked(plant: World, listening: Path) -> None:
    body = plant.produce_body(1)
    made = ask(listening, ORIGIN, "state", {"body": body})
    assert made is not None
    assert (made["index"], made["repeated"]) == (5, False)
    again = ask(listening, ORIGIN, "state", {"body": body})
    assert again is not None
    assert (again["record"], again["repeated"]) == (made["record"], True)
    with plant.ledger.store.read() as unit:
        record = unit.log.record(5)
    assert record is not None
    assert record.auth is not None
    assert b'"method":"local"' in record.auth
    assert b"uid:" in record.auth


def test_errors_come_back_as_they_are(plant: World, listening: Path) -> None:
    body = plant.produce_body(1)
    ask(listening, ORIGIN, "state", {"body": body})
    with pytest.raises(ConflictError) as caught:
        ask(listening, ORIGIN, "state", {"body": {**body, "mode": "report"}})
    assert (caught.value.code, caught.value.field) == ("id_used_otherwise", "/id")
    plant.ledger.sequencer.close()  # type: ignore[union-attr]
    with pytest.raises(UnavailableError) as stopped:
        ask(listening, ORIGIN, "heads", {})
    assert (stopped.value.code, stopped.value.retry_after_s) == ("writing_stopped", 30)
    assert ask(listening, ORIGIN, "recover", {}) == {"size": 6}
    assert ask(listening, ORIGIN, "heads", {}) is not None


def test_what_it_does_not_know_is_refused(listening: Path) -> None:
    with pytest.raises(FormatError, match="control_request_unknown"):
        ask(listening, ORIGIN, "shutdown", {})
    with pytest.raises(ConflictError, match="control_other_ledger"):
        ask(listening, "other.example/log", "heads", {})
    with pytest.raises(FormatError, match="wrong_kind"):
        ask(listening, ORIGIN, "state", {"body": "x"})
    with pytest.raises(HazledgerError) as crashed:
        ask(listening, ORIGIN, "crash", {})
    assert crashed.value.code == "internal_error"


@pytest.mark.parametrize("line", [b"x\n", b"{}\n", b"[]\n", b"\n", b'{"spec":"' + SPEC.encode() + b'"}\n'])
def test_what_is_not_a_request_is_answered_and_harms_nothing(listening: Path, line: bytes) -> None:
    assert "error" in json.loads(raw(listening, line))
    assert ask(listening, ORIGIN, "recover", {}) is not None


def test_a_line_without_end_is_given_up(listening: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "MAX_BYTES", 1_000)
    try:
        answer = raw(listening, b"x" * 200_000)
    except OSError:  # it hung up with bytes unread
        answer = b""
    assert answer == b""
    assert MAX_BYTES > 1_000
    assert ask(listening, ORIGIN, "recover", {}) is not None


def test_too_many_at_once_are_turned_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "CONNECTIONS", 1)
    entered, leave = threading.Event(), threading.Event()

    def slow(*_request: object) -> Answer:
        entered.set()
        leave.wait()
        return {"done": True}

    with ControlServer(tmp_path, ORIGIN, slow), ThreadPoolExecutor(1) as first:
        answer = first.submit(ask, tmp_path, ORIGIN, "x", {})
        entered.wait()
        try:
            with pytest.raises(UnavailableError, match="control_no_answer"):
                ask(tmp_path, ORIGIN, "x", {})
        finally:
            leave.set()
        assert answer.result() == {"done": True}


def test_a_socket_left_by_a_killed_server_is_replaced(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(tmp_path / NAME))
    assert ask(tmp_path, ORIGIN, "x", {}) is None
    with ControlServer(tmp_path, ORIGIN, lambda *_: {"here": True}) as server:
        assert server.path.stat().st_mode & 0o777 == 0o600
        assert ask(tmp_path, ORIGIN, "x", {}) == {"here": True}
    assert ask(tmp_path, ORIGIN, "x", {}) is None


def test_a_place_that_no_socket_fits_is_told(tmp_path: Path) -> None:
    far = tmp_path / ("x" * 100)
    for attempt in (lambda: ControlServer(far, ORIGIN, lambda *_: {}), lambda: ask(far, ORIGIN, "x", {})):
        with pytest.raises(ConfigurationError, match="control_socket_unusable"):
            attempt()
    with pytest.raises(ConfigurationError, match="control_socket_unusable"):
        ControlServer(tmp_path / "none", ORIGIN, lambda *_: {})
