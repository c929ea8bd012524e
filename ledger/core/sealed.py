"""Records of a moment: the bytes of what the ledger itself states, put together from parts that it has just made.

Each function returns what the checking type returns for the same parts (`Disclosure.body`, `Link.content`,
`Record.encode`), without judging them: they come from whoever has just made them, in their one form.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from ledger.core.b64 import b64u_bytes
from ledger.core.records import SPEC
from ledger.core.times import format_recorded

_RECORD: Final = SPEC.encode() + b"\n"
_LINK: Final = '{"chain":"%s","effects":"%s","prev":%s,"seq":%d}'
_BODY: Final = (
    '{"auth":"%s","event":"%s","index":%d,"links":["%s"],"origin":"%s","recorded_at":"%s","reference":"%s",'
    '"rules":"%s","signatures":%s,"spec":"' + SPEC + '"}'
)


def disclosure_body(salt: bytes, name: str, content: bytes) -> bytes:
    """Return the canonical bytes of a disclosure, out of those of its content."""
    return b'["%s","%s",%s]' % (b64u_bytes(salt), name.encode("ascii"), content)


def link_content(chain: str, seq: int, prev: str | None, effects: str) -> bytes:
    """Return the canonical bytes of a link: the content of a disclosure named "link"."""
    return (_LINK % (chain, effects, _text_or_null(prev), seq)).encode("ascii")


def record_body(
    *,
    origin: str,
    index: int,
    event: str,
    recorded_at_ms: int,
    signatures: str | None,
    auth: str,
    manifests: tuple[str, str],
    links: Iterable[str],
) -> bytes:
    """Return the canonical bytes of a record; `manifests`: rules and reference; `links`: digests in any order."""
    rules, reference = manifests
    listed = '","'.join(sorted(links))
    at, signed = format_recorded(recorded_at_ms), _text_or_null(signatures)
    return (_BODY % (auth, event, index, listed, origin, at, reference, rules, signed)).encode("ascii")


def raw_record_hash(body: bytes) -> bytes:
    """Return the 32 bytes of a record's hash, which are its leaf of the log."""
    return sha256(_RECORD + body).digest()


def _text_or_null(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'
