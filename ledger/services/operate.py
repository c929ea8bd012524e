"""What an operator does to a ledger beside serving it: one function by name, with JSON in and JSON out.

The same request is carried out here by a command that holds the writer's lock, and by the running server for a command
that reaches it through the control socket (``control``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.core.canonical import Json
from ledger.core.ids import uuid7
from ledger.core.shape import int_at, object_at, text_at
from ledger.core.times import format_utc
from ledger.errors import FormatError, NotFoundError
from ledger.services import access, log_key, rotation
from ledger.services.answers import Appended
from ledger.services.identity import administrators, clients
from ledger.services.identity.ports import Ports
from ledger.services.intake import Auth, Submission
from ledger.services.ledger import Ledger
from ledger.services.timestamps.daily import Timestamping
from ledger.services.witnessing.rounds import Witnessing

Request = Mapping[str, Json]
Answer = dict[str, Json]

MAX_MS: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Operator:
    """Carries out requests on a ledger that is open for writing. ``auth``: what a record says about who asked.

    ``log_key``: the file of the log's key. ``witnessing``: what sends checkpoints to witnesses, None without any.
    ``timestamping``: what asks an authority for timestamps, None without one.
    """

    ledger: Ledger
    auth: Auth
    log_key: Path
    witnessing: Witnessing | None = None
    timestamping: Timestamping | None = None

    def do(self, name: str, request: Request) -> Answer:
        """Carry out one request. Raises FormatError (no such request), and what carrying it out raises."""
        action = _ACTIONS.get(name)
        if action is None:
            raise FormatError("control_request_unknown", "/do", {"name": name[:40]})
        return action(self, request)

    def _state(self, request: Request) -> Answer:
        """``body``: a statement of either form. Answers where it stands, with its receipt."""
        submission = self._read(object_at(request.get("body"), "/body"))
        return {**_told(self.ledger.append(submission)), "receipt": self.ledger.receipt(*submission.key).decode()}

    def _read(self, body: Mapping[str, Json]) -> Submission:
        return self.ledger.signed(body, self.auth) if "header" in body else self.ledger.state(body, self.auth)

    def _heads(self, _request: Request) -> Answer:
        return _told(self.ledger.publish_heads())

    def _rules(self, request: Request) -> Answer:
        """``rules``: a manifest, or ``signed``: the statement that publishes one, signed by a registrar."""
        if "signed" in request:
            body = object_at(request["signed"], "/signed")
            return _told(self.ledger.append(self.ledger.signed(body, self.auth, own=True)))
        manifest = object_at(request.get("rules"), "/rules")
        stated: dict[str, Json] = {"rule": {"rules": manifest}}
        return _told(self.ledger.append(self._own("governance.rules_published", stated)))

    def _sign_report(self, request: Request) -> Answer:
        """``report``: of an audit of this ledger. Answers with its signed envelope."""
        return {"envelope": self.ledger.sign_report(object_at(request.get("report"), "/report")).decode()}

    def _rotate(self, request: Request) -> Answer:
        """``signed``?: the statement that names the waiting key. Answers where the old key's file is kept."""
        log_key.current(self.log_key, self.ledger.origin, self.ledger.recorded().log_keys)
        signer = rotation.prepare(self.log_key, self.ledger.origin, self.ledger.entropy)
        if "signed" in request:
            submission = self.ledger.signed(object_at(request["signed"], "/signed"), self.auth)
        else:
            submission = self._own(rotation.TYPE, rotation.sections(self.ledger, signer))
        made, aside = rotation.rotate(self.ledger, self.log_key, signer, submission)
        return {**_told(made), "vkey": self.ledger.verifier.vkey(), "aside": None if aside is None else str(aside)}

    def _own(self, kind: str, sections: Mapping[str, Json]) -> Submission:
        """A statement of the operator, of this moment, unsigned."""
        now_ms = self.ledger.clock.now_ms()
        body: dict[str, Json] = {
            "id": uuid7(now_ms, self.ledger.entropy.bytes(10)),
            "type": kind,
            "mode": "act",
            "actor": self.ledger.recorded().operator,
            "occurred_at": format_utc(now_ms),
            "sections": dict(sections),
        }
        return self.ledger.state(body, self.auth, own=True)

    def _recover(self, _request: Request) -> Answer:
        self.ledger.recover()
        return {"size": self.ledger.log.state().size}

    def _witness(self, _request: Request) -> Answer:
        """Ask every witness now. Answers a list of name, outcome, word and size. NotFoundError: there is none."""
        told = self._chosen().turn(now=True)
        return {
            "witnesses": [
                {"name": one.name, "outcome": one.outcome, "word": one.word, "size": one.size} for one in told
            ]
        }

    def _witness_draft(self, request: Request) -> Answer:
        """``name``: of a witness. Answers the request that it would be sent, for another way to reach it."""
        return {"request": self._chosen().draft(text_at(request.get("name"), "/name")).decode()}

    def _witness_answer(self, request: Request) -> Answer:
        """``name``, ``answer``: what a witness answered to a draft. Answers the size that is cosigned now."""
        name, answer = text_at(request.get("name"), "/name"), text_at(request.get("answer"), "/answer")
        return {"size": self._chosen().take(name, answer.encode())}

    def _timestamp(self, _request: Request) -> Answer:
        """Ask the authority now. Answers outcome, word, size, and what it states. NotFoundError: there is none."""
        if self.timestamping is None:
            raise NotFoundError("no_timestamp_authority")
        told = self.timestamping.turn(now=True)
        if told is None:
            raise NotFoundError("log_empty")
        stated: Answer = {} if told.stamp is None else {"at_ms": told.stamp.at_ms, "serial": str(told.stamp.serial)}
        return {"outcome": told.outcome, "word": told.word, "size": told.size, **stated}

    def _chosen(self) -> Witnessing:
        if self.witnessing is None:
            raise NotFoundError("no_witnesses")
        return self.witnessing

    def _issue_key(self, request: Request) -> Answer:
        """``org``, ``role``?, ``label``?, ``expires_at_ms``?: answers the secret, which is told only now."""
        secret = access.issue_key(
            self.ledger,
            text_at(request.get("org"), "/org"),
            role=_text(request, "role"),
            label=_text(request, "label") or "",
            expires_at_ms=_ms(request, "expires_at_ms"),
        )
        return {"secret": secret}

    def _revoke_key(self, request: Request) -> Answer:
        org, key = text_at(request.get("org"), "/org"), text_at(request.get("id"), "/id")
        if not access.revoke_key(self.ledger, org, key):
            raise NotFoundError("api_key_unknown", params={"org": org[:80], "id": key[:80]})
        return {"id": key}

    def _login_link(self, request: Request) -> Answer:
        """``org``, ``role``?, ``valid_ms``?: answers the token, the last part of the link."""
        valid_ms = _ms(request, "valid_ms")
        token = access.issue_login_link(
            self.ledger,
            text_at(request.get("org"), "/org"),
            _text(request, "role"),
            valid_ms=access.LINK_MS if valid_ms is None else valid_ms,
        )
        return {"token": token}

    def _first_administrator(self, request: Request) -> Answer:
        """``org``, ``login``, ``name``?, ``roles``?: answers the token, the last part of a one-time invitation."""
        login = text_at(request.get("login"), "/login")
        more = tuple(role for role in _words(request, "roles") if role != "admin")
        org = text_at(request.get("org"), "/org")
        return {"token": administrators.first(Ports(self.ledger), org, login, _text(request, "name") or login, more)}

    def _create_client(self, request: Request) -> Answer:
        """``org``, ``label``, ``roles``, ``purpose``?: answers id and secret, which is told only now."""
        made = clients.create(
            Ports(self.ledger),
            text_at(request.get("org"), "/org"),
            text_at(request.get("label"), "/label"),
            _words(request, "roles"),
            purpose=_text(request, "purpose") or "",
            by=administrators.BY_COMMAND,
        )
        return {"id": made.id, "secret": made.secret}

    def _revoke_client(self, request: Request) -> Answer:
        org, client = text_at(request.get("org"), "/org"), text_at(request.get("id"), "/id")
        clients.revoke(Ports(self.ledger), org, client)
        return {"id": client}


