"""What the quick way accepts, the strict reading accepts without a finding, and both say the same about it."""

import json
import re
from collections.abc import Callable
from typing import Any, Final, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import decode, encode
from ledger.core.domain import Bounds, check
from ledger.core.events import event_hash
from ledger.core.keys import public_key
from ledger.core.records import record_hash
from ledger.core.sections import section_digest
from ledger.core.text import flaw
from ledger.errors import FormatError
from ledger.reference import Reference
from ledger.services import audit_forms
from ledger.services.audit_entry import Checked, check_entry, open_sound
from ledger.services.audit_findings import Findings
from ledger.services.audit_forms import (
    ALONE,
    Disclosed,
    are_alone,
    are_hashes,
    are_readable,
    are_salts,
    is_content,
)
from ledger.services.audit_quick import Quick
from ledger.services.audit_run import Run, Sound
from ledger.store.entries import Chunk
from tests.services.test_evidence import KEY, REGISTRAR, signed_body
from tests.services.world import AUTH, OPERATOR, ORIGIN, PRODUCER, USCC, World, organisation, ref

TABLES: Final = ("records", "events", "disclosures", "links")
SALT = "A" * 22


@pytest.fixture(scope="module")
def chunk(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Chunk:
    """Rows of a ledger with signed statements, by one key and by two, with refs, findings and a limited time."""
    world = World(tmp_path_factory.mktemp("signed"), reference)
    with world.create(public_key(REGISTRAR)) as ledger:
        key = {"key": b64u(public_key(KEY)), "alg": "ed25519", "holder": PRODUCER}
        admitted = organisation(PRODUCER, "生产方", USCC[0], "producer")
        body = world.body("governance.organisation_admitted", OPERATOR, organisation=admitted, key=key)
        ledger.append(ledger.signed(signed_body(body, REGISTRAR, KEY), AUTH))
        site = {
            "site": ref("site", 1),
            "names": {"zh": "厂区"},
            "region": "320500",
            "locations": [{"location": "tank-1", "kind": "tank"}],
        }
        first = ledger.append(
            ledger.signed(signed_body(world.body("governance.site_registered", PRODUCER, site=site), KEY), AUTH)
        )
        site = {**site, "site": ref("site", 2)}
        stated = world.body("governance.site_registered", PRODUCER, site=site)
        stated |= {"not_after": "2036-01-01T00:00:00+08:00", "refs": [{"rel": "previous", "hash": first.event}]}
        ledger.append(ledger.state(stated, AUTH))
        with ledger.store.read() as unit:
            [found] = unit.entries.chunks(1, unit.log.size())
            return found


def strictly(chunk: Chunk, index: int) -> tuple[Checked | None, Findings]:
    findings = Findings()
    [stored] = [entry for entry in chunk.entries() if entry.idx == index]
    return check_entry(stored, ORIGIN, findings), findings


def judged_by(quick: Quick, chunk: Chunk) -> list[Sound | None]:
    """What is sound about each index, None where it is to be looked at closely."""
    judged: list[Sound | None] = []
    for part in quick.judge(chunk):
        judged += part.sounds() if isinstance(part, Run) else [None] * (part.high - part.low)
    assert len(judged) == chunk.high - chunk.low
    return judged


def judge(chunk: Chunk) -> list[Sound | None]:
    """Judge, and hold whatever is accepted to the strict reading."""
    judged = judged_by(Quick(ORIGIN), chunk)
    stored = {entry.idx: entry for entry in chunk.entries()}
    for sound in judged:
        if sound is not None:
            checked, findings = strictly(chunk, sound.idx)
            assert findings.listed == []
            assert open_sound(stored[sound.idx], sound) == checked
    return judged


def test_sound_rows_are_accepted_and_read_alike(chunk: Chunk) -> None:
    assert None not in judge(chunk)


def with_rows(chunk: Chunk, table: str, rows: list[Any]) -> Chunk:
    made: Any = chunk._replace
    return cast("Chunk", made(**{table: rows}))


def replaced(chunk: Chunk, table: str, row: int, change: Callable[[tuple[Any, ...]], tuple[Any, ...] | None]) -> Chunk:
    rows = list(getattr(chunk, table))
    changed = change(rows[row])
    rows[row : row + 1] = [] if changed is None else [changed]
    return with_rows(chunk, table, rows)


def bent(value: int | str | bytes, at: int, by: int, way: str) -> object:
    if isinstance(value, int):
        return value + by - 128 or None
    data = value.encode() if isinstance(value, str) else bytes(value)
    at %= max(1, len(data))
    made = {
        "flip": data[:at] + bytes([data[at] ^ (by or 1)]) + data[at + 1 :],
        "insert": data[:at] + bytes([by]) + data[at:],
        "delete": data[:at] + data[at + 1 :],
        "space": data[:at] + b" " + data[at:],
        "twice": data[:at] + data[at:] + data[at:],
        "none": None,
    }[way]
    return made.decode("latin-1") if isinstance(value, str) and made is not None else made


@settings(max_examples=300)
@given(
    table=st.sampled_from(TABLES),
    row=st.integers(0, 50),
    column=st.integers(0, 6),
    at=st.integers(0, 4_000),
    by=st.integers(0, 255),
    way=st.sampled_from(["flip", "insert", "delete", "space", "twice", "none"]),
)
def test_what_was_bent_is_doubted_or_sound(
    chunk: Chunk, table: str, row: int, column: int, at: int, by: int, way: str
) -> None:
    def bend(old: tuple[Any, ...]) -> tuple[Any, ...]:
        place = column % len(old)
        value = old[place]
        return (*old[:place], None if value is None else bent(value, at, by, way), *old[place + 1 :])

    changed = replaced(chunk, table, row % len(getattr(chunk, table)), bend)
    try:
        judged = judge(changed)
    except (TypeError, AttributeError):  # rows of no known index: the grouping of the strict reading cannot sort them
        return
    if changed != chunk:
        assert None in judged


@pytest.mark.parametrize("table", TABLES)
def test_missing_and_doubled_rows_are_doubted(chunk: Chunk, table: str) -> None:
    assert None in judge(replaced(chunk, table, 1, lambda _: None))
    doubled = [row for row in getattr(chunk, table) for _ in range(2)]
    assert None in judged_by(Quick(ORIGIN), with_rows(chunk, table, doubled))


def resealed(chunk: Chunk, index: int, old: bytes, new: bytes) -> Chunk:
    """Change a header as its own ledger could, which commits to whatever it likes; signatures are not judged here."""
    [event] = [row for row in chunk.events if row[2] == index]
    [record] = [row for row in chunk.records if row[0] == index]
    header = event[4].replace(old, new)
    assert header != event[4]
    known, made = event_hash(event[4]), event_hash(header)
    body = record[2].replace(known.encode(), made.encode())
    events = [(*row[:3], unb64u(made), header, *row[5:]) if row is event else row for row in chunk.events]
    records = [(index, unb64u(record_hash(body)), body, *row[3:]) if row is record else row for row in chunk.records]
    return chunk._replace(events=events, records=records)


def test_a_section_named_twice_in_header_and_rows_is_doubted(chunk: Chunk) -> None:
    """The header alone is not canonical then: the ledger itself committed to such bytes, and stored the row twice."""
    index = chunk.events[-1][2]
    [body] = [row[2] for row in chunk.disclosures if row[:2] == (index, "site")]
    stated = b'"site":"' + section_digest(body).encode() + b'"'
    changed = resealed(chunk, index, stated, stated + b"," + stated)
    assert judge(changed)[-1] is None
    assert judge(changed._replace(disclosures=[*changed.disclosures, (index, "site", body)]))[-1] is None


def test_a_reseal_that_changes_nothing_of_the_form_is_accepted(chunk: Chunk) -> None:
    """Else the test before would not show what it means to."""
    index = chunk.events[-1][2]
    assert None not in judge(resealed(chunk, index, b'"act"', b'"report"'))


def test_numbers_of_another_type_are_doubted(chunk: Chunk) -> None:
    late = replaced(chunk, "records", 0, lambda row: (*row[:4], row[4] + 0.5))
    assert judge(late)[0] is None
    real = replaced(chunk, "links", 0, lambda row: (row[0], float(row[1]), *row[2:]))
    assert judge(real)[0] is None


def test_another_log_is_doubted(chunk: Chunk) -> None:
    assert set(judged_by(Quick("another.example/log"), chunk)) == {None}


# --- contents --------------------------------------------------------------------------------------------------------

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**54), 2**54),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(["a\\b", "tab\t", "\x7f", "e\u0301", "\u202e", "\ud800", "\U0010ffff", "中"]),
)
names = st.one_of(st.sampled_from(["a", "kg", "b_2", "A", "2a", "", "é", "a" * 64, "a" * 65]), st.text(max_size=3))
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
contents = st.dictionaries(names, values, max_size=4) | values


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


