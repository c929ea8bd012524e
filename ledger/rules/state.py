"""The committed state as a rule sees it: a mapping of keys to aggregates that says when it lacks one.

Keys: every chain id (``batch:<uuid>`` and so on), ``product:<uuid>``, ``voided:<event hash>``, ``key:<key id>``,
``code:<code>``, ``bay:<place>``, ``gs1:<prefix>``, ``request:<event hash>``, ``grant:<event hash>``, holding cells
(``holding:...``, milligrams) and ``event:<hash>`` (a former event, for corrections).
Rules do no I/O: asking for a key that was not loaded raises ``NotLoaded``; the caller loads it and asks the same pure
question again.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ledger.errors import HazledgerError
from ledger.rules.accounts import CELL_PREFIX, Holding, holding_of_key
from ledger.rules.aggregates import (
    Aggregate,
    BatchState,
    BayState,
    CodeState,
    ContainerState,
    GrantState,
    KeyOwnerState,
    LedgerState,
    OrgState,
    PrefixState,
    ProductState,
    RequestState,
    ShipmentState,
    SiteState,
    TransferState,
    VoidedState,
)
from ledger.rules.event import FormerEvent

Value = Aggregate | FormerEvent | int | None
LEDGER = "ledger:"
CODE = "code:"
BAY = "bay:"
GS1 = "gs1:"
T = TypeVar("T")


class NotLoaded(Exception):  # noqa: N818 - a request to the caller, not a fault
    """The question needs these keys; load them and ask again."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = frozenset(keys)
        super().__init__(", ".join(sorted(self.keys)))


class State:
    """A view of loaded values at log size ``index`` (the index that the next record will bear)."""

    __slots__ = ("_values", "index", "ledger_id")

    def __init__(self, values: Mapping[str, Value], *, index: int, ledger_id: str | None) -> None:
        self._values = values
        self.index = index
        self.ledger_id = ledger_id

    def require(self, keys: Iterable[str]) -> None:
        """Raise ``NotLoaded`` naming every missing key at once, so that the caller loads them in one go."""
        missing = [
            key
            for key in keys
            if key not in self._values and not (is_cell(key) and self._lacks(holding_of_key(key).batch))
        ]
        if missing:
            raise NotLoaded(missing)

    def _get(self, key: str, kind: type[T]) -> T | None:
        try:
            value = self._values[key]
        except KeyError:
            raise NotLoaded((key,)) from None
        if value is None or isinstance(value, kind):
            return value
        message = "state_kind_mismatch"
        raise HazledgerError(message, params={"key": key})

    def ledger(self) -> LedgerState | None:
        """The ledger, or None before its genesis."""
        return None if self.ledger_id is None else self._get(self.ledger_id, LedgerState)

    def org(self, key: str) -> OrgState | None:
        """The organisation ``org:<uuid>``, or None."""
        return self._get(key, OrgState)

    def site(self, key: str) -> SiteState | None:
        """The site ``site:<uuid>``, or None."""
        return self._get(key, SiteState)

    def product(self, key: str) -> ProductState | None:
        """The product ``product:<uuid>``, or None."""
        return self._get(key, ProductState)

    def batch(self, key: str) -> BatchState | None:
        """The batch ``batch:<uuid>``, or None."""
        return self._get(key, BatchState)

    def container(self, key: str) -> ContainerState | None:
        """The container ``container:<uuid>``, or None."""
        return self._get(key, ContainerState)

    def shipment(self, key: str) -> ShipmentState | None:
        """The shipment ``shipment:<uuid>``, or None."""
        return self._get(key, ShipmentState)

    def transfer(self, key: str) -> TransferState | None:
        """The transfer ``transfer:<uuid>``, or None."""
        return self._get(key, TransferState)

    def party(self, key: str) -> OrgState | ShipmentState | None:
        """Who may have goods in custody: an organisation or a shipment, or None."""
        return self.shipment(key) if key.startswith("shipment:") else self.org(key)

    def voided(self, event_hash: str) -> VoidedState | None:
        """Who voided the event, or None when it stands."""
        return self._get("voided:" + event_hash, VoidedState)

    def key_owner(self, key: str) -> KeyOwnerState | None:
        """Whose the public key of this id is, or None when nobody registered it."""
        return self._get("key:" + key, KeyOwnerState)

    def code(self, text: str) -> CodeState | None:
        """What a printed code stands for, or None when it was never issued."""
        return self._get(CODE + text, CodeState)

    def bay(self, place: str) -> BayState | None:
        """What lies at a location ``site:<uuid>/<location>``, or None where nothing ever did."""
        return self._get(BAY + place, BayState)

    def prefix(self, digits: str) -> PrefixState | None:
        """Who registered a GS1 company prefix, or None."""
        return self._get(GS1 + digits, PrefixState)

    def request(self, event_hash: str) -> RequestState | None:
        """What the event of this hash asked for, or None when it asked for nothing."""
        return self._get("request:" + event_hash, RequestState)

    def grant(self, event_hash: str) -> GrantState | None:
        """The sight that the event of this hash gave, or None when it gave none."""
        return self._get("grant:" + event_hash, GrantState)

    def former(self, event_hash: str) -> FormerEvent | None:
        """A former event with what it posted, or None when the ledger does not hold it."""
        return self._get("event:" + event_hash, FormerEvent)

    def balance(self, holding: Holding) -> int:
        """Milligrams in a holding; nought when it never held anything."""
        return 0 if self._lacks(holding.batch) else self._get(holding.key, int) or 0

    def _lacks(self, batch: str) -> bool:
        """Whether it is known that there is no such batch: its cells hold nothing, which nobody needs to look up."""
        return batch in self._values and self._values[batch] is None


def is_cell(key: str) -> bool:
    """Whether the key names a holding cell."""
    return key.startswith(CELL_PREFIX)
