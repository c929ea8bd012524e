"""Documents that break, one for each step, and documents with one byte or one value changed."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ledger.core.bundle import Entry, Evidence, Policy
from ledger.core.canonical import Json, encode
from ledger.core.checkpoint import Checkpoint
from ledger.core.misbehaviour import Fork, Misbehaviour
from ledger.core.note import parse_note
from ledger.core.proof import Index
from ledger.core.records import Effects, Posting
from ledger.core.sections import Disclosure
from tests.support.bundle_vectors import FOLDER
from tests.support.ledger_bytes import BATCH, ORIGIN, PRODUCER, SITE, STORE, LedgerBytes, small_ledger
from tests.support.proof_bytes import DAY, busy_ledger, deal, proof, site_day, span
from tests.verify.breaking import changed

ODD: tuple[Json, ...] = (None, True, 0, -1, 2**53 - 1, "", "x", "é", "A" * 43, [], {}, [[]], {"a": 1})


@dataclass(frozen=True)
class Case:
    """A document, the policy it is judged by, and the step that breaks (None: it holds)."""

    name: str
    data: bytes
    step: str | None
    policy: Policy | None = None


def cases() -> list[Case]:
    """Return what holds, then for every step something that breaks there."""
    ledger = small_ledger()
    evidence = ledger.evidence()
    header = evidence.entries[2].header
    assert header is not None
    other_time = replace(header, occurred_at="2026-11-21T00:00:00+00:00")
    thief = small_ledger()
    thief.log_keys = ("thief",)
    moved = ledger.kept[5].links[BATCH][0]
    nothing = Disclosure(bytes(16), "effects", Effects().content())
    lines = deal().splitlines(keepends=True)
    without = b"".join([lines[0], lines[2], lines[3]])
    index = Index.parse(lines[3][:-1])
    unlisted = b"".join([lines[0], lines[2], replace(index, parts=index.parts[1:]).encode() + b"\n"])
    receipt = ledger.receipt(2)
    fork = (FOLDER / "misbehaviour-fork.json").read_bytes()
    known = Misbehaviour.parse(fork)
    assert isinstance(known.proof, Fork)
    unsigned = replace(known, checkpoints=(known.checkpoints[0], known.checkpoints[0].replace(b"5", b"4", 1))).encode()
    agreeing = replace(
        known, checkpoints=(known.checkpoints[1],) * 2, proof=Fork(_root(known.checkpoints[1]), ())
    ).encode()
    return [
        Case("evidence", evidence.encode(), None, ledger.policy()),
        Case("receipt", receipt.encode(), None),
        Case("proof of a site's day", site_day(), None),
        Case("two histories", fork, None),
        Case("a checkpoint that nobody signed", unsigned, "checkpoints"),
        Case("histories that agree", agreeing, "contradiction"),
        Case("a byte missing", evidence.encode()[:-1], "form"),
        Case("another amount", changed(evidence, 2, _smaller).encode(), "sections"),
        Case("another time", changed(evidence, 2, lambda one: replace(one, header=other_time)).encode(), "events"),
        Case("another ledger", replace(evidence, origin="trace.example.org/log").encode(), "entries"),
        Case("no first record", ledger.evidence(leave_out=[0]).encode(), "genesis"),
        Case("a stolen log", thief.evidence().encode(), "log_key"),
        Case("another log's checkpoint", replace(evidence, checkpoint=_foreign()).encode(), "checkpoint"),
        Case("an older checkpoint", replace(evidence, checkpoint=ledger.checkpoint(5)).encode(), "inclusion"),
        Case("a registration withheld", ledger.evidence(leave_out=[1]).encode(), "signatures"),
        Case(
            "another link", changed(evidence, 3, lambda one: replace(one, link=moved, effects=None)).encode(), "links"
        ),
        Case("a record left out", ledger.evidence(leave_out=[3]).encode(), "chain"),
        Case("the end left out", ledger.evidence(size=5, leave_out=[3]).encode(), "heads"),
        Case("other effects", changed(evidence, 3, lambda one: replace(one, effects=nothing)).encode(), "effects"),
        Case("an overdrawn store", _overdrawn().encode(), "kilograms"),
        Case("not the ledger that is trusted", evidence.encode(), "policy", small_ledger(demo=True).policy()),
        Case("another receipt's event", replace(receipt, header=other_time).encode(), "event"),
        Case("a part left out", without, "parts"),
        Case("a part unlisted", unlisted, "seal"),
        Case("a period begun too late", proof(DAY, [span(busy_ledger(), SITE, 2)]), "period"),
    ]


def _smaller(entry: Entry) -> Entry:
    stated = entry.sections[0]
    content: dict[str, Json] = {"lines": [{"batch": BATCH, "amount": "999.000", "unit": "kg"}]}
    return replace(entry, sections=(Disclosure(stated.salt, stated.name, content), *entry.sections[1:]))


def _root(note: bytes) -> bytes:
    return Checkpoint.parse(parse_note(note)[0]).root


def _foreign() -> bytes:
    other = LedgerBytes(origin="trace.example.org/log")
    other.open()
    assert other.origin != ORIGIN
    return other.checkpoint()


def _overdrawn() -> Evidence:
    ledger = LedgerBytes()
    ledger.open()
    ledger.admit(PRODUCER, "producer")
    ledger.produce(100)
    postings = (Posting("used", 101 * 10**6), Posting(STORE, -101 * 10**6))
    ledger.append("storage.counted", PRODUCER, {}, {BATCH: Effects(postings=postings)})
    return ledger.evidence()


def bytes_changed(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield a document with one byte flipped, left out, doubled or replaced by an ordinary one, `count` times."""
    dice = random.Random(seed)
    for _ in range(count):
        at = dice.randrange(len(data))
        byte = data[at : at + 1]
        ways = (
            bytes([data[at] ^ 1 << dice.randrange(8)]),
            b"",
            byte + byte,
            dice.choice([b"0", b"a", b'"', b",", b"A"]),
        )
        yield data[:at] + dice.choice(ways) + data[at + 1 :]


def values_changed(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield a document of one line with one value replaced, still canonical, `count` times."""
    dice = random.Random(seed)
    for _ in range(count):
        document = json.loads(data)
        ways = list(_ways(document))
        *way, last = dice.choice(ways)
        inner = document
        for key in way:
            inner = inner[key]
        old = inner[last]
        inner[last] = _odd(old, dice)
        yield encode(document)


def _odd(old: Json, dice: random.Random) -> Json:
    change: list[Callable[[], Json]] = [lambda: dice.choice(ODD)]
    if isinstance(old, str) and old:
        at = dice.randrange(len(old))
        change += [lambda: old[:at] + dice.choice("0aA_-:.+é") + old[at + 1 :]] * 3
    if isinstance(old, int) and not isinstance(old, bool):
        change += [lambda: old + 1, lambda: old - 1]
    if isinstance(old, list) and old:
        change += [lambda: old[1:], lambda: [*reversed(old)], lambda: [*old, old[-1]]]
    if isinstance(old, dict) and old:
        change.append(lambda: dict([*old.items()][1:]))
    return dice.choice(change)()


def _ways(value: Json, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if way:
        yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _ways(item, (*way, key))
