import hashlib

import pytest
from hypothesis import given

from ledger.core.b64 import b64u
from ledger.core.canonical import Json, encode
from ledger.core.sections import COMMIT_NAMES, SECTION_NAMES, Disclosure, content_bytes, section_digest
from ledger.errors import FormatError
from tests.core.refusals import refused
from tests.core.values import disclosures, mutated

SALT = bytes(range(16))


@given(disclosures)
def test_a_disclosure_comes_back_from_its_bytes(disclosure: Disclosure) -> None:
    read = Disclosure.parse(disclosure.body)
    assert read == disclosure
    assert (read.body, read.digest) == (disclosure.body, disclosure.digest)
    assert encode([b64u(read.salt), read.name, read.content]) == read.body
    assert content_bytes(read.name, read.body) == encode(read.content)


@given(mutated(disclosures.map(lambda disclosure: disclosure.body)))
def test_a_mutated_disclosure_is_refused_or_is_another_one(body: bytes) -> None:
    try:
        read = Disclosure.parse(body)
    except FormatError:
        return
    assert Disclosure(read.salt, read.name, read.content).body == body


@given(disclosures)
def test_parts_held_to_the_form_already_make_the_same_bytes(disclosure: Disclosure) -> None:
    sound = Disclosure.sound(disclosure.salt, disclosure.name, disclosure.content)
    assert (sound, sound.body, sound.digest) == (disclosure, disclosure.body, disclosure.digest)


def test_the_digest_is_that_of_tag_and_body() -> None:
    disclosure = Disclosure(SALT, "quantity", {"unit": "kg", "amount": "1"})
    body = b'["AAECAwQFBgcICQoLDA0ODw","quantity",{"amount":"1","unit":"kg"}]'
    assert disclosure.body == body
    assert disclosure.digest == section_digest(body)
    assert disclosure.digest == b64u(hashlib.sha256(b"hazledger/section@1\n" + body).digest())


def test_another_salt_or_name_gives_another_digest() -> None:
    content: dict[str, Json] = {"text": "same"}
    made = {Disclosure(salt, name, content).digest for salt in (SALT, SALT[::-1]) for name in ("reason", "finding")}
    assert len(made) == 4


def test_the_names_are_the_closed_list_of_the_design() -> None:
    words = (
        "agent quantity inputs outputs containers place time product parties transport commercial documents "
        "condition reason organisation site key licence rule log heads finding personal"
    )
    assert set(words.split()) == SECTION_NAMES
    assert not COMMIT_NAMES & SECTION_NAMES


@pytest.mark.parametrize("name", sorted(COMMIT_NAMES))
def test_the_names_of_commitments_are_taken_only_where_asked_for(name: str) -> None:
    body = Disclosure(SALT, name, {}).body
    assert Disclosure.parse(body, COMMIT_NAMES).name == name
    with refused("section_name_unknown", "/1"):
        Disclosure.parse(body)
    with refused("section_name_unknown", "/1"):
        Disclosure.parse(Disclosure(SALT, "agent", {}).body, COMMIT_NAMES)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_salt_of_another_size_is_refused(size: int) -> None:
    with refused("salt_wrong_size", "/0"):
        Disclosure(bytes(size), "agent", {})
    with refused("base64_wrong_size", "/0"):
        Disclosure.parse(encode([b64u(bytes(size)), "agent", {}]))


@pytest.mark.parametrize(
    "salt",
    ["AAECAwQFBgcICQoLDA0ODx", "AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0O+w", "AAECAwQFBgcICQoLDA0OD"],
)
def test_a_salt_in_a_second_spelling_is_refused(salt: str) -> None:
    with refused("base64_not_canonical", "/0"):
        Disclosure.parse(encode([salt, "agent", {}]))


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        ({}, "wrong_kind", None),
        ([], "list_length", None),
        ([b64u(SALT), "agent"], "list_length", None),
        ([b64u(SALT), "agent", {}, 1], "list_length", None),
        ([1, "agent", {}], "wrong_kind", "/0"),
        ([b64u(SALT), None, {}], "wrong_kind", "/1"),
        ([b64u(SALT), "remark", {}], "section_name_unknown", "/1"),
        ([b64u(SALT), "agent", []], "wrong_kind", "/2"),
    ],
)
def test_another_shape_is_refused(value: Json, code: str, field: str | None) -> None:
    with refused(code, field):
        Disclosure.parse(encode(value))


def test_loose_bytes_are_refused() -> None:
    with refused("json_not_canonical"):
        Disclosure.parse(Disclosure(SALT, "agent", {}).body + b"\n")


def test_content_outside_the_domain_is_not_committed_to() -> None:
    with refused("value_not_json", "/2/amount"):
        Disclosure(SALT, "quantity", {"amount": 1.5})  # type: ignore[dict-item]
