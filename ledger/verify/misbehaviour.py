"""A proof that a log misbehaved, judged offline: steps form, checkpoints, contradiction, policy.

Sound against framing: an honest log signs roots of one growing tree, and (SHA-256 having no collisions) the nodes of a
proof that leads to such a root are those of that tree. So what each kind shows, an honest log key never signed:

- `fork`: the path ties `root` to the first m leaves of the second tree, and the first checkpoint signs another root.
- `leaf`: both trees hold a record at one index, not the same.
- `withheld`: heads published at n name as a chain's last a record older than one of that chain below n. If the two
  checkpoints are of one tree, the heads are wrong; if not, the log forked.

With a policy each checkpoint must be signed by a key that it pins; without one, one key must have signed both.
"""

from ledger.core import heads as core_heads
from ledger.core.b64 import unb64u
from ledger.core.bundle import Policy
from ledger.core.checkpoint import Checkpoint
from ledger.core.merkle import leaf_hash, require_consistency, require_inclusion
from ledger.core.misbehaviour import MISBEHAVIOUR, Fork, Leaf, Misbehaviour, Proof, Withheld
from ledger.core.note import Verifier
from ledger.verify.checks import Signed, broken, check_checkpoint, check_event, check_sections, step
from ledger.verify.report import Part, Report, Steps
from ledger.verify.shown import HEADS, Shown, heads_root, read_link, show_entry


def judge_misbehaviour(stated: Misbehaviour, policy: Policy | None = None) -> Report:
    """Verify a proof of misbehaviour. VerificationError: it proves nothing; which step broke, and where."""
    steps = Steps()
    steps.done("form")
    first, second, found = contradiction_of(stated)
    steps.done("checkpoints", first=first.checkpoint.size, second=second.checkpoint.size)
    steps.done("contradiction")
    with step("policy"):
        who = _who(stated, policy, first, second)
    steps.done("policy", ok=policy is not None)
    return Report(MISBEHAVIOUR, stated.origin, stated.kind, steps.taken(), (who, found))


def contradiction_of(stated: Misbehaviour) -> tuple[Signed, Signed, Part]:
    """Return both opened checkpoints and what is contradictory about them. VerificationError: nothing is."""
    with step("checkpoints"):
        first, second = (_opened(stated, at) for at in (0, 1))
    with step("contradiction"):
        return first, second, _contradiction(stated.proof, stated.origin, first.checkpoint, second.checkpoint)


def _opened(stated: Misbehaviour, at: int) -> Signed:
    """Open a checkpoint that the log's own keys sign, and nobody else."""
    signed = check_checkpoint(stated.checkpoints[at], stated.origin, stated.vkeys[at])
    if len(signed.log_keys) != len(stated.vkeys[at]):
        raise broken("misbehaviour_key_not_of_log", f"/vkeys/{at}")
    return signed


def _who(stated: Misbehaviour, policy: Policy | None, first: Signed, second: Signed) -> Part:
    if policy is None:
        common = set(first.log_keys) & set(second.log_keys)
        if not common:
            raise broken("misbehaviour_no_common_key", "/vkeys")
        return Part("misbehaviour_not_pinned", {"vkey": min(key.vkey() for key in common)})
    if policy.origin != stated.origin:
        raise broken("policy_other_origin", "/origin", expected=policy.origin, actual=stated.origin)
    pinned = set(map(Verifier.parse, policy.log_keys))
    for at, signed in enumerate((first, second)):
        if pinned.isdisjoint(signed.log_keys):
            raise broken("policy_other_log_key", f"/vkeys/{at}")
    return Part("misbehaviour", {"origin": stated.origin})


def _contradiction(proof: Proof, origin: str, first: Checkpoint, second: Checkpoint) -> Part:
    if isinstance(proof, Fork):
        return _forked(proof, first, second)
    if isinstance(proof, Leaf):
        return _replaced(proof, first, second)
    return _withheld(proof, origin, first, second)


def _forked(proof: Fork, first: Checkpoint, second: Checkpoint) -> Part:
    require_consistency(first.size, second.size, proof.path, proof.root, second.root)
    if proof.root == first.root:
        raise broken("histories_agree", "/proof/root")
    return Part("forked", {"first": first.size, "second": second.size})


def _replaced(proof: Leaf, first: Checkpoint, second: Checkpoint) -> Part:
    for checkpoint, record, path in zip((first, second), proof.records, proof.paths, strict=True):
        require_inclusion(proof.index, checkpoint.size, leaf_hash(record), path, checkpoint.root)
    if proof.records[0] == proof.records[1]:
        raise broken("histories_agree", "/proof/records")
    return Part("leaf_replaced", {"index": proof.index})


def _withheld(proof: Withheld, origin: str, first: Checkpoint, second: Checkpoint) -> Part:
    record = _included(show_entry("/proof/record", proof.record), origin, first)
    head = _included(show_entry("/proof/head", proof.head), origin, second)
    published = _included(show_entry("/proof/published", proof.published), origin, second)
    read_link(record, proof.chain)
    if published.type != HEADS:
        raise broken("heads_not_shown", "/proof/published")
    root = heads_root(published, proof.proof, "/proof/heads")
    if not core_heads.verify(proof.chain, head.hash, proof.proof, root):
        raise broken("head_not_proven", "/proof/heads", n=published.index, shown=1)
    if not head.index < record.index < published.index:
        raise broken("histories_agree", "/proof/record/record/index")
    where: dict[str, int | str] = {"index": record.index, "n": published.index, "head": head.index}
    return Part("record_withheld", {"chain": proof.chain, **where})


def _included(item: Shown, origin: str, checkpoint: Checkpoint) -> Shown:
    """Demand that an entry is what it says, in the tree of a checkpoint, and shows nothing that is not checked."""
    entry = item.entry
    if entry.record.origin != origin:
        raise broken("origin_differs", f"{item.place}/record/origin", expected=origin)
    if entry.effects is not None or (entry.link is not None and not item.place.endswith("/record")):
        raise broken("entry_not_asked_for", item.place)
    check_sections(entry.header, entry.sections, item.place)
    if entry.header is not None:
        check_event(item.header_bytes, entry.signatures, entry.record, item.place)
    require_inclusion(item.index, checkpoint.size, leaf_hash(unb64u(item.hash)), entry.path, checkpoint.root)
    return item
