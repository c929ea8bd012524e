"""``hazledger serve`` as a process of its own, and clients that speak HTTP to it."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from ledger.core.canonical import encode
from ledger.core.records import record_hash
from ledger.reference import Reference
from ledger.services.clock import SetClock, SystemClock
from tests.services.world import LOG_SEED, OPERATOR, PRODUCER, World
from tests.support.programs import token

FURNISHED: Final = 6
"""Records of a furnished plant."""

READY_S: Final = 60.0
ANSWER_S: Final = 120.0
_ROOT: Final = Path(__file__).parents[2]
_COMMAND: Final = (sys.executable, "-c", "from ledger.cli import main; main()", "serve", "--port", "0")
_ADDRESS: Final = re.compile(rb"(http://[0-9.]+:[0-9]+)/ ")

Gone = (http.client.HTTPException, ConnectionError)
"""What a client sees when the server dies before it has answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of one answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)

    @property
    def recorded(self) -> tuple[int, str]:
        """The index and hash of the record in a receipt, the same in every receipt of one event."""
        assert self.status in {200, 201}, self.body
        record = self.json["record"]
        return int(record["index"]), record_hash(encode(record))

    @property
    def code(self) -> str:
        """The code of the problem."""
        return str(self.json["code"])


class Client:
    """One connection that is kept open. For one thread."""

    def __init__(self, url: str, key: str | None = None) -> None:
        """Speak to a server, as the holder of an API key if there is one."""
        self._connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=ANSWER_S)
        self._headers = {"accept": "application/json", "accept-language": "en"}
        if key is not None:
            self._headers["authorization"] = f"Bearer {key}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str) -> Answer:
        self._connection.request("GET", path, headers=self._headers)
        return self.receive()

    def state(self, event: Mapping[str, object]) -> Answer:
        """State one event and wait for the answer."""
        self.send(event)
        return self.receive()

    def send(self, event: Mapping[str, object]) -> None:
        """State one event; the answer is for ``receive``."""
        headers = {**self._headers, "content-type": "application/json"}
        self._connection.request("POST", "/api/v1/events", json.dumps(event), headers)

    def receive(self) -> Answer:
        """Wait for the answer to what was sent."""
        response = self._connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


class Server:
    """A running server; whoever starts it ends it."""

    def __init__(self, process: "subprocess.Popen[bytes]", url: str) -> None:
        """Take a process that has said where it listens."""
        self.process = process
        self.url = url

    def client(self, key: str | None = None) -> Client:
        return Client(self.url, key)

    def readiness(self) -> Answer:
        """Ask on a connection of its own."""
        with self.client() as client:
            return client.get("/readyz")

    def wait(self, *, status: int = 200) -> Answer:
        """Ask until it listens and answers so."""
        deadline = time.monotonic() + READY_S
        while True:
            try:
                answer = self.readiness()
                if answer.status == status:
                    return answer
                last = repr(answer.body)
            except Gone as error:
                last = repr(error)
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, last
            time.sleep(0.01)  # a process is starting; nothing announces that it listens

    def kill(self) -> None:
        """SIGKILL: it can neither answer nor tidy up."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, as an operator would; returns the exit code."""
        self.process.terminate()
        return self.process.wait(60)


@dataclass(frozen=True)
class Keys:
    """API keys of the organisations of a world."""

    producer: str
    operator: str


def furnished(folder: Path, reference: Reference, url: str) -> tuple[World, Keys]:
    """A closed plant of this moment, to be served by a process that has the clock of the machine.

    Its heads are published, so that a server adds nothing to the log by itself in an idle second.
    """
    world = World(folder, reference, clock=SetClock(SystemClock().now_ms() - 60_000))
    world.url = url
    with world.create() as ledger:
        world.furnish()
        ledger.publish_heads()
        assert ledger.log.state().size == FURNISHED
        return world, Keys(token(ledger, PRODUCER), token(ledger, OPERATOR))


@contextmanager
def serving(world: World, *, waits: bool = True, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Serve the ledger of a world. The server may be dead already when the block is left.

    `waits`: for the writer's lock, as a server does; without, one that finds another writer reads at once. `settings`:
    further ones, by variable.
    """
    env = {**environment(world), **(settings or {})}
    if not waits:
        env["HAZLEDGER_WRITER_WAIT_S"] = "0"
    with subprocess.Popen(_COMMAND, cwd=_ROOT, env=env, stdout=subprocess.PIPE) as process:
        try:
            yield Server(process, _address(process))
        finally:
            process.kill()


def environment(world: World) -> dict[str, str]:
    """The settings with which a command or a server finds the ledger of a world."""
    key = world.folder / "log.key"
    if not key.exists():
        key.touch(0o600)
        key.write_bytes(LOG_SEED)
    env = {name: value for name, value in os.environ.items() if not name.startswith("HAZLEDGER_")}
    env |= {
        "HAZLEDGER_DATA": str(world.folder),
        "HAZLEDGER_DATABASE": str(world.url),
        "HAZLEDGER_LOG_KEY": str(key),
        "HAZLEDGER_SIGNER_STATE": str(world.state_path),
        "HAZLEDGER_ENVIRONMENT": "demo",
        "HAZLEDGER_LOG_LEVEL": "error",
        "HAZLEDGER_HEADS_INTERVAL_S": "86400",
    }
    return env


def _address(process: "subprocess.Popen[bytes]") -> str:
    """Read where it listens; what it says besides fits in the pipe."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        found = _ADDRESS.search(line)
        if found is not None:
            return found[1].decode()
    raise AssertionError(b"".join(said))
