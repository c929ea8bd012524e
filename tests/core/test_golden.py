"""The golden vectors of the formats: every digest, hash and signature is made again from the parts."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import decode
from ledger.core.events import Header, event_hash, parse_signatures, signatures_digest, signing_bytes
from ledger.core.keys import key_id
from ledger.core.records import Effects, Link, Record, record_hash
from ledger.core.sections import COMMIT_NAMES, Disclosure
from tests.core.values import Vector, vectors

GOLDEN = vectors()
EVENTS: list[Vector] = GOLDEN["events"]


def _check(vector: Vector, disclosure: Disclosure) -> None:
    salt, name, content = vector["disclosure"]
    assert disclosure.body.decode() == vector["jcs"]
    assert disclosure.digest == vector["digest"]
    assert (b64u(disclosure.salt), disclosure.name, disclosure.content) == (salt, name, content)
    made = Disclosure(unb64u(salt, 16), name, content)
    assert (made.body, made.digest) == (disclosure.body, disclosure.digest)


def _opened(vector: Vector) -> Disclosure:
    disclosure = Disclosure.parse(vector["jcs"].encode(), COMMIT_NAMES)
    _check(vector, disclosure)
    return disclosure


def test_keys() -> None:
    for name, vector in GOLDEN["keys"].items():
        seed = hashlib.sha256(b"vector key " + name.encode()).digest()
        raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        assert (seed.hex(), raw.hex()) == (vector["seed_hex"], vector["public_hex"])
        if "key_id" in vector:
            assert key_id(raw) == vector["key_id"]


@pytest.mark.parametrize("vector", EVENTS, ids=lambda vector: vector["header"]["type"])
def test_sections_and_header(vector: Vector) -> None:
    opened = {name: Disclosure.parse(part["jcs"].encode()) for name, part in vector["sections"].items()}
    for name, disclosure in opened.items():
        _check(vector["sections"][name], disclosure)
    header = Header.parse(vector["header"])
    assert header.encode().decode() == vector["header_jcs"]
    assert Header.parse(vector["header_jcs"].encode()) == header
    assert header.sections == {name: disclosure.digest for name, disclosure in opened.items()}
    assert event_hash(header.encode()) == vector["event_hash"]


@pytest.mark.parametrize("vector", EVENTS, ids=lambda vector: vector["header"]["type"])
def test_signatures(vector: Vector) -> None:
    signatures = parse_signatures(vector["signatures"])
    assert tuple(item.key for item in signatures) == Header.parse(vector["header"]).keys
    assert signatures_digest(signatures) == vector["record"]["signatures"]
    producer = GOLDEN["keys"]["producer"]
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(producer["seed_hex"]))
    for item in signatures:
        assert item.key == producer["key_id"]
        assert b64u(private.sign(signing_bytes(vector["header_jcs"].encode()))) == item.sig


@pytest.mark.parametrize("vector", EVENTS, ids=lambda vector: vector["header"]["type"])
def test_record_links_and_effects(vector: Vector) -> None:
    digests = []
    for part in vector["links"]:
        effects, link = _opened(part["effects"]), _opened(part["link"])
        assert Effects.parse(effects.content).content() == effects.content
        read = Link.parse(link.content)
        assert read.content() == link.content
        assert (read.chain, read.seq, read.effects) == (part["chain"], part["seq"], effects.digest)
        digests.append(link.digest)
    record = Record.parse(vector["record"])
    assert record.encode().decode() == vector["record_jcs"]
    assert Record.parse(vector["record_jcs"].encode()) == record
    assert decode(vector["record_jcs"].encode()) == vector["record"]
    assert record.links == tuple(sorted(digests))
    assert record.event == vector["event_hash"]
    assert record.auth == _opened(vector["auth"]).digest
    assert record_hash(record.encode()) == vector["record_hash"]


@pytest.mark.parametrize("vector", EVENTS, ids=lambda vector: vector["header"]["type"])
def test_the_leaf_is_the_raw_record_hash(vector: Vector) -> None:
    leaf = hashlib.sha256(b"\x00" + unb64u(vector["record_hash"], 32)).hexdigest()
    assert leaf == vector["leaf_hash_hex"]


def test_postings_of_every_link_sum_to_zero() -> None:
    links = [part for vector in EVENTS for part in vector["links"]]
    effects = [Effects.parse(part["effects"]["disclosure"][2]) for part in links]
    assert any(item.postings for item in effects)
    assert not any(item.balance_mg for item in effects)
