"""HTTPS inside a plant: an authority of its own, made once, and a certificate for the addresses of this machine.

The authority may vouch for private addresses and local names alone (RFC 5280, 4.2.1.10: name constraints, critical): a
phone that trusts it trusts nothing else by it. Keys are P-256, which every phone takes; they never leave their folder.
"""

import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ledger.errors import ConfigurationError

FOLDER: Final = "lan"
AUTHORITY_DAYS: Final = 3_650
CERTIFICATE_DAYS: Final = 397
"""What browsers accept of a server's certificate at most."""
RENEW_DAYS: Final = 30
SKEW: Final = timedelta(hours=1)
NAMES: Final = ("localhost", "local", "lan", "home.arpa", "internal")
NETWORKS: Final = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Trust:
    """Files of the server's certificate and key, the authority's certificate (DER), and its SHA-256 in pairs."""

    certificate: Path
    key: Path
    authority: bytes
    fingerprint: str


def prepare(data: Path, addresses: Sequence[str], now_ms: int) -> Trust:
    """Make what is missing or soon over, in the folder ``lan`` of the data folder. ConfigurationError."""
    folder = data / FOLDER
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority, key = _authority(folder, now)
        certificate = _certificate(folder, authority, key, addresses, now)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError("lan_trust_unusable", params={"path": str(folder), "reason": str(error)}) from error
    digest = authority.fingerprint(hashes.SHA256()).hex().upper()
    pairs = ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    return Trust(certificate, folder / "server.key", authority.public_bytes(serialization.Encoding.DER), pairs)


def addresses() -> list[str]:
    """Return the private IPv4 addresses under which others on the network may reach this machine, likeliest first."""
    found: list[str] = []
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which way out would be taken
            found.append(str(probe.getsockname()[0]))
    except OSError:
        pass
    try:
        named = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET, socket.SOCK_DGRAM)
        found += [str(entry[4][0]) for entry in named]
    except OSError:
        pass
    return [text for text in dict.fromkeys(found) if _private(text)]


def _private(text: str) -> bool:
    address = ipaddress.ip_address(text)
    networks = (ipaddress.ip_network(network) for network in NETWORKS)
    return not address.is_loopback and any(
        address in network for network in networks if network.version == address.version
    )


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    path, secret = folder / "ca.crt", folder / "ca.key"
    if path.exists() and secret.exists():
        known = x509.load_pem_x509_certificate(path.read_bytes())
        if known.not_valid_after_utc > now + timedelta(days=RENEW_DAYS):
            return known, _read_key(secret)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("hazledger LAN CA " + x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:8])
    permitted: list[x509.GeneralName] = [x509.DNSName(local) for local in NAMES]
    permitted += [x509.IPAddress(ipaddress.ip_network(network)) for network in NETWORKS]
    made = (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(secret, key)
    _write(path, made.public_bytes(serialization.Encoding.PEM), 0o644)
    return made, key


def _certificate(
    folder: Path,
    authority: x509.Certificate,
    by: ec.EllipticCurvePrivateKey,
    addresses: Sequence[str],
    now: datetime,
) -> Path:
    path, secret = folder / "server.crt", folder / "server.key"
    reached = dict.fromkeys((*(ipaddress.ip_address(text) for text in addresses), ipaddress.ip_address("127.0.0.1")))
    names: list[x509.GeneralName] = [x509.IPAddress(address) for address in reached]
    names.append(x509.DNSName("localhost"))
    wanted = x509.SubjectAlternativeName(names)
    if path.exists() and secret.exists():
        known = x509.load_pem_x509_certificate(path.read_bytes())
        fresh = known.not_valid_after_utc > now + timedelta(days=RENEW_DAYS)
        stated = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if fresh and stated == wanted and known.issuer == authority.subject:
            return path
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        _builder(_name("hazledger"), authority.subject, key.public_key(), now, CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(wanted, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )
    _write_key(secret, key)
    _write(path, made.public_bytes(serialization.Encoding.PEM), 0o644)
    return path


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + timedelta(days=days))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        message = f"{path.name}: mode is not 0600"
        raise ValueError(message)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    plain = serialization.NoEncryption()
    _write(path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain), 0o600)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file of a mode that nobody sees half written, nor with another mode."""
    temporary = path.with_suffix(path.suffix + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    temporary.replace(path)
