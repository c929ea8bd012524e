"""Login names, and how often one may fail: so many times in a window, known or not."""

import re
import unicodedata
from typing import Final

from ledger.errors import FormatError, UnavailableError
from ledger.services.identity.ports import Ports, digest
from ledger.store.rows import AttemptsRow

WINDOW_MS: Final = 15 * 60_000
MOST_FAILURES: Final = 10
MOST_NAMES: Final = 50_000
MOST_TYPED: Final = 200

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{2,63}")


def normal_login(typed: str) -> str:
    """The form in which login names are stored and compared: NFKC, lower case, without spaces around."""
    return unicodedata.normalize("NFKC", typed[:MOST_TYPED]).strip().casefold()


def check_login(typed: str, *, field: str = "/login") -> str:
    """Return a login name fit to be given to a user. Raises FormatError (login_not_of_form)."""
    login = normal_login(typed)
    if len(typed) > MOST_TYPED or _LOGIN.fullmatch(login) is None:
        raise FormatError("login_not_of_form", field)
    return login


def check_attempts(ports: Ports, login: str) -> None:
    """Refuse a login name that failed too often. Raises UnavailableError (login_throttled), with the wait."""
    now_ms = ports.now_ms()
    with ports.ledger.store.read() as unit:
        known = unit.people.attempts(digest(login))
    if known is None or known.failures < MOST_FAILURES:
        return
    left_ms = known.since_ms + WINDOW_MS - now_ms
    if left_ms > 0:
        wait = max(-(-left_ms // 1000), 1)
        raise UnavailableError("login_throttled", params={"minutes": -(-wait // 60)}, retry_after_s=wait)


def failed(ports: Ports, login: str) -> None:
    """Count a failure."""
    now_ms, name = ports.now_ms(), digest(login)
    with ports.ledger.store.write() as unit:
        known = unit.people.attempts(name)
        fresh = known is None or known.since_ms + WINDOW_MS <= now_ms
        count, since = (0, now_ms) if fresh or known is None else (known.failures, known.since_ms)
        unit.people.put_attempts(AttemptsRow(name, count + 1, since))
        unit.people.prune_attempts(before_ms=now_ms - WINDOW_MS, most=MOST_NAMES)


def forget(ports: Ports, login: str) -> None:
    """Forget the failures of a login name that came in."""
    with ports.ledger.store.read() as unit:
        known = unit.people.attempts(digest(login))
    if known is not None:
        with ports.ledger.store.write() as unit:
            unit.people.drop_attempts(digest(login))
