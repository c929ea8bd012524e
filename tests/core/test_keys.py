"""Keys: which public keys are refused, and that signing agrees with RFC 8032."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import keys
from ledger.errors import FormatError
from tests.core.refusals import refused

# RFC 8032 section 7.1, tests 1 to 3: seed, public key, message, signature.
RFC8032 = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)
BASE = keys.decompress(bytes.fromhex("58" + "66" * 31))


def torsion() -> list[bytes]:
    """Return the eight points whose order divides 8, from a generator found as [L] of a full-order point."""
    y = 2
    while True:
        y += 1
        try:
            point = keys.multiply(keys.ORDER, keys.decompress(y.to_bytes(32, "little")))
        except FormatError:
            continue
        if not keys.is_identity(keys.multiply(4, point)):
            return [keys.compress(keys.multiply(i, point)) for i in range(8)]


TORSION = torsion()


def code_of(raw: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        keys.check_public_key(raw, field="/keys/0")
    assert caught.value.field == "/keys/0"
    return caught.value.code


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC8032)
def test_signing_agrees_with_rfc_8032(seed: str, public: str, message: str, signature: str) -> None:
    private = keys.private_key(bytes.fromhex(seed))
    for given_as in (bytes.fromhex(seed), private):
        assert keys.public_key(given_as).hex() == public
        assert keys.sign(given_as, bytes.fromhex(message)).hex() == signature
    raw = keys.check_public_key(bytes.fromhex(public))
    assert keys.verify(raw, bytes.fromhex(signature), bytes.fromhex(message))


def test_curve_arithmetic_makes_the_public_keys_of_rfc_8032() -> None:
    for seed, public, _, _ in RFC8032:
        scalar = int.from_bytes(hashlib.sha512(bytes.fromhex(seed)).digest()[:32], "little")
        scalar = (scalar & ((1 << 254) - 8)) | (1 << 254)
        assert keys.compress(keys.multiply(scalar, BASE)).hex() == public
    assert keys.is_identity(keys.multiply(keys.ORDER, BASE))


def test_torsion_points_are_the_published_eight() -> None:
    # The list of libsodium's ge25519_has_small_order, in canonical encoding.
    assert {raw.hex() for raw in TORSION} == {
        "01" + "00" * 31,
        "ec" + "ff" * 30 + "7f",
        "00" * 32,
        "00" * 31 + "80",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    }


@pytest.mark.parametrize("raw", TORSION)
def test_small_order_key_is_refused(raw: bytes) -> None:
    assert code_of(raw) == "key_small_order"


def test_small_order_key_would_verify_anything() -> None:
    identity = b"\x01" + bytes(31)
    assert keys.verify(identity, identity + bytes(32), b"any message at all")


@pytest.mark.parametrize("index", range(1, 8))
@pytest.mark.parametrize("public", [case[1] for case in RFC8032])
def test_mixed_order_key_is_refused(public: str, index: int) -> None:
    honest = keys.decompress(bytes.fromhex(public))
    raw = keys.compress(keys.add(honest, keys.decompress(TORSION[index])))
    assert code_of(raw) == "key_mixed_order"


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", range(keys.P, 2**255))
def test_y_not_below_p_is_refused(y: int, sign: int) -> None:
    assert code_of((y | sign << 255).to_bytes(32, "little")) == "key_not_canonical"


@pytest.mark.parametrize("y", [1, keys.P - 1])
def test_negative_zero_x_is_refused(y: int) -> None:
    assert code_of((y | 1 << 255).to_bytes(32, "little")) == "key_not_canonical"


@pytest.mark.parametrize("y", [2, 7, 8])
def test_y_without_a_point_is_refused(y: int) -> None:
    assert code_of(y.to_bytes(32, "little")) == "key_not_on_curve"


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_wrong_length_is_refused(length: int) -> None:
    assert code_of(bytes(length)) == "key_wrong_length"
    with refused("key_wrong_length"):
        keys.private_key(bytes(length))


@given(st.binary(min_size=32, max_size=32))
def test_every_honest_key_passes_and_survives_compression(seed: bytes) -> None:
    raw = keys.public_key(seed)
    assert keys.check_public_key(raw) == raw
    assert keys.compress(keys.decompress(raw)) == raw


@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_judged_without_another_error(raw: bytes) -> None:
    try:
        keys.check_public_key(raw)
    except FormatError as error:
        assert error.code.startswith("key_")  # noqa: PT017 (either outcome is right)
    else:
        assert keys.compress(keys.decompress(raw)) == raw


@given(st.binary(max_size=80), st.integers(0, 511))
def test_altered_signature_does_not_verify(message: bytes, bit: int) -> None:
    signature = bytearray(keys.sign(bytes(32), message))
    signature[bit // 8] ^= 1 << bit % 8
    assert not keys.verify(keys.public_key(bytes(32)), bytes(signature), message)


def test_signature_plus_group_order_does_not_verify() -> None:
    signature = keys.sign(bytes(32), b"m")
    malleated = int.from_bytes(signature[32:], "little") + keys.ORDER
    assert not keys.verify(keys.public_key(bytes(32)), signature[:32] + malleated.to_bytes(32, "little"), b"m")


@pytest.mark.parametrize(("key_length", "signature_length"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_wrong_lengths_do_not_verify(key_length: int, signature_length: int) -> None:
    assert not keys.verify(bytes(key_length), bytes(signature_length), b"m")


def test_key_that_the_library_cannot_load_does_not_verify() -> None:
    assert not keys.verify(b"\x02" + bytes(31), bytes(64), b"m")


def test_key_id_is_a_digest_of_algorithm_and_key() -> None:
    raw = bytes.fromhex("1fe37a6f91cd7403d55b553ff6e75a0b939c92ac28a3396c49d8f81625892b63")
    assert keys.key_id(raw) == "9cQOqsWTDiOSLL-oX0wR4QkE-f27-ThJH4gAc4DY_xk"
