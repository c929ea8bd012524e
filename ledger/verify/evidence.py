"""Evidence of one chain, or of part of one, judged offline. Pure: bytes in, a `Report` out, or a VerificationError.

Steps, in order: form, sections, events, entries, genesis, log_key, checkpoint, inclusion, signatures,
links, chain, heads, effects, kilograms (of a batch), policy. Each rests on those before it; time and
memory are linear in the size of the file.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.core import heads as core_heads
from ledger.core.b64 import unb64u
from ledger.core.bundle import EVIDENCE, Evidence, Policy
from ledger.core.effects import Account
from ledger.core.keys import check_public_key
from ledger.core.merkle import leaf_hash, require_inclusion
from ledger.core.proof import Span
from ledger.core.records import Link
from ledger.core.times import format_recorded
from ledger.errors import VerificationError
from ledger.verify import mass
from ledger.verify.checks import (
    Signed,
    broken,
    check_checkpoint,
    check_event,
    check_policy,
    check_sections,
    log_keys_of,
    step,
    verdict_of,
)
from ledger.verify.identity import KeyRing
from ledger.verify.report import STANDINGS, Facts, Part, RecordLine, Report, Standing, Steps
from ledger.verify.shown import (
    ABOUT_KEYS,
    GENESIS,
    HEADS,
    NAMES_KEYS_OF_THE_LOG,
    Shown,
    heads_root,
    read_link,
    show,
)


@dataclass(frozen=True, slots=True)
class _Linked:
    """A record of the chain: what it links, who answers for it, and since when their key is said to be compromised."""

    item: Shown
    link: Link
    standing: Standing
    since_ms: int | None


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the linked records of a part begin and end in their chain: places, record hashes, time of the first."""

    first: str
    first_ms: int
    last: str
    last_seq: int


def judge_evidence(evidence: Evidence, policy: Policy | None = None) -> Report:
    """Verify evidence that was read from canonical bytes. VerificationError: which step broke, and where."""
    return judge_span(Span(0, evidence), policy)[0]


def judge_span(span: Span, policy: Policy | None = None, *, spec: str = EVIDENCE) -> tuple[Report, Ends]:
    """Verify records of a chain from a place on. VerificationError: which step broke, and where.

    Kilograms are added up only from the first record of a chain on.
    """
    evidence = span.evidence
    steps, items = Steps(), show(evidence)
    steps.done("form", entries=len(items))
    signed = _judge_log(evidence, items, steps)
    with step("signatures"):
        ring = KeyRing(items, None if policy is None else policy.registrars)
        standings = [ring.read(item) for item in items]
    steps.done("signatures", signed=len(standings) - standings.count("attested") - standings.count("not_shown"))
    chain = _judge_chain(evidence, items, list(zip(standings, map(ring.flagged, items), strict=True)), steps, span.seq)
    accounts = _judge_effects(evidence, chain, steps, from_birth=span.seq == 0)
    with step("policy"):
        if policy is not None:
            check_policy(policy, evidence.origin, signed, items[0].hash)
    steps.done("policy", ok=policy is not None)
    report = Report(
        spec=spec,
        origin=evidence.origin,
        subject=evidence.chain,
        steps=steps.taken(),
        verdict=_verdict(policy, steps, chain),
        records=tuple(map(_line, chain)),
        accounts=tuple(sorted(accounts.items(), key=lambda pair: (not isinstance(pair[0], str), pair[0]))),
    )
    first, last = chain[0], chain[-1]
    return report, Ends(first.item.hash, first.item.entry.record.recorded_at_ms, last.item.hash, last.link.seq)


