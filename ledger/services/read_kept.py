"""The newest signed head of the log of reads, in a file beside the signer state: the database cannot take it back.

It is written after the commit and never steps back, so that it says less than the database at most. Where the database
does not extend it, nothing is signed on; reading goes on, and every audit that is given the signer state says so.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from ledger.errors import ConfigurationError
from ledger.services.signer_state import Signed, SignerState

log = logging.getLogger("hazledger.reads")


def beside(signer_state: Path) -> Path:
    """Return where the head is kept: "signer-state.reads.json" beside "signer-state.json"."""
    return signer_state.with_name(f"{signer_state.stem}.reads{signer_state.suffix}")


class KeptHead:
    """The file. Safe for several threads of the one process that writes."""

    def __init__(self, signer_state: Path) -> None:
        """Take the place of the signer state that it stands beside."""
        self._file = SignerState(beside(signer_state))
        self._turns = threading.Lock()

    def read(self) -> Signed | None:
        """Return the head that was kept last; None: there is no file. Raises ConfigurationError: not of its form."""
        return self._file.read()

    def keep(self, head: Signed) -> None:
        """Keep a head that is committed. Where the file cannot be written, it goes on saying less."""
        with self._turns:
            try:
                known = self._file.read()
                if known is None or (known.origin, known.size < head.size) == (head.origin, True):
                    self._file.write(head)
            except (OSError, ConfigurationError) as error:
                log.error("the head of the log of reads is not kept outside: %s", error)  # noqa: TRY400

    def check(self, origin: str, size: int, root_at: Callable[[int], bytes]) -> None:
        """Demand that a log of ``size`` extends what was kept; a file that is missing begins anew with the next head.

        Raises IntegrityError `log_behind_signer`, `log_forks_signer`, `signer_state_other_log`; ConfigurationError.
        """
        if self._file.read() is not None:
            self._file.check(origin, size, root_at)


def last_kept(signer_state: Path | None) -> Signed | None:
    """Return the head that stands beside a signer state, for an audit. Raises ConfigurationError: not of its form."""
    return None if signer_state is None else SignerState(beside(signer_state)).read()
