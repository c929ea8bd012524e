"""Checks that evidence and receipts share: sections, event, signatures, the signed checkpoint, the policy."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ledger.core import keys
from ledger.core.b64 import unb64u
from ledger.core.bundle import Policy
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.events import Header, Signature, event_hash, signatures_digest, signing_bytes
from ledger.core.note import COSIGNATURE, Verifier, parse_note
from ledger.core.records import Record
from ledger.core.sections import Disclosure
from ledger.errors import FormatError, VerificationError
from ledger.verify import quorum
from ledger.verify.report import Facts, Part


def broken(code: str, field: str | None = None, **params: str | int) -> VerificationError:
    """Return the error of a check; `step` around it says which step broke."""
    return VerificationError(code, "", field, params)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Turn every error of the ledger inside into a VerificationError of step `name`."""
    try:
        yield
    except (FormatError, VerificationError) as error:
        raise VerificationError(error.code, name, error.field, error.params) from None


def check_sections(header: Header | None, sections: Sequence[Disclosure], place: str) -> None:
    """Compare each disclosed section with the digest in the header."""
    for section in sections:
        expected = None if header is None else header.sections.get(section.name)
        if expected != section.digest:
            raise broken("section_digest_wrong", f"{place}/sections", section=section.name)


def check_event(header_bytes: bytes, signatures: Sequence[Signature], record: Record, place: str) -> None:
    """Compare header and signatures with the event hash and the signatures' digest in the record."""
    if event_hash(header_bytes) != record.event:
        raise broken("event_hash_wrong", f"{place}/header")
    if signatures_digest(signatures) != record.signatures:
        raise broken("signatures_digest_wrong", f"{place}/signatures")


def check_signatures(
    header: Header, header_bytes: bytes, signatures: Sequence[Signature], raw_key: Callable[[str], bytes], place: str
) -> None:
    """Demand exactly one valid signature for each listed key and no other; `raw_key` finds a key by its id."""
    if tuple(item.key for item in signatures) != header.keys:
        raise broken("signatures_not_as_listed", f"{place}/signatures")
    message = signing_bytes(header_bytes)
    for at, item in enumerate(signatures):
        if not keys.verify(raw_key(item.key), unb64u(item.sig), message):
            raise broken("signature_wrong", f"{place}/signatures/{at}", key=item.key)


@dataclass(frozen=True, slots=True)
class Signed:
    """An opened checkpoint and the keys that signed it: the log's, and those of witnesses."""

    checkpoint: Checkpoint
    log_keys: tuple[Verifier, ...]
    witnesses: tuple[Verifier, ...]


def log_keys_of(origin: str, vkeys: Sequence[str]) -> tuple[Verifier, ...]:
    """Return those of the bundle's keys that sign for the log: named by its origin, not cosigning.

    VerificationError: there is none.
    """
    found = tuple(key for key in map(Verifier.parse, vkeys) if key.name == origin and key.kind != COSIGNATURE)
    if not found:
        raise broken("log_key_missing", "/vkeys", origin=origin)
    return found


def check_checkpoint(note: bytes, origin: str, vkeys: Sequence[str]) -> Signed:
    """Verify every signature line of a checkpoint under the keys the bundle names, each key used once."""
    log_keys = log_keys_of(origin, vkeys)
    others = tuple(key for key in map(Verifier.parse, vkeys) if key not in log_keys)
    checkpoint, signatures = open_checkpoint(note, origin, log_keys, others)
    lines = len(parse_note(note)[1])
    if not lines == len(signatures) == len(vkeys):
        raise broken("checkpoint_line_unknown", "/vkeys", lines=lines, verified=len(signatures), keys=len(vkeys))
    if checkpoint.extensions:
        raise broken("checkpoint_extensions", "/checkpoint")
    own = {key.key for key in log_keys}
    # A plain signature states no view of the log, and a log is no witness of itself.
    witnesses = tuple(key for key in others if key.kind == COSIGNATURE and key.key not in own)
    return Signed(checkpoint, log_keys, witnesses)


def check_policy(policy: Policy, origin: str, signed: Signed, genesis: str | None) -> None:
    """Compare with what the holder trusts: origin, genesis (None: not shown), log key, witness quorum."""
    if policy.origin != origin:
        raise broken("policy_other_origin", "/origin", expected=policy.origin, actual=origin)
    if genesis is not None and policy.genesis != genesis:
        raise broken("policy_other_genesis", "/entries/0", expected=policy.genesis, actual=genesis)
    pinned = set(map(Verifier.parse, policy.log_keys))
    if pinned.isdisjoint(signed.log_keys):
        raise broken("policy_other_log_key", "/vkeys")
    if policy.tlog_policy is not None:
        quorum.check(policy.tlog_policy, signed.log_keys, signed.witnesses)


def verdict_of(policy: Policy | None, checkpoint_facts: Facts) -> Iterator[Part]:
    """Return the parts of a verdict that tell what the policy and the witnesses add."""
    yield Part("consistent_not_pinned" if policy is None else "genuine")
    if policy is not None and policy.tlog_policy is not None:
        yield Part("quorum_met")
    elif checkpoint_facts["witnesses"]:
        yield Part("cosigned", checkpoint_facts)
