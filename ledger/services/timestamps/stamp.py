"""One timestamp (RFC 3161): the request for a note, and what an answer says once everything in it verifies.

The parsing and the signature are rfc3161-client's: status, message imprint, nonce, the CMS signature, the chain to a
trusted root at the stated time, and the key purpose id-kp-timeStamping, critical (section 2.3). That it is the only
purpose, and what revocation lists tell where some are given, is looked at here. SHA-256 over the note's bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.x509 import Certificate, CertificateRevocationList, ExtendedKeyUsage
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerifierBuilder,
    decode_timestamp_response,
)

from ledger.errors import VerificationError
from ledger.services.timestamps.revocation import chain_of, refuse_revoked

QUERY: Final = "application/timestamp-query"
REPLY: Final = "application/timestamp-reply"
MOST: Final = 64 * 1024
_FEW: Final = 200


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority states: when (epoch milliseconds), under which serial number and policy (dotted)."""

    at_ms: int
    serial: int
    policy: str


def request(note: bytes) -> TimeStampRequest:
    """Return a request for a timestamp on a note, with a random nonce; its certificate shall come along."""
    return TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()


def check(
    response: bytes,
    note: bytes,
    certificates: Sequence[Certificate],
    *,
    nonce: int | None = None,
    revoked: Sequence[CertificateRevocationList] | None = None,
) -> Stamp:
    """Return what an answer states about a note. ``nonce``: of the request that it must answer.

    ``revoked``: revocation lists; each certificate below the root must stand under one and not be revoked. None: not
    asked.

    Raises VerificationError `timestamp_wrong` (step "timestamp"): not of its form, not granted, about other bytes, or
    not signed by an authority for timestamps alone that a trusted root vouches for, or revoked.
    """
    roots = [one for one in certificates if one.subject == one.issuer]
    between = [one for one in certificates if one.subject != one.issuer]
    try:
        if len(response) > MOST:
            raise ValueError("too long")  # noqa: TRY003, TRY301 - told as the others are
        answer = decode_timestamp_response(response)
        VerifierBuilder(roots=roots, intermediates=between, nonce=nonce).build().verify_message(answer, note)
        stated = answer.tst_info
        chain = chain_of(answer, certificates)
        if len(list(chain[0].extensions.get_extension_for_class(ExtendedKeyUsage).value)) != 1:
            raise ValueError("its key has other purposes, too")  # noqa: TRY003, TRY301 - told as the others are
        if revoked is not None:
            refuse_revoked(chain, revoked, stated.gen_time)
        policy = stated.policy
        at_ms = int(stated.gen_time.timestamp() * 1000)
        return Stamp(at_ms, stated.serial_number, "" if policy is None else policy.dotted_string)
    except Exception as error:
        params = {"reason": f"{error}"[:_FEW] or type(error).__name__}
        raise VerificationError("timestamp_wrong", "timestamp", params=params) from error
