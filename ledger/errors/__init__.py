"""Every error of the ledger: one root, a few families, one catalogue of texts.

An error carries what `Problem` carries, so that each edge (HTTP, command line, page) can say it in
the reader's language. No other exception type leaves a parser or a service.
"""

from collections.abc import Mapping, Sequence

from ledger.errors import catalogue
from ledger.errors.problem import Problem

__all__ = [
    "ConfigurationError",
    "ConflictError",
    "ForbiddenError",
    "FormatError",
    "HazledgerError",
    "IntegrityError",
    "NotFoundError",
    "Problem",
    "RefusedError",
    "UnavailableError",
    "VerificationError",
]


class HazledgerError(Exception):
    """Root of all errors. `code`: entry of the catalogue; `field`: JSON pointer; `params`: for its texts."""

    code: str
    field: str | None
    params: Mapping[str, str | int]

    def __init__(self, code: str, field: str | None = None, params: Mapping[str, str | int] | None = None) -> None:
        """Take what a `Problem` takes, in the same order."""
        super().__init__(code, field, dict(params or {}))
        self.code = code
        self.field = field
        self.params = dict(params or {})

    @property
    def problem(self) -> Problem:
        """The same as a value."""
        return Problem(self.code, self.field, self.params)

    def __str__(self) -> str:
        """Return code, place and English detail; the code alone if the catalogue lacks it."""
        return _words(self.problem)


class FormatError(HazledgerError):
    """Bytes, a text or a file are not of the form they must have."""


class VerificationError(HazledgerError):
    """Well-formed evidence does not verify; `step` names the step of the verification that broke."""

    step: str

    def __init__(
        self, code: str, step: str, field: str | None = None, params: Mapping[str, str | int] | None = None
    ) -> None:
        """Take the step right after the code."""
        super().__init__(code, field, params)
        self.args = (code, step, field, self.params)
        self.step = step


class RefusedError(HazledgerError):
    """The rules refuse a statement; `problems` holds every reason, never none."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Speak with the first reason where only one fits."""
        first = problems[0]
        super().__init__(first.code, first.field, first.params)
        self.args = (tuple(problems),)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Return every reason, one a line."""
        return "\n".join(_words(problem) for problem in self.problems)


class NotFoundError(HazledgerError):
    """There is no such thing, or the asker may not know of it."""


class ConflictError(HazledgerError):
    """The same id was used for something else, or the state has moved on."""


class UnavailableError(HazledgerError):
    """Not now; asking again with the same id after `retry_after_s` seconds is safe."""

    retry_after_s: int

    def __init__(
        self,
        code: str,
        field: str | None = None,
        params: Mapping[str, str | int] | None = None,
        *,
        retry_after_s: int = 1,
    ) -> None:
        """Take the wait in whole seconds."""
        super().__init__(code, field, params)
        self.retry_after_s = retry_after_s


class ForbiddenError(HazledgerError):
    """The asker is known and may not do this."""


class IntegrityError(HazledgerError):
    """What the store holds contradicts itself or its signatures."""


class ConfigurationError(HazledgerError):
    """A setting is missing, malformed or contradicts another; nothing was started."""


def _words(problem: Problem) -> str:
    place = f" at {problem.field}" if problem.field else ""
    try:
        detail = catalogue.render(problem, "en")["detail"]
    except KeyError:
        return f"{problem.code}{place}"
    return f"{problem.code}{place}: {detail}"
