"""A PostgreSQL server of one's own: data in a temporary folder, a unix socket, gone afterwards.

Needs the server's programs (Debian: postgresql-15). Run as root it steps down to the user ``postgres``, which
PostgreSQL insists on.
"""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

LEAST = 15
START_S = 30.0
_FAST = ("fsync=off", "full_page_writes=off", "max_connections=200", "listen_addresses=", "lc_messages=C")


def find_programs() -> Path | None:
    """Return the folder of the newest server's programs, or None when there is no server of 15 or later."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "postgres").exists()]
    on_path = shutil.which("postgres")
    if on_path is not None:
        found.append(Path(on_path).parent)
    usable = [(version, path) for path in found if (version := _version(path)) >= LEAST]
    return max(usable)[1] if usable else None


def _version(folder: Path) -> int:
    words = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(words.split()[2].split(".")[0])


class Postgres:
    """A running server; every ``database()`` is a new empty one."""

    def __init__(self, socket: Path, process: "subprocess.Popen[bytes]") -> None:
        self.socket = socket
        self.process = process
        self._numbers = itertools.count(1)

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def database(self, *, like: str = "template1") -> str:
        """Make a database, empty or a copy of ``like`` (to which nobody may be connected), and return its URL."""
        name = f"ledger_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
        return self.url(name)

    def connect(self, name: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """Connect as the superuser, with autocommit."""
        return psycopg.connect(host=str(self.socket), user="postgres", dbname=name, autocommit=True)


@contextmanager
def running(programs: Path) -> Iterator[Postgres]:
    """Run a server for as long as the block lasts."""
    root = Path(tempfile.mkdtemp(prefix="pg"))
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(root, user)
    data = root / "data"
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    try:
        subprocess.run([*initdb, "--data-checksums", "--no-sync"], user=user, cwd=root, check=True, capture_output=True)
        options = [part for setting in _FAST for part in ("-c", setting)]
        with (
            (root / "log").open("wb") as log,
            subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", root, *options], user=user, cwd=root, stdout=log, stderr=log
            ) as process,
        ):
            server = Postgres(root, process)
            try:
                _wait(server, root / "log")
                yield server
            finally:
                process.send_signal(signal.SIGINT)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _wait(server: Postgres, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(errors="replace")) from None
            time.sleep(0.02)  # a server is starting; nothing announces that it listens
        else:
            return
