"""The witness quorum of a C2SP tlog-policy text.

    log <vkey> [url] | witness <name> <vkey> [url] | group <name> any|all|<k> <member>... | quorum <name>|none

Line-based; `#` starts a comment line; a name is defined once, before it is used, and is a member of at
most one group; one witness key has one name; there is exactly one quorum line.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from ledger.core.lines import parse_lines
from ledger.core.note import Verifier
from ledger.errors import FormatError, VerificationError

_COUNT = re.compile("[1-9][0-9]{0,3}")


@dataclass(slots=True)
class _Policy:
    logs: list[Verifier] = field(default_factory=list)
    keys: set[bytes] = field(default_factory=set)
    met: dict[str, bool] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None


def check(text: bytes, log_keys: Collection[Verifier], witnesses: Collection[Verifier]) -> None:
    """Demand that a log key of the text signed (if it names any) and that its quorum is met.

    FormatError `tlog_policy_malformed` with the line. VerificationError: `policy_other_log_key`,
    `witness_quorum_missing`.
    """
    policy = _Policy()
    for number, line in enumerate(parse_lines(text, "tlog_policy_malformed"), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            try:
                _read(policy, words, {key.key for key in witnesses})
            except (FormatError, LookupError):
                raise FormatError("tlog_policy_malformed", "/tlog_policy", {"line": number}) from None
    if policy.quorum is None:
        raise FormatError("tlog_policy_malformed", "/tlog_policy", {"line": 0})
    if policy.logs and set(policy.logs).isdisjoint(log_keys):
        raise VerificationError("policy_other_log_key", "policy", "/vkeys")
    if not policy.met[policy.quorum]:
        raise VerificationError("witness_quorum_not_met", "policy", "/checkpoint", {"quorum": policy.quorum})


def _read(policy: _Policy, words: list[str], cosigned: Collection[bytes]) -> None:
    match words:
        case ["log", vkey] | ["log", vkey, _]:
            policy.logs.append(Verifier.parse(vkey))
        case ["witness", name, vkey] | ["witness", name, vkey, _]:
            key = Verifier.parse(vkey).key
            if key in policy.keys:
                raise LookupError
            policy.keys.add(key)
            _define(policy, name, key in cosigned)
        case ["group", name, threshold, *members] if members:
            met = sum(policy.met[member] for member in members)
            if len({*members}) != len(members) or not policy.members.isdisjoint(members):
                raise LookupError
            policy.members.update(members)
            _define(policy, name, met >= _threshold(threshold, len(members)))
        case ["quorum", name] if policy.quorum is None:
            policy.met.setdefault("none", True)
            if name not in policy.met:
                raise LookupError
            policy.quorum = name
        case _:
            raise LookupError


def _define(policy: _Policy, name: str, met: bool) -> None:  # noqa: FBT001 - whether its cosignature is there
    if name in policy.met or name == "none":
        raise LookupError
    policy.met[name] = met


def _threshold(text: str, members: int) -> int:
    if text in ("any", "all"):
        return 1 if text == "any" else members
    if _COUNT.fullmatch(text) is None or int(text) > members:
        raise LookupError
    return int(text)
