"""The catalogue of products: what the tables say about thirty-odd real hazardous chemicals, joined.

`products.json` states names, composition, row of the dangerous goods list, hazard statements and lists; labels,
pictograms, signal word and thresholds are looked up in the other tables, never stated twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from ledger.errors import NotFoundError
from ledger.reference.dangerous_goods import DangerousGood, DangerousGoods, RowKey
from ledger.reference.files import malformed, parse_json
from ledger.reference.gb18218 import Category, MajorHazards, Threshold
from ledger.reference.ghs import Ghs, Hazard, Precaution, SignalWord, label_elements

TABLE: Final = "products"
HIGHLY_TOXIC: Final = "highly_toxic"
EXPLOSIVE_PRECURSOR: Final = "explosive_precursor"
LISTS: Final = (HIGHLY_TOXIC, EXPLOSIVE_PRECURSOR, "drug_precursor_1", "drug_precursor_2", "drug_precursor_3")

State = Literal["solid", "liquid", "gas"]
STATES: Final[tuple[State, ...]] = ("solid", "liquid", "gas")
FORMS: Final = ("", "compressed", "liquefied", "refrigerated", "dissolved", "molten")


@dataclass(frozen=True, slots=True)
class Names:
    """A name in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Component:
    """A component with its CAS number and range in per cent by mass, decimal texts."""

    cas: str
    name: Names
    least_percent: str
    most_percent: str


@dataclass(frozen=True, slots=True)
class Product:
    """One product. `state`: physical state at 20 degrees C and 101.3 kPa; `form`: how it is kept, "" for as it is.

    `catalogue_no`: number in 危险化学品目录 (2015), None where not known for sure. `lists`: the regulated lists that
    name it. `threshold`: its row of GB 18218 table 1, `category`: else its category of table 2; None where neither
    applies. `hazards`: the whole classification; `shown`: those of its statements that a label shows.
    """

    id: str
    names: Names
    aliases_zh: tuple[str, ...]
    aliases_en: tuple[str, ...]
    catalogue_no: int | None
    state: State
    form: str
    components: tuple[Component, ...]
    good: DangerousGood
    hazards: tuple[Hazard, ...]
    shown: tuple[Hazard, ...]
    pictograms: tuple[str, ...]
    signal_word: SignalWord
    precautions: tuple[Precaution, ...]
    lists: tuple[str, ...]
    threshold: Threshold | None
    category: Category | None

    @property
    def liquid(self) -> bool:
        """True if what is carried is a liquid that is no gas."""
        return self.state == "liquid" or self.form == "molten"

    @property
    def controlled(self) -> bool:
        """True if no loss is tolerated: 剧毒 or 易制爆."""
        return HIGHLY_TOXIC in self.lists or EXPLOSIVE_PRECURSOR in self.lists

    @property
    def threshold_mg(self) -> int | None:
        """The threshold Q in milligrams."""
        found = self.threshold or self.category
        return None if found is None else found.threshold_mg


@dataclass(frozen=True, slots=True)
class Products:
    """The catalogue by id, with the note on where it comes from."""

    effective: str
    source_note: Names
    by_id: Mapping[str, Product]

    def __iter__(self) -> Iterator[Product]:
        """Iterate over the products in the order of the file."""
        return iter(self.by_id.values())

    def __len__(self) -> int:
        """Return how many products there are."""
        return len(self.by_id)

    def product(self, name: str) -> Product:
        """Return the product of an id such as "chlorine". NotFoundError: no such id."""
        if name not in self.by_id:
            raise NotFoundError("unknown_catalogue_product", params={"product": name})
        return self.by_id[name]


def _names(stated: Mapping[str, str]) -> Names:
    return Names(stated["zh"], stated["en"])


def _component(stated: Mapping[str, Any]) -> Component:
    return Component(str(stated["cas"]), _names(stated["names"]), str(stated["least"]), str(stated["most"]))


def _hazard(stated: str | Mapping[str, str], ghs: Ghs) -> Hazard:
    if isinstance(stated, str):
        return ghs.hazard(stated)
    return ghs.hazard(stated["h"], stated["category"], stated.get("class"))


def _threshold(stated: int | None, components: tuple[Component, ...], hazards: MajorHazards) -> Threshold | None:
    if stated is None:
        return None
    row = hazards.substance(stated)
    if row.cas and not any(component.cas in row.cas for component in components):
        raise malformed(TABLE, f"gb18218/{stated}")
    return row


def _choice(value: str, choices: tuple[str, ...], place: str) -> str:
    if value not in choices:
        raise malformed(TABLE, f"{place}/{value}")
    return value


def _state(value: str, place: str) -> State:
    return next(state for state in STATES if state == _choice(value, STATES, place))


def _product(stated: Mapping[str, Any], goods: DangerousGoods, ghs: Ghs, major: MajorHazards) -> Product:
    name = str(stated["id"])
    components = tuple(_component(item) for item in stated["components"])
    hazards = tuple(_hazard(item, ghs) for item in stated["ghs"])
    elements = label_elements(hazards)
    un = stated["un"]
    category = stated["gb18218"].get("category")
    return Product(
        id=name,
        names=_names(stated["names"]),
        aliases_zh=tuple(stated["aliases"]["zh"]),
        aliases_en=tuple(stated["aliases"]["en"]),
        catalogue_no=stated["catalogue_no"],
        state=_state(stated["state"], name),
        form=_choice(stated["form"], FORMS, name),
        components=components,
        good=goods.row(RowKey(un["un"], un["name"], un["class"], un["packing_group"])),
        hazards=hazards,
        shown=elements.hazards,
        pictograms=elements.pictograms,
        signal_word=elements.signal_word,
        precautions=tuple(ghs.precaution(code) for code in stated["precautions"]),
        lists=tuple(_choice(item, LISTS, name) for item in stated["lists"]),
        threshold=_threshold(stated["gb18218"].get("no"), components, major),
        category=None if category is None else major.category(category),
    )


def parse(data: bytes, goods: DangerousGoods, ghs: Ghs, major: MajorHazards, effective: str) -> Products:
    """Read the JSON form and join it. FormatError: not of that form; NotFoundError: a table lacks what it names."""
    try:
        content = parse_json(data, TABLE)
        products = [_product(item, goods, ghs, major) for item in content["products"]]
        note = _names(content["source_note"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise malformed(TABLE, "-") from None
    by_id = {product.id: product for product in products}
    if len(by_id) != len(products):
        raise malformed(TABLE, "id")
    return Products(effective, note, by_id)
