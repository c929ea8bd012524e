"""The time-stamping authority that the operator chose: its address, and the certificates that are trusted for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.x509 import Certificate, CertificateRevocationList, load_pem_x509_certificates

from ledger.errors import ConfigurationError, FormatError
from ledger.services.timestamps.revocation import lists
from ledger.services.webhooks.addresses import parse_url

MAX_FILE: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom to ask (``url`` None: nobody, what is kept is only shown), and whom to believe.

    ``private``: whether an address inside, and plain http, are allowed. ``crls``: a file of revocation lists; None:
    nobody is asked whether a certificate was revoked.
    """

    url: str | None
    certificates: tuple[Certificate, ...]
    private: bool = False
    crls: Path | None = None

    def revoked(self) -> tuple[CertificateRevocationList, ...] | None:
        """Read the revocation lists anew: they are replaced every few days. Raises ConfigurationError."""
        return None if self.crls is None else lists(self.crls)


def trusted(path: Path) -> tuple[Certificate, ...]:
    """Read the trusted certificates, PEM: roots, and what leads from them to the authority.

    Raises ConfigurationError `tsa_certificates_unreadable`.
    """
    try:
        with path.open("rb") as file:
            found = tuple(load_pem_x509_certificates(file.read(MAX_FILE)))
        if not any(one.subject == one.issuer for one in found):
            raise ValueError("no root among them")  # noqa: TRY003, TRY301 - told as the others are
    except (OSError, ValueError) as error:
        params = {"path": str(path), "reason": str(error)}
        raise ConfigurationError("tsa_certificates_unreadable", params=params) from error
    return found


def chosen(url: str | None, certificates: Path | None, *, private: bool, crls: Path | None = None) -> Authority | None:
    """Return what the settings choose; None: nothing. Raises ConfigurationError: half of it, or not usable."""
    if certificates is None:
        if url is not None or crls is not None:
            raise ConfigurationError("tsa_certificates_missing")
        return None
    if url is not None:
        try:
            parse_url(url, private=private)
        except FormatError as error:
            raise ConfigurationError("tsa_url_invalid", params={"reason": error.code}) from error
    if crls is not None:
        lists(crls)
    return Authority(url, trusted(certificates), private, crls)
