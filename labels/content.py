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
    """Who is responsible for the label."""

    name_zh: str
    name_en: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Run:
    """What all labels of a run share: the goods, who answers for them, their lot and its days ("YYYY-MM-DD" or "").

    ``emergency_phone`` answers at any hour. ``demo``: the label says that its data are invented.
    """

    identity: Identity | None = None
    hazards: Hazards | None = None
    supplier: Supplier | None = None
    emergency_phone: str = ""
    lot: str = ""
    produced_on: str = ""
    expires_on: str = ""
    retest_on: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A whole label. ``url`` is what its symbol says, ``caption`` what people call the thing: drum number, bay.

    ``net_kg`` is a decimal text, "" where it does not apply; ``kind_zh`` and ``kind_en`` say what the thing is.
    """

    subject: Literal["container", "batch", "location", "shipment"]
    code: str
    url: str
    caption: str
    kind_zh: str = ""
    kind_en: str = ""
    net_kg: str = ""
    run: Run = Run()