def _words(request: Request, name: str) -> tuple[str, ...]:
    return tuple((_text(request, name) or "").replace(",", " ").split())


def _text(request: Request, name: str) -> str | None:
    value = request.get(name)
    return None if value is None else text_at(value, f"/{name}")


def _ms(request: Request, name: str) -> int | None:
    value = request.get(name)
    return None if value is None else int_at(value, 1, MAX_MS, f"/{name}")


def _told(made: Appended) -> Answer:
    return {
        "index": made.index,
        "event": made.event,
        "record": made.record,
        "recorded_at_ms": made.recorded_at_ms,
        "repeated": made.repeated,
        "findings": [rule for _, rule, _ in made.findings],
    }


_ACTIONS: Final[Mapping[str, Callable[[Operator, Request], Answer]]] = {
    "state": Operator._state,  # noqa: SLF001 - the table of this class's own actions
    "heads": Operator._heads,  # noqa: SLF001
    "rules": Operator._rules,  # noqa: SLF001
    "rotate": Operator._rotate,  # noqa: SLF001
    "recover": Operator._recover,  # noqa: SLF001
    "witness": Operator._witness,  # noqa: SLF001
    "witness draft": Operator._witness_draft,  # noqa: SLF001
    "witness answer": Operator._witness_answer,  # noqa: SLF001
    "timestamp": Operator._timestamp,  # noqa: SLF001
    "report sign": Operator._sign_report,  # noqa: SLF001
    "key issue": Operator._issue_key,  # noqa: SLF001
    "key revoke": Operator._revoke_key,  # noqa: SLF001
    "login link": Operator._login_link,  # noqa: SLF001
    "admin create": Operator._first_administrator,  # noqa: SLF001
    "client create": Operator._create_client,  # noqa: SLF001
    "client revoke": Operator._revoke_client,  # noqa: SLF001
}
