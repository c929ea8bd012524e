"""litewitness (filippo.io/torchwood), the program as its author publishes it, with one log in its database.

It asks an ssh-agent for signatures; `agent` is the part of that protocol it needs (draft-ietf-sshm-ssh-agent,
sections 3.4 and 3.6), so that no ssh need be installed.
"""

import hashlib
import socket
import socketserver
import sqlite3
import struct
import subprocess
import tempfile
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.core.merkle import EMPTY_ROOT
from ledger.core.note import Signer, Verifier

TOOL: Final = "filippo.io/torchwood/cmd/litewitness@v0.6.1"
PORTS: Final = 5
"""How many ports are tried: another process may take one between choosing and listening."""
_KIND: Final = b"ssh-ed25519"
_LIST, _LISTED, _SIGN, _SIGNED = 11, 12, 13, 14


def _text(*parts: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


class _Agent(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, seed: bytes) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = _text(_KIND, self.key.public_key().public_bytes_raw())
        super().__init__(path, _Asked)

    def answer(self, message: bytes) -> bytes:
        if message[0] == _LIST:
            return struct.pack(">BI", _LISTED, 1) + _text(self.public, b"w1")
        assert message[0] == _SIGN
        key_size = struct.unpack_from(">I", message, 1)[0]
        size = struct.unpack_from(">I", message, 5 + key_size)[0]
        data = message[9 + key_size : 9 + key_size + size]
        return bytes([_SIGNED]) + _text(_text(_KIND, self.key.sign(data)))


class _Asked(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        agent = cast("_Agent", self.server)
        while head := self.rfile.read(4):
            self.wfile.write(_text(agent.answer(self.rfile.read(struct.unpack(">I", head)[0]))))


@contextmanager
def agent(seed: bytes) -> Iterator[tuple[str, str]]:
    """Hold one key; yields the socket's path (a short one: 108 bytes are the most) and the key's fingerprint."""
    with tempfile.TemporaryDirectory(prefix="agent") as folder, _Agent(f"{folder}/s", seed) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        digest = b64encode(hashlib.sha256(server.public).digest()).rstrip(b"=").decode()
        try:
            yield f"{folder}/s", f"SHA256:{digest}"
        finally:
            server.shutdown()


def knows(database: Path, *logs: Verifier) -> None:
    """Add logs as its own `witnessctl add-log` and `add-key` do, before it is started."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL)"
        )
        connection.execute(
            "CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin))"
        )
        for one in logs:
            connection.execute("INSERT INTO log VALUES (?, 0, ?)", (one.name, b64encode(EMPTY_ROOT).decode()))
            connection.execute("INSERT INTO key VALUES (?, ?)", (one.name, one.vkey()))


def seen(database: Path, origin: str) -> tuple[int, str]:
    """What it saw of a log: size, and root in base64."""
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute("SELECT tree_size, tree_hash FROM log WHERE origin = ?", (origin,)).fetchone()
    return int(row[0]), str(row[1])


@contextmanager
def serving(program: Path, database: Path, signer: Signer, seed: bytes) -> Iterator[str]:
    """Run it; yields its address."""
    with agent(seed) as (path, fingerprint):
        words = [str(program), "-db", str(database), "-name", signer.name, "-key", fingerprint, "-ssh-agent", path]
        for _ in range(PORTS):
            with closing(socket.create_server(("127.0.0.1", 0))) as free:
                address = f"127.0.0.1:{free.getsockname()[1]}"
            with subprocess.Popen([*words, "-listen", address], stderr=subprocess.PIPE, text=True) as process:
                try:
                    if _listens(process, address):
                        yield f"http://{address}"
                        return
                finally:
                    process.kill()
        raise AssertionError("no port was to be had")


def _listens(process: "subprocess.Popen[str]", address: str) -> bool:
    """Wait until it can be reached; False: it ended first."""
    assert process.stderr is not None
    while line := process.stderr.readline():
        if "msg=listening" in line:
            break
    # It says so just before it listens.
    while process.poll() is None:
        try:
            with socket.create_connection(_place(address), timeout=30):
                return True
        except ConnectionRefusedError:
            continue
    return False


def _place(address: str) -> tuple[str, int]:
    host, _, port = address.partition(":")
    return host, int(port)