def spelled(value: object, *, compact: bool, in_order: bool, ascii_only: bool) -> bytes:
    separators = (",", ":") if compact else (", ", ":")
    text = json.dumps(value, separators=separators, sort_keys=in_order, ensure_ascii=ascii_only)
    return text.encode("utf-8", "surrogatepass")


@settings(max_examples=500)
@given(value=contents, compact=st.sampled_from([True, True, False]), in_order=st.booleans(), ascii_only=st.booleans())
@example(value=nested(15), compact=True, in_order=True, ascii_only=True)
@example(value=nested(16), compact=True, in_order=True, ascii_only=True)
@example(value={"a": [[]] * 3}, compact=True, in_order=True, ascii_only=True)
@example(value={"a": 2**53}, compact=True, in_order=True, ascii_only=True)
@example(value={"a": 1.5}, compact=True, in_order=True, ascii_only=True)
@example(value={"a": -0.0}, compact=True, in_order=True, ascii_only=True)
@example(value={"a" * 65: "x"}, compact=True, in_order=True, ascii_only=True)
def test_what_is_taken_as_content_decodes(value: object, *, compact: bool, in_order: bool, ascii_only: bool) -> None:
    data = spelled(value, compact=compact, in_order=in_order, ascii_only=ascii_only)
    body = b'["' + SALT.encode() + b'","auth",' + data + b"]"
    try:
        sound = isinstance(value, dict) and decode(body) is not None
    except FormatError:
        sound = False
    assert is_content(data) == sound


