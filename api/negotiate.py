"""What the client would rather have: a page or JSON, Chinese or English (RFC 9110, 12.5)."""

from typing import Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
LANGUAGE_COOKIE: Final = "lang"

_MAX_RANGES: Final = 32


def _ranges(header: str) -> list[tuple[str, float]]:
    """Return the ranges of an Accept-like header with their weights; a malformed weight counts as 0."""
    found: list[tuple[str, float]] = []
    for part in header.split(",")[:_MAX_RANGES]:
        name, *params = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for param in params:
            if param.startswith("q="):
                try:
                    weight = min(max(float(param[2:]), 0.0), 1.0)
                except ValueError:
                    weight = 0.0
        if name:
            found.append((name, weight if weight == weight else 0.0))  # noqa: PLR0124  (NaN)
    return found


def _weight(ranges: list[tuple[str, float]], full: str, kind: str) -> float:
    for wanted in (full, kind, "*/*"):
        for name, weight in ranges:
            if name == wanted:
                return weight
    return 0.0


def wants_json(accept: str | None) -> bool:
    """Tell whether JSON is preferred to a page; a page wins a tie, and is what nobody in particular gets."""
    if not accept:
        return False
    ranges = _ranges(accept)
    as_json = max(
        _weight(ranges, "application/json", "application/*"),
        max((weight for name, weight in ranges if name == "application/problem+json"), default=0.0),
    )
    return as_json > _weight(ranges, "text/html", "text/*")


def _language_of(tag: str) -> Language | None:
    primary = tag.split("-", 1)[0].strip().lower()
    if primary == "zh":
        return "zh"
    return "en" if primary == "en" else None


def choose_language(query: str | None, cookie: str | None, accept: str | None) -> Language:
    """Return the language: `?lang=` before the cookie before Accept-Language; Chinese when nothing is said."""
    for said in (query, cookie):
        chosen = _language_of(said) if said else None
        if chosen:
            return chosen
    ranges = _ranges(accept or "")
    best: Language | None = None
    best_weight = 0.0
    for name, weight in ranges:
        language = _language_of(name)
        if language and weight > best_weight:
            best, best_weight = language, weight
    if best:
        return best
    return "en" if any(weight > 0 and name != "*" for name, weight in ranges) else "zh"


def takes_gzip(accept_encoding: str | None) -> bool:
    """Tell whether the client takes gzip (RFC 9110, 12.5.3)."""
    weights = dict(_ranges(accept_encoding or ""))
    return weights.get("gzip", weights.get("*", 0.0)) > 0
