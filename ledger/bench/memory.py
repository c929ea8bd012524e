"""How much memory an audit takes, measured from outside in a process of its own.

    python -m ledger.bench.memory

reads the URL of a ledger from its input, says that it is ready, audits at the next line, and says when it is done.
RssAnon is what counts: pages of the database that the system keeps mapped cost nobody anything.
"""

import json
import re
import select
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Final

from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target, spread
from ledger.errors import HazledgerError
from ledger.reference import load
from ledger.services.audit import audit
from ledger.store.unit_of_work import Store

PROC: Final = Path("/proc")
MB: Final = 1_000_000
EVERY_S: Final = 0.02
LIMIT_MB: Final = 64
_ANON: Final = re.compile(r"^RssAnon:\s+(\d+) kB$", re.MULTILINE)
_PARENT: Final = re.compile(r"^PPid:\s+(\d+)$", re.MULTILINE)


def available() -> bool:
    """Whether this system tells RssAnon."""
    return (PROC / "self" / "status").exists()


def audit_memory(context: Context) -> Measured:
    """Anonymous memory that an audit takes beyond its start, at its peak."""
    found = [growth(context.audited()) for _ in range(context.rounds)]
    grown = [peak - start for start, peak in found]
    ratios = [peak / start for start, peak in found]
    target = Target("value", "at most", LIMIT_MB)
    value = median(grown) / MB
    return Measured("audit_memory", value, "MB", "its own start", median(ratios), spread(ratios), target)


def growth(url: str) -> tuple[int, int]:
    """Audit in a process of its own; its RssAnon before the audit and at the peak, in bytes, with its children's."""
    command = [sys.executable, "-P", "-m", "ledger.bench.memory"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:  # noqa: S603 - our own module
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(url) + "\n")
        if process.stdout.readline() != "ready\n":
            raise HazledgerError("bench_not_clean", params={"count": "?"})
        start = peak = anonymous(process.pid)
        process.stdin.write("go\n")
        while not select.select([process.stdout], [], [], EVERY_S)[0]:
            peak = max(peak, anonymous(process.pid))
        done = process.stdout.readline().strip()
        peak = max(peak, anonymous(process.pid))
        process.stdin.close()
    if done != "0":
        raise HazledgerError("bench_not_clean", params={"count": done or "?"})
    return start, peak


def anonymous(pid: int) -> int:
    """RssAnon of a process and of all below it, in bytes."""
    known = _statuses()
    total, family = 0, [pid]
    while family:
        number = family.pop()
        total += known.get(number, (0, 0))[1]
        family += [child for child, (parent, _) in known.items() if parent == number]
    return total


def _statuses() -> dict[int, tuple[int, int]]:
    """Parent and RssAnon in bytes of every process that tells them."""
    found = {}
    for place in PROC.iterdir():
        if place.name.isdecimal():
            try:
                text = (place / "status").read_text()
            except OSError:  # it has ended
                continue
            parent, anon = _PARENT.search(text), _ANON.search(text)
            if parent is not None and anon is not None:
                found[int(place.name)] = (int(parent[1]), int(anon[1]) * 1024)
    return found


def main() -> None:
    """Audit the ledger that the input names, when told to."""
    store = Store.open(json.loads(sys.stdin.readline()))
    reference = load()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    result = audit(store, reference=reference)
    sys.stdout.write(f"{result['count']}\n")
    sys.stdout.flush()
    sys.stdin.read()
    store.close()


if __name__ == "__main__":
    main()
