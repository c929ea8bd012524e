"""Aggregates as canonical bytes, for the store: one object per aggregate, its fields by name.

``load(key, dump(x)) == x``; the kind follows from the key. Not evidence: a rebuild makes the same bytes.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from ledger.core.canonical import Json, decode, encode_sound
from ledger.errors import FormatError
from ledger.rules.aggregates import (
    Aggregate,
    BatchState,
    BayState,
    CodeState,
    ContainerState,
    GrantState,
    KeyOwnerState,
    KeyState,
    LedgerState,
    LegState,
    LicenceState,
    LocationState,
    MaximumState,
    OrgState,
    PrefixState,
    ProductState,
    RequestState,
    ShipmentState,
    SiteState,
    TransferState,
    UnitState,
    VoidedState,
)
from ledger.rules.jurisdiction import Jurisdiction
from ledger.rules.transfer_state import FilingState, SettlementState, StandingState

MAX_BYTES = 4 * 1024 * 1024
KINDS: Mapping[str, type[Aggregate]] = {
    "ledger": LedgerState,
    "org": OrgState,
    "site": SiteState,
    "product": ProductState,
    "batch": BatchState,
    "container": ContainerState,
    "shipment": ShipmentState,
    "transfer": TransferState,
    "voided": VoidedState,
    "key": KeyOwnerState,
    "code": CodeState,
    "bay": BayState,
    "gs1": PrefixState,
    "request": RequestState,
    "grant": GrantState,
}
MAPPINGS = frozenset(
    {"shares", "totals", "contents", "cargo", "goods", "difference", "permits", "steps", "accepted", "stored", "held"}
)


def is_state(key: str) -> bool:
    """Whether a key names an aggregate."""
    return key.partition(":")[0] in KINDS


def dump(aggregate: Aggregate) -> bytes:
    """The canonical bytes of an aggregate."""
    return encode_sound(_plain(aggregate))


_FIELDS: dict[type, tuple[str, ...]] = {}
_AS_IT_IS = frozenset({str, bool, type(None)})
_BIG = 2**53


def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; of anything else none. Looked up once for each type."""
    known = _FIELDS.get(kind)
    if known is None:
        stated = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
        known = _FIELDS[kind] = tuple([item.name for item in stated])
    return known


def _plain(value: Any) -> Json:  # noqa: ANN401 - any field of an aggregate
    kind = type(value)
    if kind in _AS_IT_IS:  # most of what there is
        result: Json = value
        return result
    if kind is int:
        return {"big": str(value)} if abs(value) >= _BIG else int(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return [[key, _plain(item)] for key, item in sorted(value.items())]
    named = [(name, getattr(value, name)) for name in _names(kind)]
    if not named:
        raise TypeError(kind)
    return {
        name: item if type(item) in _AS_IT_IS else dict(item) if name == "statement" else _plain(item)
        for name, item in named
    }


def load(key: str, data: bytes) -> Aggregate:
    """The aggregate of a key from its bytes. Raises ``FormatError`` for an unknown kind."""
    kind = KINDS.get(key.partition(":")[0])
    if kind is None:
        raise FormatError("unknown_state_kind", params={"key": key[:80]})
    stated = decode(data, max_bytes=MAX_BYTES, max_depth=32, max_items=10**6)
    assert isinstance(stated, dict)
    return kind(**{name: _field(name, value) for name, value in stated.items()})


def _field(name: str, value: Any) -> Any:  # noqa: ANN401 - any field of an aggregate
    if name == "statement":
        return value
    value = _grown(value)
    if name == "keys":
        return {key: KeyState(**item) for key, item in value}
    if name == "jurisdiction":
        return Jurisdiction(**{part: tuple(items) for part, items in value.items()})
    if name == "licences":
        return tuple(_licence(item) for item in value)
    if name == "locations":
        return {key: LocationState(**item) for key, item in value}
    if name in MAPPINGS:
        return dict(value)
    if name in RECORDS:
        return RECORDS[name](value)
    return tuple(value) if isinstance(value, list) else value


def _filing(item: dict[str, Any]) -> FilingState:
    return FilingState(**{**item, "lists": tuple(item["lists"])})


def _unit(item: dict[str, Any]) -> UnitState:
    lists = {"locations": tuple(item["locations"]), "maximum": tuple(MaximumState(**one) for one in item["maximum"])}
    return UnitState(**{**item, **lists})


RECORDS: Mapping[str, Callable[[Any], Any]] = {
    "apart": lambda value: tuple((one, other) for one, other in value),
    "legs": lambda value: tuple(LegState(**item) for item in value),
    "tallies": lambda value: {key: dict(item) for key, item in value},
    "filings": lambda value: {key: _filing(item) for key, item in value},
    "settle": lambda value: None if value is None else SettlementState(**value),
    "standing": lambda value: None if value is None else StandingState(**value),
    "units": lambda value: tuple(_unit(item) for item in value),
}


def _licence(item: dict[str, Any]) -> LicenceState:
    lists = {name: tuple(item[name]) for name in ("products", "classes")}
    return LicenceState(**{**item, **lists, "suspensions": tuple((a, b) for a, b in item["suspensions"])})


def _grown(value: Any) -> Any:  # noqa: ANN401 - any field of an aggregate
    if isinstance(value, dict):
        return int(value["big"]) if value.keys() == {"big"} else {k: _grown(v) for k, v in value.items()}
    return [_grown(item) for item in value] if isinstance(value, list) else value
