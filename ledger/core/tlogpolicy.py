"""Whom a client of a log trusts, as text (C2SP tlog-policy): log keys, witnesses with their addresses, the quorum.

    log <vkey> [url] | witness <name> <vkey> [url] | group <name> any|all|<k> <member>... | quorum <name>|none

Line-based; `#` starts a comment line; a name is defined once, before it is used, and is a member of at
most one group; one witness key has one name; there is exactly one quorum line.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from ledger.core.lines import parse_lines
from ledger.core.note import Verifier
from ledger.errors import FormatError

NONE: Final = "none"
_COUNT: Final = re.compile("[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log: its key, whose name is the origin, and where it is served."""

    verifier: Verifier
    url: str | None


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness: what the policy calls it, its key, and where it takes checkpoints."""

    name: str
    verifier: Verifier
    url: str | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group, met when `least` of its members (witnesses or groups before it) are."""

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TlogPolicy:
    """A policy that was read; `quorum` names a witness or group, or is "none"."""

    logs: tuple[LogLine, ...]
    witnesses: tuple[WitnessLine, ...]
    groups: tuple[GroupLine, ...]
    quorum: str

    @classmethod
    def parse(cls, text: bytes, quorum: str | None = None) -> "TlogPolicy":
        """Read a policy; `quorum` stands in where the text has no quorum line.

        FormatError `tlog_policy_malformed` with the line, 0 where the quorum line is missing.
        """
        read = _Read()
        for number, line in enumerate(parse_lines(text, "tlog_policy_malformed"), 1):
            words = line.split()
            if words and not words[0].startswith("#"):
                try:
                    read.line(words)
                except (FormatError, LookupError):
                    raise FormatError("tlog_policy_malformed", "/tlog_policy", {"line": number}) from None
        found = read.quorum or quorum
        if found is None:
            raise FormatError("tlog_policy_malformed", "/tlog_policy", {"line": 0})
        return cls(tuple(read.logs), tuple(read.witnesses), tuple(read.groups), found)

    def met(self, keys: Collection[bytes]) -> bool:
        """Whether cosignatures of these raw witness keys meet the quorum."""
        found = {NONE: True, **{witness.name: witness.verifier.key in keys for witness in self.witnesses}}
        for group in self.groups:
            found[group.name] = sum(found[member] for member in group.members) >= group.least
        return found[self.quorum]


@dataclass(slots=True)
class _Read:
    """The lines read so far."""

    logs: list[LogLine] = field(default_factory=list)
    witnesses: list[WitnessLine] = field(default_factory=list)
    groups: list[GroupLine] = field(default_factory=list)
    keys: set[bytes] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None

    def line(self, words: list[str]) -> None:
        """Take a line. FormatError or LookupError: it is not of the form."""
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self.logs.append(LogLine(Verifier.parse(vkey), next(iter(url), None)))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                verifier = Verifier.parse(vkey)
                if verifier.key in self.keys:
                    raise LookupError
                self.keys.add(verifier.key)
                self._define(name)
                self.witnesses.append(WitnessLine(name, verifier, next(iter(url), None)))
            case ["group", name, least, *members] if members:
                wanted = {*members}
                if len(wanted) != len(members) or wanted & self.members or not wanted <= self.names:
                    raise LookupError
                self.members |= wanted
                self._define(name)
                self.groups.append(GroupLine(name, _threshold(least, len(members)), tuple(members)))
            case ["quorum", name] if self.quorum is None and (name == NONE or name in self.names):
                self.quorum = name
            case _:
                raise LookupError

    def _define(self, name: str) -> None:
        if name in self.names or name == NONE:
            raise LookupError
        self.names.add(name)


def _threshold(text: str, members: int) -> int:
    if text in ("any", "all"):
        return 1 if text == "any" else members
    if _COUNT.fullmatch(text) is None or int(text) > members:
        raise LookupError
    return int(text)
