"""Records put together from bytes are those that the checking types encode."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import encode
from ledger.core.effects import Effects, Finding, Posting, Share
from ledger.core.ids import CHAIN_KINDS
from ledger.core.records import Link, Record, record_hash
from ledger.core.sealed import disclosure_body, link_content, raw_record_hash, record_body
from ledger.core.sections import COMMIT_NAMES, Disclosure, section_digest
from ledger.core.times import MAX_MS
from tests.core.refusals import refused

hashes = st.binary(min_size=32, max_size=32).map(b64u)
numbers = st.integers(0, 2**53 - 1)
chains = st.builds("{}:{}".format, st.sampled_from(sorted(CHAIN_KINDS)), st.uuids())
origins = st.from_regex("[A-Za-z0-9][A-Za-z0-9._~:/-]{0,40}[a-z]", fullmatch=True)


@given(st.binary(min_size=16, max_size=16), st.sampled_from(sorted(COMMIT_NAMES)), st.text(max_size=20))
def test_a_disclosure_has_the_bytes_of_the_checked_one(salt: bytes, name: str, text: str) -> None:
    checked = Disclosure(salt, name, {"said": text, "n": 1})
    body = disclosure_body(salt, name, encode(checked.content))
    assert body == checked.body
    assert section_digest(body) == checked.digest


@given(chains, numbers, hashes, hashes)
def test_a_link_has_the_bytes_of_the_checked_one(chain: str, seq: int, prev: str, effects: str) -> None:
    former = prev if seq else None
    assert link_content(chain, seq, former, effects) == encode(Link(chain, seq, former, effects).content())


@given(
    origins,
    numbers,
    st.lists(hashes, min_size=4, max_size=4),
    st.integers(0, MAX_MS),
    st.none() | hashes,
    st.lists(hashes, min_size=1, max_size=5, unique=True),
)
def test_a_record_has_the_bytes_and_the_hash_of_the_checked_one(
    origin: str, index: int, parts: list[str], at_ms: int, signatures: str | None, links: list[str]
) -> None:
    event, auth, rules, reference = parts
    checked = Record(origin, index, event, at_ms, signatures, auth, rules, reference, tuple(sorted(links)))
    body = record_body(
        origin=origin,
        index=index,
        event=event,
        recorded_at_ms=at_ms,
        signatures=signatures,
        auth=auth,
        manifests=(rules, reference),
        links=links,
    )
    assert body == checked.encode()
    assert Record.parse(body) == checked
    assert raw_record_hash(body) == unb64u(record_hash(body), 32)


BATCH = "batch:018f3c5e-7a1b-7c2d-8e3f-0123456789ab"


def test_effects_have_the_bytes_of_their_content() -> None:
    plain = Effects((Posting("used", 5), Posting("produced", -5)), (Share(BATCH, 10), Share("-", 1)))
    found = Effects(findings=(Finding("yield@1", {"ppm": 3, "say": "产率"}), Finding("yield@1", {"ppm": 2})))
    for effects in (Effects(), plain, found):
        assert effects.encode() == encode(effects.content())


def test_what_no_json_can_say_is_refused_in_a_finding() -> None:
    with refused("number_too_large", "/findings/0/data/ppm"):
        Effects(findings=(Finding("yield@1", {"ppm": 2**53}),)).encode()
