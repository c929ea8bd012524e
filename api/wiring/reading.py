"""One read of the ledger: a state of the store that stays the same until the answer is complete."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.wiring.known import Known
from api.wiring.verdict import Verdicts
from ledger.services.ledger import Ledger


class Reading:
    """Opens reads of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Read from this ledger."""
        self.ledger = ledger
        self.verdicts = Verdicts(ledger)

    @contextmanager
    def known(self) -> Iterator[Known]:
        """Yield what is known within one read."""
        with self.ledger.store.read() as unit:
            yield Known(unit, self.ledger.reference, self.ledger.clock.now_ms())
