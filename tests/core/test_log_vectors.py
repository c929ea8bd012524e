"""The golden vectors of log, keys and heads, made by a separate program."""

import base64
import functools
import json
from importlib import resources
from typing import Any

import pytest

from ledger.core import heads, keys, merkle
from ledger.core.b64 import b64u, unb64u
from ledger.core.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.core.note import Signer, Verifier


@functools.cache
def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resources.files("tests.vectors").joinpath("formats.json").read_bytes())
    return found


def leaves() -> list[bytes]:
    return [unb64u(event["record_hash"], 32) for event in vectors()["events"]]


def test_keys() -> None:
    for key in vectors()["keys"].values():
        raw = keys.check_public_key(bytes.fromhex(key["public_hex"]))
        assert keys.public_key(bytes.fromhex(key["seed_hex"])) == raw
        assert key.get("key_id", keys.key_id(raw)) == keys.key_id(raw)


def test_signatures_of_events() -> None:
    producer = vectors()["keys"]["producer"]
    signed = [event for event in vectors()["events"] if event["signatures"]]
    assert signed
    for event in signed:
        (signature,) = event["signatures"]
        message = b"hazledger/event@1\n" + event["header_jcs"].encode()
        assert signature["key"] == producer["key_id"]
        assert b64u(keys.sign(bytes.fromhex(producer["seed_hex"]), message)) == signature["sig"]
        assert keys.verify(bytes.fromhex(producer["public_hex"]), unb64u(signature["sig"], 64), message)


@pytest.mark.parametrize("index", range(3))
def test_leaves_and_roots(index: int) -> None:
    event = vectors()["events"][index]
    assert merkle.leaf_hash(leaves()[index]).hex() == event["leaf_hash_hex"]
    assert merkle.root(leaves()[: index + 1]).hex() == event["root_hex_after"]


def test_checkpoint_and_inclusion_proof() -> None:
    log, key = vectors()["log"], vectors()["keys"]["log"]
    root = bytes.fromhex(log["root_hex"])
    origin = key["vkey"].split("+")[0]
    signer = Signer(origin, bytes.fromhex(key["seed_hex"]))
    assert signer.verifier().vkey() == key["vkey"]
    checkpoint = Checkpoint(origin, log["size"], root)
    assert sign_checkpoint(checkpoint, [signer]) == log["checkpoint"].encode()
    opened, _ = open_checkpoint(log["checkpoint"].encode(), origin, [Verifier.parse(key["vkey"])])
    assert opened == checkpoint
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves()]
    proof = merkle.inclusion_proof(1, 3, merkle.hash_reader(hashes))
    assert [base64.b64encode(node).decode() for node in proof] == log["inclusion_of_1"]
    assert merkle.verify_inclusion(1, 3, hashes[1], proof, root)


def test_heads() -> None:
    found: dict[str, str] = {}
    for event in vectors()["events"]:
        for link in event["links"]:
            found[link["chain"]] = event["record_hash"]
    expected = vectors()["heads"]
    assert sorted(found) == expected["order"]
    assert [heads.heads_leaf(chain, found[chain]).hex() for chain in expected["order"]] == expected["leaves_hex"]
    assert heads.heads_root(found.items()).hex() == expected["root_hex"]
