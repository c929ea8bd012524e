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
    """A server in a folder of its own; every ``database()`` is a new empty one."""

    def __init__(self, programs: Path, root: Path, user: str | None) -> None:
        """Take the programs, a folder for data, socket and log, and the user to run as."""
        self.socket = root
        self._programs = programs
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None
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

    def make(self) -> None:
        """Make the data folder."""
        words = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"]
        command: list[str | Path] = [self._programs / "initdb", "-D", self.socket / "data", *words]
        subprocess.run(command, user=self._user, cwd=self.socket, check=True, capture_output=True)

    def start(self) -> None:
        """Start, or start again over what is there, and wait until it answers."""
        options = [part for setting in _FAST for part in ("-c", setting)]
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self.socket / "data",
            "-k",
            self.socket,
            *options,
        ]
        deadline = time.monotonic() + START_S
        with (self.socket / "log").open("ab") as log:
            while True:
                process = subprocess.Popen(command, user=self._user, cwd=self.socket, stdout=log, stderr=log)
                if self._answers(process, deadline):
                    self._process = process
                    return
                # After a kill it refuses while processes of the former server are still there.
                if time.monotonic() > deadline:
                    raise RuntimeError((self.socket / "log").read_text(errors="replace"))

    def end(self, number: signal.Signals) -> None:
        """End it by a signal: SIGINT in good order, SIGQUIT at once, SIGKILL without its knowing."""
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait()
        self._process = None

    @property
    def runs(self) -> bool:
        """Whether it was started and not ended."""
        return self._process is not None

    def _answers(self, process: "subprocess.Popen[bytes]", deadline: float) -> bool:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.02)  # a server is starting; nothing announces that it listens
            else:
                return True
        return False


@contextmanager
def running(programs: Path) -> Iterator[Postgres]:
    """Run a server for as long as the block lasts."""
    root = Path(tempfile.mkdtemp(prefix="pg"))
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(root, user)
    server = Postgres(programs, root, user)
    try:
        server.make()
        server.start()
        yield server
    finally:
        if server.runs:
            server.end(signal.SIGINT)
        shutil.rmtree(root, ignore_errors=True)