def _judge_log(evidence: Evidence, items: Sequence[Shown], steps: Steps) -> Signed:
    """Prove that the entries are what the log signed, each at its index."""
    with step("sections"):
        for item in items:
            check_sections(item.entry.header, item.entry.sections, item.place)
    steps.done("sections", disclosed=sum(len(item.entry.sections) for item in items))
    shown = [item for item in items if item.entry.header is not None]
    with step("events"):
        for item in shown:
            check_event(item.header_bytes, item.entry.signatures, item.entry.record, item.place)
    steps.done("events", shown=len(shown), withheld=len(items) - len(shown))
    with step("entries"):
        _check_entries(evidence, items)
    steps.done("entries")
    with step("genesis"):
        demo = _check_genesis(evidence, items[0])
    steps.done("genesis", hash=items[0].hash, demo=int(demo))
    with step("log_key"):
        _check_log_keys(evidence, items)
    steps.done("log_key")
    with step("checkpoint"):
        signed = check_checkpoint(evidence.checkpoint, evidence.origin, evidence.vkeys)
    steps.done("checkpoint", size=signed.checkpoint.size, witnesses=len(signed.witnesses))
    with step("inclusion"):
        _check_inclusion(items, signed)
    steps.done("inclusion", records=len(items))
    return signed


def _judge_chain(
    evidence: Evidence, items: Sequence[Shown], signers: Sequence[tuple[Standing, int | None]], steps: Steps, seq: int
) -> tuple[_Linked, ...]:
    """Prove that the linked records are the chain from place `seq` on, up to the published head."""
    with step("links"):
        chain = tuple(
            _Linked(item, read_link(item, evidence.chain), standing, since_ms)
            for item, (standing, since_ms) in zip(items, signers, strict=True)
            if item.entry.link is not None
        )
        if not chain:
            raise broken("chain_not_shown", "/entries", chain=evidence.chain)
    steps.done("links", opened=len(chain))
    with step("chain"):
        _check_chain(chain, seq)
    steps.done("chain", records=len(chain))
    with step("heads"):
        complete = _check_heads(evidence, items, chain)
    steps.done("heads", ok=bool(complete), **complete)
    return chain


def _judge_effects(
    evidence: Evidence, chain: Sequence[_Linked], steps: Steps, *, from_birth: bool
) -> dict[Account, int]:
    """Check what was posted; return the balances of a batch all of whose effects are disclosed."""
    with step("effects"):
        effects = [(one.item, mass.read_effects(one.item, one.link)) for one in chain]
    disclosed = [(item, effect) for item, effect in effects if effect is not None]
    withheld = len(effects) - len(disclosed)
    steps.done("effects", disclosed=len(disclosed), withheld=withheld)
    accounts: dict[Account, int] = {}
    if evidence.chain.startswith(mass.BATCH) and from_birth:
        with step("kilograms"):
            accounts = {} if withheld else mass.add_up(disclosed)
        steps.done("kilograms", ok=not withheld, accounts=len(accounts), withheld=withheld)
    return accounts


def _check_entries(evidence: Evidence, items: Sequence[Shown]) -> None:
    """Demand one origin, times that do not run backwards, no event twice, and a reason for each entry."""
    heads = _heads_entry(evidence, items)
    events: set[str] = set()
    before_ms = 0
    for item in items:
        record, header = item.entry.record, item.entry.header
        if record.origin != evidence.origin or (header is not None and header.origin != evidence.origin):
            raise broken("origin_differs", item.place, expected=evidence.origin)
        if record.recorded_at_ms < before_ms:
            raise broken("time_runs_backwards", f"{item.place}/record/recorded_at")
        if record.event in events:
            raise broken("event_twice", f"{item.place}/record/event", event=record.event)
        reason = item.entry.link is not None or item.index == 0 or item is heads or item.type in ABOUT_KEYS
        if not reason:
            raise broken("entry_not_asked_for", item.place)
        events.add(record.event)
        before_ms = record.recorded_at_ms


def _heads_entry(evidence: Evidence, items: Sequence[Shown]) -> Shown | None:
    if evidence.heads is None:
        return None
    return next((item for item in reversed(items) if item.type == HEADS), None)


def _check_genesis(evidence: Evidence, first: Shown) -> bool:
    """Demand leaf 0 with its section `log`; return whether it says `demo`."""
    content = first.section("log")
    if first.index != 0 or first.type != GENESIS or content is None:
        raise broken("genesis_not_shown", first.place)
    demo = content.get("demo")
    if not isinstance(demo, bool):
        raise broken("section_not_of_form", f"{first.place}/sections", section="log", member="demo")
    if content.get("origin") != evidence.origin:
        raise broken("origin_differs", f"{first.place}/sections", expected=evidence.origin)
    return demo


