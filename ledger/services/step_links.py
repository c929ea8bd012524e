"""One-time links: a driver or counterparty without an account takes its steps of a shipment with a link and a PIN.

The link is a secret of 32 random bytes, the PIN six digits told by another way. Both are kept as hashes alone, the PIN
by scrypt with the secret as salt. Five wrong PINs lock the link; an unknown, expired or locked one is not there at all.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger.core.b64 import b64u
from ledger.core.ids import uuid7
from ledger.errors import ForbiddenError, FormatError, NotFoundError
from ledger.services.entropy import Entropy, SystemEntropy
from ledger.services.ledger import Ledger
from ledger.store.rows import StepLinkRow

SECRET_BYTES: Final = 32
PIN_DIGITS: Final = 6
ATTEMPTS: Final = 5
LIFE_MS: Final = 7 * 86_400_000
MOST_TOKEN: Final = 64
STEPS: Final = {"carrier": ("accept", "depart", "arrive", "deliver"), "consignee": ("receive",)}
"""What a link of each side may do."""


class Issued(NamedTuple):
    """A link's secret and its PIN, shown once, and until when it works."""

    token: str
    pin: str
    expires_at_ms: int
    id: str


def issue(
    ledger: Ledger,
    issuer: str,
    org: str,
    shipment: str,
    transfer: str,
    steps: Iterable[str],
    entropy: Entropy | None = None,
) -> Issued:
    """Make a link for one party of one shipment."""
    random = entropy or SystemEntropy()
    token = b64u(random.bytes(SECRET_BYTES))
    pin = f"{int.from_bytes(random.bytes(8), 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
    now = ledger.clock.now_ms()
    name = uuid7(now, random.bytes(10))
    row = StepLinkRow(
        _digest(token),
        _pin(token, pin),
        name,
        issuer,
        org,
        shipment,
        transfer,
        " ".join(steps),
        "",
        now,
        now + LIFE_MS,
        ATTEMPTS,
    )
    with ledger.store.write() as unit:
        unit.step_links.add(row)
    return Issued(token, pin, row.expires_at_ms, name)


def revoke(ledger: Ledger, issuer: str, name: str) -> StepLinkRow | None:
    """End a link by its id; None if this organisation issued none of that id. A second time changes nothing."""
    with ledger.store.write() as unit:
        return unit.step_links.end(issuer, name, at_ms=ledger.clock.now_ms())


def find(ledger: Ledger, token: str) -> StepLinkRow:
    """Return a link that works. NotFoundError, which tells nothing."""
    with ledger.store.read() as unit:
        row = unit.step_links.one(_digest(token), at_ms=ledger.clock.now_ms())
    if row is None:
        raise _gone()
    return row


def check(ledger: Ledger, token: str, pin: str, step: str) -> StepLinkRow:
    """Return the link if the PIN is right and the step is one of its. NotFoundError, ForbiddenError `pin_wrong`."""
    hashed = _digest(token)
    with ledger.store.write() as unit:
        if not unit.step_links.claim(hashed, at_ms=ledger.clock.now_ms()):
            raise _gone()
    row = _row(ledger, hashed)
    if not hmac.compare_digest(row.pin, _pin(token, pin)):
        raise ForbiddenError("pin_wrong", "/pin", {"left": row.attempts_left})
    with ledger.store.write() as unit:
        unit.step_links.restore(hashed, ATTEMPTS)
    if step not in row.steps.split():
        raise FormatError("link_step_not_allowed", None, {"step": step[:20]})
    return row


def finish(ledger: Ledger, row: StepLinkRow, step: str, event: str) -> None:
    """Remember that a step was taken; another one of the link may follow."""
    taken = done(row) | {step: event}
    with ledger.store.write() as unit:
        unit.step_links.finish(row.hash, " ".join(f"{name}={value}" for name, value in taken.items()))


def done(row: StepLinkRow) -> dict[str, str]:
    """Return the steps that were taken with a link, with the ids of their events."""
    return {name: event for item in row.done.split() for name, _, event in [item.partition("=")]}


def _row(ledger: Ledger, hashed: bytes) -> StepLinkRow:
    with ledger.store.read() as unit:
        row = unit.step_links.any(hashed)
    if row is None:
        raise _gone()
    return row


def _digest(token: str) -> bytes:
    return hashlib.sha256(token[:MOST_TOKEN].encode()).digest()


def _pin(token: str, pin: str) -> bytes:
    return hashlib.scrypt(pin[:16].encode(), salt=token[:MOST_TOKEN].encode(), n=2**14, r=8, p=1, dklen=32)


def _gone() -> NotFoundError:
    return NotFoundError("page_not_found", None, {"path": "/d"})
