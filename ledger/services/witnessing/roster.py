"""The witnesses that the operator chose: a C2SP tlog-policy with an address for each that is asked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.core.note import COSIGNATURE, Verifier
from ledger.core.tlogpolicy import TlogPolicy, WitnessLine
from ledger.errors import ConfigurationError, FormatError
from ledger.services.webhooks.addresses import parse_url

MAX_FILE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Roster:
    """Whom to ask, and the quorum. ``private``: whether addresses inside and plain http are allowed."""

    policy: TlogPolicy
    private: bool = False

    @property
    def witnesses(self) -> tuple[WitnessLine, ...]:
        """Every witness that makes cosignatures, asked or not."""
        return tuple(line for line in self.policy.witnesses if line.verifier.kind == COSIGNATURE)

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """Their keys."""
        return tuple(line.verifier for line in self.witnesses)

    @property
    def asked(self) -> tuple[WitnessLine, ...]:
        """Those that have an address."""
        return tuple(line for line in self.witnesses if line.url is not None)


def read(path: Path, *, private: bool) -> Roster:
    """Read the operator's file. Raises ConfigurationError: unreadable, not of the form, an address that may not be."""
    try:
        with path.open("rb") as file:
            policy = TlogPolicy.parse(file.read(MAX_FILE))
    except (OSError, FormatError) as error:
        raise ConfigurationError("witnesses_unreadable", params={"path": str(path), "reason": str(error)}) from error
    roster = Roster(policy, private)
    for line in roster.asked:
        try:
            parse_url(line.url or "", private=private)
        except FormatError as error:
            raise ConfigurationError("witness_url_invalid", params={"name": line.name}) from error
    return roster
