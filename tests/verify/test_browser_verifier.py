"""The verifier as a page: opened from a file with the network off, it judges as the first verifier does."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ledger.core.bundle import Policy
from ledger.core.note import Signer
from ledger.errors import VerificationError
from ledger.verify import verify
from ledger.verify.browser import page as make_page
from ledger.verify.report_text import STEPS, failure, render
from tests.support.bundle_vectors import FOLDER
from tests.support.ledger_bytes import small_ledger
from tests.support.proof_bytes import deal, region, site_day
from tests.verify.mutations import Case, bytes_changed, cases, values_changed
from tests.verify.test_misbehaviour import KINDS, held_back
from tests.verify.test_misbehaviour import policy as trusted

pytestmark = pytest.mark.browser

THIEF = replace(trusted(), log_keys=(Signer(trusted().origin, bytes(range(9, 41))).verifier().vkey(),))
MISBEHAVIOUR = [
    case
    for name, make in KINDS.items()
    for case in (
        Case(f"{name}, without a policy", make().encode(), None),
        Case(f"{name}, by the log that is trusted", make().encode(), None, trusted()),
        Case(f"{name}, by another log than is trusted", make().encode(), "policy", THIEF),
    )
]
CASES = [*cases(), *MISBEHAVIOUR]
JUDGE = """async (documents) => {
  const raw = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const made = [];
  for (const [data, policy] of documents) {
    const { report, broken } = await window.judgeFile(new Blob([raw(data)]), policy ? raw(policy) : null);
    made.push(broken ? [broken.step, broken.code, broken.field, broken.params.reason || ""] : {
      steps: report.steps.map((one) => [one.name, one.ok]),
      verdict: report.verdict,
      accounts: report.accounts.map(({ account, mg }) => [account, String(mg)]),
    });
  }
  return made;
}"""


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def verifier(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page, opened from a file, without a network. What it complains about or asks for fails the test."""
    file = tmp_path_factory.mktemp("verifier") / "verifier.html"
    file.write_bytes(make_page())
    context = browser.new_context(offline=True, locale="en-GB")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda request: None if request.url == file.as_uri() else wrong.append(request.url))
    page.goto(file.as_uri())
    yield page
    context.close()
    assert wrong == []


def judged(page: Page, documents: Sequence[tuple[bytes, Policy | None]]) -> list[Any]:
    """What the page says of each: the step, code and place that broke, or what holds."""
    given = [
        [base64.b64encode(data).decode(), None if policy is None else base64.b64encode(policy.encode()).decode()]
        for data, policy in documents
    ]
    return list(page.evaluate(JUDGE, given))


def expected(data: bytes, policy: Policy | None = None) -> Any:  # noqa: ANN401 - as the page says it
    """What the first verifier says, in the same form."""
    try:
        report = verify(data, policy)
    except VerificationError as error:
        return [error.step, error.code, error.field or "", ""]
    return {
        "steps": [[one.name, one.ok] for one in report.steps],
        "verdict": [[part.code, dict(part.facts)] for part in report.verdict],
        "accounts": [[list(name) if isinstance(name, tuple) else name, str(mg)] for name, mg in report.accounts],
    }


def told_alike(found: Any, wanted: Any) -> bool:  # noqa: ANN401
    """Whether both say the same: of what holds everything that is told, of what breaks step, code and place.

    Within the step "form" a file may be wrong in several ways at once, and each names the first that it meets.
    """
    if isinstance(found, list) and isinstance(wanted, list):
        return found[0] == wanted[0] and (found[0] == "form" or found[1:] == wanted[1:])
    if isinstance(found, list) or isinstance(wanted, list):
        return False
    told = [
        [code, {name: facts.get(name) for name in given}]
        for (code, facts), (_, given) in zip(wanted["verdict"], found["verdict"], strict=False)
    ]
    return (found["steps"], found["accounts"], found["verdict"]) == (wanted["steps"], wanted["accounts"], told)


def test_every_step_has_a_document_that_breaks_there() -> None:
    assert {case.step for case in CASES if case.step} == set(STEPS) - {"tree"}, "a tree is never in a file"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_verifiers_name_the_same_step(verifier: Page, case: Case) -> None:
    wanted = expected(case.data, case.policy)
    assert (wanted[0] if isinstance(wanted, list) else None) == case.step
    (found,) = judged(verifier, [(case.data, case.policy)])
    assert told_alike(found, wanted), (found, wanted)


def test_the_golden_documents_are_told_alike(verifier: Page) -> None:
    listed = json.loads((FOLDER / "expected.json").read_bytes())
    policy = Policy.parse((FOLDER / "policy.json").read_bytes())
    given = [((FOLDER / name).read_bytes(), policy if said["policy"] else None) for name, said in listed.items()]
    for (data, pinned), found in zip(given, judged(verifier, given), strict=True):
        assert told_alike(found, expected(data, pinned)), found


