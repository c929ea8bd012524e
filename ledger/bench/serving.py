"""A server in a process of its own: the ledger, or a trivial endpoint that takes the same body and records nothing.

    python -m ledger.bench.serving

reads what to serve from its input, one JSON object ({"app": "ledger", "folder", "max_batch"?, "timed"?} or
{"app": "trivial"}), prints its port, and serves until it is terminated. A ``timed`` one answers ``reset`` and
``report``.
"""

import contextlib
import gc
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger import __version__
from ledger.bench.scratch import open_writer
from ledger.bench.stages import Stopwatch
from ledger.errors import HazledgerError
from ledger.services.append import MAX_BATCH

HOST: Final = "127.0.0.1"
PATHS: Final = {"ledger": "/api/v1/events", "trivial": "/events", "trivial_signed": "/events/signed"}
STOP_S: Final = 30


class Ref(BaseModel):
    """What a statement refers to."""

    model_config = ConfigDict(extra="forbid")
    rel: str
    hash: str
    origin: str | None = None


class Stated(BaseModel):
    """The body of a statement, as much of it as a model would commonly say."""

    model_config = ConfigDict(extra="forbid")
    id: UUID
    type: Annotated[str, Field(max_length=64)]
    mode: Literal["act", "report"]
    actor: Annotated[str, Field(max_length=64)]
    occurred_at: AwareDatetime
    not_after: AwareDatetime | None = None
    refs: list[Ref] = []
    sections: dict[str, dict[str, JsonValue]]


class Head(BaseModel):
    """The header of a signed statement, as much of it as a model would commonly say."""

    model_config = ConfigDict(extra="forbid")
    spec: Literal["hazledger/event@1"]
    origin: Annotated[str, Field(max_length=255)]
    id: UUID
    type: Annotated[str, Field(max_length=64)]
    mode: Literal["act", "report"]
    actor: Annotated[str, Field(max_length=64)]
    keys: list[str]
    occurred_at: AwareDatetime
    not_after: AwareDatetime | None
    refs: list[Ref]
    sections: dict[str, str]


class Signature(BaseModel):
    """A signature."""

    model_config = ConfigDict(extra="forbid")
    key: str
    sig: str


class Signed(BaseModel):
    """The body of a statement that its maker signed."""

    model_config = ConfigDict(extra="forbid")
    header: Head
    signatures: list[Signature]
    disclosures: list[tuple[str, str, dict[str, JsonValue]]]


class Accepted(BaseModel):
    """The trivial answer."""

    id: UUID
    type: str


def trivial() -> FastAPI:
    """Return an application that checks the body with pydantic, does nothing, and answers."""
    app = FastAPI()

    @app.post("/events", status_code=201)
    async def append(stated: Stated) -> Accepted:
        return Accepted(id=stated.id, type=stated.type)

    @app.post("/events/signed", status_code=201)
    async def append_signed(signed: Signed) -> Accepted:
        return Accepted(id=signed.header.id, type=signed.header.type)

    return app


class Served:
    """A server that is running in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """Take a process that has said its port."""
        assert process.stdin is not None
        assert process.stdout is not None
        self._asks, self._answers = process.stdin, process.stdout
        line = self._answers.readline()
        if not line:
            raise HazledgerError("bench_answer", params={"answer": "the server did not start"})
        self.port = int(line)

    def ask(self, word: str) -> str:
        """Ask a timed server to ``reset`` or to ``report``; its answer, one line."""
        self._asks.write(word + "\n")
        self._asks.flush()
        return self._answers.readline()


@contextmanager
def start(what: Mapping[str, Any]) -> Iterator[Served]:
    """Start a server in a process of its own, until the end of the ``with`` block. HazledgerError `bench_answer`."""
    command = [sys.executable, "-P", "-m", "ledger.bench.serving"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(what) + "\n")
            process.stdin.flush()
            yield Served(process)
        finally:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def running(what: Mapping[str, Any]) -> Iterator[int]:
    """The same, for whom the port is enough."""
    with start(what) as served:
        yield served.port


def _serve(app: FastAPI, listener: socket.socket) -> None:
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(app, log_level="warning", server_header=False, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


def _listen_to(watch: Stopwatch) -> None:
    """Answer what ``Served.ask`` asks, on a thread of its own."""
    for line in sys.stdin:
        told = watch.report()
        if line == "reset\n":
            watch.reset()
        _say(json.dumps(told))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve what the input says."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))  # uvicorn raises it again when it has ended
    what = json.loads(sys.stdin.readline())
    with socket.create_server((HOST, 0)) as listener, contextlib.ExitStack() as stack:
        port = int(listener.getsockname()[1])
        if what["app"] == "trivial":
            app = trivial()
        else:
            if what.get("timed"):
                watch = Stopwatch()
                watch.install()
                threading.Thread(target=_listen_to, args=(watch,), daemon=True).start()
            ledger = stack.enter_context(open_writer(Path(what["folder"]), max_batch=what.get("max_batch", MAX_BATCH)))
            settings = ApiSettings(base_url=f"http://{HOST}:{port}", version=__version__, demo=True)
            app = create_app(wire(ledger), settings)
        _say(str(port))
        _serve(app, listener)


if __name__ == "__main__":
    main()
