"""Signed notes and cosignatures: published vectors, and what an attacker may try with lines and keys."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import keys, note
from ledger.core.lines import MAX_SIZE
from ledger.core.note import COSIGNATURE, ED25519, NoteSignature, Signer, Verifier
from ledger.errors import FormatError, HazledgerError, VerificationError
from tests.core.refusals import refused

# The example of C2SP signed-note.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
# The key and message of golang.org/x/mod sumdb/note.
PETER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
# A cosignature made with the seed 00 01 .. 1f, accepted by torchwood.
SOFA = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
WITNESS = Signer("witness.example.com/w1", bytes(range(32)))
WITNESS_VKEY = "witness.example.com/w1+a0059f11+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS_LINE = (
    "\u2014 witness.example.com/w1 oAWfEQAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr7lV8H6bdoB"
    "QGP/l73euDMQ9k+bBQ==\n"
).encode()
WITNESS_TIME = 1679315147

TEXT = "Ognuno sta solo\n\ned è subito sera.\n".encode()
ONE = Signer("one.example/log", b"\x01" * 32)
TWO = Signer("two.example/log", b"\x02" * 32)


def names_of(signed: bytes, *verifiers: Verifier) -> list[str]:
    return [signature.verifier.name for signature in note.open_note(signed, verifiers)[1]]


def rejects(signed: bytes, verifiers: list[Verifier], code: str) -> None:
    with pytest.raises(VerificationError) as caught:
        note.open_note(signed, verifiers)
    assert (caught.value.code, caught.value.step) == (code, "signature")


def test_published_note_verifies() -> None:
    verifier = Verifier.parse(FOO)
    assert verifier.vkey() == FOO
    text, (signature,) = note.open_note(FOO_NOTE, [verifier])
    assert text == b"This is an example message.\n"
    assert (signature.verifier, signature.time_s) == (verifier, None)
    assert signature.signature.key_id.hex() == "530d903a"


def test_published_private_key_makes_the_published_note() -> None:
    signer = Signer.parse(PETER)
    assert signer.verifier().vkey() == PETER_VKEY
    signed = note.sign_note(PETER_TEXT, [signer])
    assert signed == PETER_TEXT + f"\n\u2014 PeterNeumann {PETER_SIGNATURE}\n".encode()
    assert note.open_note(signed, [Verifier.parse(PETER_VKEY)])[0] == PETER_TEXT


def test_published_cosignature() -> None:
    assert WITNESS.verifier(COSIGNATURE).vkey() == WITNESS_VKEY
    cosignature = WITNESS.cosign(SOFA, WITNESS_TIME)
    assert cosignature.line() == WITNESS_LINE
    assert note.parse_signatures(WITNESS_LINE) == (cosignature,)
    text, (verified,) = note.open_note(SOFA + b"\n" + WITNESS_LINE, [Verifier.parse(WITNESS_VKEY)])
    assert (text, verified.time_s) == (SOFA, WITNESS_TIME)
    assert note.cosigned_message(SOFA, WITNESS_TIME) == b"cosignature/v1\ntime 1679315147\n" + SOFA


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4, unique=True),
)
def test_notes_are_reversible(text: str, seeds: list[bytes]) -> None:
    data = (text + "\n").encode()
    signers = [Signer(f"log{i}", seed) for i, seed in enumerate(seeds)]
    signed = note.sign_note(data, signers)
    assert note.parse_note(signed) == (data, tuple(signer.sign(data) for signer in signers))
    assert note.format_note(*note.parse_note(signed)) == signed
    opened, signatures = note.open_note(signed, [signer.verifier() for signer in signers])
    assert opened == data
    assert [signature.verifier for signature in signatures] == [signer.verifier() for signer in signers]


@given(st.binary(min_size=32, max_size=32), st.sampled_from([ED25519, COSIGNATURE]), st.sampled_from("aZé-/."))
def test_verifier_keys_are_reversible(seed: bytes, kind: int, name: str) -> None:
    verifier = Signer(name, seed).verifier(kind)
    assert Verifier.parse(verifier.vkey()) == verifier


@given(st.integers(0, len(FOO_NOTE) - 1), st.integers(1, 255))
def test_altered_note_is_refused(at: int, change: int) -> None:
    altered = FOO_NOTE[:at] + bytes([FOO_NOTE[at] ^ change]) + FOO_NOTE[at + 1 :]
    with pytest.raises(HazledgerError) as caught:
        note.open_note(altered, [Verifier.parse(FOO)])
    assert isinstance(caught.value, FormatError | VerificationError)


@given(st.integers(0, len(FOO) - 1), st.characters())
def test_altered_verifier_key_is_refused(at: int, char: str) -> None:
    altered = FOO[:at] + char + FOO[at + 1 :]
    if altered != FOO:
        with pytest.raises(FormatError):
            Verifier.parse(altered)


@given(st.integers(0, len(WITNESS_LINE) - 2), st.integers(1, 255))
def test_altered_cosignature_is_refused_or_unknown(at: int, change: int) -> None:
    altered = WITNESS_LINE[:at] + bytes([WITNESS_LINE[at] ^ change]) + WITNESS_LINE[at + 1 :]
    with pytest.raises(HazledgerError) as caught:
        note.open_note(SOFA + b"\n" + altered, [Verifier.parse(WITNESS_VKEY)])
    assert isinstance(caught.value, FormatError | VerificationError)


@given(st.binary(max_size=200))
def test_any_bytes_are_judged_without_another_error(data: bytes) -> None:
    for attempt in (data, b"text\n\n" + data, b"text\n\n\xe2\x80\x94 " + data + b"\n"):
        with pytest.raises(HazledgerError):
            note.open_note(attempt, [Verifier.parse(FOO)])


def test_text_ends_at_the_last_blank_line() -> None:
    inner = note.sign_note(b"inner\n", [ONE])
    outer = note.sign_note(inner, [TWO])
    assert note.open_note(outer, [TWO.verifier()])[0] == inner
    rejects(outer, [ONE.verifier()], "note_not_signed")
    assert note.open_note(note.sign_note(b"\n\n\n", [ONE]), [ONE.verifier()])[0] == b"\n\n\n"


def test_signatures_of_unknown_keys_are_ignored() -> None:
    signed = note.sign_note(TEXT, [ONE, TWO])
    assert names_of(signed, TWO.verifier()) == ["two.example/log"]
    # Same name with another id, same id with another name: both unknown.
    line = ONE.sign(TEXT)
    others = [NoteSignature(line.name, b"none", line.body), NoteSignature("other", line.key_id, b"any size")]
    signed = note.format_note(TEXT, [*others, line])
    assert names_of(signed, ONE.verifier()) == ["one.example/log"]
    rejects(note.format_note(TEXT, others), [ONE.verifier()], "note_not_signed")
    rejects(signed, [], "note_not_signed")


@pytest.mark.parametrize("body", [bytes(64), bytes(63), b"\x00", ONE.sign(b"other text\n").body, bytes(72)])
def test_one_failing_line_of_a_known_key_rejects_the_note(body: bytes) -> None:
    good, bad = TWO.sign(TEXT), NoteSignature(ONE.name, ONE.verifier().key_id, body)
    signed = note.format_note(TEXT, [good, bad])
    rejects(signed, [ONE.verifier(), TWO.verifier()], "note_signature_wrong")
    assert names_of(signed, TWO.verifier()) == ["two.example/log"]
    # Even behind a good line of the same key.
    rejects(note.format_note(TEXT, [ONE.sign(TEXT), bad]), [ONE.verifier()], "note_signature_wrong")


def test_a_key_that_signed_twice_counts_once() -> None:
    lines = [WITNESS.cosign(SOFA, 20), WITNESS.cosign(SOFA, 10)]
    _, verified = note.open_note(note.format_note(SOFA, lines), [WITNESS.verifier(COSIGNATURE)])
    assert [signature.time_s for signature in verified] == [20]


def test_a_signature_of_one_type_is_none_of_the_other() -> None:
    plain, cosigned = WITNESS.verifier(), WITNESS.verifier(COSIGNATURE)
    assert plain.key_id != cosigned.key_id
    forged = NoteSignature(WITNESS.name, cosigned.key_id, bytes(8) + WITNESS.sign(SOFA).body)
    rejects(note.format_note(SOFA, [forged]), [cosigned], "note_signature_wrong")
    assert plain.time_of(WITNESS.sign(SOFA)) is None


def test_cosignature_times() -> None:
    for time_s in (0, 1, MAX_SIZE):
        signed = note.format_note(SOFA, [WITNESS.cosign(SOFA, time_s)])
        assert note.open_note(signed, [WITNESS.verifier(COSIGNATURE)])[1][0].time_s == time_s
    for time_s in (-1, MAX_SIZE + 1):
        with refused("cosignature_time"):
            WITNESS.cosign(SOFA, time_s)
    late = keys.sign(WITNESS.private, note.cosigned_message(SOFA, MAX_SIZE + 1))
    line = NoteSignature(WITNESS.name, WITNESS.verifier(COSIGNATURE).key_id, (MAX_SIZE + 1).to_bytes(8, "big") + late)
    rejects(note.format_note(SOFA, [line]), [WITNESS.verifier(COSIGNATURE)], "note_signature_wrong")


def test_witness_lines_are_added_once() -> None:
    signed = note.sign_note(SOFA, [ONE])
    lines = note.parse_signatures(WITNESS_LINE)
    cosigned = note.add_signatures(signed, lines)
    assert cosigned == signed + WITNESS_LINE
    assert note.add_signatures(cosigned, lines) == cosigned
    assert names_of(cosigned, WITNESS.verifier(COSIGNATURE), ONE.verifier()) == [ONE.name, WITNESS.name]


@pytest.mark.parametrize("count", [16, 100])
def test_many_signatures_are_accepted(count: int) -> None:
    lines = [NoteSignature(f"unknown{i}", b"abcd", bytes(2420)) for i in range(count - 1)]
    assert names_of(note.format_note(TEXT, [*lines, ONE.sign(TEXT)]), ONE.verifier()) == [ONE.name]


def test_bounds() -> None:
    line = ONE.sign(TEXT)
    for lines in ([], [line] * 101):
        with refused("note_too_large"):
            note.format_note(TEXT, lines)
    with refused("note_too_large"):
        note.parse_note(TEXT + b"\n" + line.line() * 101)
    with refused("note_too_large"):
        note.parse_note(b"x" * note.MAX_NOTE_SIZE + b"\n")
    with refused("note_too_large"):
        note.sign_note(b"x" * note.MAX_NOTE_SIZE + b"\n", [ONE])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"text\n",
        b"text\n\n",
        b"\n" + ONE.sign(b"\n").line(),
        b"text\n" + ONE.sign(b"text\n").line(),
        b"text\n\n" + ONE.sign(b"text\n").line()[:-1],
        b"text\r\n\n" + ONE.sign(b"text\n").line(),
        b"te\x00xt\n\n" + ONE.sign(b"text\n").line(),
        b"te\xffxt\n\n" + ONE.sign(b"text\n").line(),
        b"text\n\n" + ONE.sign(b"text\n").line() + b"not a signature\n",
        b"text\n\n- name " + base64.b64encode(bytes(68)) + b"\n",
        "text\n\n\u2014 name\n".encode(),
        "text\n\n\u2014 name AAAA\n".encode(),
        "text\n\n\u2014 name AAAAAA==\n".encode(),
        "text\n\n\u2014 name AAAAAAB=\n".encode(),
        "text\n\n\u2014 name AAAAAAA= \n".encode(),
        "text\n\n\u2014  AAAAAAA=\n".encode(),
        "text\n\n\u2014 na+me AAAAAAA=\n".encode(),
        "text\n\n\u2014 na\u00a0me AAAAAAA=\n".encode(),
        "text\n\n\u2014 na\u2028me AAAAAAA=\n".encode(),
    ],
)
def test_malformed_notes(data: bytes) -> None:
    with refused("note_malformed"):
        note.parse_note(data)


@pytest.mark.parametrize("text", [b"", b"no final line feed", b"tab\t\n", b"\xff\n", b"\r\n"])
def test_texts_that_cannot_be_signed(text: bytes) -> None:
    for attempt in (
        lambda: note.sign_note(text, [ONE]),
        lambda: ONE.cosign(text, 1),
        lambda: note.format_note(text, [ONE.sign(b"\n")]),
    ):
        with refused("note_text_malformed"):
            attempt()


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb", "a\x01", "a\u0085", "\ud800"])
def test_key_names_that_are_refused(name: str) -> None:
    with refused("note_key_name"):
        Signer(name, bytes(32)).verifier()


def test_key_kinds_that_are_refused() -> None:
    for kind in (0, 2, 5, 6, 255):
        with refused("note_key_kind"):
            Verifier("name", keys.public_key(bytes(32)), kind)


def test_small_order_key_is_no_verifier() -> None:
    with refused("key_small_order"):
        Verifier("name", b"\x01" + bytes(31))


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000",
        FOO.upper(),
        FOO + "\n",
        " " + FOO,
        FOO.replace("+530d903a+", "+530d903b+"),
        FOO.replace("foo", "bar"),
        FOO.replace("example", "exa+mple"),
        FOO + "=",
        "name+00000000+A",
    ],
)
def test_malformed_verifier_keys(vkey: str) -> None:
    with pytest.raises(FormatError) as caught:
        Verifier.parse(vkey)
    assert caught.value.code in {"vkey_malformed", "note_key_name"}


def test_verifier_keys_of_other_types_and_lengths() -> None:
    for blob, code in ((b"\x06" + bytes(1312), "note_key_kind"), (b"\x01" + bytes(31), "key_wrong_length")):
        with refused(code):
            Verifier.parse(
                f"name+{note.note_key_id('name', blob[0], blob[1:]).hex()}+{base64.b64encode(blob).decode()}"
            )


@pytest.mark.parametrize(
    "skey",
    [
        "",
        PETER.removeprefix("PRIVATE+KEY+"),
        PETER + "=",
        PETER[:-4],
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("+AYEK", "+BYEK"),
        "PRIVATE+KEY+name",
        PETER.replace("Neumann", " Neumann"),
    ],
)
def test_malformed_private_keys(skey: str) -> None:
    with pytest.raises(FormatError) as caught:
        Signer.parse(skey)
    assert caught.value.code in {"skey_malformed", "note_key_name"}


def test_known_keys_must_be_distinguishable(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = note.sign_note(TEXT, [ONE])
    assert names_of(signed, ONE.verifier(), ONE.verifier()) == [ONE.name]
    # A true collision of 32-bit ids would take minutes to find; a constant id stands in for it.
    monkeypatch.setattr(note, "note_key_id", lambda _name, _kind, _key: b"same")
    with refused("note_keys_ambiguous"):
        note.open_note(signed, [ONE.verifier(), Signer(ONE.name, bytes(32)).verifier()])