def test_what_is_very_long_is_left_to_the_strict_reading() -> None:
    data = encode({"a": ["x" * 1_000] * 30})
    check(decode(data), Bounds(4, names=True, texts=True))
    assert not is_content(data)


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"a":1}x', b'{"a":1,"a":1}', b'{"a":\xff}', b'{"a":"\xc0\x80"}', b"{}\n"]
)
def test_no_canonical_json_is_no_content(data: bytes) -> None:
    assert not is_content(data)


def test_many_names_are_not_remembered_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.services.audit_forms._MOST_NAMES", 2)
    assert is_content(encode({"aa": 1, "bb": 2, "cc": 3, "dd": {"ee": [1, None, True]}}))


# --- disclosures by their shape --------------------------------------------------------------------------------------


def disclosure(content: bytes, name: str = "auth") -> bytes:
    return b'["%b","%b",%b]' % (SALT.encode(), name.encode(), content)


def is_sound(body: bytes) -> bool:
    """What the strict reading says of a disclosure."""
    try:
        value = decode(body)
        return isinstance(value, list) and isinstance(value[2], dict) and check_content(value[2])
    except FormatError:
        return False


def check_content(value: dict[str, Any]) -> bool:
    check(value, Bounds(15, names=True, texts=True))
    return True


@settings(max_examples=500)
@given(value=contents, compact=st.sampled_from([True, True, False]), in_order=st.booleans(), ascii_only=st.booleans())
@example(value=nested(14) | {"b": ["x"]}, compact=True, in_order=True, ascii_only=True)
@example(value={"a": '":5', "b": '":"x"'}, compact=True, in_order=True, ascii_only=True)
@example(value={"a": "x:0", '":': 1}, compact=True, in_order=True, ascii_only=True)
@example(value={"a": 10**15, "b": -1, "c": 0, "d": ["x", ",", "]"]}, compact=True, in_order=True, ascii_only=True)
def test_what_is_taken_by_its_shape_is_sound(value: object, *, compact: bool, in_order: bool, ascii_only: bool) -> None:
    body = disclosure(spelled(value, compact=compact, in_order=in_order, ascii_only=ascii_only))
    if Disclosed().are_sound(["auth"], [body]):
        assert is_sound(body)


SHAPED: Final = encode({"a": ["x", "y"], "b": "", "c": [{"d": 7, "e": None}], "f": "中", "g": "q\\"})


@settings(max_examples=1_000)
@given(
    at=st.integers(0, len(SHAPED) - 1),
    drop=st.integers(0, 3),
    put=st.sampled_from(
        [b"", b'"', b'""', b'":""', b'":"', b",", b":", b"[", b"]", b"{}", b"\\", b"0", b"-", b"\n", b"\xff", b"e"]
    ),
)
def test_no_change_of_bytes_hides_behind_a_known_shape(at: int, drop: int, put: bytes) -> None:
    changed = disclosure(SHAPED[:at] + put + SHAPED[at + drop :])
    known = Disclosed()
    assert known.are_sound(["auth"], [disclosure(SHAPED)])
    if known.are_sound(["auth"], [changed]):
        assert is_sound(changed)


