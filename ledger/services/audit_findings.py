"""What an audit finds: kinds, places, and words for a person who has to look."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from ledger.core.canonical import Json
from ledger.errors import HazledgerError

MOST: Final = 1_000


@dataclass(slots=True)
class Findings:
    """Findings in the order they were made, at most ``MOST``; ``count`` counts all."""

    listed: list[dict[str, Json]] = field(default_factory=list)
    count: int = 0

    def add(
        self, kind: str, detail: str = "", *, index: int | None = None, chain: str | None = None, **more: Json
    ) -> None:
        """Note one finding and where it is."""
        self.count += 1
        if len(self.listed) >= MOST:
            return
        where: dict[str, Json] = {}
        if index is not None:
            where["index"] = index
        if chain is not None:
            where["chain"] = chain
        self.listed.append({"kind": kind, "where": {**where, **more}, "detail": detail})

    @contextmanager
    def catching(
        self, kind: str, *, index: int | None = None, chain: str | None = None, **more: Json
    ) -> Iterator[None]:
        """Note an error of what is inside as a finding of this kind."""
        try:
            yield
        except (HazledgerError, AssertionError, LookupError, ValueError, TypeError) as error:
            self.add(kind, words(error), index=index, chain=chain, **more)


def words(error: BaseException) -> str:
    """Say in short what an error is: its code, place and params, or its own text."""
    if not isinstance(error, HazledgerError):
        return f"{type(error).__name__}: {error}"
    params = ", ".join(f"{name}={value}" for name, value in error.params.items())
    return " ".join(part for part in (error.code, error.field or "", params) if part)
