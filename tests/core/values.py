"""Hypothesis strategies of values that the core takes, and the golden vectors."""

import json
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import strategies as st

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.effects import BETWEEN, OWN_PPB, SINKS, SOURCES, STATUSES, Effects, Finding, Posting, Share
from ledger.core.events import MODES, RELATIONS, Header, Ref, Signature
from ledger.core.ids import uuid7
from ledger.core.quantity import MAX_MG
from ledger.core.records import Link, Record
from ledger.core.sections import SECTION_NAMES, Disclosure
from ledger.core.text import flaw
from ledger.core.times import MAX_MS, format_utc

Vector: TypeAlias = dict[str, Any]

MAX_INT = 2**53 - 1
VECTORS = Path(__file__).parent.parent / "vectors" / "formats.json"


def vectors() -> Vector:
    """Return the golden vectors as they stand in the file."""
    loaded: Vector = json.loads(VECTORS.read_text(encoding="utf-8"))
    return loaded


texts = st.text(max_size=20).filter(lambda text: flaw(text) is None)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
numbers = st.integers(-MAX_INT, MAX_INT)
scalars: st.SearchStrategy[Json] = st.one_of(st.none(), st.booleans(), numbers, texts)


def _containers(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4))


values: st.SearchStrategy[Json] = st.recursive(scalars, _containers, max_leaves=12)
objects: st.SearchStrategy[dict[str, Json]] = st.dictionaries(names, values, max_size=4)

times_ms = st.integers(0, MAX_MS)
uuids = st.builds(uuid7, st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
hashes = st.binary(min_size=32, max_size=32).map(b64u)
stated = times_ms.map(format_utc)
origins = st.sampled_from(["trace.example.cn/log", "b.example/park/2", "localhost:8080"])


def refs(*kinds: str) -> st.SearchStrategy[str]:
    """Return references of these kinds."""
    return st.builds(lambda kind, uuid: f"{kind}:{uuid}", st.sampled_from(kinds), uuids)


def sorted_unique(items: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[tuple[str, ...]]:
    """Return sorted tuples without duplicates."""
    return st.sets(items, min_size=least, max_size=most).map(lambda found: tuple(sorted(found)))


disclosures = st.builds(
    Disclosure, st.binary(min_size=16, max_size=16), st.sampled_from(sorted(SECTION_NAMES)), objects
)
headers = st.builds(
    Header,
    origin=origins,
    id=uuids,
    type=st.sampled_from(["production.batch_produced", "use.consumed"]),
    mode=st.sampled_from(sorted(MODES)),
    actor=refs("org"),
    keys=sorted_unique(hashes, 0, 3),
    occurred_at=stated,
    not_after=st.none() | stated,
    refs=st.lists(st.builds(Ref, st.sampled_from(sorted(RELATIONS)), origins, hashes), max_size=3).map(tuple),
    sections=st.dictionaries(st.sampled_from(sorted(SECTION_NAMES)), hashes, max_size=4),
)
signatures = st.lists(
    st.builds(Signature, hashes, st.binary(min_size=64, max_size=64).map(b64u)),
    max_size=3,
    unique_by=lambda item: item.key,
)
places = refs("site").map(lambda site: f"{site}/A-03") | st.just("vehicle:粤B12345")
holdings = st.tuples(
    refs("batch"),
    refs("org"),
    refs("org", "shipment"),
    places,
    st.just("-") | refs("container"),
    st.sampled_from(sorted(STATUSES)),
)
accounts = st.sampled_from(sorted(SOURCES | SINKS | BETWEEN)) | holdings
masses = st.integers(-MAX_MG, MAX_MG).filter(bool)
effects = st.builds(
    Effects,
    st.lists(st.builds(Posting, accounts, masses), max_size=4, unique_by=lambda item: item.account).map(tuple),
    st.lists(
        st.builds(Share, st.just("-") | refs("batch"), st.integers(0, OWN_PPB)),
        max_size=3,
        unique_by=lambda item: item.batch,
    ).map(tuple),
    st.lists(
        st.builds(Finding, st.sampled_from(["late_report@1", "loss@12"]), objects),
        max_size=2,
        unique_by=repr,
    ).map(tuple),
)
links = st.builds(
    lambda chain, seq, prev, digest: Link(chain, seq, prev if seq else None, digest),
    refs("ledger", "batch", "container", "site", "shipment", "transfer", "org"),
    st.integers(0, MAX_INT),
    hashes,
    hashes,
)
records = st.builds(
    Record,
    origin=origins,
    index=st.integers(0, MAX_INT),
    event=hashes,
    recorded_at_ms=times_ms,
    signatures=st.none() | hashes,
    auth=hashes,
    rules=hashes,
    reference=hashes,
    links=sorted_unique(hashes, 1, 4),
)


@st.composite
def mutated(draw: st.DrawFn, bodies: st.SearchStrategy[bytes]) -> bytes:
    """Return a body with one stretch replaced by a few bytes of JSON's own kind, or by any."""
    body = draw(bodies)
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 4)))
    patch = draw(st.binary(max_size=3) | st.text('{}[]",:0-1.eE \\untfas', max_size=3).map(str.encode))
    return body[:start] + patch + body[end:]
