"""The verifier as a server hands it out: the same page, under its own policy, that no other page gets."""

from starlette.testclient import TestClient

from api.shield import CSP
from ledger.verify import browser


def test_the_page_is_the_verifier_and_states_its_own_policy(client: TestClient) -> None:
    answer = client.get("/verifier.html")
    assert answer.status_code == 200
    assert answer.content == browser.page()
    (policy,) = answer.headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_it_is_sent_compressed_and_whole(client: TestClient) -> None:
    packed = client.get("/verifier.html", headers={"accept-encoding": "gzip"})
    plain = client.get("/verifier.html", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content


def test_other_pages_keep_the_common_policy(client: TestClient) -> None:
    assert client.get("/docs").headers.get_list("content-security-policy") == [CSP]
