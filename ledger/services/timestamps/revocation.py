"""Whether a certificate behind a timestamp was revoked, by lists (CRLs, RFC 5280) that the operator puts into a file.

RFC 3161, section 4: a certificate revoked with the reason unspecified, affiliationChanged, superseded or
cessationOfOperation leaves good what was signed before; revoked without a reason, or with any other, nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509 import Certificate, CertificateRevocationList, ReasonFlags, RevokedCertificate
from rfc3161_client import TimeStampResponse

from ledger.errors import ConfigurationError

MAX_FILE: Final = 16 * 1024 * 1024
BEGIN: Final = b"-----BEGIN X509 CRL-----"
SIGNING: Final = (
    dsa.DSAPublicKey,
    rsa.RSAPublicKey,
    ec.EllipticCurvePublicKey,
    ed25519.Ed25519PublicKey,
    ed448.Ed448PublicKey,
)
LENIENT: Final = frozenset(
    {
        ReasonFlags.unspecified,
        ReasonFlags.affiliation_changed,
        ReasonFlags.superseded,
        ReasonFlags.cessation_of_operation,
    }
)
"""Reasons that leave good what was signed before the revocation."""


def lists(path: Path) -> tuple[CertificateRevocationList, ...]:
    """Read revocation lists, PEM, one or several. Raises ConfigurationError `tsa_crls_unreadable`."""
    try:
        with path.open("rb") as file:
            parts = file.read(MAX_FILE).split(BEGIN)[1:]
        found = tuple(x509.load_pem_x509_crl(BEGIN + part) for part in parts)
        if not found:
            raise ValueError("no list in it")  # noqa: TRY003, TRY301 - told as the others are
    except (OSError, ValueError) as error:
        raise ConfigurationError("tsa_crls_unreadable", params={"path": str(path), "reason": str(error)}) from error
    return found


def chain_of(answer: TimeStampResponse, known: Sequence[Certificate]) -> list[Certificate]:
    """Return who signed an answer, and who vouches for whom, up to a root among those that are known.

    Raises ValueError: it names no signer, or leads to no root.
    """
    signers = list(answer.signed_data.signer_infos)
    told = [x509.load_der_x509_certificate(data) for data in answer.signed_data.certificates]
    named = [one for one in told if _is_signer(one, signers)]
    if len(signers) != 1 or not named:
        raise ValueError("it does not carry the certificate of its signer")  # noqa: TRY003
    chain, roots = [named[0]], [one for one in known if one.subject == one.issuer]
    while chain[-1] not in roots:
        above = next((one for one in (*roots, *known, *told) if one not in chain and _vouches(one, chain[-1])), None)
        if above is None:
            raise ValueError("it leads to no trusted root")  # noqa: TRY003
        chain.append(above)
    return chain


def refuse_revoked(chain: Sequence[Certificate], revoked: Sequence[CertificateRevocationList], at: datetime) -> None:
    """Raise ValueError if a certificate of a chain, but its root, counted no more at a time, or if no list tells.

    ``at``: aware. A list counts that its issuer in the chain signed and that was in force at that time or later.
    """
    for one, issuer in pairwise(chain):
        told = [crl for crl in revoked if crl.issuer == issuer.subject and _signed(crl, issuer, at)]
        if not told:
            message = f"no list tells whether {one.serial_number:x} was revoked"
            raise ValueError(message)
        for crl in told:
            entry = crl.get_revoked_certificate_by_serial_number(one.serial_number)
            if entry is not None and _ends(entry, at):
                message = f"the certificate {one.serial_number:x} was revoked"
                raise ValueError(message)


def _is_signer(one: Certificate, signers: Iterable[object]) -> bool:
    return any((one.issuer, one.serial_number) == (info.issuer, info.serial_number) for info in signers)  # type: ignore[attr-defined]


def _vouches(issuer: Certificate, one: Certificate) -> bool:
    try:
        one.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _signed(crl: CertificateRevocationList, issuer: Certificate, at: datetime) -> bool:
    key = issuer.public_key()
    if not isinstance(key, SIGNING) or not crl.is_signature_valid(key):
        return False
    return crl.next_update_utc is None or crl.next_update_utc >= at


def _ends(entry: RevokedCertificate, at: datetime) -> bool:
    """Whether a revocation makes worthless what was signed at a time."""
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return True
    if reason is ReasonFlags.remove_from_crl:
        return False
    return reason not in LENIENT or entry.revocation_date_utc <= at
