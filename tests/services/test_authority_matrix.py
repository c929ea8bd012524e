"""The matrix of authorities: dated rows, of which the last one that fits decides; and no row, no sight."""

from ledger.rules.jurisdiction import AUTHORITIES
from ledger.rules.statements import TYPES
from ledger.services.authority_matrix import ACTS, SECTIONS, Row, decided, may_act, read, rows, sees
from ledger.services.policy_tables import STATES

DAY = "2026-11-29"


def line(day: str, authority: str, kind: str, section: str, allowed: str) -> dict[str, str]:
    return {
        "from": day, "authority": authority, "event_type": kind, "section": section, "allowed": allowed, "source": "x",
    }  # fmt: skip


def allowed(table: tuple[Row, ...], authority: str, kind: str, section: str, day: str) -> bool:
    row = decided(table, authority, kind, section, day)
    return row is not None and row.allowed


def test_a_change_of_next_month_does_not_show_today() -> None:
    table = read([line("2026-12-15", "fire", "*", "parties", "no"), line("2020-01-01", "*", "*", "*", "yes")])
    assert allowed(table, "fire", "operation.sold", "parties", DAY)
    assert not allowed(table, "fire", "operation.sold", "parties", "2026-12-15")
    assert allowed(table, "police", "operation.sold", "parties", "2026-12-15")
    assert not allowed(table, "fire", "operation.sold", "parties", "2019-12-31")


def test_rows_name_a_type_a_stage_or_all() -> None:
    table = read(
        [line("2020-01-01", "*", "use.*", "*", "yes"), line("2020-01-01", "*", "use.consumed", "reason", "no")]
    )
    assert allowed(table, "police", "use.issued_for_use", "reason", DAY)
    assert not allowed(table, "police", "use.consumed", "reason", DAY)
    assert not allowed(table, "police", "user.consumed", "inputs", DAY)


def test_the_rows_name_authorities_and_types_that_there_are() -> None:
    for name in (SECTIONS, ACTS):
        for row in rows(name):
            assert row.authority in ("*", *AUTHORITIES)
            assert row.event_type == "*" or row.event_type in TYPES, row
            assert row.source


def test_every_act_that_a_role_may_state_stands_in_the_matrix() -> None:
    stated = {name for rule in STATES["regulator"].values() for name in rule.names}
    assert stated <= {row.event_type for row in rows(ACTS)}
    assert may_act("emergency", "governance.licence_suspended", DAY)
    assert not may_act("fire", "governance.licence_suspended", DAY)
    assert not may_act("emergency", "governance.organisation_admitted", DAY)


def test_people_and_terms_are_for_those_to_whose_work_they_belong() -> None:
    told = {
        name: (sees(name, "operation.sold", "commercial", DAY), sees(name, "x", "personal", DAY))
        for name in AUTHORITIES
    }
    assert told == {
        "emergency": (False, True),
        "police": (True, True),
        "transport": (False, True),
        "environment": (False, False),
        "market": (True, False),
        "customs": (True, False),
        "fire": (False, True),
    }
