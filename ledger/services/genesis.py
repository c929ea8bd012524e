"""Leaf 0: who operates the ledger, which key speaks for it, which registrars vouch, which rules are in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.core.ids import uuid7
from ledger.core.note import Signer
from ledger.core.times import format_utc
from ledger.errors import RefusedError
from ledger.reference import Reference
from ledger.rules.decide import decide
from ledger.rules.decision import Refused
from ledger.rules.manifest import rule_set
from ledger.rules.standard import standard_manifest
from ledger.rules.state import State
from ledger.services.clock import Clock
from ledger.services.entropy import Entropy
from ledger.services.intake import GENESIS, Submission, server_made


@dataclass(frozen=True, slots=True)
class Genesis:
    """What a ledger is opened with.

    ``ledger``: its reference, "ledger:<uuid>"; ``organisation``: the operator, as the section states it;
    ``registrars``: raw public keys, none for a ledger that asserts identities itself; ``rules``: the first manifest;
    ``former``: for a ledger that succeeds another, ``former_origin`` and ``former_checkpoint``; ``reason`` says why.
    """

    ledger: str
    organisation: Mapping[str, Json]
    registrars: tuple[bytes, ...] = ()
    demo: bool = False
    rules: Mapping[str, Any] = field(default_factory=standard_manifest)
    id: str | None = None
    former: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None


def statement(genesis: Genesis, signer: Signer, reference: Reference, clock: Clock, entropy: Entropy) -> Submission:
    """Make the statement of leaf 0, which the server itself makes. Raises FormatError."""
    now_ms = clock.now_ms()
    header = Header(
        origin=signer.name,
        id=genesis.id or uuid7(now_ms, entropy.bytes(10)),
        type=GENESIS,
        mode="act",
        actor=str(genesis.organisation["organisation"]),
        keys=(),
        occurred_at=format_utc(now_ms),
        not_after=None,
        refs=(),
        sections={},
    )
    contents: dict[str, dict[str, Json]] = {
        "log": {
            "ledger": genesis.ledger,
            "origin": signer.name,
            "keys": [b64u(signer.verifier().key)],
            "registrars": [b64u(raw) for raw in genesis.registrars],
            "demo": genesis.demo,
            **genesis.former,
        },
        "organisation": dict(genesis.organisation),
        "rule": {"rules": dict(genesis.rules), "reference": dict(reference.manifest)},
    }
    if genesis.reason is not None:
        contents["reason"] = {"text": genesis.reason, "kind": "succession"}
    return server_made(header, contents, entropy)


def check(genesis: Genesis, signer: Signer, reference: Reference, clock: Clock, entropy: Entropy) -> None:
    """Decide the genesis before anything is made for it. Raises RefusedError, FormatError with the field."""
    event = statement(genesis, signer, reference, clock, entropy).event
    rules = rule_set(genesis.rules)
    decision = decide(State({}, index=0, ledger_id=None), event, clock.now_ms(), rules, reference)
    if isinstance(decision, Refused):
        raise RefusedError(decision.problems)
