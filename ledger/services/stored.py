"""Stored rows as the rules see them: an event with its contents, an entry with the effects on each chain."""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.effects import Effects
from ledger.core.events import Header
from ledger.core.records import Link
from ledger.core.sections import Disclosure
from ledger.errors import IntegrityError
from ledger.rules.event import Entry, Event, FormerEvent
from ledger.store import rows
from ledger.store.unit_of_work import Unit

WITHHELD: Final = "personal"
"""The section that rules never read, for it may be erased."""


def contents_of(bodies: Iterable[bytes | None]) -> Mapping[str, Mapping[str, Json]]:
    """Return the contents of sections by name, without erased ones and without ``personal``."""
    opened = [Disclosure.parse(body) for body in bodies if body is not None]
    return {section.name: section.content for section in opened if section.name != WITHHELD}


def event_of(event_hash: bytes, header: bytes, bodies: Iterable[bytes | None]) -> Event:
    """Return an event from its stored bytes. Raises FormatError if they are not of the form."""
    return Event(b64u(event_hash), Header.parse(header), contents_of(bodies))


def link_of(row: rows.LinkRow) -> tuple[Link, Effects]:
    """Return a stored link and its effects. Raises FormatError if they are not of the form."""
    link = Link.parse(Disclosure.parse(row.link, ("link",)).content)
    return link, Effects.parse(Disclosure.parse(row.effects, ("effects",)).content)


def entry_of(stored: rows.Entry) -> Entry:
    """Return what is stored about one index as the rules see it. Raises IntegrityError, FormatError."""
    if stored.record is None or stored.event is None:
        raise IntegrityError("entry_incomplete", params={"idx": stored.idx})
    event = event_of(stored.event.hash, stored.event.header, [row.body for row in stored.disclosures])
    effects = {row.chain: link_of(row)[1] for row in stored.links}
    return Entry(stored.idx, stored.record.recorded_at_ms, event, effects)


def former_event(unit: Unit, event_hash: bytes, before: int) -> FormerEvent | None:
    """Return an event recorded before index ``before``, with what it posted; None if there is none."""
    row = unit.events.by_hash(event_hash)
    if row is None or row.idx >= before:
        return None
    return FormerEvent(entry_of(unit.entries.at(row.idx)))
