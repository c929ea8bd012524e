"""Bodies that are nearly right: a sound one with one place changed, or its bytes broken."""

import json
from random import Random
from typing import Any, Final

ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "NaN",
    "99999999999999999999999999",
    "\u0000",
    "\u202e甲",
    "é" * 3_000,
    "org:",
    "batch:00000000-0000-0000-0000-000000000000",
    "2026-02-30T00:00:00+08:00",
    "9999-12-31T23:59:59+00:00",
    -1,
    0,
    2**53,
    1.5,
    [],
    {},
    [[[[]]]],
    [None],
    {"": None},
    {"zh": 1},
)
"""What somebody might send in place of a value."""
BROKEN: Final = (
    b"",
    b"{",
    b"null",
    b"\xff\xfe",
    b"[" * 10_000,
    b'{"id":"a","id":"b"}',
    b'"\\ud800"',
    b"1e400",
    b"\n\n",
)


def bend(body: bytes, chance: Random) -> bytes:
    """Change one place of a JSON body, or of a line of many; of other bodies a byte."""
    if chance.random() < 0.1:
        return chance.choice(BROKEN)
    try:
        value = json.loads(body)
    except ValueError:
        return _scratched(body, chance)
    return json.dumps(_bent(value, chance)).encode()


def _bent(value: Any, chance: Random) -> Any:  # noqa: ANN401 - JSON
    """The value with one place, chosen evenly on the way down, replaced, taken out, doubled or added."""
    if not value or not isinstance(value, (dict, list)) or chance.random() < 0.15:
        return chance.choice(ODD)
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = chance.choice(keys)
    made: Any = value.copy()
    match chance.randrange(8):
        case 0:
            del made[key]
        case 1 if isinstance(made, dict):
            made[chance.choice(("surplus", "", "Id", "\u00e9"))] = chance.choice(ODD)
        case 1:
            made.append(made[key])
        case _:
            made[key] = _bent(value[key], chance)
    return made


def _scratched(body: bytes, chance: Random) -> bytes:
    made = bytearray(body or b"-")
    made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)
