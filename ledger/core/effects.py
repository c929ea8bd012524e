"""Effects: what an event does to one chain. Postings in kilograms, shares of lots, findings.

Each list is sorted by the canonical bytes of its items; an account is posted to at most once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from ledger.core.canonical import Json, encode, encode_sound
from ledger.core.ids import check_ref
from ledger.core.quantity import kg, parse_kg
from ledger.core.shape import ascending, closed_object, int_at, list_at, object_at, one_of, text_at
from ledger.errors import FormatError

Account: TypeAlias = str | tuple[str, ...]

SOURCES: Final = frozenset({"produced", "opening", "imported", "external_in", "found", "unexplained"})
SINKS: Final = frozenset(
    {"used", "transformed", "sampled", "lost", "stolen", "released", "disposed", "exported", "external_out"}
)
BETWEEN: Final = frozenset({"difference", "variance"})
STATUSES: Final = frozenset({"free", "quarantine", "hold", "waste"})
OWN_PPB: Final = 10**9
FOLDED: Final = "-"
NO_CONTAINER: Final = "-"
MAX_ITEMS: Final = 4096

_ACCOUNTS: Final = SOURCES | SINKS | BETWEEN
_PARTS: Final = 6
_PLACE: Final = re.compile(
    r"site:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[A-Za-z0-9._-]{1,64}|vehicle:[^\s/|:]{1,32}"
)
_RULE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}@[1-9][0-9]{0,3}")
_NAMES: Final = ("postings", "shares", "findings")


@dataclass(frozen=True, slots=True)
class Posting:
    """Milligrams posted to an account: a source or sink by name, or a holding.

    A holding is the tuple (batch, owner, custodian, place, container or "-", status).
    """

    account: Account
    mg: int

    def content(self) -> dict[str, Json]:
        """The posting as JSON, in kilograms."""
        account: Json = self.account if isinstance(self.account, str) else list(self.account)
        return {"account": account, "kg": kg(self.mg)}

    @classmethod
    def parse(cls, value: Json, at: str = "") -> "Posting":
        """Read a posting at the pointer `at`. FormatError: another shape, account or amount, or zero."""
        members = closed_object(value, ("account", "kg"), at)
        mg = parse_kg(text_at(members["kg"], f"{at}/kg"), field=f"{at}/kg")
        if mg == 0:
            raise FormatError("posting_zero", f"{at}/kg")
        return cls(_parse_account(members["account"], f"{at}/account"), mg)


class Share(NamedTuple):
    """At most `ppb` parts per billion of a batch come from the lot `batch`; "-" folds the small ones."""

    batch: str
    ppb: int


class Finding(NamedTuple):
    """What a rule, `name@n`, found; `data` is an object of the rule's own."""

    rule: str
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Effects:
    """The effects of an event on one chain, in any order; `content` sorts them."""

    postings: tuple[Posting, ...] = ()
    shares: tuple[Share, ...] = ()
    findings: tuple[Finding, ...] = ()

    def content(self) -> dict[str, Json]:
        """The effects as JSON: the content of a disclosure named "effects"."""
        return {
            "postings": _sorted([posting.content() for posting in self.postings], encode_sound),
            "shares": _sorted([{"batch": batch, "ppb": ppb} for batch, ppb in self.shares], encode_sound),
            "findings": _sorted([{"rule": rule, "data": dict(data)} for rule, data in self.findings], encode),
        }

    def encode(self) -> bytes:
        """Return the canonical bytes of the content. FormatError: a finding says what canonical JSON cannot."""
        content = self.content()
        return encode(content) if self.findings else encode_sound(content)

    @property
    def balance_mg(self) -> int:
        """The sum of the postings, which is zero in a batch's link."""
        return sum(posting.mg for posting in self.postings)

    @classmethod
    def parse(cls, value: Json) -> "Effects":
        """Read the content of a disclosure named "effects".

        FormatError with the field: another shape, another order, an item twice, two postings to one
        account or two shares of one lot.
        """
        members = closed_object(value, _NAMES)
        lists = {name: list_at(members[name], MAX_ITEMS, f"/{name}") for name in _NAMES}
        for name, items in lists.items():
            if len(items) > 1:
                ascending([encode(item) for item in items], f"/{name}")
        postings = tuple(Posting.parse(item, f"/postings/{at}") for at, item in enumerate(lists["postings"]))
        shares = tuple(_parse_share(item, f"/shares/{at}") for at, item in enumerate(lists["shares"]))
        findings = tuple(_parse_finding(item, f"/findings/{at}") for at, item in enumerate(lists["findings"]))
        if len({posting.account for posting in postings}) != len(postings):
            raise FormatError("duplicate_account", "/postings")
        if len({share.batch for share in shares}) != len(shares):
            raise FormatError("duplicate_share", "/shares")
        return cls(postings, shares, findings)


def _sorted(items: list[dict[str, Json]], key: Callable[[Json], bytes]) -> list[Json]:
    return [*sorted(items, key=key)] if len(items) > 1 else [*items]


def _parse_account(value: Json, at: str) -> Account:
    if isinstance(value, str):
        return one_of(value, _ACCOUNTS, at)
    parts = [text_at(part, f"{at}/{place}") for place, part in enumerate(list_at(value, _PARTS, at))]
    if len(parts) != _PARTS:
        raise FormatError("list_length", at, {"least": _PARTS, "most": _PARTS})
    batch, owner, custodian, place, container, status = parts
    check_ref(batch, ("batch",), field=f"{at}/0")
    check_ref(owner, ("org",), field=f"{at}/1")
    check_ref(custodian, ("org", "shipment"), field=f"{at}/2")
    if _PLACE.fullmatch(place) is None:
        raise FormatError("place_not_of_form", f"{at}/3")
    if container != NO_CONTAINER:
        check_ref(container, ("container",), field=f"{at}/4")
    one_of(status, STATUSES, f"{at}/5")
    return tuple(parts)


def _parse_share(value: Json, at: str) -> Share:
    members = closed_object(value, ("batch", "ppb"), at)
    batch = text_at(members["batch"], f"{at}/batch")
    if batch != FOLDED:
        check_ref(batch, ("batch",), field=f"{at}/batch")
    return Share(batch, int_at(members["ppb"], 0, OWN_PPB, f"{at}/ppb"))


def _parse_finding(value: Json, at: str) -> Finding:
    members = closed_object(value, ("rule", "data"), at)
    rule = text_at(members["rule"], f"{at}/rule")
    if _RULE.fullmatch(rule) is None:
        raise FormatError("rule_not_of_form", f"{at}/rule")
    return Finding(rule, object_at(members["data"], f"{at}/data"))
