"""Which logs a witness knows: from ``log <vkey> [url]`` lines (C2SP tlog-policy) or a ``hazledger/policy@1``."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from ledger.core.bundle import Policy
from ledger.core.note import COSIGNATURE, Verifier
from ledger.core.tlogpolicy import NONE, TlogPolicy
from ledger.errors import ConfigurationError, FormatError

Logs = Mapping[str, tuple[Verifier, ...]]
"""Origin -> the keys that may sign for it."""

MAX_FILE: Final = 256 * 1024


def read(files: Iterable[Path]) -> Logs:
    """Read the logs of every file. Raises ConfigurationError: unreadable, not of either form, none in all of them."""
    found: dict[str, dict[Verifier, None]] = {}
    for path in files:
        for verifier in _read(path):
            found.setdefault(verifier.name, {})[verifier] = None
    if not found:
        raise ConfigurationError("witness_knows_no_log")
    return {origin: tuple(keys) for origin, keys in found.items()}


def _read(path: Path) -> list[Verifier]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE)
        if data.lstrip().startswith(b"{"):
            policy = Policy.parse(data)
            keys = [Verifier.parse(vkey) for vkey in policy.log_keys]
            origins = {policy.origin}
        else:
            keys = [line.verifier for line in TlogPolicy.parse(data, NONE).logs]
            origins = {key.name for key in keys}
    except (OSError, FormatError) as error:
        raise ConfigurationError("witness_logs_unreadable", params={"path": str(path), "reason": str(error)}) from error
    return [key for key in keys if key.name in origins and key.kind != COSIGNATURE]
