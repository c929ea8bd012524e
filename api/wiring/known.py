"""What a reader meets in one read of the store: aggregates by key, each loaded once, and names in both languages."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, Literal, TypeVar

from api.views import Party, PlaceName, Words
from api.views.access import Role
from ledger.core.canonical import Json
from ledger.core.sections import Disclosure
from ledger.errors import NotFoundError, UnavailableError
from ledger.reference import Reference
from ledger.rules import codec
from ledger.rules.aggregates import (
    Aggregate,
    BatchState,
    ContainerState,
    LedgerState,
    OrgState,
    ProductState,
    ShipmentState,
    SiteState,
)
from ledger.rules.manifest import RuleSet
from ledger.services.rule_books import RuleBooks
from ledger.store.dealings import Dealings
from ledger.store.related import Related
from ledger.store.unit_of_work import Unit

T = TypeVar("T", bound=Aggregate)

ROLES: Final[dict[str, Role]] = {
    "producer": "producer",
    "trader": "trader",
    "user": "user",
    "warehouse": "warehouse",
    "carrier": "carrier",
    "disposer": "disposer",
    "park": "park",
    "authority": "regulator",
    "witness": "witness",
    "operator": "operator",
}
"""Roles as organisations are admitted with them -> roles as readers see them; others are not shown."""

KINDS: Final[dict[Role, str]] = {shown: stated for stated, shown in ROLES.items()}

CONTAINER_KINDS: Final = {
    "drum": Words("桶", "drum"),
    "ibc": Words("吨桶（IBC）", "IBC"),
    "cylinder": Words("气瓶", "cylinder"),
    "tank": Words("储罐", "tank"),
    "compartment": Words("罐舱", "compartment"),
    "bag": Words("袋", "bag"),
    "bottle": Words("瓶", "bottle"),
}


def roles_shown(roles: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles as readers see them."""
    return tuple(ROLES[role] for role in roles if role in ROLES)


def hidden(ref: str) -> NotFoundError:
    """Return the error for a thing that does not exist, or that the viewer may not know of."""
    return NotFoundError("page_not_found", None, {"path": ref[:80]})


class Known:
    """Aggregates by key within one read."""

    def __init__(self, unit: Unit, reference: Reference, now_ms: int) -> None:
        """Read within this unit."""
        self.unit = unit
        self.related = Related(unit.connection, unit.backend)
        self.dealings = Dealings(unit.connection, unit.backend)
        self.reference = reference
        self.now_ms = now_ms
        self._loaded: dict[str, Aggregate | None] = {}
        self._sections: dict[tuple[int, str], Mapping[str, Json]] = {}

    def load(self, keys: Iterable[str]) -> None:
        """Load many at once."""
        missing = {key for key in keys if key not in self._loaded}
        for key, body in self.unit.projections.load_states(missing).items():
            self._loaded[key] = None if body is None else codec.load(key, body)

    def get(self, key: str, kind: type[T]) -> T | None:
        """Return the aggregate of a key; None where there is none of that kind."""
        self.load([key])
        found = self._loaded[key]
        return found if isinstance(found, kind) else None

    def must(self, key: str, kind: type[T]) -> T:
        """Return the aggregate of a key. NotFoundError: there is none."""
        found = self.get(key, kind)
        if found is None:
            raise hidden(key)
        return found

    def there(self, key: str) -> bool:
        """Whether there is an aggregate of this key."""
        self.load([key])
        return self._loaded[key] is not None

    def section(self, idx: int, name: str) -> Mapping[str, Json]:
        """Return the content of a section of record ``idx``; empty where it has none."""
        if (idx, name) not in self._sections:
            body = self.unit.events.disclosures(idx).get(name)
            self._sections[idx, name] = {} if body is None else Disclosure.parse(body).content
        return self._sections[idx, name]

    @cached_property
    def rules(self) -> RuleSet:
        """The rules in force. UnavailableError: the ledger has no genesis yet."""
        found = self.unit.projections.states_of("ledger:", limit=1)
        state = codec.load(*found[0]) if found else None
        if not isinstance(state, LedgerState):
            raise UnavailableError("ledger_not_open")
        return RuleBooks(self.reference).rules(state.rules, self.unit)

    # --- names ---------------------------------------------------------------------------------------------------

    def party(self, ref: str) -> Party:
        """Return an organisation with its name; one that was not admitted goes by its reference."""
        known = self.get(ref, OrgState)
        return Party(ref, Words(ref, ref) if known is None else _words(known.name_zh, known.name_en))

    def place(self, text: str) -> PlaceName:
        """Return a place by its text, "site:<uuid>/<location>" or "vehicle:<plate>"."""
        head, _, location = text.partition("/")
        kind, _, plate = text.partition(":")
        if kind != "site":
            return PlaceName(text, Words(plate, plate))
        known = self.get(head, SiteState)
        name = Words(head, head) if known is None else _words(known.name_zh, known.name_en)
        return PlaceName(text, name, location or None)

    def product(self, ref: str) -> Words:
        """Return the name of a product."""
        known = self.get(ref, ProductState)
        return Words(ref, ref) if known is None else _words(known.name_zh, known.name_en)

    def lot(self, batch: str) -> str:
        """Return what people call a batch: its lot number, or the last digits of its reference."""
        known = self.get(batch, BatchState)
        return known.lot if known is not None and known.lot else batch[-8:].upper()

    def label(self, container: str) -> str:
        """Return what is painted on a container, or the last digits of its reference."""
        known = self.get(container, ContainerState)
        return known.serial if known is not None and known.serial else container[-8:].upper()

    def carrier(self, custodian: str) -> str | None:
        """Return the organisation behind a custodian: itself, or the carrier of a shipment."""
        if not custodian.startswith("shipment:"):
            return custodian
        known = self.get(custodian, ShipmentState)
        return None if known is None else known.carrier

    def identity(self, org: str | None) -> Literal["registrar", "ledger"]:
        """Return who vouches for an organisation's first key."""
        known = None if org is None else self.get(org, OrgState)
        return "registrar" if known is not None and known.vouched else "ledger"


def _words(zh: str, en: str) -> Words:
    return Words(zh, en or zh)
