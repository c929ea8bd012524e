"""The value in which a refusal or an error is told, before it is put into words."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a statement, a file or a request.

    `code` names an entry of the catalogue; `field` is a JSON pointer (RFC 6901) into what was
    given, such as "/sections/inputs/lines/0/amount"; `params` fill the entry's detail and remedy.
    """

    code: str
    field: str | None = None
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict, hash=False)
