"""The signed waybill code: read back, forged, altered, from another ledger."""

import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.base32 import ALPHABET
from ledger.core.checkpoint import Checkpoint
from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.core.waybill import (
    CODE_LENGTH,
    PAYLOAD_SIZE,
    Waybill,
    note_text,
    open_waybill,
    particulars,
    sign_waybill,
)
from ledger.errors import FormatError, VerificationError

SIGNER = Signer("trace.example.cn/log", private_key(bytes(range(32))))
OTHER = Signer("trace.example.cn/log", private_key(bytes(range(1, 33))))
SHIPMENT = "shipment:0192f5a1-0c00-7000-8000-000000000001"
WAYBILL = Waybill(SHIPMENT, 5213, 29_850_000, particulars({"plate": "浙B60311"}))


@given(
    st.uuids(),
    st.integers(0, 2**40 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=16, max_size=16),
)
def test_what_is_signed_is_read_back(name: uuid.UUID, index: int, issued: int, digest: bytes) -> None:
    waybill = Waybill(f"shipment:{name}", index, issued, digest)
    code = sign_waybill(waybill, SIGNER)
    assert len(code) == CODE_LENGTH == 170
    assert open_waybill(code, [OTHER.verifier(), SIGNER.verifier()]) == waybill
    assert open_waybill(code.lower().replace("1", "l").replace("0", "o"), [SIGNER.verifier()]) == waybill


def test_the_bytes_are_those_of_the_description() -> None:
    payload = WAYBILL.payload()
    assert payload[:1] == b"\x01"
    assert payload[1:17] == uuid.UUID(SHIPMENT.removeprefix("shipment:")).bytes
    assert payload[17:22] == (5213).to_bytes(5, "big")
    assert payload[22:26] == (29_850_000).to_bytes(4, "big")
    printed = b'hazledger/waybill@1\n{"plate":"' + "浙B60311".encode() + b'"}'
    assert payload[26:] == hashlib.sha256(printed).digest()[:16]


@pytest.mark.parametrize("place", range(CODE_LENGTH))
def test_an_altered_waybill_is_not_genuine_wherever_it_was_altered(place: int) -> None:
    code = sign_waybill(WAYBILL, SIGNER)
    for step in (1, 5, 31):
        other = ALPHABET[(ALPHABET.index(code[place]) + step) % 32]
        with pytest.raises(VerificationError, match="waybill_not_signed"):
            open_waybill(code[:place] + other + code[place + 1 :], [SIGNER.verifier()])


@pytest.mark.parametrize("at", range(PAYLOAD_SIZE))
def test_an_altered_byte_of_the_payload_is_not_genuine(at: int) -> None:
    code = sign_waybill(WAYBILL, SIGNER)
    flipped = 0
    for character in code:
        flipped = flipped << 5 | ALPHABET.index(character)
    flipped ^= 0xFF << 5 * CODE_LENGTH - 8 * (at + 1)
    forged = "".join(ALPHABET[flipped >> 5 * n & 31] for n in reversed(range(CODE_LENGTH)))
    with pytest.raises(VerificationError, match="waybill_not_signed"):
        open_waybill(forged, [SIGNER.verifier()])


def test_a_code_of_another_version_that_the_key_signed_is_not_read() -> None:
    payload = b"\x02" + WAYBILL.payload()[1:]
    data = payload + SIGNER.sign(note_text(SIGNER.name, payload)).body
    bits = int.from_bytes(data, "big") << 5 * CODE_LENGTH - 8 * len(data)
    code = "".join(ALPHABET[bits >> 5 * n & 31] for n in reversed(range(CODE_LENGTH)))
    with pytest.raises(FormatError, match="waybill_not_of_form"):
        open_waybill(code, [SIGNER.verifier()])


def test_another_ledgers_waybill_is_none_of_ours() -> None:
    code = sign_waybill(WAYBILL, OTHER)
    with pytest.raises(VerificationError) as error:
        open_waybill(code, [SIGNER.verifier()])
    assert (error.value.code, error.value.step) == ("waybill_not_signed", "signature")
    with pytest.raises(VerificationError):
        open_waybill(code, [])


def test_a_waybill_is_no_checkpoint_and_a_checkpoint_no_waybill() -> None:
    text = note_text(SIGNER.name, WAYBILL.payload())
    with pytest.raises(FormatError):
        Checkpoint.parse(text)
    assert text.split(b"\n")[0] == b"hazledger/waybill@1" != SIGNER.name.encode()


@pytest.mark.parametrize(
    "code",
    ["", "A" * 169, "A" * 171, "U" + "0" * 169, "０" * 170],
)
def test_what_is_not_of_the_form_is_refused(code: str) -> None:
    with pytest.raises(FormatError) as error:
        open_waybill(code, [SIGNER.verifier()])
    assert error.value.code == "waybill_not_of_form"


@pytest.mark.parametrize(
    "waybill",
    [
        Waybill("shipment:nobody", 1, 1, bytes(16)),
        Waybill(SHIPMENT, -1, 1, bytes(16)),
        Waybill(SHIPMENT, 2**40, 1, bytes(16)),
        Waybill(SHIPMENT, 1, 2**32, bytes(16)),
        Waybill(SHIPMENT, 1, 1, bytes(15)),
    ],
)
def test_what_cannot_be_written_is_not_signed(waybill: Waybill) -> None:
    with pytest.raises(FormatError) as error:
        sign_waybill(waybill, SIGNER)
    assert error.value.code == "waybill_not_of_form"
