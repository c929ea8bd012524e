"""The machine that was measured on: without it a figure says little."""

import os
import platform
from pathlib import Path
from typing import Final

from ledger import __version__
from ledger.store.engines import choose_driver

CPUINFO: Final = Path("/proc/cpuinfo")
MOUNTS: Final = Path("/proc/mounts")
_MODEL: Final = "model name"


def describe(folder: Path) -> dict[str, str | int | float | None]:
    """Processor, cores, load, system, versions, and the file system that holds ``folder``."""
    driver, _ = choose_driver()
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": str(driver.sqlite_version),
        "file_system": _file_system(folder.resolve()),
        "hazledger": __version__,
    }


def _processor() -> str:
    lines = CPUINFO.read_text().splitlines() if CPUINFO.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith(_MODEL))
    return next(named, platform.processor() or platform.machine())


def _file_system(folder: Path) -> str | None:
    """The kind of file system of the deepest mount above a folder: tmpfs forgets, and costs nothing to sync."""
    lines = MOUNTS.read_text().splitlines() if MOUNTS.exists() else []
    mounts = [line.split(" ")[1:3] for line in lines]
    above = [(len(place), kind) for place, kind in mounts if folder.is_relative_to(place)]
    return max(above)[1] if above else None
