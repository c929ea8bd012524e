"""The text of a tlog-policy as data; what is refused is tested through the verifier (tests/verify/test_policy.py)."""

from ledger.core.note import COSIGNATURE, Signer
from ledger.core.tlogpolicy import NONE, TlogPolicy
from tests.core.refusals import refused

LOG = Signer("log.example/a", bytes(range(32))).verifier()
W1 = Signer("w1.example", bytes(range(1, 33))).verifier(COSIGNATURE)
W2 = Signer("w2.example", bytes(range(2, 34))).verifier(COSIGNATURE)
TEXT = f"""# whom we trust
log {LOG.vkey()} https://log.example/a
witness one {W1.vkey()} https://w1.example
witness two {W2.vkey()}

group both all one two
quorum both
""".encode()


def test_lines_are_read_with_their_addresses() -> None:
    policy = TlogPolicy.parse(TEXT)
    assert [(line.verifier, line.url) for line in policy.logs] == [(LOG, "https://log.example/a")]
    assert [(line.name, line.verifier, line.url) for line in policy.witnesses] == [
        ("one", W1, "https://w1.example"),
        ("two", W2, None),
    ]
    assert [(line.name, line.least, line.members) for line in policy.groups] == [("both", 2, ("one", "two"))]
    assert policy.quorum == "both"


def test_the_quorum_counts_different_members() -> None:
    policy = TlogPolicy.parse(TEXT)
    assert policy.met({W1.key, W2.key})
    assert not policy.met({W1.key})
    assert not policy.met(())


def test_a_quorum_may_stand_in_for_one_that_is_not_stated() -> None:
    text = f"log {LOG.vkey()}\n".encode()
    assert TlogPolicy.parse(text, NONE).quorum == NONE
    assert TlogPolicy.parse(TEXT, NONE).quorum == "both"
    with refused("tlog_policy_malformed", "/tlog_policy"):
        TlogPolicy.parse(text)


def test_none_is_no_member_of_a_group() -> None:
    with refused("tlog_policy_malformed", "/tlog_policy"):
        TlogPolicy.parse(b"quorum none\ngroup g any none\n")


def test_a_line_has_at_most_one_address() -> None:
    for line in (f"log {LOG.vkey()} a b", f"witness w {W1.vkey()} a b"):
        with refused("tlog_policy_malformed", "/tlog_policy"):
            TlogPolicy.parse(f"{line}\nquorum none\n".encode())
