"""The verifier as one page: what is put into it, and that nothing can get out of its place."""

import base64
import hashlib
import re

import pytest

from ledger.errors import FormatError
from ledger.verify import browser


def between(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def test_its_policy_names_the_very_script_and_style() -> None:
    text = browser.page().decode()
    for tag, kind in (("script", "script-src"), ("style", "style-src")):
        body = between(text, f"<{tag}>", f"</{tag}>")
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in between(text, 'Content-Security-Policy" content="', '"')
    assert len(re.findall("<script", text)) == 1


def test_a_file_and_its_name_stay_in_their_places() -> None:
    name = '"></template><script>{{policy}}{{bundle}}'
    text = browser.page(b"</template>{{policy}}", b"policy", name).decode()
    assert len(re.findall("<script", text)) == 1
    assert base64.b64decode(between(text, 'data-name="', "</template>").rpartition(">")[2]) == b"</template>{{policy}}"
    assert base64.b64decode(between(text, 'id="trusted">', "</template>")) == b"policy"


def test_a_file_that_no_page_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "MOST_EMBEDDED", 3)
    browser.page(b"123")
    with pytest.raises(FormatError) as caught:
        browser.page(b"1234")
    assert caught.value.code == "json_too_large"
