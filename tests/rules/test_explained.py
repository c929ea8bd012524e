"""Every rule says what its findings mean and what ends them, in both languages."""

import pytest

from ledger.rules.explained import EXPLAINED, explained
from ledger.rules.names import RULES


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_is_explained_in_both_languages(rule: str) -> None:
    said = explained(rule)
    assert all((said.zh, said.en, said.ends_zh, said.ends_en))
    assert said.zh.isascii() is False
    assert said.en.isascii()


def test_nothing_is_explained_that_is_no_rule() -> None:
    assert set(EXPLAINED) == set(RULES)
    assert explained("nothing@1").ends == "event"
