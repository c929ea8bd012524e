"""Proof of more than one chain, judged offline, a line at a time: memory does not grow with the file.

Each part is judged as evidence (`evidence`), and its steps keep their names. Then come: parts (the parts are those of
the index, of one view of the log, and continue one another), period (each chain is shown from before the period on),
seal (the index is what a key of the log signed), policy.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledger.core.bundle import Policy
from ledger.core.note import open_note, parse_note
from ledger.core.proof import MAX_PARTS, PROOF, Index, Listed, Span, Subject, Title, part_digest, read_part, seal_text
from ledger.core.times import format_recorded, parse_recorded
from ledger.errors import FormatError, VerificationError
from ledger.verify.checks import broken, log_keys_of, step, verdict_of
from ledger.verify.evidence import Ends, judge_span
from ledger.verify.report import STANDINGS, Facts, Part, Report, Steps

_PART_STEPS = (
    "form", "sections", "events", "entries", "genesis", "log_key", "checkpoint", "inclusion", "signatures", "links",
    "chain", "effects",
)  # fmt: skip


@dataclass(slots=True)
class _Chain:
    """What is known of the chain whose parts are being read."""

    name: str
    ends: Ends
    complete: Facts = field(default_factory=dict)
    newer: int = 0
    added_up: bool = False
    more: bool = False


@dataclass(slots=True)
class _Sums:
    """What the verdict tells, added up over the parts."""

    chains: int = 0
    complete: int = 0
    n: int = 0
    time: str = ""
    records: int = 0
    hidden: int = 0
    answers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STANDINGS, 0))
    compromised: int = 0
    since: str = ""
    batches: int = 0
    added_up: int = 0
    witnesses: int = 0
    demo: bool = False


def judge_proof(lines: Iterable[bytes], policy: Policy | None = None) -> Report:
    """Verify a proof from its lines, each with its line feed. VerificationError: which step broke, in which part."""
    return _Judge(policy).judge(iter(lines))


class _Judge:
    """The judgement of one proof."""

    def __init__(self, policy: Policy | None) -> None:
        self._policy = policy
        self._sums = _Sums()
        self._listed: list[Listed] = []
        self._chain: _Chain | None = None
        self._first: Span | None = None

    def judge(self, lines: Iterator[bytes]) -> Report:
        with step("form"):
            title = Title.parse(_bare(next(lines, b"")))
            before: bytes | None = None
        for line in lines:
            if before is not None:
                self._part(title, before)
            with step("form"):
                before = _bare(line)
        with step("form"):
            if before is None or self._first is None:
                raise FormatError("proof_cut_off")
            index = Index.parse(before)
        return self._end(title, index, self._first)

    # --- parts ----------------------------------------------------------------------------------------------------

    def _part(self, title: Title, line: bytes) -> None:
        at = f"/parts/{len(self._listed)}"
        try:
            with step("form"):
                if len(self._listed) >= MAX_PARTS:
                    raise FormatError("list_length", None, {"least": 1, "most": MAX_PARTS})
                span = read_part(line)
            report, ends = judge_span(span, self._policy)
            with step("parts"):
                self._one_view(title, span)
                begun = self._continue(span, ends)
            with step("period"):
                if begun:
                    _begins_early(title.subject, span, ends)
        except VerificationError as error:
            raise VerificationError(error.code, error.step, at + (error.field or ""), error.params) from None
        assert self._chain is not None
        self._count(self._chain, report)
        self._listed.append(Listed(span.evidence.chain, span.seq, part_digest(line)))

    def _one_view(self, title: Title, span: Span) -> None:
        evidence = span.evidence
        first = (self._first or span).evidence
        same = (evidence.origin, evidence.checkpoint, evidence.vkeys) == (title.origin, first.checkpoint, first.vkeys)
        if not same:
            raise broken("part_of_another_view", "/checkpoint")
        self._first = self._first or span

    def _continue(self, span: Span, ends: Ends) -> bool:
        """Begin a chain (True), or go on where the part before ended: its last record is shown again as the first."""
        name, known = span.evidence.chain, self._chain
        if known is None or name > known.name:
            self._close()
            self._chain = _Chain(name, ends)
            return True
        if name != known.name or (span.seq, ends.first) != (known.ends.last_seq, known.ends.last):
            raise broken("span_not_continued", "/entries", chain=name)
        known.ends, known.more = ends, True
        return False

    def _count(self, chain: _Chain, report: Report) -> None:
        sums, verdict = self._sums, {part.code: part.facts for part in report.verdict}
        steps = {taken.name: taken for taken in report.steps}
        chain.complete = verdict.get("complete", {})
        chain.added_up = steps["kilograms"].ok if "kilograms" in steps and not chain.more else False
        # A record that stands in two parts of its chain counts once.
        lines = report.records[1 if chain.more else 0 :]
        sums.records += len(lines)
        sums.hidden += sum(line.withheld for line in lines)
        for line in lines:
            sums.answers[line.standing] += 1
        flagged = [line.compromised_since_ms for line in lines if line.compromised_since_ms is not None]
        if flagged:
            since = format_recorded(min(flagged))
            sums.compromised += len(flagged)
            sums.since = min(sums.since or since, since)
        sums.demo = report.demo
        sums.witnesses = int(str(steps["checkpoint"].facts["witnesses"]))

    def _close(self) -> None:
        """Add what is known of a chain when its last part was read."""
        chain, sums = self._chain, self._sums
        if chain is None:
            return
        sums.chains += 1
        if chain.name.startswith("batch:"):
            sums.batches += 1
            sums.added_up += chain.added_up and not chain.more
        if chain.complete:
            n, time = int(str(chain.complete["n"])), str(chain.complete["time"])
            sums.n, sums.time = (n, time) if not sums.complete or n < sums.n else (sums.n, sums.time)
            sums.complete += 1

    # --- the whole ------------------------------------------------------------------------------------------------

    def _end(self, title: Title, index: Index, first: Span) -> Report:
        self._close()
        steps, sums = Steps(), self._sums
        for name in _PART_STEPS:
            steps.done(name, parts=len(self._listed))
        steps.done("heads", ok=sums.complete == sums.chains, chains=sums.chains, complete=sums.complete)
        if sums.batches:
            steps.done("kilograms", ok=sums.added_up == sums.batches, batches=sums.batches, added_up=sums.added_up)
        with step("parts"):
            if index.parts != tuple(self._listed):
                at = next(
                    (at for at, pair in enumerate(zip(index.parts, self._listed, strict=False)) if pair[0] != pair[1]),
                    min(len(index.parts), len(self._listed)),
                )
                raise broken("part_not_as_listed", f"/parts/{at}")
            ref = title.subject.ref
            if title.subject.kind != "region" and all(part.chain != ref for part in self._listed):
                raise broken("subject_not_shown", "/subject/ref", chain=ref)
        steps.done("parts", parts=len(self._listed), chains=sums.chains)
        covered = _covered(title.subject, sums)
        if title.subject.from_ms is not None:
            steps.done("period", ok=covered)
        with step("seal"):
            _check_seal(title, index, first)
        steps.done("seal", ok=index.seal is not None)
        steps.done("policy", ok=self._policy is not None)
        return Report(
            spec=PROOF,
            origin=title.origin,
            subject=_name(title.subject),
            steps=steps.taken(),
            verdict=tuple(_verdict(title.subject, index, self._policy, sums, covered=covered)),
        )


def _bare(line: bytes) -> bytes:
    """Return a line without its line feed. FormatError `proof_cut_off`: it has none."""
    if not line.endswith(b"\n"):
        raise FormatError("proof_cut_off")
    return line[:-1]


def _begins_early(subject: Subject, span: Span, ends: Ends) -> None:
    """Demand that a chain is shown from its first record on, or from one recorded before the period."""
    if span.seq == 0 or (subject.from_ms is not None and ends.first_ms < subject.from_ms):
        return
    raise broken("span_begins_late", "/entries", chain=span.evidence.chain)


def _covered(subject: Subject, sums: _Sums) -> bool:
    """Whether the heads of every chain were published after the period."""
    if subject.to_ms is None or sums.complete < sums.chains:
        return False
    return parse_recorded(sums.time) >= subject.to_ms


def _check_seal(title: Title, index: Index, first: Span) -> None:
    """Demand that one of the keys that signed the checkpoint signed the index."""
    if index.seal is None:
        return
    keys = log_keys_of(title.origin, first.evidence.vkeys)
    text, signatures = open_note(index.seal, keys)
    lines = len(parse_note(index.seal)[1])
    if text != seal_text(title, index.parts, index.withheld):
        raise broken("seal_of_another_index", "/seal")
    if lines != len(signatures):
        raise broken("checkpoint_line_unknown", "/seal", lines=lines, verified=len(signatures), keys=len(keys))


def _name(subject: Subject) -> str:
    if subject.from_ms is None or subject.to_ms is None:
        return subject.ref
    return f"{subject.ref} {format_recorded(subject.from_ms)} - {format_recorded(subject.to_ms)}"


def _verdict(subject: Subject, index: Index, policy: Policy | None, sums: _Sums, *, covered: bool) -> Iterator[Part]:
    yield from verdict_of(policy, {"witnesses": sums.witnesses})
    if sums.demo:
        yield Part("demo")
    yield Part(f"about_{subject.kind}", {"chains": sums.chains, "records": sums.records})
    yield from _completeness(subject, index, sums, covered=covered)
    hidden: Facts = {"hidden": sums.hidden, "records": sums.records}
    yield Part("not_disclosed" if sums.hidden else "all_disclosed", hidden)
    for how in STANDINGS:
        if sums.answers[how]:
            yield Part(f"by_{how}", {"records": sums.answers[how]})
    if sums.compromised:
        yield Part("key_compromised", {"records": sums.compromised, "since": sums.since})
    if sums.batches:
        code = "batches_add_up" if sums.added_up == sums.batches else "batches_not_added_up"
        yield Part(code, {"batches": sums.batches, "rest": sums.batches - sums.added_up})


def _completeness(subject: Subject, index: Index, sums: _Sums, *, covered: bool) -> Iterator[Part]:
    """What is shown to be all there is: of each chain, of the period, of the list of chains."""
    if sums.complete:
        facts: Facts = {"complete": sums.complete, "chains": sums.chains, "n": sums.n, "time": sums.time}
        yield Part("chains_complete", facts)
    if sums.complete < sums.chains:
        yield Part("chains_not_complete", {"chains": sums.chains - sums.complete})
    if subject.from_ms is not None and subject.to_ms is not None:
        bounds = {"start": format_recorded(subject.from_ms), "end": format_recorded(subject.to_ms)}
        until = {**bounds, "time": sums.time or bounds["start"]}
        yield Part("period_covered", bounds) if covered else Part("period_open", until)
    yield Part("list_not_signed" if index.seal is None else "list_signed", {"chains": sums.chains})
    if index.withheld:
        yield Part("chains_withheld", {"withheld": index.withheld})
