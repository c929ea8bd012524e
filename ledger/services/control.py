"""The control socket: how a command on the same machine reaches the process that writes.

A Unix socket of mode 0600 in the data folder; whoever can open it could as well read the log key beside it. One request
a connection: a line of JSON ``{"spec", "origin", "do", "with"}``, answered by a line ``{"ok": {...}}`` or
``{"error": {"family", "problems", "retry_after_s"?}}``. Sizes, times and the number of connections are bounded.
"""

import contextlib
import logging
import os
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import orjson

from ledger.core.canonical import Json, encode, parse
from ledger.core.shape import closed_object, list_at, object_at, spec_at, text_at
from ledger.errors import (
    ConfigurationError,
    ConflictError,
    ForbiddenError,
    FormatError,
    HazledgerError,
    IntegrityError,
    NotFoundError,
    Problem,
    RefusedError,
    UnavailableError,
)
from ledger.services.operate import Answer, Request

SPEC: Final = "hazledger/control@1"
NAME: Final = "control.sock"
MAX_BYTES: Final = 6 * 2**20
MAX_DEPTH: Final = 24
MAX_PATH: Final = 100
"""Bytes of a socket's path; systems allow 104 to 108."""
CONNECTIONS: Final = 8
READ_S: Final = 10.0
ANSWER_S: Final = 120.0

_FAMILIES: Final[dict[str, type[HazledgerError]]] = {
    kind.__name__: kind
    for kind in (ConfigurationError, ConflictError, ForbiddenError, FormatError, IntegrityError, NotFoundError)
}
_log = logging.getLogger(__name__)

Do = Callable[[str, Request, int], Answer]
"""(what, with what, the user id of who asks) -> answer."""


class ControlServer:
    """Listens in the data folder while its process holds the writer's lock. Use as a context manager."""

    def __init__(self, folder: Path, origin: str, do: Do) -> None:
        """Take the folder, the log that is spoken for, and what carries out a request.

        Raises ConfigurationError ``control_socket_unusable``: the socket cannot be made there.
        """
        self.path = folder / NAME
        self._origin = origin
        self._do = do
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        _check_path(self.path)
        try:
            self.path.unlink(missing_ok=True)  # left by a process that was killed: the lock says that it is gone
            self._server = _Server(self.path, self._handle)
        except OSError as error:
            raise ConfigurationError(
                "control_socket_unusable", params={"path": str(self.path), "reason": str(error)}
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="hazledger control", daemon=True)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop, and take the socket away."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.path.unlink(missing_ok=True)

    def _handle(self, connection: socket.socket) -> None:
        if not self._free.acquire(blocking=False):
            return
        try:
            connection.settimeout(READ_S)
            answer = self._answer(_line(connection), _uid(connection))
            connection.settimeout(READ_S)
            connection.sendall(answer)
        except (OSError, HazledgerError) as error:
            _log.warning("a request on the control socket was given up: %s", error)
        finally:
            self._free.release()

    def _answer(self, line: bytes, uid: int) -> bytes:
        try:
            members = closed_object(
                parse(line, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH), ("spec", "origin", "do", "with")
            )
            spec_at(members, SPEC)
            self._check_origin(members["origin"])
            answer = self._do(text_at(members["do"], "/do"), object_at(members["with"], "/with"), uid)
        except HazledgerError as error:
            return _line_of({"error": _error(error)})
        except Exception:  # noqa: BLE001 - a fault must not end the server that writes
            _log.exception("a request on the control socket failed")
            return _line_of({"error": _error(HazledgerError("internal_error"))})
        return _line_of({"ok": answer})

    def _check_origin(self, stated: Json) -> None:
        if stated != self._origin:
            raise ConflictError("control_other_ledger", params={"path": str(self.path), "origin": self._origin})


