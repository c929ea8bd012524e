"""The rule manifest: which rules are in force since when, at which level, with which parameters.

Manifest: ``{"spec": "hazledger/rules@1", "rules": [{"rule": "name@n", "level", "from", "parameters", "levels"?}]}``,
sorted by rule. Its hash stands in every record it decided; a change of behaviour is a new ``name@n``, and the old one
stays runnable. Levels: ``observe`` and ``warn`` note a finding, ``refuse`` refuses an act.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ledger.core.records import manifest_hash
from ledger.core.times import date_ms
from ledger.errors import FormatError
from ledger.rules.names import RULES

Level = Literal["observe", "warn", "refuse"]
LEVELS = ("observe", "warn", "refuse")
SPEC = "hazledger/rules@1"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as a manifest states it. ``levels`` are dated exceptions ``(org, level, from_ms)``, latest last."""

    name: str
    level: Level
    from_ms: int
    parameters: Mapping[str, int]
    levels: tuple[tuple[str, Level, int], ...] = ()


@dataclass(frozen=True)
class RuleSet:
    """The rules of one manifest, by name."""

    hash: str
    manifest: Mapping[str, Any]
    rules: Mapping[str, Rule]

    def level(self, name: str, org: str, at_ms: int) -> Level | None:
        """The level of a rule for an organisation at a time; None while the rule is not in force."""
        rule = self.rules.get(name)
        if rule is None or at_ms < rule.from_ms:
            return None
        level = rule.level
        for who, exception, since in rule.levels:
            if who == org and since <= at_ms:
                level = exception
        return level

    def parameter(self, rule: str, name: str) -> int:
        """A parameter of a rule, 0 where the manifest does not state it."""
        known = self.rules.get(rule)
        return 0 if known is None else known.parameters.get(name, 0)


def _level(value: object, at: str) -> Level:
    if value not in LEVELS:
        raise FormatError("not_a_choice", field=at, params={"choices": ", ".join(LEVELS)})
    return value  # type: ignore[return-value]


def _rule(stated: Mapping[str, Any], at: str) -> Rule:
    try:
        return Rule(
            name=str(stated["rule"]),
            level=_level(stated["level"], at + "/level"),
            from_ms=date_ms(stated["from"], field=at + "/from"),
            parameters={str(name): int(value) for name, value in stated["parameters"].items()},
            levels=tuple(
                (str(item["org"]), _level(item["level"], at), date_ms(item["from"], field=at))
                for item in stated.get("levels", [])
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FormatError("manifest_not_of_form", field=at) from None


def rule_set(manifest: Mapping[str, Any]) -> RuleSet:
    """Read a rule manifest. Raises ``FormatError`` when it is not of the form or names an unknown rule."""
    stated = manifest.get("rules")
    if manifest.get("spec") != SPEC or not isinstance(stated, list):
        raise FormatError("manifest_not_of_form", field="/spec")
    rules = {}
    for place, item in enumerate(stated):
        rule = _rule(item, f"/rules/{place}")
        if rule.name not in RULES:
            raise FormatError("unknown_rule", field=f"/rules/{place}/rule", params={"rule": rule.name[:80]})
        rules[rule.name] = rule
    return RuleSet(manifest_hash(dict(manifest)), manifest, rules)