def _check_log_keys(evidence: Evidence, items: Sequence[Shown]) -> None:
    """Demand that each key that signs for the log was named by the ledger itself, and one by the last list shown."""
    lists = [
        {check_public_key(raw) for raw in item.raw_keys("log", "keys")}
        for item in items
        if item.type in NAMES_KEYS_OF_THE_LOG
    ]
    keys = log_keys_of(evidence.origin, evidence.vkeys)
    for key in keys:
        if key.key not in set().union(*lists):
            raise broken("log_key_not_named", "/vkeys", vkey=key.vkey())
    if lists[-1].isdisjoint(key.key for key in keys):
        raise broken("log_key_superseded", "/vkeys", vkey=keys[-1].vkey())


def _check_inclusion(items: Sequence[Shown], signed: Signed) -> None:
    """Record i is leaf i of the tree that the checkpoint signs."""
    size, root = signed.checkpoint.size, signed.checkpoint.root
    for item in items:
        try:
            require_inclusion(item.index, size, leaf_hash(unb64u(item.hash)), item.entry.path, root)
        except VerificationError as error:
            raise broken(error.code, item.place, **error.params) from None


def _check_chain(chain: Sequence[_Linked], first: int) -> None:
    """Demand every record from place `first` on, each naming the one before it."""
    before = chain[0].link.prev if first else None
    for seq, one in enumerate(chain, first):
        if one.link.seq != seq:
            raise broken("chain_seq_wrong", f"{one.item.place}/link", expected=seq, actual=one.link.seq)
        if one.link.prev != before:
            raise broken("chain_prev_wrong", f"{one.item.place}/link", seq=seq)
        before = one.item.hash


def _check_heads(evidence: Evidence, items: Sequence[Shown], chain: Sequence[_Linked]) -> dict[str, int | str]:
    """Prove the head of the chain as of log size n; return n, its time, and the records up to it and newer."""
    if evidence.heads is None:
        return {}
    entry = _heads_entry(evidence, items)
    if entry is None:
        raise broken("heads_not_shown", "/heads")
    n, root = entry.index, heads_root(entry, evidence.heads, "/heads")
    older = [one.item for one in chain if one.item.index < n]
    if not older or not core_heads.verify(evidence.chain, older[-1].hash, evidence.heads, root):
        raise broken("head_not_proven", "/heads", n=n, shown=len(older))
    time = format_recorded(entry.entry.record.recorded_at_ms)
    return {"n": n, "time": time, "records": len(older), "newer": len(chain) - len(older)}


def _not_disclosed(item: Shown) -> bool:
    header, sections = item.entry.header, {section.name for section in item.entry.sections}
    return header is None or item.entry.effects is None or bool(set(header.sections) - sections - {"personal"})


def _verdict(policy: Policy | None, steps: Steps, chain: Sequence[_Linked]) -> tuple[Part, ...]:
    hidden: Facts = {"hidden": sum(_not_disclosed(one.item) for one in chain), "records": len(chain)}
    answers = Counter(one.standing for one in chain)
    parts = [*verdict_of(policy, steps.facts("checkpoint"))]
    if steps.facts("genesis")["demo"]:
        parts.append(Part("demo"))
    complete = steps.facts("heads")
    parts.append(Part("complete", complete) if complete else Part("completeness_not_shown"))
    if complete.get("newer"):
        parts.append(Part("newer", complete))
    parts.append(Part("not_disclosed" if hidden["hidden"] else "all_disclosed", hidden))
    parts.extend(Part(f"by_{how}", {"records": answers[how]}) for how in STANDINGS if answers[how])
    flagged = [one.since_ms for one in chain if one.since_ms is not None]
    if flagged:
        parts.append(Part("key_compromised", {"records": len(flagged), "since": format_recorded(min(flagged))}))
    if steps.facts("kilograms"):
        parts.append(Part("adds_up" if steps.ok("kilograms") else "not_added_up", steps.facts("kilograms")))
    return tuple(parts)


def _line(one: _Linked) -> RecordLine:
    record, header = one.item.entry.record, one.item.entry.header
    type_, actor = (None, None) if header is None else (header.type, header.actor)
    return RecordLine(
        record.index, record.recorded_at_ms, type_, actor, one.standing, one.since_ms, _not_disclosed(one.item)
    )