SOURCES: dict[str, Callable[[], bytes]] = {
    "evidence": lambda: small_ledger().evidence(witnesses=("w.example",)).encode(),
    "receipt": lambda: small_ledger().receipt(2, witnesses=("w.example",)).encode(),
    "deal": deal,
    "site": site_day,
    "region": region,
    "fork": (FOLDER / "misbehaviour-fork.json").read_bytes,
    "leaf": (FOLDER / "misbehaviour-leaf.json").read_bytes,
    "withheld": lambda: held_back().encode(),
}


@pytest.mark.parametrize("name", SOURCES)
def test_both_verifiers_agree_on_changed_bytes(verifier: Page, name: str) -> None:
    given = [(data, None) for data in bytes_changed(SOURCES[name](), 120, seed=len(name))]
    differ = [
        (expected(data), found)
        for (data, _), found in zip(given, judged(verifier, given), strict=True)
        if not told_alike(found, expected(data))
    ]
    assert differ == []


@pytest.mark.parametrize("name", ["evidence", "receipt", "fork", "leaf", "withheld"])
def test_both_verifiers_agree_on_changed_values(verifier: Page, name: str) -> None:
    given = [(data, None) for data in values_changed(SOURCES[name](), 300, seed=len(name))]
    differ = [
        (expected(data), found)
        for (data, _), found in zip(given, judged(verifier, given), strict=True)
        if not told_alike(found, expected(data))
    ]
    assert differ == []


def choose(page: Page, data: bytes, policy: bytes | None = None) -> None:
    page.reload()
    if policy is not None:
        page.locator("summary").click()
        page.set_input_files("#policy", {"name": "policy.json", "mimeType": "application/json", "buffer": policy})
    page.set_input_files("#file", {"name": "evidence.json", "mimeType": "application/json", "buffer": data})
    page.wait_for_selector("#result:not([hidden])")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_person_sees_the_step_that_broke(verifier: Page, case: Case) -> None:
    choose(verifier, case.data, None if case.policy is None else case.policy.encode())
    broken = [line.get_attribute("data-step") for line in verifier.locator('[data-state="broken"]').all()]
    assert broken == ([case.step] if case.step else [])
    verdict = verifier.locator("#verdict")
    if case.step is None:
        holds = "misbehaviour" if b"misbehaviour@" in case.data else "genuine" if case.policy else "consistent"
        assert verdict.get_attribute("data-verdict") == holds
        lines = render(verify(case.data, case.policy), "en")
        assert all(line.inner_text() in lines for line in verifier.locator("#says li").all())
        assert "agrees" in verifier.locator("#second").inner_text()
    else:
        with pytest.raises(VerificationError) as caught:
            verify(case.data, case.policy)
        if case.step != "form":
            assert all(line in verdict.inner_text() for line in failure(caught.value, "en"))


def test_it_speaks_both_languages(verifier: Page) -> None:
    choose(verifier, CASES[0].data)
    assert verifier.locator("#verdict strong").inner_text() == "Consistent, log key not pinned"
    verifier.get_by_role("button", name="中文").click()
    assert verifier.locator("html").get_attribute("lang") == "zh-CN"
    assert verifier.locator("#verdict strong").inner_text() == "自洽，未固定日志密钥"
    lines = render(verify(CASES[0].data), "zh")
    assert all(line.inner_text() in lines for line in verifier.locator("#says li").all())
    verifier.get_by_role("button", name="English").click()


def test_a_file_within_the_page_is_judged_when_it_is_opened(browser: Browser, tmp_path: Path) -> None:
    ledger = small_ledger()
    file = tmp_path / "proof.html"
    name = '"><script>alert(1)</script>'
    file.write_bytes(make_page(ledger.evidence().encode(), ledger.policy().encode(), name))
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("#result:not([hidden])")
    assert page.locator("#verdict").get_attribute("data-verdict") == "genuine"
    assert name in page.locator("#told-file").inner_text()
    context.close()


def test_it_judges_without_the_browsers_own_cryptography(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "verifier.html"
    file.write_bytes(make_page())
    context = browser.new_context(offline=True, locale="en-GB")
    context.add_init_script("Object.defineProperty(window, 'crypto', { value: undefined })")
    page = context.new_page()
    page.goto(file.as_uri())
    choose(page, CASES[0].data)
    assert page.locator("#verdict").get_attribute("data-verdict") == "consistent"
    assert "no Ed25519 of its own" in page.locator("#second").inner_text()
    context.close()


@pytest.mark.parametrize("way", ["eval(", "new Function", "innerHTML", "fetch(", "XMLHttpRequest", "import(", "http:"])
def test_its_source_has_no_way_out_and_no_way_in(way: str) -> None:
    assert way not in make_page().decode()


def test_nothing_but_its_own_script_and_style_may_run(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "verifier.html"
    file.write_bytes(
        make_page().replace(b"<main", b"<script>window.ran = 1</script><img src=http://127.0.0.1:9/><main")
    )
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert page.evaluate("window.ran") is None
    assert asked == [file.as_uri()]
    context.close()
