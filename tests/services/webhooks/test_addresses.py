"""Server-side request forgery: no webhook makes the ledger knock on a door inside."""

from collections.abc import Sequence

import pytest

from ledger.errors import FormatError
from ledger.services.webhooks.addresses import Resolve, Target, checked, parse_url, resolve

TARGET = Target("https", "erp.example.cn", 443, "/")


def answering(*addresses: str) -> Resolve:
    def resolver(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolver


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://erp.example.cn/hooks?a=1", Target("https", "erp.example.cn", 443, "/hooks?a=1")),
        ("https://ERP.example.cn", Target("https", "erp.example.cn", 443, "/")),
        ("https://erp.example.cn:8443/", Target("https", "erp.example.cn", 8443, "/")),
        ("https://[2606:4700::1111]/x", Target("https", "2606:4700::1111", 443, "/x")),
    ],
)
def test_addresses_are_read(url: str, target: Target) -> None:
    assert parse_url(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example.cn/",
        "ftp://erp.example.cn/",
        "https:///nowhere",
        "https://user:secret@erp.example.cn/",
        "https://erp.example.cn/#part",
        "https://erp.example.cn:0/",
        "https://erp.example.cn:99999/",
        "https://erp.example.cn:x/",
        "https://bad_host/",
        "https://erp.example.cn/\r\nhost: other",
        "https://例子.cn/",
        "https://erp.example.cn/" + "a" * 500,
        "javascript:alert(1)",
        "",
    ],
)
def test_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(FormatError) as error:
        parse_url(url)
    assert (error.value.code, error.value.field) == ("webhook_url_invalid", "/url")


def test_plain_http_is_for_a_network_inside_alone() -> None:
    assert parse_url("http://erp.plant/", private=True) == Target("http", "erp.plant", 80, "/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.8",
        "2002:0a00:0008::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fff7",
        "not an address",
    ],
)
def test_a_private_address_is_refused_however_it_is_written(address: str) -> None:
    with pytest.raises(FormatError) as error:
        checked(TARGET, private=False, resolver=answering("93.184.216.34", address))
    assert error.value.code == "webhook_address_forbidden"


def test_the_address_that_was_checked_is_the_one_to_call() -> None:
    assert checked(TARGET, private=False, resolver=answering("93.184.216.34", "2606:4700::1111")) == "93.184.216.34"
    assert checked(TARGET, private=True, resolver=answering("10.0.0.8")) == "10.0.0.8"
    with pytest.raises(OSError, match="has no address"):
        checked(TARGET, private=False, resolver=answering())


def test_the_system_resolves() -> None:
    assert "127.0.0.1" in resolve("127.0.0.1", 80)


@pytest.mark.parametrize(
    ("target", "authority"),
    [
        (Target("https", "a.cn", 443, "/"), "a.cn"),
        (Target("http", "a.cn", 8080, "/"), "a.cn:8080"),
        (Target("https", "::1", 443, "/"), "[::1]"),
    ],
)
def test_the_host_header_names_a_port_only_where_it_is_unusual(target: Target, authority: str) -> None:
    assert target.authority == authority
