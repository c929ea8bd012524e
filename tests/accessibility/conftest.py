"""The browser of tests of pages."""

from tests.api.conftest import browser

__all__ = ["browser"]
