"""The golden documents in tests/vectors/bundles, made from ledgers of bytes.

`python -m tests.support.bundle_vectors` writes them anew; a test demands that the stored ones are these.
"""

import json
from pathlib import Path

from ledger.core.bundle import Entry, Policy
from ledger.core.merkle import hash_reader
from ledger.verify import Report, verify
from ledger.verify.compare import contradiction, hold, judge_in
from tests.support.ledger_bytes import PRODUCER, Kept, LedgerBytes, header_only, record_only, small_ledger, witness_vkey

FOLDER = Path(__file__).parent.parent / "vectors" / "bundles"
WITNESS = "witness.example.org/w1"


def partly(kept: Kept, entry: Entry) -> Entry:
    """Show the first record whole, the second as a header, the third as a record."""
    if kept.record.index == 2:
        return entry
    return header_only(kept, entry) if kept.record.index == 3 else record_only(kept, entry)


def policy_of(ledger: LedgerBytes) -> Policy:
    """Return the policy of the vectors: one witness has to cosign."""
    text = f"# one witness\nwitness w1 {witness_vkey(WITNESS)}\nquorum w1\n"
    return ledger.policy(tlog_policy=text.encode())


def expected(report: Report) -> dict[str, object]:
    """Return what a verifier must find, as JSON."""
    return {
        "spec": report.spec,
        "subject": report.subject,
        "steps": {item.name: item.ok for item in report.steps},
        "verdict": [[part.code, dict(part.facts)] for part in report.verdict],
        "accounts": [[account, mg] for account, mg in report.accounts],
    }


def misbehaviours() -> dict[str, bytes]:
    """Return proofs against a log that signed two histories: by a checkpoint in the other tree, by two receipts."""
    one, other = small_ledger(), LedgerBytes()
    other.open()
    other.admit(PRODUCER, "producer")
    for kg in (1000, 1, 1, 1, 1):
        other.produce(kg)
    tree = hold(other.evidence(size=7).encode())
    forked = judge_in(hold(one.evidence(size=5).encode()), tree, tree, hash_reader(other.leaves()))
    replaced = contradiction(hold(one.receipt(3, size=4).encode()), hold(other.receipt(3).encode()))
    proofs = {"misbehaviour-fork.json": forked, "misbehaviour-leaf.json": replaced}
    return {name: found.misbehaviour.encode() for name, found in proofs.items() if found and found.misbehaviour}


def documents() -> dict[str, bytes]:
    """Return every document by file name, and `expected.json` with the findings on each."""
    ledger, demo = small_ledger(), small_ledger(demo=True)
    files = {
        "evidence-full.json": ledger.evidence(witnesses=(WITNESS,)).encode(),
        "evidence-partly-disclosed.json": ledger.evidence(show=partly).encode(),
        "evidence-without-heads.json": ledger.evidence(size=4).encode(),
        "evidence-demo.json": demo.evidence().encode(),
        "receipt-signed.json": ledger.receipt(2, witnesses=(WITNESS,)).encode(),
        "receipt-unsigned.json": ledger.receipt(3, size=4).encode(),
    }
    files.update(misbehaviours())
    policy = policy_of(ledger)
    found: dict[str, object] = {}
    for name, data in files.items():
        cosigned = WITNESS.encode() in data
        report = verify(data, policy if cosigned else None)
        found[name] = {"policy": "policy.json" if cosigned else None, **expected(report)}
    files["policy.json"] = policy.encode()
    files["expected.json"] = (json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    return files


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, data in documents().items():
        (FOLDER / name).write_bytes(data)
