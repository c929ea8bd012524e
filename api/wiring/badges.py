"""The port of badges: issued and revoked by an organisation's administrators, by page or program."""

from api.views import Principal
from api.views.people import BadgeLine, NewBadge
from api.wiring.known import hidden
from labels.cards import badge_text
from ledger.services.identity import badges
from ledger.services.identity.ports import Ports
from ledger.store.rows import BadgeRow


class LedgerBadges:
    """Badges over the ledger's operational tables."""

    def __init__(self, ports: Ports) -> None:
        """Work on these."""
        self._ports = ports

    def listing(self, viewer: Principal) -> tuple[BadgeLine, ...]:
        """Return the badges in force, by name."""
        lines = [self._line(row) for row in badges.current(self._ports, _own(viewer))]
        return tuple(sorted(lines, key=lambda line: (line.name, line.user)))

    def of(self, viewer: Principal, user: str) -> BadgeLine | None:
        """Return the badge that a person has."""
        return next((self._line(row) for row in badges.current(self._ports, _own(viewer), user)), None)

    def issue(self, viewer: Principal, user: str) -> NewBadge:
        """Make a badge for a person; the former one is revoked."""
        by = viewer.user or viewer.credential or ""
        made = badges.issue(self._ports, _own(viewer), user, by=by)
        return NewBadge(made.id, made.user.id, made.user.name, badge_text(made.secret))

    def revoke(self, viewer: Principal, user: str) -> None:
        """Revoke the badge of a person, if it has one."""
        badges.revoke(self._ports, _own(viewer), user)

    def _line(self, row: BadgeRow) -> BadgeLine:
        with self._ports.ledger.store.read() as unit:
            user = unit.people.user(row.user)
        return BadgeLine(row.id, row.user, row.user if user is None else user.name, row.created_at_ms)


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/users")
    return viewer.org.ref
