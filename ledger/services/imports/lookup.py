"""What is on record under the names that a table uses, within one read of the store."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from ledger.core.events import Header
from ledger.core.ids import check_ref
from ledger.core.sections import Disclosure
from ledger.errors import FormatError
from ledger.rules import codec
from ledger.rules.aggregates import Aggregate, ContainerState, OrgState, ProductState, SiteState
from ledger.services.imports.containers import container_ref
from ledger.services.imports.statements import TYPES
from ledger.store.related import Related
from ledger.store.scopes import Own
from ledger.store.unit_of_work import Unit

PAGE: Final = 500
LOOKED_AT: Final = 50
T = TypeVar("T", bound=Aggregate)


class Recorded:
    """Names to references, for one organisation; each list is read once, when it is first asked."""

    def __init__(self, unit: Unit, org: str) -> None:
        """Read within this unit."""
        self._unit = unit
        self._org = org
        self._related = Related(unit.connection, unit.backend)
        self._named: dict[str, dict[str, set[str]]] = {}
        self._states: dict[str, Aggregate | None] = {}
        self._products: dict[str, str] | None = None
        self._owners: dict[str, str] = {}

    def state(self, key: str, kind: type[T]) -> T | None:
        """Return what is known of a thing."""
        if key not in self._states:
            body = self._unit.projections.load_states([key])[key]
            self._states[key] = None if body is None else codec.load(key, body)
        found = self._states[key]
        return found if isinstance(found, kind) else None

    def own_product(self, name: str) -> str | None:
        """Return the organisation's own product of this Chinese name. FormatError `import_ambiguous`."""
        found = {
            ref for ref in self._refs("product", self._product_names).get(name, ()) if self._is_own_name(ref, name)
        }
        return None if not found else _only(found, name, "/name_zh")

    def product(self, name: str) -> str:
        """Return the reference of a product. FormatError `import_unknown`, `import_ambiguous`."""
        if name.startswith("product:"):
            check_ref(name, ("product",), field="/product")
            if self.state(name, ProductState) is None:
                raise FormatError("import_unknown", "/product", {"name": name})
            return name
        return _only(self._refs("product", self._product_names).get(name, set()), name, "/product")

    def site(self, name: str | None) -> str:
        """Return the reference of a site. FormatError `import_unknown`, `import_ambiguous`, `import_cell_missing`."""
        sites = self._refs("site", self._sites)
        if name is not None:
            return _only({name} if {name} in sites.values() else sites.get(name, set()), name, "/site")
        every = set().union(*sites.values())
        if len(every) != 1:
            raise FormatError("import_cell_missing", "/site")
        return every.pop()

    def container(self, name: str) -> str:
        """Return the reference of a container. FormatError `import_unknown`, `import_ambiguous`."""
        if name.startswith("container:"):
            check_ref(name, ("container",), field="/container")
            found = {name} if self.state(name, ContainerState) is not None else set[str]()
            return _only(found, name, "/container")
        found = set(self._refs("container", self._containers).get(name, ()))
        imported = container_ref(self._org, name)
        if self.state(imported, ContainerState) is not None:
            found.add(imported)
        return _only(found, name, "/container")

    def own_container(self, serial: str) -> ContainerState | None:
        """Return the organisation's own container of this number, however it was registered."""
        imported = self.state(container_ref(self._org, serial), ContainerState)
        if imported is not None:
            return imported
        known = (self.state(ref, ContainerState) for ref in self._refs("container", self._containers).get(serial, ()))
        return next((state for state in known if state is not None and state.org == self._org), None)

    def organisation(self, name: str) -> str:
        """Return the reference of an organisation: by credit code, full name or reference. FormatError as for sites."""
        if name not in self._owners:
            self._owners[name] = self._organisation(name)
        return self._owners[name]

    def _organisation(self, name: str) -> str:
        if name.startswith("org:"):
            check_ref(name, ("org",), field="/owner")
            return _only({name} if self.state(name, OrgState) is not None else set(), name, "/owner")
        plain = name.casefold()
        rows = self._unit.queries.things("org", text=name, limit=LOOKED_AT)
        return _only(
            {row.id for row in rows if plain in {row.label.casefold(), row.zh, row.en.casefold()}}, name, "/owner"
        )

    # --- the events that said what is on record ------------------------------------------------------------------

    def product_event(self, ref: str) -> str | None:
        """Return the id of the organisation's own event that last described a product; its chain is walked once."""
        if self._products is None:
            self._products = {}
            before: int | None = None
            while rows := self._related.life(self._org, before=before, limit=PAGE):
                for key, event in self._described([(row.idx, row.header) for row in rows]):
                    self._products.setdefault(key, event)
                before = rows[-1].seq
        return self._products.get(ref)

    def _described(self, stated: Sequence[tuple[int, bytes]]) -> Iterator[tuple[str, str]]:
        """Products and the events that described them, newest first as they come."""
        headers = {idx: Header.parse(header) for idx, header in stated}
        wanted = [idx for idx, head in headers.items() if head.type == TYPES["products"] and head.actor == self._org]
        parts = {part.idx: part.body for part in self._unit.events.disclosures_of(wanted, frozenset({"product"}))}
        for idx in wanted:
            body = parts.get(idx)
            if body is not None:
                yield str(Disclosure.parse(body).content.get("product")), headers[idx].id

    def container_event(self, ref: str) -> str | None:
        """Return the id of the organisation's own event that registered a container: the first of its chain."""
        link = self._unit.chains.link(ref, 0)
        row = None if link is None else self._unit.events.at(link.idx)
        return row.id if row is not None and row.actor == self._org else None

    def _is_own_name(self, ref: str, name: str) -> bool:
        state = self.state(ref, ProductState)
        return state is not None and state.org == self._org and state.name_zh == name

    def _refs(self, kind: str, names: Callable[[str], Iterator[str]]) -> dict[str, set[str]]:
        """References by name, of all things of a kind that the organisation deals with."""
        if kind not in self._named:
            found: dict[str, set[str]] = {}
            for ref in self._all(kind):
                for name in names(ref):
                    found.setdefault(name, set()).add(ref)
            self._named[kind] = found
        return self._named[kind]

    def _all(self, kind: str) -> Iterator[str]:
        after: tuple[str, str] | None = None
        while rows := self._related.things(kind, Own(self._org), after=after, limit=PAGE):
            bodies = self._unit.projections.load_states([ref for _, ref in rows])
            for key, body in bodies.items():
                self._states[key] = None if body is None else codec.load(key, body)
            yield from (ref for _, ref in rows)
            after = rows[-1]

    def _product_names(self, ref: str) -> Iterator[str]:
        state = self.state(ref, ProductState)
        if state is not None:
            yield from (name for name in (state.name_zh, state.name_en) if name)

    def _sites(self, ref: str) -> Iterator[str]:
        state = self.state(ref, SiteState)
        if state is not None and state.org == self._org:
            yield from (name for name in (state.name_zh, state.name_en, ref) if name)

    def _containers(self, ref: str) -> Iterator[str]:
        state = self.state(ref, ContainerState)
        if state is not None and state.serial:
            yield state.serial


def _only(found: set[str], name: str, field: str) -> str:
    if not found:
        raise FormatError("import_unknown", field, {"name": name})
    if len(found) > 1:
        raise FormatError("import_ambiguous", field, {"name": name, "count": len(found)})
    return next(iter(found))
