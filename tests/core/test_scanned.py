"""What is scanned: each form told by its looks, in every spelling of it; nothing that looks alike is taken for ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import scanned
from ledger.core.scanned import DigitalLink, Foreign, OwnCode, WaybillCode, alias_of, read
from ledger.core.waybill import CODE_LENGTH
from ledger.errors import FormatError

CODE = "7ZKQ3M0A1BCDEFGH"
GTIN = "09506000134352"
SAFETY = "https://whp.example.gov.cn/aqxxm?c=310116-000123-0007"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (CODE, ""),
        (CODE.lower(), ""),
        ("7zkq-3moa-lbcd-efgh", ""),
        (" 7ZKQ 3M0A 1BCD EFGH\r\n", ""),
        (f"HTTPS://TRACE.EXAMPLE.CN/Q/{CODE}", "trace.example.cn"),
        (f"https://trace.example.cn/q/{CODE.lower()}", "trace.example.cn"),
        (f"http://127.0.0.1:8000/Q/{CODE}/", "127.0.0.1:8000"),
    ],
)
def test_our_own_code_in_every_spelling(text: str, host: str) -> None:
    assert read(text) == OwnCode(CODE, host)


def test_a_transport_paper() -> None:
    code = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" * 5 + "0123456789"
    assert len(code) == CODE_LENGTH == scanned.WAYBILL_LENGTH
    assert read(f"https://trace.example.cn/w/{code.lower()}") == WaybillCode(code, "trace.example.cn")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (f"https://id.gs1.org/01/{GTIN}/10/ABC-1/21/77", DigitalLink(GTIN, "ABC-1", "77")),
        (f"HTTPS://BRAND.EXAMPLE/some/path/01/{GTIN}/10/ABC-1", DigitalLink(GTIN, "ABC-1")),
        (f"https://id.gs1.org/01/{GTIN}", DigitalLink(GTIN)),
        ("https://id.gs1.org/01/9506000134352/21/7%2F7?17=281231&linkType=all", DigitalLink(GTIN, "", "7/7")),
        (f"https://id.gs1.org/01/{GTIN}/22/2A/10/L", DigitalLink(GTIN, "L")),
        (f"(01){GTIN}(10)ABC-1(21)77", DigitalLink(GTIN, "ABC-1", "77")),
        (f"(01){GTIN}", DigitalLink(GTIN)),
        (f"]d201{GTIN}1728123110ABC-1\x1d2177", DigitalLink(GTIN, "ABC-1", "77")),
        (f"01{GTIN}10ABC-1", DigitalLink(GTIN, "ABC-1")),
        (f"]C101{GTIN}\x1d", DigitalLink(GTIN)),
    ],
)
def test_gs1_says_the_same_in_every_form(text: str, link: DigitalLink) -> None:
    assert read(text) == link
    assert alias_of(text) == link.text
    assert read(f"https://x.example{link.text.replace('7/7', '7%2F7')}") == link


@pytest.mark.parametrize(
    "text",
    [
        f"https://id.gs1.org/01/{GTIN[:-1]}3",
        f"(01){GTIN[:-1]}0(10)A",
        f"https://id.gs1.org/01/{GTIN}/10/%E4%B8%AD",
        f"https://id.gs1.org/01/{GTIN}/10/{'A' * 21}",
    ],
)
def test_a_wrong_check_digit_or_value_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(text)
    assert caught.value.code in {"check_digit_wrong", "gs1_value_not_of_form"}


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (SAFETY, "whp.example.gov.cn"),
        (f"https://evil.example/Q/{CODE}?x=1", "evil.example"),
        (f"https://evil.example/x/Q/{CODE}", "evil.example"),
        (f"https://trace.example.cn@evil.example/Q/{CODE}", "trace.example.cn@evil.example"),
        (f"https://u@evil.example/01/{GTIN}", "u@evil.example"),
        (f"https://evil.example/Q/U{CODE[1:]}", "evil.example"),
        ("安全信息码 310116-000123", ""),
        ("javascript:alert(1)", ""),
        ("https://[::1/x", "[::1"),
        (CODE + "0", ""),
    ],
)
def test_all_else_is_foreign_and_kept_as_it_is(text: str, host: str) -> None:
    assert read(text) == Foreign(text, host)
    assert alias_of(text) == text


@pytest.mark.parametrize("text", ["", " \r\n", "a\x00b", "a\x7fb", "0" * 601])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(text)
    assert caught.value.code == "scan_not_of_form"
    assert alias_of(text) == ""


def test_codes_of_ours_are_nobodys_alias() -> None:
    assert alias_of(CODE) == alias_of(f"https://x.example/Q/{CODE}") == ""


@given(st.text(max_size=80))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    try:
        found = read(text)
    except FormatError:
        return
    if isinstance(found, Foreign):
        assert read(found.text) == found


@pytest.mark.parametrize(
    "text",
    [f"01{GTIN}99X", f"01{GTIN}10", f"01{GTIN}01{GTIN}", f"01{GTIN}1728", f"01{GTIN}", "]d2HELLO", CODE, ""],
    ids=["unknown name", "no value", "twice", "cut off", "16 characters are ours", "no GTIN", "ours", "empty"],
)
def test_what_is_no_element_string_stays_as_it_is(text: str) -> None:
    assert scanned.spelled(text) == text


@given(st.text(alphabet="0123456789AZ\x1d]d2()", max_size=40))
def test_spelling_is_done_once(text: str) -> None:
    assert scanned.spelled(scanned.spelled(text)) == scanned.spelled(text)
