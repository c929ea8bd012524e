"""Checkpoints: published ones of three makers, and what is no checkpoint."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import merkle, note
from ledger.core.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.core.lines import MAX_SIZE
from ledger.core.note import COSIGNATURE, Signer, Verifier
from ledger.errors import FormatError, HazledgerError, VerificationError
from tests.core.refusals import refused

# transparency-dev/tessera testdata/log: the words it logged, its keys, and roots by size.
TESSERA = "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg"
TESSERA_VKEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
TESSERA_WORDS = (
    b"one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split()  # spelt so
)
TESSERA_ROOTS = {
    1: "0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=",
    2: "T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=",
    3: "Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=",
    8: "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=",
    15: "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=",
}
TESSERA_LINE_3 = (
    "\u2014 example.com/log/testdata "
    "M9e0lvAQRtH832pk2RTbeSeZMkp4FZSdJYFBUjO5SKxuRbywPUF3cx+HUrb50kjd3rUWW/fj53Wj1dwcwh9bGQnqVAg=\n"
)
# FiloSottile/torchwood litewitness test data.
SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_KEY = bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")
SIGSUM_CHECKPOINTS = (
    (
        1,
        "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
    ),
    (
        3,
        "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
        "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
    ),
    (
        5,
        "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
        "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
    ),
)
LOG = Signer("log.example/a", b"\x07" * 32)
WITNESS = Signer("witness.example/w", b"\x08" * 32)


@pytest.mark.parametrize("size", range(16))
def test_published_log_from_its_words_alone(size: int) -> None:
    root = merkle.root(TESSERA_WORDS[:size])
    if size in TESSERA_ROOTS:
        assert base64.b64encode(root).decode() == TESSERA_ROOTS[size]
    signed = sign_checkpoint(Checkpoint("example.com/log/testdata", size, root), [Signer.parse(TESSERA)])
    if size == 3:
        text = f"example.com/log/testdata\n3\n{TESSERA_ROOTS[3]}\n"
        assert signed == (text + "\n" + TESSERA_LINE_3).encode()
    checkpoint, _ = open_checkpoint(signed, "example.com/log/testdata", [Verifier.parse(TESSERA_VKEY)])
    assert checkpoint == Checkpoint("example.com/log/testdata", size, root)


@pytest.mark.parametrize(("size", "root", "signature"), SIGSUM_CHECKPOINTS)
def test_published_witnessed_checkpoints(size: int, root: str, signature: str) -> None:
    signed = f"{SIGSUM}\n{size}\n{root}\n\n\u2014 {SIGSUM} {signature}\n".encode()
    checkpoint, (verified,) = open_checkpoint(signed, SIGSUM, [Verifier(SIGSUM, SIGSUM_KEY)])
    assert checkpoint == Checkpoint(SIGSUM, size, base64.b64decode(root))
    assert verified.signature.line().decode() == f"\u2014 {SIGSUM} {signature}\n"


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    st.integers(0, MAX_SIZE),
    st.binary(min_size=32, max_size=32),
)
def test_checkpoints_are_reversible(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert Checkpoint.parse(checkpoint.encode()) == checkpoint
    signed = sign_checkpoint(checkpoint, [LOG])
    assert open_checkpoint(signed, origin, [LOG.verifier()])[0] == checkpoint


@given(st.integers(0, 60), st.integers(1, 255))
def test_altered_text_is_another_checkpoint_or_refused(at: int, change: int) -> None:
    text = Checkpoint("log.example/a", 10, bytes(range(32))).encode()
    at %= len(text)
    altered = text[:at] + bytes([text[at] ^ change]) + text[at + 1 :]
    try:
        assert Checkpoint.parse(altered).encode() == altered
    except FormatError as error:
        assert error.code in {"checkpoint_malformed", "checkpoint_extensions"}  # noqa: PT017 (either is right)


@given(st.binary(max_size=120))
def test_any_bytes_are_judged_without_another_error(data: bytes) -> None:
    with pytest.raises(HazledgerError):
        open_checkpoint(data, "log.example/a", [LOG.verifier()])
    with refused("checkpoint_malformed"):
        Checkpoint.parse(data + b"\n1")


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "origin\n",
        "origin\n1\n",
        f"origin\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n\n{ROOT}\n",
        f"origin\n{MAX_SIZE + 1}\n{ROOT}\n",
        f"origin\n1\n{ROOT[:-4]}\n",
        f"origin\n1\n{ROOT[:-1]}\n",
        f"origin\n1\n{ROOT} \n",
        f"origin\n1\n{ROOT}\n\n",
        f"origin\n1\n{ROOT}\nextension\n\n",
        f"origin\n1\n{ROOT}\n\nextension\n",
        f"origin\r\n1\n{ROOT}\n",
    ],
)
def test_malformed_checkpoints(text: str) -> None:
    with refused("checkpoint_malformed"):
        Checkpoint.parse(text.encode())


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 1, bytes(32)),
        ("a\nb", 1, bytes(32)),
        ("a\x00", 1, bytes(32)),
        ("\ud800", 1, bytes(32)),
        ("a", -1, bytes(32)),
        ("a", MAX_SIZE + 1, bytes(32)),
        ("a", 1, bytes(31)),
    ],
)
def test_values_that_no_checkpoint_can_state(origin: str, size: int, root: bytes) -> None:
    with refused("checkpoint_malformed"):
        Checkpoint(origin, size, root)


def test_extension_lines_are_read_verified_and_never_made() -> None:
    text = Checkpoint("log.example/a", 1, bytes(32)).encode() + b"first\nsecond\n"
    signed = note.sign_note(text, [LOG])
    signed = note.add_signatures(signed, [WITNESS.cosign(text, 5)])
    checkpoint, signatures = open_checkpoint(signed, "log.example/a", [LOG.verifier()], [WITNESS.verifier(COSIGNATURE)])
    assert checkpoint.extensions == ("first", "second")
    assert [signature.time_s for signature in signatures] == [None, 5]
    with refused("checkpoint_extensions"):
        checkpoint.encode()


def test_checkpoint_of_another_log_is_refused() -> None:
    signed = sign_checkpoint(Checkpoint("log.example/b", 1, bytes(32)), [LOG])
    with pytest.raises(VerificationError) as caught:
        open_checkpoint(signed, "log.example/a", [LOG.verifier()])
    assert (caught.value.code, caught.value.step) == ("checkpoint_wrong_origin", "origin")
    assert caught.value.params == {"actual": "log.example/b", "expected": "log.example/a"}


def test_witness_alone_does_not_make_a_checkpoint() -> None:
    text = Checkpoint("log.example/a", 1, bytes(32)).encode()
    signed = note.format_note(text, [WITNESS.cosign(text, 5)])
    with pytest.raises(VerificationError) as caught:
        open_checkpoint(signed, "log.example/a", [LOG.verifier()], [WITNESS.verifier(COSIGNATURE)])
    assert (caught.value.code, caught.value.step) == ("note_not_signed", "signature")


def test_both_keys_of_a_rotation_may_sign() -> None:
    old = Signer(LOG.name, b"\x09" * 32)
    signed = sign_checkpoint(Checkpoint(LOG.name, 1, bytes(32)), [old, LOG])
    for known in ([old.verifier()], [LOG.verifier()], [old.verifier(), LOG.verifier()]):
        assert len(open_checkpoint(signed, LOG.name, known)[1]) == len(known)
