"""A second verifier of evidence, receipts and proofs of misbehaviour, written from docs/formats.md alone.

It shares no code with the project: standard library, and Ed25519 of `cryptography`. It says what breaks
first as a step name; it judges no witness quorum and skips the checks of curve points.
"""

# ruff: noqa: ANN401 - the values are parsed JSON

import base64
import hashlib
import json
import re
from decimal import Decimal
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LISTS = ("governance.ledger_opened", "governance.log_key_rotated", "governance.registrar_changed")
REGISTERS = ("governance.organisation_admitted", "governance.key_registered", "governance.key_rotated")
KEYS = {*LISTS, *REGISTERS, "governance.key_revoked"}
SOURCES = {"produced", "opening", "imported", "external_in", "found", "unexplained"}
EITHER = {"difference", "variance"}
HEADER = "spec origin id type mode actor keys occurred_at not_after refs sections"
RECORD = "spec origin index event recorded_at signatures auth rules reference links"


class BrokenError(Exception):
    """The step that broke."""


def need(truth: object, step: str) -> None:
    if not truth:
        raise BrokenError(step)


def jcs(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(text: str, size: int = 32) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(b64u(data) == text and len(data) == size, "form")
    return data


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def digest(tag: str, body: bytes) -> str:
    return b64u(sha(tag.encode() + b"\n" + body))


def section_digest(disclosure: Any) -> str:
    need(isinstance(disclosure, list) and len(disclosure) == 3, "form")
    raw(disclosure[0], 16)
    return digest("hazledger/section@1", jcs(disclosure))


def key_id(key: bytes) -> str:
    return digest("hazledger/key@1", b"ed25519\n" + key)


def signed(key: bytes, sig: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(sig, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def included(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> bool:
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn % 2 or fn == sn:
            r = sha(b"\x01" + p + r)
            while fn % 2 == 0 and fn:
                fn, sn = fn // 2, sn // 2
        else:
            r = sha(b"\x01" + r + p)
        fn, sn = fn // 2, sn // 2
    return index < size and sn == 0 and r == root


def closed(value: Any, names: str) -> None:
    need(isinstance(value, dict) and set(value) == set(names.split()), "form")


def read(data: bytes) -> Any:
    try:
        document = json.loads(data)
    except ValueError:
        raise BrokenError("form") from None
    need(jcs(document) == data, "form")
    return document


def open_note(note: str, origin: str, vkeys: list[str]) -> tuple[int, bytes, set[bytes]]:
    """Return size, root and log keys of a checkpoint, every line of which verifies."""
    text, _, lines = note.rpartition("\n\n")
    body = (text + "\n").encode()
    known, logs = {}, set()
    for vkey in vkeys:
        name, hexed, blob = vkey.split("+", 2)
        kind_and_key = base64.b64decode(blob, validate=True)
        ident = sha(name.encode() + b"\n" + kind_and_key)[:4]
        need(ident.hex() == hexed, "checkpoint")
        known[name, ident] = kind_and_key
        if kind_and_key[0] == 1 and name == origin:
            logs.add(kind_and_key[1:])
    used = set()
    for line in lines.splitlines():
        dash, name, blob = line.split(" ")
        data = base64.b64decode(blob, validate=True)
        need(dash == "—" and base64.b64encode(data).decode() == blob and (name, data[:4]) in known, "checkpoint")
        key = known[name, data[:4]]
        if key[0] == 1:
            need(signed(key[1:], data[4:], body), "checkpoint")
        else:
            seconds = int.from_bytes(data[4:12], "big")
            message = f"cosignature/v1\ntime {seconds}\n".encode() + body
            need(key[0] == 4 and signed(key[1:], data[12:], message), "checkpoint")
        used.add((name, data[:4]))
    need(logs and len(used) == len(vkeys) == len(lines.splitlines()), "checkpoint")
    named, size, root = text.split("\n")
    need(named == origin and str(int(size)) == size, "checkpoint")
    decoded = base64.b64decode(root, validate=True)
    need(base64.b64encode(decoded).decode() == root, "checkpoint")
    return int(size), decoded, logs


def check_event(entry: Any) -> None:
    header, record = entry["header"], entry["record"]
    closed(record, RECORD)
    names = [section[1] for section in entry["sections"]]
    need(names == sorted(set(names)), "form")
    if header is None:
        need(not entry["signatures"] and not names, "form")
        return
    closed(header, HEADER)
    for section in entry["sections"]:
        need(section_digest(section) == header["sections"].get(section[1]), "sections")
    need(digest("hazledger/event@1", jcs(header)) == record["event"], "events")
    stated = digest("hazledger/signatures@1", jcs(entry["signatures"])) if entry["signatures"] else None
    need(stated == record["signatures"], "events")


def check_signatures(entry: Any, keys: dict[str, bytes]) -> None:
    need([item["key"] for item in entry["signatures"]] == entry["header"]["keys"], "signatures")
    message = b"hazledger/event@1\n" + jcs(entry["header"])
    for item in entry["signatures"]:
        need(item["key"] in keys and signed(keys[item["key"]], raw(item["sig"], 64), message), "signatures")


def content(entry: Any, name: str) -> Any:
    return next((section[2] for section in entry["sections"] if section[1] == name), {})


def check_identity(entries: list[Any]) -> None:
    registrars: dict[str, bytes] = {}
    owned: dict[tuple[str, str], bytes] = {}
    for entry in entries:
        header = entry["header"]
        if header is None:
            continue
        usable = {ident: key for (org, ident), key in owned.items() if org == header["actor"]}
        if header["type"].startswith("governance."):
            usable |= registrars
        stated, owner = content(entry, "key"), header["actor"]
        if header["type"] == "governance.organisation_admitted":
            owner = content(entry, "organisation").get("organisation")
        new = raw(stated["key"]) if header["type"] in REGISTERS and "key" in stated else None
        check_signatures(entry, usable | ({} if new is None else {key_id(new): new}))
        if new is not None:
            owned[owner, key_id(new)] = new
            owned.pop((owner, stated.get("replaces", "")), None)
        if header["type"] == "governance.key_revoked":
            owned.pop((header["actor"], stated.get("key_id", "")), None)
        if header["type"] in LISTS:
            registrars = {key_id(raw(text)): raw(text) for text in content(entry, "log")["registrars"]}


def check_heads(document: Any, chain: list[tuple[int, str]]) -> None:
    proof = document["heads"]
    closed(proof, "index size path")
    published = [e for e in document["entries"] if (e["header"] or {}).get("type") == "governance.heads_published"]
    need(published, "heads")
    stated = content(published[-1], "heads")
    n = published[-1]["record"]["index"]
    need(stated.get("n") == n and stated["chains"] == proof["size"], "heads")
    older = [head for index, head in chain if index < n]
    need(older, "heads")
    leaf = sha(b"\x00" + document["chain"].encode() + b"\n" + raw(older[-1]))
    path = [raw(node) for node in proof["path"]]
    need(included(proof["index"], proof["size"], leaf, path, raw(stated["root"])), "heads")


def add_up(document: Any) -> dict[Any, int]:
    balances: dict[Any, int] = {}
    for entry in document["entries"]:
        if entry["effects"] is None:
            continue
        postings = entry["effects"][2]["postings"]
        need(sum(Decimal(item["kg"]) for item in postings) == 0, "effects")
        for item in postings:
            account = tuple(item["account"]) if isinstance(item["account"], list) else item["account"]
            need(isinstance(account, str) or account[0] == document["chain"], "effects")
            balances[account] = balances.get(account, 0) + int(Decimal(item["kg"]) * 10**6)
            sign = -1 if account in SOURCES else 1
            need(account in EITHER or balances[account] * sign >= 0, "kilograms")
    return balances


def verify_evidence(data: bytes) -> dict[Any, int]:
    document = read(data)
    closed(document, "spec origin chain entries heads checkpoint vkeys")
    need(document["spec"] == "hazledger/evidence@1", "form")
    entries, origin = document["entries"], document["origin"]
    for entry in entries:
        closed(entry, "record path header signatures sections link effects")
        check_event(entry)
        need(
            entry["record"]["origin"] == origin and (entry["header"] or {"origin": origin})["origin"] == origin,
            "entries",
        )
        reason = entry["link"] or entry["record"]["index"] == 0 or entry["header"]["type"] in KEYS
        need(reason or (document["heads"] and entry["header"]["type"] == "governance.heads_published"), "entries")
    need(entries[0]["record"]["index"] == 0 and entries[0]["header"]["type"] == LISTS[0], "genesis")
    need(content(entries[0], "log")["origin"] == origin, "genesis")
    size, root, logs = open_note("\n".join(document["checkpoint"]), origin, document["vkeys"])
    lists = [entry for entry in entries if entry["header"] and entry["header"]["type"] in LISTS]
    named = [{raw(text) for text in content(entry, "log")["keys"]} for entry in lists]
    need(logs <= set().union(*named) and bool(logs & named[-1]), "log_key")
    hashes = [digest("hazledger/record@1", jcs(entry["record"])) for entry in entries]
    for entry, head in zip(entries, hashes, strict=True):
        path = [raw(node) for node in entry["path"]]
        need(included(entry["record"]["index"], size, sha(b"\x00" + raw(head)), path, root), "inclusion")
    check_identity(entries)
    chain: list[tuple[int, str]] = []
    for entry, head in zip(entries, hashes, strict=True):
        if entry["link"] is None:
            need(entry["effects"] is None, "form")
            continue
        need(section_digest(entry["link"]) in entry["record"]["links"], "links")
        link = entry["link"][2]
        need(link["chain"] == document["chain"], "links")
        need(link["seq"] == len(chain) and link["prev"] == (chain[-1][1] if chain else None), "chain")
        need(entry["effects"] is None or section_digest(entry["effects"]) == link["effects"], "effects")
        chain.append((entry["record"]["index"], head))
    need(chain, "links")
    if document["heads"] is not None:
        check_heads(document, chain)
    return add_up(document)


def verify_receipt(data: bytes) -> None:
    document = read(data)
    closed(document, "spec header signatures keys sections record proof vkeys")
    need(document["spec"] == "hazledger/receipt@1", "form")
    check_event(document)
    record, header = document["record"], document["header"]
    need(record["origin"] == header["origin"], "event")
    keys = {key_id(raw(text)): raw(text) for text in document["keys"]}
    need(
        list(keys) == [key_id(raw(text)) for text in document["keys"]] and set(keys) == set(header["keys"]),
        "signatures",
    )
    check_signatures(document, keys)
    head, _, note = "\n".join(document["proof"]).partition("\n\n")
    title, index, *path = head.split("\n")
    need(title == "c2sp.org/tlog-proof@v1" and re.fullmatch(r"index (0|[1-9][0-9]*)", index), "form")
    size, root, _ = open_note(note, record["origin"], document["vkeys"])
    need(int(index[6:]) == record["index"], "inclusion")
    nodes = [base64.b64decode(node, validate=True) for node in path]
    need([base64.b64encode(node).decode() for node in nodes] == path, "form")
    leaf = sha(b"\x00" + raw(digest("hazledger/record@1", jcs(record))))
    need(included(record["index"], size, leaf, nodes, root), "inclusion")


def grown(m: int, n: int, path: list[bytes], root: bytes | None) -> tuple[bytes, bytes]:
    """Return the roots of the first m and of all n leaves that a consistency path leads to (RFC 6962, 2.1.2)."""
    if m == n:
        node = path.pop(0) if root is None else root
        return node, node
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        old, new = grown(m, k, path, root)
        return old, sha(b"\x01" + new + path.pop(0))
    old, new = grown(m - k, n - k, path, None)
    left = path.pop(0)
    return sha(b"\x01" + left + old), sha(b"\x01" + left + new)


def verify_misbehaviour(data: bytes) -> None:
    """Kinds fork and leaf."""
    document = read(data)
    closed(document, "spec origin kind checkpoints vkeys proof")
    need(document["spec"] == "hazledger/misbehaviour@1", "form")
    opened = [
        open_note("\n".join(note) + "\n", document["origin"], vkeys)
        for note, vkeys in zip(document["checkpoints"], document["vkeys"], strict=True)
    ]
    (size, root, ours), (larger, other, theirs) = opened
    need(ours & theirs, "policy")
    proof = document["proof"]
    if document["kind"] == "fork":
        closed(proof, "root path")
        path, stated = [raw(node) for node in proof["path"]], raw(proof["root"])
        need(0 < size <= larger and grown(size, larger, path, stated) == (stated, other), "contradiction")
        need(not path and stated != root, "contradiction")
        return
    need(document["kind"] == "leaf", "form")
    closed(proof, "index records paths")
    for (leaves, top, _), record, path in zip(opened, proof["records"], proof["paths"], strict=True):
        leaf = sha(b"\x00" + raw(record))
        need(included(proof["index"], leaves, leaf, [raw(node) for node in path], top), "contradiction")
    need(proof["records"][0] != proof["records"][1], "contradiction")