def test_a_known_shape_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Disclosed()
    assert known.are_sound(["auth"], [disclosure(encode({"a": "x", "b": [1], "c": 5}))])
    monkeypatch.setattr(audit_forms, "is_content", lambda *_: pytest.fail("read again"))
    assert known.are_sound(["auth"], [disclosure(encode({"a": "氨", "b": [1], "c": -77}))])


def test_bytes_under_another_name_are_no_disclosure_of_this() -> None:
    body = disclosure(b"{}", "agent")
    assert Disclosed().are_sound(["agent"], [body])
    assert not Disclosed().are_sound(["auth"], [body])
    assert not Disclosed().are_sound(["heads"], [disclosure(b"{}", "heads")])


def test_little_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_forms, "_MOST_KNOWN", 2)
    monkeypatch.setattr(audit_forms, "_MOST_SHAPES", 1)
    known = Disclosed()
    for name in ("a", "b", "c", "a"):
        assert known.are_sound(["auth"], [disclosure(encode({name: "x"}))])
    assert len(known._known) <= 2
    assert len(known._shapes) == 1


@given(st.text(st.sampled_from("、〕「一中龥！～é\u0301\u202e\x85\u3099가ｅ"), max_size=6))
def test_readable_is_without_flaw(text: str) -> None:
    assert are_readable([f'"{text}"'.encode(), b'"x"']) == (flaw(text) is None)


# --- texts in their frames --------------------------------------------------------------------------------------------

FRAMED: Final = [
    (are_salts, [b'["' + b"A" * 22 + b'",', b'["' + b"-_09azAZ" * 2 + b"BBBBBw" + b'",']),
    (are_hashes, [b'"' + b"A" * 43 + b'"', b'"' + b"b-_9" * 10 + b"BB8" + b'"']),
]


@pytest.mark.parametrize(("judged", "texts"), FRAMED)
@given(data=st.data())
def test_texts_in_their_frames_are_known_as_a_pattern_knows_them(
    judged: Callable[[list[bytes]], bool], texts: list[bytes], data: st.DataObject
) -> None:
    assert judged(texts)
    assert judged([])
    salt = rb'\["[A-Za-z0-9_-]{21}[AQgw]",'
    pattern = salt if judged is are_salts else rb'"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"'
    bent = bytearray(b"".join(texts))
    for _ in range(data.draw(st.integers(1, 3))):
        bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.sampled_from(b'"[,AQgw8B=+/\n'))
    cut = data.draw(st.sampled_from([len(texts[0]), len(texts[0]), len(texts[0]) - 1, len(texts[0]) + 1]))
    given_ = [bytes(bent[:cut]), bytes(bent[cut:])]
    assert judged(given_) == all(re.fullmatch(pattern, text) is not None for text in given_)


def test_a_lone_signature_is_of_the_key_that_the_header_names() -> None:
    key = b'"' + b"A" * 43 + b'"'
    signed = b'[{"key":%b,"sig":"%b"}]' % (key, b"B" * 85 + b"Q")
    assert len(signed) == ALONE
    assert are_alone([key], [signed])
    assert not are_alone([key.replace(b"A", b"B", 1)], [signed])
    assert not are_alone([key + b"," + key], [signed])
    for bent in (signed.replace(b"Q", b"R"), signed.replace(b"BB", b'",', 1), signed[:-1] + b"}"):
        assert not are_alone([key], [bent])


def test_a_publication_of_heads_costs_its_neighbours_nothing(lived: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at closely by itself; what stands around it is judged at once."""
    heads = lived.ledger.recorded().heads
    assert heads is not None
    asked: list[tuple[int, int]] = []
    judge = Quick._all

    def noted(self: Quick, chunk: Chunk) -> Run:
        asked.append((chunk.low, chunk.high))
        return judge(self, chunk)

    monkeypatch.setattr(Quick, "_all", noted)
    with lived.ledger.store.read() as unit:
        size = unit.log.size()
        [found] = unit.entries.chunks(1, size)
    parts = Quick(ORIGIN).judge(found)
    assert [type(part) for part in parts] == [Run, Chunk, Run][: 2 + (heads + 1 < size)]
    assert asked == [(1, heads), (heads + 1, size)][: 1 + (heads + 1 < size)]
