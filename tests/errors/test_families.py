"""Errors carry what a problem carries, say it in English, and travel between processes."""

import pickle

import pytest

from ledger import errors
from ledger.errors import HazledgerError, Problem, RefusedError, UnavailableError, VerificationError

PARAMS = {"variable": "V", "value": "x"}


@pytest.mark.parametrize(
    "kind",
    [
        errors.ConfigurationError,
        errors.ConflictError,
        errors.ForbiddenError,
        errors.FormatError,
        errors.IntegrityError,
        errors.NotFoundError,
        errors.UnavailableError,
    ],
)
def test_an_error_carries_its_problem(kind: type[HazledgerError]) -> None:
    error = kind("setting_not_integer", "/port", PARAMS)
    assert error.problem == Problem("setting_not_integer", "/port", PARAMS)
    assert str(error) == 'setting_not_integer at /port: V is "x", which is not an integer.'


def test_an_error_outside_the_catalogue_still_says_its_code() -> None:
    assert str(HazledgerError("no_such_code")) == "no_such_code"
    assert str(HazledgerError("no_such_code", "/a")) == "no_such_code at /a"


def test_a_refusal_says_every_reason() -> None:
    error = RefusedError([Problem("setting_not_integer", "/port", PARAMS), Problem("other", "/b")])
    assert (error.code, error.field, error.params) == ("setting_not_integer", "/port", PARAMS)
    assert str(error).splitlines() == [
        'setting_not_integer at /port: V is "x", which is not an integer.',
        "other at /b",
    ]


def test_a_refusal_without_a_reason_cannot_be_made() -> None:
    with pytest.raises(IndexError):
        RefusedError([])


def test_errors_survive_pickling() -> None:
    verification = pickle.loads(pickle.dumps(VerificationError("code", "inclusion", "/proof", {"n": 1})))
    assert (verification.step, verification.problem) == ("inclusion", Problem("code", "/proof", {"n": 1}))
    refused = pickle.loads(pickle.dumps(RefusedError([Problem("a"), Problem("b")])))
    assert refused.problems == (Problem("a"), Problem("b"))
    unavailable = pickle.loads(pickle.dumps(UnavailableError("busy", retry_after_s=7)))
    assert unavailable.retry_after_s == 7


def test_problems_can_stand_in_sets() -> None:
    assert len({Problem("a", "/x"), Problem("a", "/x"), Problem("a", "/y")}) == 2
