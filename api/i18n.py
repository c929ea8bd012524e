"""The words of pages in Chinese and English, from gettext catalogues beside this module.

Message ids are the English texts. Both catalogues hold every message, so that wording is changed in a
catalogue and never in code. Placeholders are named: `%(count)s`.
"""

import functools
import gettext
from importlib import resources
from typing import Final

from api.negotiate import Language

DOMAIN: Final = "hazledger"
LOCALES: Final[dict[Language, str]] = {"zh": "zh_CN", "en": "en"}


def N_(message: str) -> str:  # noqa: N802  (the customary marker of gettext)
    """Mark a message for extraction; it is translated where it is shown."""
    return message


class Translator:
    """Texts in one language."""

    __slots__ = ("_catalogue", "lang")

    def __init__(self, lang: Language, catalogue: gettext.NullTranslations) -> None:
        """Take a loaded catalogue."""
        self.lang = lang
        self._catalogue = catalogue

    def gettext(self, message: str) -> str:
        """Return a message; one that is in no catalogue comes back as it is."""
        return self._catalogue.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form of a message for a count."""
        return self._catalogue.ngettext(one, many, count)

    def say(self, message: str, **params: str | int) -> str:
        """Return a message with its placeholders filled."""
        return self.gettext(message) % params

    def count(self, one: str, many: str, count: int) -> str:
        """Return a counted message; `%(count)s` stands for the number with thousands separators."""
        return self.ngettext(one, many, count) % {"count": f"{count:,}"}


@functools.cache
def translator(lang: Language) -> Translator:
    """Return the texts of a language; the catalogue is read once."""
    path = resources.files("api").joinpath("locale", LOCALES[lang], "LC_MESSAGES", f"{DOMAIN}.mo")
    with path.open("rb") as file:
        return Translator(lang, gettext.GNUTranslations(file))
