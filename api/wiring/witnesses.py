"""The port of witnesses and pins over one ledger."""

from api.views import PinView, Principal, TimestampView, WitnessesView, WitnessLine
from ledger.errors import ForbiddenError
from ledger.services.ledger import Ledger
from ledger.services.timestamps.daily import kept
from ledger.services.witnessing import pins
from ledger.services.witnessing.overview import overview
from ledger.services.witnessing.pins import Pin

SHOWN = 100


class LedgerWitnesses:
    """What witnesses cosigned, and what organisations pinned."""

    def __init__(self, ledger: Ledger) -> None:
        """Tell of this ledger's log."""
        self._ledger = ledger

    def view(self) -> WitnessesView:
        """Return how the witnesses stand. NotFoundError before anything is published."""
        ledger = self._ledger
        found, checkpoint = overview(ledger), ledger.log.checkpoint()
        size = ledger.log.state().size if found is None else found.size
        lines = tuple(
            WitnessLine(
                one.name,
                one.vkey,
                one.size,
                None if one.time_s is None else one.time_s * 1000,
                None if one.size is None else max(0, size - one.size),
                one.tried_at_ms,
                one.failures,
                one.outcome,
            )
            for one in (() if found is None else found.witnesses)
        )
        quorum, quorum_size = ("none", None) if found is None else (found.quorum, found.quorum_size)
        vkey = ledger.verifier.vkey()
        return WitnessesView(
            ledger.origin,
            vkey,
            size,
            quorum,
            quorum_size,
            checkpoint.decode(),
            lines,
            ledger.authority is not None,
            self._timestamp(),
        )

    def _timestamp(self) -> TimestampView | None:
        ledger = self._ledger
        if ledger.authority is None:
            return None
        with ledger.store.read() as unit:
            found = kept(unit, ledger.authority, limit=1)
        return (
            None
            if not found
            else TimestampView(found[0].day, found[0].size, found[0].stamp.at_ms, str(found[0].stamp.serial))
        )

    def pin(self, viewer: Principal, checkpoint: str | None) -> PinView:
        """Pin a checkpoint for the viewer's organisation. FormatError, VerificationError, ConflictError."""
        given = None if checkpoint is None else checkpoint.encode()
        return _pin(pins.pin(self._ledger, _own(viewer), viewer.user or "", given))

    def pins(self, viewer: Principal) -> tuple[PinView, ...]:
        """Return what the viewer's organisation pinned, the newest first."""
        return tuple(map(_pin, pins.listing(self._ledger, _own(viewer), limit=SHOWN)))


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise ForbiddenError("login_required")
    return viewer.org.ref


def _pin(found: Pin) -> PinView:
    return PinView(found.id, found.size, found.at_ms, found.standing, found.note.decode())
