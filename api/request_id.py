"""A number for each request, so that a person and a log can speak of the same one."""

import os
from random import Random
from typing import Final

from starlette.types import Scope

_KEY: Final = "hazledger.request_id"
_numbers: Final = Random(os.urandom(16))  # noqa: S311 - a name in a log, no secret; asking the system each time is slow


def request_id(scope: Scope) -> str:
    """Return the number of a request: 16 hexadecimal digits, the same each time it is asked for."""
    number = scope.get(_KEY)
    if not isinstance(number, str):
        number = f"{_numbers.getrandbits(64):016x}"
        scope[_KEY] = number
    return number
