"""The browser's signing module, held to the ledger's own bytes, and its key, which no script can read."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Error, Page, sync_playwright

from api.app import create_app
from ledger.core.b64 import unb64u
from ledger.core.canonical import encode
from ledger.core.events import Header, event_hash, signing_bytes
from ledger.core.ids import check_uuid7, uuid7
from ledger.core.keys import check_public_key, key_id, verify
from ledger.core.possession import possession_bytes, proves
from ledger.core.sections import Disclosure
from ledger.core.times import format_utc, parse_stated
from tests.api.fakes import Fakes, settings

pytestmark = pytest.mark.browser

SAID: dict[str, Any] = {
    "origin": "trace.example.cn/log",
    "actor": "org:0192f5a1-0c00-7000-8000-000000000001",
    "type": "storage.moved",
    "refs": [{"rel": "previous", "hash": "yNweNGsfqCzCj773RDqQElJzsrf5RfEeiz5Xc_u5we8"}],
    "sections": {
        "place": {"site": "site:0192f5a1-0c00-7000-8000-0000000000c1", "to_location": "B-04"},
        "inputs": {
            "lines": [{"batch": "batch:0192f5a1-0c00-7000-8000-0000000000b1", "amount": "200.50", "unit": "kg"}]
        },
        "reason": {"text": '移库 "试" \\ / \u0008 € 𠀀 é'},
    },
}
SIGN = """async ([said, count]) => {
  const sign = await import('/static/sign.js');
  const pairs = [];
  for (let n = 0; n < count; n += 1) pairs.push(await sign.makeKey());
  const made = await sign.statement(said, pairs);
  return { ...made, keys: await Promise.all(pairs.map(sign.publicKey)) };
}"""


@pytest.fixture(scope="module")
def page(chromium: Path) -> Iterator[Page]:
    app = create_app(Fakes().services(), settings())
    with socket.socket() as listener, sync_playwright() as playwright:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            opened = browser.new_page()
            opened.goto(f"http://127.0.0.1:{listener.getsockname()[1]}/")
            yield opened
        finally:
            browser.close()
            server.should_exit = True
            thread.join()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_the_browser_signs_is_what_the_ledger_checks(page: Page, count: int) -> None:
    made = page.evaluate(SIGN, [SAID, count])
    body = json.loads(made["body"])
    assert encode(body) == made["body"].encode()
    header = Header.parse(body["header"])
    data = header.encode()
    assert made["hash"] == event_hash(data)
    assert (header.mode, header.not_after, header.refs[0].origin) == ("act", None, SAID["origin"])
    check_uuid7(header.id)
    parse_stated(header.occurred_at)
    for salt, name, content in body["disclosures"]:
        assert content == SAID["sections"][name]
        assert Disclosure(unb64u(salt), name, content).digest == header.sections[name]
    raw = {key_id(unb64u(key)): check_public_key(unb64u(key)) for key in made["keys"]}
    assert set(header.keys) == raw.keys()
    assert len(body["signatures"]) == count
    for item in body["signatures"]:
        assert verify(raw[item["key"]], unb64u(item["sig"]), signing_bytes(data))


def test_the_same_bytes_come_from_the_same_salts(page: Page) -> None:
    script = """async (said) => {
      const sign = await import('/static/sign.js');
      const salt = () => new Uint8Array(16).map((_, place) => place);
      const id = sign.uuid7(1795420800000, new Uint8Array(10).fill(7));
      const fixed = { ...said, id, occurredAt: sign.stated(1795420800999) };
      return sign.statement(fixed, [], salt);
    }"""
    first, second = (page.evaluate(script, SAID) for _ in range(2))
    assert first == second
    header = json.loads(first["body"])["header"]
    assert check_uuid7(header["id"])[:13] == uuid7(1_795_420_800_000, bytes(10))[:13]
    assert header["occurred_at"] == format_utc(1_795_420_800_999)


def test_the_private_key_cannot_be_read_and_survives_in_the_browser(page: Page) -> None:
    kept = page.evaluate(
        """async () => {
          const sign = await import('/static/sign.js');
          const pair = await sign.makeKey();
          await sign.keepKey('user:1', pair);
          const again = await sign.keptKey('user:1');
          let read = 'read';
          for (const form of ['pkcs8', 'raw', 'jwk']) {
            try { await crypto.subtle.exportKey(form, again.privateKey); } catch { read = 'refused'; continue; }
            return 'read';
          }
          const made = await sign.statement({ origin: 'a.b/log', actor: 'org:x', type: 'a.b', sections: {} }, [again]);
          const same = (await sign.keyId(again)) === (await sign.keyId(pair));
          const none = (await sign.keptKey('user:2')) === undefined;
          return [read, same, none, JSON.parse(made.body).signatures.length, again.privateKey.extractable];
        }"""
    )
    assert kept == ["refused", True, True, 1, False]


def test_a_proof_of_possession_is_what_the_ledger_checks(page: Page) -> None:
    said = {"origin": "a.example/log", "organisation": SAID["actor"], "holder": "user:1"}
    key, proof = page.evaluate(
        """async (said) => {
          const sign = await import('/static/sign.js');
          const pair = await sign.makeKey();
          const key = await sign.publicKey(pair);
          return [key, await sign.proof({ ...said, key }, pair)];
        }""",
        said,
    )
    message = possession_bytes(said["origin"], said["organisation"], key, said["holder"])
    assert proves(check_public_key(unb64u(key)), unb64u(proof), message)


@pytest.mark.parametrize("value", ["1.5", "2 ** 53", "NaN", "'\\ud800'", "{ 'ü': 1 }", "undefined", "() => 1", "1n"])
def test_what_is_outside_the_domain_is_not_signed(page: Page, value: str) -> None:
    with pytest.raises(Error, match="TypeError"):
        page.evaluate(f"async () => (await import('/static/sign.js')).canonical([{value}])")


def test_a_statement_is_sent_again_until_it_is_answered(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          const sign = await import('/static/sign.js');
          const answers = [() => { throw new TypeError('offline'); }, () => new Response('{}', { status: 503 }),
            () => new Response('{}', { status: 429, headers: { 'retry-after': '7' } }),
            () => new Response('{"spec":"r"}', { status: 201 })];
          const bodies = new Set(), waits = [];
          const real = window.fetch;
          window.fetch = async (_path, asked) => { bodies.add(asked.body); return answers.shift()(); };
          try {
            const answer = await sign.send({ body: '{"a":1}' }, {}, async (ms) => { waits.push(ms); });
            return [answer.status, answer.body, bodies.size, waits];
          } finally { window.fetch = real; }
        }"""
    )
    assert told == [201, {"spec": "r"}, 1, [500, 1000, 7000]]
