"""What a witness shows of this log: a checkpoint that this log's own key signed, so that nobody can make it up.

A log that does not extend it was put back, cut off or forked: the signer must refuse (design, section 4).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core.addcheckpoint import log_id
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.note import Verifier
from ledger.core.tlogpolicy import WitnessLine
from ledger.errors import FormatError, IntegrityError, VerificationError
from ledger.services.calls import CallError
from ledger.services.signer_state import Signed
from ledger.services.witnessing.submit import OK, Ask

_FEW: Final = 120


@dataclass(frozen=True, slots=True)
class View:
    """The checkpoint that a witness shows, verified under the log's own keys."""

    witness: str
    checkpoint: Checkpoint
    note: bytes

    @property
    def signed(self) -> Signed:
        """The same as what this log signed before."""
        return Signed(self.checkpoint.origin, self.checkpoint.size, self.checkpoint.root, self.note)


def look(ask: Ask, witness: WitnessLine, origin: str, keys: Sequence[Verifier]) -> View | None:
    """Ask a witness for what it saw last; None: no answer, nothing seen, or nothing that this log's key signed."""
    try:
        reply = ask("GET", f"{(witness.url or '').rstrip('/')}/{log_id(origin)}/checkpoint", None)
        if reply.status != OK:
            return None
        checkpoint, _ = open_checkpoint(reply.body, origin, keys)
    except (CallError, FormatError, VerificationError):
        return None
    return View(witness.name, checkpoint, reply.body)


def check(view: View, size: int, root_at: Callable[[int], bytes]) -> None:
    """Demand that a log of ``size`` extends what a witness shows; ``root_at`` gives the log's root at a size.

    Raises IntegrityError `log_behind_witness`, `log_forks_witness`: then nothing may be signed.
    """
    seen = view.checkpoint
    if seen.size > size:
        raise behind(view.witness, size, seen.size)
    if root_at(seen.size) != seen.root:
        raise IntegrityError("log_forks_witness", params={"witness": view.witness[:_FEW], "signed": seen.size})


def behind(witness: str, size: int, known: int) -> IntegrityError:
    """The error of a log that is shorter than what a witness knows of it."""
    return IntegrityError("log_behind_witness", params={"witness": witness[:_FEW], "size": size, "signed": known})
