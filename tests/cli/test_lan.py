"""HTTPS in a plant: an authority that is made once, vouches for private addresses alone, and is explained."""

import http.client
import ipaddress
import os
import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from starlette.testclient import TestClient

from api import lan as page
from api.settings import ApiSettings
from ledger.errors import ConfigurationError
from ledger.services import lan
from tests.support.operated import Operated

NOW_MS = 1_795_305_600_000
DAY_MS = 86_400_000


def certificate(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / lan.FOLDER / name).read_bytes())


def test_the_authority_is_made_once_and_the_certificate_anew_for_other_addresses(tmp_path: Path) -> None:
    first = lan.prepare(tmp_path, ["192.168.1.7"], NOW_MS)
    served = certificate(tmp_path, "server.crt")
    assert lan.prepare(tmp_path, ["192.168.1.7"], NOW_MS) == first
    assert certificate(tmp_path, "server.crt") == served
    moved = lan.prepare(tmp_path, ["10.0.0.9"], NOW_MS)
    assert moved.fingerprint == first.fingerprint
    assert certificate(tmp_path, "server.crt") != served
    late = lan.prepare(tmp_path, ["10.0.0.9"], NOW_MS + 380 * DAY_MS)
    assert late.fingerprint == first.fingerprint
    assert certificate(tmp_path, "server.crt").not_valid_after_utc > datetime.fromtimestamp(NOW_MS / 1000, UTC)
    later = lan.prepare(tmp_path, ["10.0.0.9"], NOW_MS + lan.AUTHORITY_DAYS * DAY_MS)
    assert later.fingerprint != first.fingerprint


def test_keys_are_private_and_the_authority_vouches_for_private_names_alone(tmp_path: Path) -> None:
    lan.prepare(tmp_path, ["192.168.1.7"], NOW_MS)
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / lan.FOLDER / name).stat().st_mode) == 0o600
    authority, served = certificate(tmp_path, "ca.crt"), certificate(tmp_path, "server.crt")
    served.verify_directly_issued_by(authority)
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    stated = constraints.value.permitted_subtrees or ()
    networks = [ipaddress.ip_network(str(item.value)) for item in stated if isinstance(item, x509.IPAddress)]
    assert len(networks) == len(lan.NETWORKS)
    assert not any(ipaddress.ip_network("93.184.216.34/32").overlaps(one) for one in networks)
    names = served.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(item) for item in names.get_values_for_type(x509.IPAddress)} == {"192.168.1.7", "127.0.0.1"}


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    lan.prepare(tmp_path, [], NOW_MS)
    (tmp_path / lan.FOLDER / "ca.key").chmod(0o644)
    with pytest.raises(ConfigurationError) as refused:
        lan.prepare(tmp_path, [], NOW_MS)
    assert refused.value.code == "lan_trust_unusable"


def test_addresses_are_private_ones() -> None:
    assert all(ipaddress.ip_address(text).is_private for text in lan.addresses())


def test_the_page_explains_in_both_languages_and_hands_out_the_certificate(tmp_path: Path) -> None:
    trust = lan.prepare(tmp_path, ["192.168.1.7"], NOW_MS)
    app = page.create(
        ApiSettings("http://192.168.1.7:8001", "0"), trust.authority, trust.fingerprint, "https://192.168.1.7:8000"
    )
    client = TestClient(app, follow_redirects=False)
    shown = client.get("/")
    for text in (
        trust.fingerprint,
        "https://192.168.1.7:8000/scan",
        "Certificate Trust Settings",
        "受信任的根证书",
        "Android",
    ):
        assert text in shown.text
    assert "script-src" in shown.headers["content-security-policy"]
    file = client.get(f"/{page.FILE}")
    assert file.headers["content-type"] == page.CERTIFICATE
    assert x509.load_der_x509_certificate(file.content) == certificate(tmp_path, "ca.crt")
    assert client.get("/app.css").status_code == 200
    assert client.get("/generate_204").headers["location"] == "/"


def test_one_command_serves_https_that_a_client_with_the_authority_trusts(operated: Operated) -> None:
    operated.init()
    with operated.served("--lan", "--data", str(operated.data)) as url:
        assert url.startswith("https://")
        context = ssl.create_default_context(cafile=operated.data / lan.FOLDER / "ca.crt")
        host = url.removeprefix("https://")
        connection = http.client.HTTPSConnection("127.0.0.1", int(host.rpartition(":")[2]), context=context, timeout=30)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert answer.status == 200
        connection.close()
        stranger = http.client.HTTPSConnection(
            "127.0.0.1", int(host.rpartition(":")[2]), context=ssl.create_default_context(), timeout=30
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.request("GET", "/healthz")
