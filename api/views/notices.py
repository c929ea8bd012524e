"""Webhooks as their organisation sees them, and what became of messages."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A webhook. `types`: event types or stages asked for, none for all; `taken_up`: newest record it was queued for.

    `secret` is shown once: when the webhook is made, and when it is given a new one.
    """

    id: str
    url: str
    types: tuple[str, ...]
    label: str
    created: Instant
    enabled: bool
    taken_up: int
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A message to a webhook: about record `index`; `outcome`: what the last try came to, such as "HTTP 204"."""

    index: int
    state: Literal["delivered", "waiting", "given_up"]
    attempts: int
    tried: Instant | None
    due: Instant | None
    outcome: str


@dataclass(frozen=True, slots=True)
class TryView:
    """What a message sent at once came to."""

    ok: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages were queued once more."""

    queued: int
