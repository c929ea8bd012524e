"""The figures of a finding in words: what the data of each rule say, with links to what they name."""

from collections.abc import Callable, Mapping
from typing import Final

from api.compliance_words import KINDS
from api.finding_words import LOSSES, SIDES
from api.i18n import translator
from api.negotiate import LANGUAGES
from api.views import Words
from api.views.findings import FindingFact
from api.wiring.amounts import amount_of
from api.wiring.known import Known
from api.words import LISTED, STATUSES, VERBS
from ledger.core.canonical import Json
from ledger.core.times import format_utc, parse_stated
from ledger.errors.catalogue import render
from ledger.errors.problem import Problem
from ledger.rules.loads import REST
from ledger.rules.names import RULES
from ledger.services.findings import Finding

ORDER: Final = ("kg", "limit_kg", "capacity_kg", "share", "registered")
SILENT: Final = frozenset({"problem", "reasons"})
RESULTS: Final = {"pass": ("合格", "passed"), "fail": ("不合格", "failed")}


def facts_of(known: Known, found: Finding) -> tuple[FindingFact, ...]:
    """Return the figures of a finding, masses first."""
    names = sorted(found.data, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    made = [_fact(known, found, name) for name in names]
    return tuple(fact for fact in made if fact is not None)


def _fact(known: Known, found: Finding, name: str) -> FindingFact | None:
    value = found.data[name]
    amount = amount_of(found.rule, found.data, name) if name.endswith("_kg") or name == "kg" else None
    if amount is not None:
        return FindingFact(name, amount)
    special = _SPECIAL.get(name)
    if special is not None:
        return special(known, name, value)
    if isinstance(value, list):
        return FindingFact(name, _both(", ".join(map(str, value)))) if value else None
    return FindingFact(name, _both(str(value)))


def _place(known: Known, name: str, value: Json) -> FindingFact:
    place = known.place(str(value))
    at = f" {place.location}" if place.location else ""
    return FindingFact(name, Words(place.name.zh + at, place.name.en + at))


def _container(known: Known, name: str, value: Json) -> FindingFact | None:
    return None if value == "-" else FindingFact(name, _both(known.label(str(value))))


def _products(known: Known, name: str, value: Json) -> FindingFact:
    refs = value if isinstance(value, list) else []
    words = [known.product(str(ref)) for ref in refs]
    return FindingFact(name, Words("、".join(one.zh for one in words), ", ".join(one.en for one in words)))


def _party(known: Known, name: str, value: Json) -> FindingFact:
    return FindingFact(name, known.party(str(value)).name)


def _shipment(known: Known, name: str, value: Json) -> FindingFact:
    del known
    return FindingFact(name, _both(str(value)[-8:].upper()), f"/shipments/{str(value).partition(':')[2]}")


def _recall(known: Known, name: str, value: Json) -> FindingFact:
    del known
    assert isinstance(value, int)
    return FindingFact(name, Words(f"第 {value:,} 条记录", f"record {value:,}"), f"/recalls/{value}")


def _steps(known: Known, name: str, value: Json) -> FindingFact:
    del known
    verbs = [VERBS.get(str(one), str(one)) for one in value] if isinstance(value, list) else []
    zh, en = ([translator(lang).gettext(one) for one in verbs] for lang in LANGUAGES)
    return FindingFact(name, Words("、".join(zh), ", ".join(en)))


def _lists(known: Known, name: str, value: Json) -> FindingFact:
    del known
    names = [str(one) for one in value] if isinstance(value, list) else []
    words = [LISTED.get(one, (one, one)) for one in names]
    return FindingFact(name, Words("、".join(zh for zh, _ in words), ", ".join(en for _, en in words)))


def _moment(known: Known, name: str, value: Json) -> FindingFact:
    del known
    at = parse_stated(str(value))
    return FindingFact(name, _both(_utc(at)), at=at)


def _reasons(known: Known, name: str, value: Json) -> FindingFact:
    del known
    stated = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    rules = [(str(one["rule"]), str(one["problem"])) for one in stated]
    zh = "；".join(_beside(_rule(rule).zh, _title(problem, "zh"), "{}（{}）") for rule, problem in rules)
    en = "; ".join(_beside(_rule(rule).en, _title(problem, "en"), "{} ({})") for rule, problem in rules)
    return FindingFact(name, Words(zh, en))


def _beside(rule: str, problem: str, form: str) -> str:
    """A rule with the problem that it saw; once, where both say the same."""
    return problem if rule.casefold() == problem.casefold() else form.format(rule, problem)


def _worded(table: Mapping[str, str]) -> Callable[[Known, str, Json], FindingFact]:
    """What a table of messages calls a value; a value that it does not know stays as it was stated."""

    def fact(known: Known, name: str, value: Json) -> FindingFact:
        del known
        told = table.get(str(value))
        zh, en = (str(value) if told is None else translator(lang).gettext(told) for lang in LANGUAGES)
        return FindingFact(name, Words(zh, en))

    return fact


def _problem(known: Known, name: str, value: Json) -> FindingFact:
    del known
    return FindingFact(name, Words(_title(str(value), "zh"), _title(str(value), "en")))


def _title(code: str, lang: str) -> str:
    return render(Problem(code), "zh" if lang == "zh" else "en")["title"]


def _rule(rule: str) -> Words:
    known = RULES.get(rule)
    return Words(rule, rule) if known is None else Words(known.zh, known.en)


def _unit(known: Known, name: str, value: Json) -> FindingFact:
    del known
    return FindingFact(name, Words("其余库位", "what no unit covers") if value == REST else _both(str(value)))


def _result(known: Known, name: str, value: Json) -> FindingFact:
    del known
    zh, en = RESULTS.get(str(value), (str(value), str(value)))
    return FindingFact(name, Words(zh, en))


def _seen(known: Known, name: str, value: Json) -> FindingFact:
    """When and where a label was seen: the site where that may be told, else the prefecture."""
    entries = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    told = [(_utc(one["at_ms"]), _spot(known, one)) for one in entries]
    zh = "；".join(f"{at} {where.zh}" for at, where in told)
    return FindingFact(name, Words(zh, "; ".join(f"{at} {where.en}" for at, where in told)))


def _spot(known: Known, entry: Mapping[str, Json]) -> Words:
    if "site" in entry:
        return known.place(str(entry["site"])).name
    code = str(entry["region"])
    regions = known.reference.regions
    found = code if code in regions.by_code else code[:2] + "0000"
    return _both(regions.name(found) if found in regions.by_code else code)


def _utc(ms: Json) -> str:
    assert isinstance(ms, int)
    return format_utc(ms)[:16].replace("T", " ") + " UTC"


def _km(known: Known, name: str, value: Json) -> FindingFact:
    del known
    return FindingFact(name, _both(f"{value} km"))


def _hidden(known: Known, name: str, value: Json) -> None:
    """References that say nothing to people, or that stand elsewhere on the page."""
    del known, name, value


def _both(text: str) -> Words:
    return Words(text, text)


_SPECIAL: Final[Mapping[str, Callable[[Known, str, Json], FindingFact | None]]] = {
    "place": _place,
    "container": _container,
    "products": _products,
    "party": _party,
    "shipment": _shipment,
    "lists": _lists,
    "planned_to": _moment,
    "answer_by": _moment,
    "sold_at": _moment,
    "reasons": _reasons,
    "problem": _problem,
    "unit": _unit,
    "kind": _worded({**KINDS, **LOSSES}),
    "side": _worded(SIDES),
    "status": _worded(STATUSES),
    "organisation": _party,
    "reached_at": _moment,
    "recall": _recall,
    "steps": _steps,
    "seen": _seen,
    "km": _km,
    "result": _result,
    "licence": _hidden,
    "event": _hidden,
}
