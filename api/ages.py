"""How long ago, in words."""

from typing import Final

from api.i18n import Translator

_SECOND: Final = 1_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def age(then_ms: int, now_ms: int, t: Translator) -> str:
    """Return the age of an instant in the largest fitting unit, cut down: "3 hours ago"; "in 5 minutes" ahead."""
    past = now_ms - then_ms
    size = abs(past)
    if size < _MINUTE:
        return t.gettext("just now")
    if past < 0:
        return _ahead(size, t)
    if size < _HOUR:
        return t.count("%(count)s minute ago", "%(count)s minutes ago", size // _MINUTE)
    if size < _DAY:
        return t.count("%(count)s hour ago", "%(count)s hours ago", size // _HOUR)
    days = size // _DAY
    if days < 60:
        return t.count("%(count)s day ago", "%(count)s days ago", days)
    if days < 730:
        return t.count("%(count)s month ago", "%(count)s months ago", days * 12 // 365)
    return t.count("%(count)s year ago", "%(count)s years ago", days // 365)


def _ahead(size: int, t: Translator) -> str:
    if size < _HOUR:
        return t.count("in %(count)s minute", "in %(count)s minutes", size // _MINUTE)
    if size < _DAY:
        return t.count("in %(count)s hour", "in %(count)s hours", size // _HOUR)
    return t.count("in %(count)s day", "in %(count)s days", size // _DAY)
