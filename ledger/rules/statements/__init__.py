"""What may be stated: event types, their sections, and the shapes of those, as data.

``check_statement`` is the one door: it refuses an unknown type, a section that does not belong, a missing one, and any
content that is not of its shape. ``json_schema`` gives the same for OpenAPI.
"""

from collections.abc import Mapping

from ledger.errors import FormatError
from ledger.rules.event import Content, Event
from ledger.rules.statements.types import TYPES, EventType

__all__ = ["TYPES", "EventType", "check_event", "check_statement", "json_schema", "type_of"]


def type_of(name: str) -> EventType:
    """The event type of this name; ``FormatError`` (unknown_event_type) otherwise."""
    kind = TYPES.get(name)
    if kind is None:
        raise FormatError("unknown_event_type", field="/type", params={"type": name[:80]})
    return kind


def check_statement(name: str, mode: str, stated: frozenset[str], contents: Mapping[str, Content]) -> EventType:
    """Check a statement: its type, its mode, the sections it names, and the content of those given.

    ``stated`` are the sections the header names; ``contents`` lacks ``personal``. Raises ``FormatError``.
    """
    kind = type_of(name)
    if mode not in kind.modes:
        raise FormatError("act_only", field="/mode", params={"type": name})
    for section in sorted(stated - kind.sections) if not stated <= kind.sections else ():
        raise FormatError(
            "section_not_allowed", field=f"/sections/{section}", params={"type": name, "section": section}
        )
    for section in kind.required:
        if section not in contents:
            raise FormatError(
                "section_missing", field=f"/sections/{section}", params={"type": name, "section": section}
            )
    for section, content in contents.items():
        kind.shape(section).check(dict(content), f"/sections/{section}")
    return kind


def check_event(event: Event) -> EventType:
    """Check what an event states; what was found once holds for ever. Raises ``FormatError``."""
    kind = event.known.get("type")
    if not isinstance(kind, EventType):
        header = event.header
        kind = check_statement(header.type, header.mode, frozenset(header.sections), event.contents)
        event.known["type"] = kind
    return kind


def json_schema(kind: EventType) -> dict[str, object]:
    """JSON Schema of the ``sections`` object of an event of this type."""
    return {
        "type": "object",
        "properties": {name: kind.shape(name).schema() for name in sorted(kind.sections)},
        "required": list(kind.required),
        "additionalProperties": False,
    }
