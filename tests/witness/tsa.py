"""A time-stamping authority of the test's own: a CA and a TSA key made here, `openssl ts -reply` behind HTTP."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Certificates hold for 50 years from here: no test depends on the date."""

_CONFIG: Final = """
[ tsa ]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.57264.2
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


@dataclass(frozen=True)
class Authority:
    """Where its files lie; `ca`: the certificate that others trust."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def crl(self) -> bytes:
        """A list of the CA in which nothing is revoked, PEM."""
        key = serialization.load_pem_private_key((self.folder / "ca.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        issuer = x509.load_pem_x509_certificate(self.ca.read_bytes()).subject
        made = x509.CertificateRevocationListBuilder().issuer_name(issuer).last_update(BEGIN)
        made = made.next_update(BEGIN + timedelta(days=50 * 365))
        return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def answer(self, request: bytes) -> bytes:
        """What `openssl ts -reply` answers to a request."""
        (self.folder / "request").write_bytes(request)
        words = ["openssl", "ts", "-reply", "-config", str(self.folder / "conf"), "-section", "tsa"]
        words += ["-queryfile", str(self.folder / "request"), "-out", str(self.folder / "response")]
        subprocess.run(words, check=True, capture_output=True, timeout=60)
        return (self.folder / "response").read_bytes()


def make(folder: Path, name: str = "TSA of a test") -> Authority:
    """Make keys and certificates."""
    folder.mkdir()
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = _name(f"CA of {name}"), _name(name)
    authority = _certificate(issuer, issuer, root, root).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    leaf = _certificate(subject, issuer, key, root).add_extension(usage, critical=True)
    for file, made in (("ca.pem", authority), ("tsa.pem", leaf)):
        (folder / file).write_bytes(made.sign(root, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tsa.key").write_bytes(key.private_bytes(*form))
    (folder / "ca.key").write_bytes(root.private_bytes(*form))
    (folder / "serial").write_text("01\n")
    (folder / "conf").write_text(_CONFIG.format(folder=folder))
    return Authority(folder)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    root: ec.EllipticCurvePrivateKey,
    until: datetime | None = None,
) -> x509.CertificateBuilder:
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(until or BEGIN + timedelta(days=50 * 365))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(identifier, critical=False)
    )


@contextmanager
def serving(authority: Authority) -> Iterator[str]:
    """Answer over HTTP as RFC 3161, section 3.4, has it; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["content-length"]))
            wanted = self.headers["content-type"] == "application/timestamp-query"
            body = authority.answer(asked) if wanted else b"application/timestamp-query is what is asked here"
            self.send_response(200 if wanted else 415)
            self.send_header("content-type", "application/timestamp-reply" if wanted else "text/plain")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsr"
        finally:
            server.shutdown()


@dataclass(frozen=True)
class Chained:
    """An authority under an intermediate one: `trust` holds root and intermediate, `answer` carries the leaf alone."""

    authority: Authority
    root: x509.Certificate
    between: x509.Certificate
    leaf: x509.Certificate
    keys: tuple[ec.EllipticCurvePrivateKey, ec.EllipticCurvePrivateKey]

    def crl(self, file: Path, *revoked: tuple[x509.Certificate, x509.ReasonFlags | None, datetime], days: int) -> Path:
        """Write the lists of both issuers, each until so many days after `BEGIN`."""
        with file.open("wb") as out:
            for issuer, key in zip((self.root, self.between), self.keys, strict=True):
                made = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject)
                made = made.last_update(BEGIN).next_update(BEGIN + timedelta(days=days))
                for one, reason, since in revoked:
                    if one.issuer == issuer.subject:
                        made = made.add_revoked_certificate(_entry(one, reason, since))
                out.write(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return file


def _entry(one: x509.Certificate, reason: x509.ReasonFlags | None, since: datetime) -> x509.RevokedCertificate:
    made = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(since)
    return (made if reason is None else made.add_extension(x509.CRLReason(reason), critical=False)).build()


def chained(folder: Path, *, until: datetime | None = None) -> Chained:
    """Make an authority under an intermediate one. `until`: when its own certificate ends."""
    authority = make(folder)
    root, between, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    names = [_name(text) for text in ("Root", "Between", "Leaf")]
    form = serialization.Encoding.PEM

    def vouching(subject: x509.Name, key: ec.EllipticCurvePrivateKey, length: int) -> x509.Certificate:
        made = _certificate(subject, names[0], key, root)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
        return made.sign(root, hashes.SHA256())

    top, middle = vouching(names[0], root, 1), vouching(names[1], between, 0)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    leaf = _certificate(names[2], names[1], key, between, until).add_extension(usage, critical=True)
    signed = leaf.sign(between, hashes.SHA256())
    (folder / "tsa.pem").write_bytes(signed.public_bytes(form))
    (folder / "ca.pem").write_bytes(top.public_bytes(form) + middle.public_bytes(form))
    plain = (form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tsa.key").write_bytes(key.private_bytes(*plain))
    lines = (folder / "conf").read_text().splitlines()
    (folder / "conf").write_text("\n".join(line for line in lines if not line.startswith("certs")) + "\n")
    return Chained(authority, top, middle, signed, (root, between))
