"""What the page of GS1 codes asks of the services below it. The rules are those of ``ports``."""

from typing import Protocol

from api.views import Principal
from api.views.gs1 import Gs1View


class Gs1(Protocol):
    """GS1 company prefixes and codes of the viewer's organisation."""

    def view(self, viewer: Principal) -> Gs1View:
        """Return its prefixes, and the codes of GS1 that are bound to things under them."""

    def target(self, viewer: Principal, code: str) -> str:
        """Return what a printed code in force stands for. NotFoundError, ConflictError `label_is_void`."""
