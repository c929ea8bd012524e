"""What stands on a label: plain values, made by whoever knows the container, its fill and its product."""

from dataclasses import dataclass
from typing import Final, Literal

SIGNAL_ZH: Final = {"": "", "Warning": "警告", "Danger": "危险"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A hazard or precautionary statement by its code; `zh` is "" where no Chinese text is at hand."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the matter is: names, and the row of the dangerous goods list under which it travels.

    `un` is "UN1017" or "" for what is not a dangerous good; `transport` names the drawings of its labels.
    """

    name_zh: str
    name_en: str
    un: str
    shipping_name: str
    hazard_class: str
    subsidiaries: tuple[str, ...]
    packing_group: str
    transport: tuple[str, ...]

    @property
    def shipping_line(self) -> str:
        """The particulars in the order of ADR 5.4.1.1.1, such as "UN 1098 ALLYL ALCOHOL, 6.1 (3), I"."""
        if not self.un:
            return ""
        risks = f" ({', '.join(self.subsidiaries)})" if self.subsidiaries else ""
        group = f", {self.packing_group}" if self.packing_group else ""
        return f"{self.un[:2]} {self.un[2:]} {self.shipping_name.upper()}, {self.hazard_class}{risks}{group}"


@dataclass(frozen=True, slots=True)
class Hazards:
    """What the GHS says: pictograms sorted, one signal word ("", "Warning", "Danger"), statements."""

    pictograms: tuple[str, ...]
    signal_word: Literal["", "Warning", "Danger"]
    hazards: tuple[Sentence, ...]
    precautions: tuple[Sentence, ...]

    @property
    def signal_word_zh(self) -> str:
        """The signal word in Chinese."""
        return SIGNAL_ZH[self.signal_word]


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who is responsible for the label, and whom to call at any hour."""

    name: str
    address: str
    phone: str
    emergency_phone: str


@dataclass(frozen=True, slots=True)
class LabelContent:
    """A whole label. `subject` is what the code names; `net_kg` a decimal text or "" where it does not apply."""

    subject: Literal["container", "batch", "location", "shipment"]
    code: str
    url: str
    caption: str
    identity: Identity
    hazards: Hazards
    supplier: Supplier
    lot: str = ""
    net_kg: str = ""
    demo: bool = False
