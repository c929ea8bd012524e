"""Two people's signatures over one draft: whole only where they signed the same bytes, and each for the other."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.core.b64 import b64u, unb64u
from ledger.core.cosigning import MOST, Signing, alone, check_signing, sign_draft, together
from ledger.core.events import Header, signing_bytes
from ledger.core.keys import key_id, public_key, verify
from ledger.errors import FormatError

FIRST, SECOND, THIRD = (bytes([n]) * 32 for n in (1, 2, 3))
ONE, TWO, THREE = (key_id(public_key(seed)) for seed in (FIRST, SECOND, THIRD))
AT, LATER = "2026-11-22T00:15:00+00:00", "2026-11-22T00:16:00+00:00"
ACT = Header(
    origin="a.example/log",
    id="019aa8f3-6e20-7c44-9d1b-5f0c2e7a9b10",
    type="storage.moved",
    mode="act",
    actor="org:0192f5a1-0c00-7000-8000-000000000001",
    keys=(),
    occurred_at="2026-11-22T00:00:00+00:00",
    not_after=None,
    refs=(),
    sections={},
)
REPORT = replace(ACT, mode="report")


def test_two_who_signed_for_each_other_make_an_event_that_both_signed() -> None:
    first, second = sign_draft(ACT, FIRST, AT, (TWO, THREE)), sign_draft(ACT, SECOND, AT, (ONE,))
    made = together(ACT, first, second)
    assert made is not None
    header, signatures = made
    assert (header.keys, header.occurred_at) == (tuple(sorted((ONE, TWO))), AT)
    raws = {ONE: public_key(FIRST), TWO: public_key(SECOND)}
    message = signing_bytes(header.encode())
    assert [item.key for item in signatures] == list(header.keys)
    assert all(verify(raws[item.key], unb64u(item.sig), message) for item in signatures)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (sign_draft(ACT, FIRST, AT, (TWO,)), sign_draft(ACT, SECOND, LATER, (ONE,))),
        (sign_draft(ACT, FIRST, AT, (TWO,)), sign_draft(ACT, SECOND, AT, (THREE,))),
        (sign_draft(ACT, FIRST, AT, (THREE,)), sign_draft(ACT, SECOND, AT, (ONE,))),
        (sign_draft(ACT, FIRST, AT, ()), sign_draft(ACT, FIRST, AT, ())),
    ],
)
def test_other_times_other_partners_and_oneself_make_nothing(first: Signing, second: Signing) -> None:
    assert together(ACT, first, second) is None


def test_a_report_keeps_its_time_whenever_it_is_signed() -> None:
    made = together(REPORT, sign_draft(REPORT, FIRST, AT, (TWO,)), sign_draft(REPORT, SECOND, LATER, (ONE,)))
    assert made is not None
    assert made[0].occurred_at == REPORT.occurred_at


def test_one_person_alone() -> None:
    made = alone(ACT, sign_draft(ACT, FIRST, AT, ()))
    assert made is not None
    assert (made[0].keys, [item.key for item in made[1]]) == ((ONE,), [ONE])
    only_for_another = replace(sign_draft(ACT, FIRST, AT, (TWO,)), signatures={TWO: "A" * 86})
    assert alone(ACT, only_for_another) is None


def test_every_signature_is_checked() -> None:
    said = sign_draft(ACT, FIRST, AT, (TWO, THREE))
    check_signing(ACT, said, public_key(FIRST))
    for raw, draft in ((public_key(SECOND), ACT), (public_key(FIRST), replace(ACT, type="storage.counted"))):
        with pytest.raises(FormatError, match="signature_wrong"):
            check_signing(draft, said, raw)
    swapped = replace(said, signatures={TWO: said.signatures[THREE], THREE: said.signatures[TWO]})
    with pytest.raises(FormatError, match="signature_wrong"):
        check_signing(ACT, swapped, public_key(FIRST))


def test_what_is_written_is_read_again() -> None:
    said = sign_draft(ACT, FIRST, AT, (TWO, THREE))
    assert Signing.parse(said.content()) == said


SIG = b64u(bytes(64))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signatures": []}, "list_length"),
        ({"signatures": [{"with": ONE, "sig": SIG}] * 2}, "duplicate_item"),
        ({"signatures": [{"with": ONE, "sig": SIG}] * (MOST + 1)}, "list_length"),
        ({"signatures": [{"with": ONE, "sig": "A"}]}, "base64_not_canonical"),
        ({"signatures": [{"with": "x", "sig": SIG}]}, "base64_not_canonical"),
        ({"key": "x"}, "base64_not_canonical"),
        ({"occurred_at": "now"}, "time_not_of_form"),
        ({"more": 1}, "unknown_name"),
    ],
)
def test_other_shapes_are_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(FormatError) as caught:
        Signing.parse({**sign_draft(ACT, FIRST, AT, (TWO,)).content(), **change})
    assert caught.value.code == code