class _Server(socketserver.ThreadingTCPServer):
    address_family = getattr(socket, "AF_UNIX", socket.AF_INET)  # without AF_UNIX ``_check_path`` refuses
    daemon_threads = True
    block_on_close = False

    def __init__(self, path: Path, handle: Callable[[socket.socket], None]) -> None:
        self._handle = handle
        super().__init__(str(path), socketserver.BaseRequestHandler)  # type: ignore[arg-type]  # a path, not host and port

    def server_bind(self) -> None:
        """Nobody else may connect, not even for the moment between making the socket and changing its mode."""
        with contextlib.suppress(OSError):
            os.fchmod(self.socket.fileno(), 0o600)
        super().server_bind()
        Path(str(self.server_address)).chmod(0o600)

    def finish_request(self, request: object, _client_address: object) -> None:
        """Hand a connection on."""
        assert isinstance(request, socket.socket)
        self._handle(request)


def ask(folder: Path, origin: str, name: str, request: Request) -> Answer | None:
    """Ask the server that writes in a folder; None if nobody listens there. Raises what it answers."""
    path = folder / NAME
    _check_path(path)
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        connection.settimeout(ANSWER_S)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise ConfigurationError(
                "control_socket_unusable", params={"path": str(path), "reason": str(error)}
            ) from error
        try:
            connection.sendall(_line_of({"spec": SPEC, "origin": origin, "do": name, "with": dict(request)}))
            line = _line(connection)
        except OSError as error:
            raise UnavailableError("control_no_answer", params={"reason": str(error)}, retry_after_s=5) from error
    answer = object_at(orjson.loads(line)) if line else {}
    if "ok" in answer:
        return object_at(answer["ok"])
    if "error" not in answer:
        raise UnavailableError("control_no_answer", params={"reason": "-"}, retry_after_s=5)
    raise _raised(object_at(answer["error"]))


def _line(connection: socket.socket) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        part = connection.recv(65_536)
        size += len(part)
        if size > MAX_BYTES:
            raise FormatError("json_too_large", None, {"most": MAX_BYTES})
        parts.append(part)
        if not part or part.endswith(b"\n"):
            return b"".join(parts)


def _line_of(value: dict[str, Json]) -> bytes:
    return encode(value) + b"\n"


def own_uid() -> int:
    """Return the user id of this process; 0 where the system has none."""
    return os.getuid() if hasattr(os, "getuid") else 0


def _uid(connection: socket.socket) -> int:
    """Return the user id of the other side, this process's own where the system does not tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return own_uid()
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(uid)


def _check_path(path: Path) -> None:
    if len(os.fsencode(path)) > MAX_PATH or not hasattr(socket, "AF_UNIX"):
        raise ConfigurationError(
            "control_socket_unusable", params={"path": str(path), "reason": f"more than {MAX_PATH} bytes"}
        )


def _error(error: HazledgerError) -> dict[str, Json]:
    problems = error.problems if isinstance(error, RefusedError) else (error.problem,)
    told: dict[str, Json] = {
        "family": type(error).__name__,
        "problems": [{"code": one.code, "field": one.field, "params": dict(one.params)} for one in problems],
    }
    if isinstance(error, UnavailableError):
        told["retry_after_s"] = error.retry_after_s
    return told


def _raised(told: dict[str, Json]) -> HazledgerError:
    problems = [_problem(item) for item in list_at(told["problems"], 1000)]
    first = problems[0]
    wait = told.get("retry_after_s")
    if isinstance(wait, int):
        return UnavailableError(first.code, first.field, first.params, retry_after_s=wait)
    if told["family"] == RefusedError.__name__:
        return RefusedError(problems)
    return _FAMILIES.get(str(told["family"]), HazledgerError)(first.code, first.field, first.params)


def _problem(value: Json) -> Problem:
    members = object_at(value)
    field = members["field"]
    params = {name: item if isinstance(item, int) else str(item) for name, item in object_at(members["params"]).items()}
    return Problem(text_at(members["code"]), None if field is None else str(field), params)
