"""A number for each request, so that a person and a log can speak of the same one."""

import os
from typing import Final

from starlette.types import Scope

_KEY: Final = "hazledger.request_id"


def request_id(scope: Scope) -> str:
    """Return the number of a request: 16 hexadecimal digits, the same each time it is asked for."""
    number = scope.get(_KEY)
    if not isinstance(number, str):
        number = os.urandom(8).hex()
        scope[_KEY] = number
    return number
