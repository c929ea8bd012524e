"""``hazledger witness serve`` as a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.core.note import Verifier

_SERVE: Final = (sys.executable, "-c", "from ledger.cli import main; main()", "witness", "serve", "--port", "0")
_SAID: Final = re.compile(rb"(http://[0-9.]+:[0-9]+)/ .* (\S+)\n")


@dataclass(frozen=True)
class Served:
    """A running witness: where it is, and its key."""

    url: str
    key: Verifier


@contextmanager
def serving(folder: Path, logs: Path) -> Iterator[Served]:
    """Serve the witness of a folder; it is killed when the block is left."""
    words = [*_SERVE, "--data", str(folder), "--logs", str(logs)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = _SAID.match(process.stdout.readline())
        assert said is not None
        try:
            yield Served(said[1].decode(), Verifier.parse(said[2].decode()))
        finally:
            process.kill()
            process.wait(30)
