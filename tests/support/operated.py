"""A production ledger as its operator has it: opened, written and served by the commands."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from ledger.bootstrap import reader
from ledger.cli import hazledger
from ledger.config import Settings, load

ORIGIN = "trace.example/log"
USCC = ("91110000600037341L", "91350100M000100Y43", "91320594MA1MXY2K4N")
SERVE = "from ledger.cli import main; main()"


@dataclass(frozen=True)
class Operated:
    """Commands with this folder's data and signer state."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def state(self) -> Path:
        return self.folder / "signer" / "state.json"

    @property
    def env(self) -> dict[str, str]:
        return {"HAZLEDGER_SIGNER_STATE": str(self.state), "HAZLEDGER_DATA": str(self.data), "LC_ALL": "C.UTF-8"}

    @property
    def settings(self) -> Settings:
        return load({name: text for name, text in self.env.items() if name.startswith("HAZLEDGER_")})

    def run(self, *words: str | Path, env: dict[str, str] | None = None) -> Result:
        """Run a command; errors of the ledger stay exceptions of the result."""
        return CliRunner().invoke(hazledger, [str(word) for word in words], env={**self.env, **(env or {})})

    def ok(self, *words: str | Path) -> str:
        """Run a command that must succeed; return what it printed."""
        result = self.run(*words)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    def init(self, *more: str | Path) -> Result:
        stated = ("--origin", ORIGIN, "--name-zh", "运营方", "--uscc", USCC[0], "--region", "320500")
        return self.run("init", *stated, *more)

    def registrar(self, name: str = "registrar.key") -> tuple[Path, str]:
        """Make a registrar's key; return its file and its public key."""
        path = self.folder / name
        return path, self.ok("registrar", "keygen", path).strip()

    @property
    def operator(self) -> str:
        with reader(self.settings) as ledger:
            return ledger.recorded().operator

    def admission(self, key: Path, *more: str) -> tuple[str, Path]:
        """Sign an admission; return the organisation and the file."""
        file = self.folder / f"admission-{key.stem}.json"
        words = ("--origin", ORIGIN, "--operator", self.operator, "--name-zh", "生产方", "--uscc", USCC[1])
        more = ("--region", "320500", "--role", "producer", *more)
        return self.ok("registrar", "admit", "--key", key, "-o", file, *words, *more).strip(), file

    def audit(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("audit", "--json").stdout)
        return found

    @contextmanager
    def served(self, *words: str, env: dict[str, str] | None = None) -> Iterator[str]:
        """Serve in a process of its own; yields its address, and ends it by SIGTERM."""
        known = {name: text for name, text in os.environ.items() if not name.startswith("HAZLEDGER_")}
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", "0", *words],
            env={**known, **self.env, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with process:
            assert process.stdout is not None
            try:
                yield next(line for line in process.stdout if "API: " in line).split("/ ")[0]
            finally:
                process.send_signal(signal.SIGTERM)
                process.stdout.read()
                process.wait()
        assert process.returncode == 0
