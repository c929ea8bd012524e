"""Incident codes as those see them who issue them."""

from dataclasses import dataclass

from api.views.common import Instant


@dataclass(frozen=True, slots=True)
class IncidentUse:
    """That a code was used: when, on which printed code (its address), and what for."""

    at: Instant
    subject: str
    purpose: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """A code that was issued, by what it is for; `ended`: before its time. `uses`: newest first, at most 100."""

    id: str
    reason: str
    issued_by: str
    created: Instant
    expires: Instant
    ended: Instant | None
    good: bool
    uses: tuple[IncidentUse, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentCode:
    """A code just made, in groups of four as it is told; it is shown once."""

    id: str
    code: str
    expires: Instant
