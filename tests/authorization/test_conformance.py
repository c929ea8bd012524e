"""Whatever is asked, by whoever, is answered as the description says: statuses, media types, bodies; nothing breaks.

`HAZLEDGER_TEST_FULL=1` asks some 17 times as much.
"""

import asyncio
import copy
import os
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from ledger.errors import HazledgerError
from ledger.services.audit import audit
from tests.authorization.conformance import Inquiry, Report, detailed
from tests.authorization.realm import Realm, open_realm

EXAMPLES: Final = 120 if os.environ.get("HAZLEDGER_TEST_FULL") else 7
NEEDS_MORE: Final = {"POST /api/v1/scans/findings", "POST /api/v1/drafts/{uuid}/sign"}
"""What needs more than a realm has: scans that never arrived, and people's keys (tests/api/wiring/test_wiring_...)."""
Document = dict[str, Any]


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    """A realm apart: what the matrix shows is not to depend on what was asked here."""
    made = open_realm(tmp_path_factory.mktemp("conformance"))
    yield made
    made.ledger.close()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def report(realm: Realm, runner: asyncio.Runner) -> Report:
    return Inquiry(realm, runner).ask_all(detailed(realm.app.state.described()), EXAMPLES)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_everything_is_answered_as_the_description_says(report: Report) -> None:
    assert report.asked > 4_000
    assert report.wrong == {}, "\n\n".join(f"{what}\n{shown}" for what, shown in report.wrong.items())


def test_every_operation_was_asked_and_did_what_it_is_for(report: Report, realm: Realm) -> None:
    paths = realm.app.state.described()["paths"]
    assert len(report.seen) == sum(len(operations) for operations in paths.values())
    done = {label for label, statuses in report.seen.items() if any(status < 400 for status in statuses)}
    assert sorted(set(report.seen) - done - NEEDS_MORE) == []


def test_operations_on_one_thing_were_asked_past_404_and_for_it(report: Report) -> None:
    about = {label: statuses for label, statuses in report.seen.items() if "{uuid}" in label or "{event_id}" in label}
    assert len(about) > 20
    assert [label for label, statuses in about.items() if not {401, 403, 404} <= statuses] == []


def test_what_was_asked_left_a_sound_ledger(report: Report, realm: Realm) -> None:
    assert report.asked
    found = audit(realm.ledger.store, reference=realm.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])


# --- that it can fail -------------------------------------------------------------------------------------------------


def _forget_401(document: Document) -> None:
    del document["paths"]["/api/v1/me"]["get"]["responses"]["401"]


def _demand_more(document: Document) -> None:
    document["components"]["schemas"]["Principal"]["required"].append("shoe_size")


def _another_type(document: Document) -> None:
    answer = document["paths"]["/api/v1/me"]["get"]["responses"]["200"]
    answer["content"] = {"text/csv": answer["content"]["application/json"]}


def _no_body(document: Document) -> None:
    del document["paths"]["/api/v1/me"]["get"]["responses"]["401"]["content"]


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        (_forget_401, "401: Undocumented status code"),
        (_demand_more, 'shoe_size" is a required property'),
        (_another_type, "200: Undocumented Content-Type"),
        (_no_body, "the description says nothing of a body"),
    ],
)
def test_a_description_that_is_not_true_is_found(
    realm: Realm, runner: asyncio.Runner, lie: Callable[[Document], None], told: str
) -> None:
    document = _about(realm, "/api/v1/me")
    assert Inquiry(realm, runner).ask_all(document, 1).wrong == {}
    lie(document)
    assert any(told in what for what in Inquiry(realm, runner).ask_all(document, 1).wrong)


@pytest.mark.parametrize(
    ("error", "told"),
    [(ZeroDivisionError(), "500: Server error"), (HazledgerError("clients_many"), "409: Undocumented")],
)
def test_a_route_that_breaks_is_found(
    realm: Realm, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(realm.app.state.services.registry, "sites", broken)
    wrong = Inquiry(realm, runner).ask_all(_about(realm, "/api/v1/sites"), 1).wrong
    assert any(told in what for what in wrong), wrong


def _about(realm: Realm, path: str) -> Document:
    """The description of one address."""
    document: Document = copy.deepcopy(realm.app.state.described())
    document["paths"] = {path: document["paths"][path]}
    return document
