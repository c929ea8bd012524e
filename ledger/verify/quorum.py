"""The witness quorum of a C2SP tlog-policy text (`ledger.core.tlogpolicy`)."""

from collections.abc import Collection

from ledger.core.note import Verifier
from ledger.core.tlogpolicy import TlogPolicy
from ledger.errors import VerificationError


def check(text: bytes, log_keys: Collection[Verifier], witnesses: Collection[Verifier]) -> None:
    """Demand that a log key of the text signed (if it names any) and that its quorum is met.

    FormatError `tlog_policy_malformed` with the line. VerificationError: `policy_other_log_key`,
    `witness_quorum_not_met`.
    """
    policy = TlogPolicy.parse(text)
    if policy.logs and {line.verifier for line in policy.logs}.isdisjoint(log_keys):
        raise VerificationError("policy_other_log_key", "policy", "/vkeys")
    if not policy.met({key.key for key in witnesses}):
        raise VerificationError("witness_quorum_not_met", "policy", "/checkpoint", {"quorum": policy.quorum})
