"""The client: states events and waits for their receipts, sends many at once, reads lists page by page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from ledger.client import drafts
from ledger.client.credentials import Credential
from ledger.client.drafts import Draft
from ledger.client.machine import Machine, ThisMachine
from ledger.client.receipts import check_receipt
from ledger.client.statement import PLAIN, Maker, SigningKey, Statement, Terms, make
from ledger.client.transport import Answer, ApiError, Http, Transport, send
from ledger.core.bundle import Receipt
from ledger.core.canonical import Json, encode
from ledger.core.times import format_utc

EVENTS: Final = "/api/v1/events"
BULK: Final = "/api/v1/events:bulk"
WAITS: Final = 202
MOST_PAGES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Pinned:
    """The ledger that is meant: where it is, the name of its log, and the log's keys, learnt elsewhere than from it."""

    base_url: str
    origin: str
    vkeys: tuple[str, ...]


class Client:
    """A client of one ledger in the name of one organisation. Safe for several threads."""

    def __init__(
        self,
        ledger: Pinned,
        credential: Credential,
        actor: str,
        keys: Sequence[SigningKey] = (),
        *,
        transport: Transport | None = None,
        machine: Machine | None = None,
    ) -> None:
        """``actor``: "org:<uuid>"; ``keys`` sign every statement that names no others."""
        self._ledger = ledger
        self._credential = credential
        self._actor = actor
        self._keys = tuple(keys)
        self._transport = transport or Http(ledger.base_url)
        self._machine: Machine = machine or ThisMachine()

    # --- stating -----------------------------------------------------------------------------------------------------

    def make(
        self,
        kind: str,
        sections: Mapping[str, Mapping[str, Json]],
        terms: Terms = PLAIN,
        keys: Sequence[SigningKey] | None = None,
    ) -> Statement:
        """Make and sign a statement without sending it. FormatError with the field."""
        return make(kind, sections, self._maker(self._keys if keys is None else keys), self._machine.now_ms(), terms)

    def state(
        self,
        kind: str,
        sections: Mapping[str, Mapping[str, Json]],
        terms: Terms = PLAIN,
        keys: Sequence[SigningKey] | None = None,
    ) -> Receipt:
        """Make, sign and send a statement. Errors as for ``make`` and ``send``."""
        return self.send(self.make(kind, sections, terms, keys))

    def send(self, statement: Statement) -> Receipt:
        """Send a statement until it is recorded, and verify its receipt.

        The same bytes are sent again after a failure, so it is recorded once. ApiError: refused, with every reason and
        remedy; OSError: not reached in the end; VerificationError: the answer is not this statement's receipt.
        """
        answer = self.request("POST", EVENTS, statement.body())
        return check_receipt(answer.body, statement, self._ledger.vkeys)

    def send_many(self, statements: Sequence[Statement]) -> list[Receipt | ApiError]:
        """Send statements in one request; one result each, in their order. A refused one stops no other."""
        body = b"\n".join(statement.body() for statement in statements)
        answer = self.request("POST", BULK, body, content_type="application/x-ndjson")
        lines = [json.loads(line) for line in answer.body.splitlines() if line]
        return [self._result(line, statement) for line, statement in zip(lines, statements, strict=True)]

    def _result(self, line: Mapping[str, Any], statement: Statement) -> Receipt | ApiError:
        if "receipt" in line:
            return check_receipt(line["receipt"], statement, self._ledger.vkeys)
        return ApiError(Answer(int(line["status"]), {}, json.dumps(line["problem"]).encode()))

    def receipt(self, statement: Statement) -> Receipt:
        """Fetch and verify the receipt of a statement that was sent before."""
        answer = self.request("GET", f"/api/v1/receipts/{quote(statement.header.id)}")
        return check_receipt(answer.body, statement, self._ledger.vkeys)

    # --- signed by people ---------------------------------------------------------------------------------------------

    def draft(
        self, kind: str, sections: Mapping[str, Mapping[str, Json]], terms: Terms = PLAIN, *, signers: int = 1
    ) -> Draft:
        """Keep a statement at the server until it is signed; nothing is recorded. ApiError, OSError.

        ``signers``: how many people sign it, 2 at most; the server raises it where the rules are known to ask for two.
        VerificationError: what the server kept is not what was asked.
        """
        body = drafts.body_of(kind, sections, self._maker(()), self._machine.now_ms(), terms)
        answer = self.request("POST", drafts.PATH, encode({**body, "signers": signers}))
        made = drafts.read(answer.json(), self._maker(()))
        drafts.check_kept(made, body)
        return made

    def drafts(self) -> Sequence[Mapping[str, Any]]:
        """Return what waits for signatures, as the API lists it: id, type, goods, who signed."""
        found: Sequence[Mapping[str, Any]] = self.get(drafts.PATH)
        return found

    def open_draft(self, id: str) -> Draft:
        """Read a draft, to look at and to sign. ApiError; VerificationError: it is foreign, or not what it states."""
        return drafts.read(self.get(f"{drafts.PATH}/{quote(id)}"), self._maker(()))

    def sign_draft(self, draft: Draft, key: SigningKey) -> Receipt | None:
        """Sign a draft with a person's key; return the receipt once it is whole, None: it waits for the second person.

        Sign only what was read: ``draft.sections`` is what the signature covers. ApiError (``draft_moved_on``: read it
        again), OSError; VerificationError: the receipt is not that of what was signed.
        """
        now_ms = self._machine.now_ms()
        said = drafts.sign(draft, key, format_utc(now_ms), now_ms)
        try:
            answer = self.request("POST", f"{drafts.PATH}/{quote(draft.id)}/sign", encode(said.content()))
        except ApiError as error:
            if error.code != "draft_recorded":
                raise
            # Its first answer was lost, or the other one was quicker: the receipt says whose signatures it bears.
            answer = self.request("GET", f"/api/v1/receipts/{quote(draft.id)}")
        if answer.status == WAITS:
            return None
        return drafts.check_signed(answer.body, draft, said.occurred_at, key, self._ledger.vkeys)

    def withdraw_draft(self, id: str) -> None:
        """Forget a draft: nothing of it was recorded. ApiError (``draft_recorded``), OSError."""
        self.request("POST", f"{drafts.PATH}/{quote(id)}/withdraw")

    def _maker(self, keys: Sequence[SigningKey]) -> Maker:
        return Maker(self._ledger.origin, self._actor, tuple(keys))

    # --- reading -----------------------------------------------------------------------------------------------------

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 - as the API describes it
        """Return what a path answers, as JSON."""
        return self.request("GET", path + (f"?{urlencode(query)}" if query else "")).json()

    def items(self, path: str, **query: str | int) -> Iterator[Any]:
        """Yield every item of a list, page by page."""
        asked = dict(query)
        for _ in range(MOST_PAGES):
            page = self.get(path, **asked)
            yield from page["items"]
            if page["next"] is None:
                return
            asked["cursor"] = page["next"]

    def request(
        self, method: str, path: str, body: bytes | None = None, *, content_type: str = "application/json"
    ) -> Answer:
        """Send a request with the credential, again while it is safe and may help. ApiError, OSError."""
        headers = {
            "authorization": self._credential.header(self._transport, self._machine.now_ms()),
            "accept": "application/json",
        }
        if body is not None:
            headers["content-type"] = content_type
        return send(self._transport, method, path, headers, body, sleep=self._machine.sleep)
