"""Decisions made again: the rules that each record names, on what the records before it say, into a scratch store."""

from typing import Final

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import encode
from ledger.core.events import signing_bytes
from ledger.core.heads import Heads
from ledger.core.keys import check_public_key, key_id, verify
from ledger.errors import IntegrityError
from ledger.rules.aggregates import LedgerState, OrgState
from ledger.rules.decide import decide
from ledger.rules.decision import Accepted, Refused
from ledger.services.audit_entry import Checked
from ledger.services.audit_findings import Findings, words
from ledger.services.rebuild import FLUSH_EVERY, OPENED, Fold
from ledger.services.rule_books import RuleBooks
from ledger.store.rows import Head, HeadMove
from ledger.store.unit_of_work import Unit, WriteUnit

HEADS: Final = "governance.heads_published"


class Replay:
    """Judges signatures, decisions and chains in order; after a record that cannot be folded it is ``lost``."""

    def __init__(self, scratch: WriteUnit, evidence: Unit, books: RuleBooks, findings: Findings) -> None:
        """Begin before record 0 with an empty scratch store."""
        self.lost = False
        self._scratch = scratch
        self._evidence = evidence
        self._books = books
        self._findings = findings
        self._fold = Fold(scratch, evidence)
        self._heads: dict[str, Head] = {}
        self._was: dict[str, int | None] = {}
        self._since = 0

    def add(self, checked: Checked) -> None:
        """Judge one record and fold it."""
        index = checked.entry.index
        if not self.lost:
            with self._findings.catching("signature_not_checked", index=index):
                self._check_signatures(checked)
            with self._findings.catching("decision_not_replayed", index=index):
                self._check_decision(checked)
            self._follow(checked)
        if checked.entry.event.header.type == HEADS:
            self._check_heads(checked)
        self._check_chains(checked)

    def finish(self) -> None:
        """Write what is left into the scratch store."""
        self._flush_heads()
        if not self.lost:
            self._guarded_flush()

    def _follow(self, checked: Checked) -> None:
        entry = checked.entry
        try:
            below = [key for key, value in self._fold.changes(entry).items() if isinstance(value, int) and value < 0]
            if below:
                self._findings.add("holding_negative", below[0], index=entry.index)
                self.lost = True
                return
            self._fold.add(entry)
        except Exception as error:  # noqa: BLE001 - tampered bytes may break anything; what follows cannot be judged
            self._findings.add("record_not_folded", words(error), index=entry.index)
            self.lost = True

    def _guarded_flush(self) -> None:
        try:
            self._fold.flush()
        except IntegrityError as error:
            self._findings.add("record_not_folded", words(error))
            self.lost = True

    def _check_signatures(self, checked: Checked) -> None:
        if not checked.signatures:
            return
        entry = checked.entry
        message = signing_bytes(checked.header_bytes)
        for item in checked.signatures:
            raw = self._raw_key(checked, item.key)
            if raw is None:
                self._findings.add("key_not_registered", item.key, index=entry.index)
            elif not verify(check_public_key(raw), unb64u(item.sig), message):
                self._findings.add("signature_wrong", item.key, index=entry.index)

    def _raw_key(self, checked: Checked, key: str) -> bytes | None:
        entry = checked.entry
        stated = entry.event.contents.get("key", {}).get("key")
        candidates = [unb64u(stated, 32)] if isinstance(stated, str) else []
        org = self._fold.memo.get(entry.event.header.actor, entry.index, self._scratch)
        if isinstance(org, OrgState) and key in org.keys:
            candidates.append(unb64u(org.keys[key].raw, 32))
        ledger = self._ledger(entry.index)
        if ledger is not None:
            candidates.extend(unb64u(raw, 32) for raw in ledger.registrars)
        return next((raw for raw in candidates if key_id(raw) == key), None)

    def _ledger(self, index: int) -> LedgerState | None:
        if self._fold.memo.ledger_id is None:
            return None
        found = self._fold.memo.get(self._fold.memo.ledger_id, index, self._scratch)
        return found if isinstance(found, LedgerState) else None

    def _check_decision(self, checked: Checked) -> None:
        entry, record = checked.entry, checked.record
        ledger = self._ledger(entry.index)
        if ledger is not None and (record.rules, record.reference) != (ledger.rules, ledger.reference):
            self._findings.add("manifest_not_in_force", index=entry.index)
        if ledger is None and entry.event.header.type == OPENED:
            stated = entry.event.contents["rule"]["rules"]
            self._books.add(stated if isinstance(stated, dict) else {})
        rules = self._books.rules(record.rules, self._evidence)
        reference = self._books.require(record.reference)
        decision = self._fold.memo.ask(
            lambda state: decide(state, entry.event, entry.recorded_at_ms, rules, reference),
            entry.index,
            self._scratch,
            self._evidence,
        )
        if isinstance(decision, Refused):
            codes = ", ".join(problem.code for problem in decision.problems)
            self._findings.add("decision_differs", f"the rules refuse it: {codes}", index=entry.index)
        else:
            self._compare(decision, checked)

    def _compare(self, decision: Accepted, checked: Checked) -> None:
        recorded = checked.entry.effects
        for chain in sorted(decision.effects.keys() | recorded.keys()):
            made, stored = decision.effects.get(chain), recorded.get(chain)
            if made is None or stored is None or encode(made.content()) != encode(stored.content()):
                self._findings.add("decision_differs", index=checked.entry.index, chain=chain)

    # --- chains -------------------------------------------------------------------------------------------------

    def _check_chains(self, checked: Checked) -> None:
        missing = [link.chain for link in checked.links if link.chain not in self._heads]
        if missing:
            self._heads.update(self._scratch.chains.heads(missing))
        index, raw = checked.entry.index, unb64u(checked.record_hash)
        for link in checked.links:
            before = self._heads.get(link.chain)
            seq, prev = (0, None) if before is None else (before.seq + 1, b64u(before.hash))
            if (link.seq, link.prev) != (seq, prev):
                self._findings.add("chain_broken", f"place {link.seq}, expected {seq}", index=index, chain=link.chain)
            self._was.setdefault(link.chain, None if before is None else before.seq)
            self._heads[link.chain] = Head(link.chain, seq, index, raw)
        self._since += 1
        if self._since >= FLUSH_EVERY:
            self._flush_heads()

    def _flush_heads(self) -> None:
        moved = [self._heads[chain] for chain in self._was]
        self._scratch.chains.advance(
            [HeadMove(head.chain, head.seq, head.idx, head.hash, self._was[head.chain]) for head in moved]
        )
        self._heads.clear()
        self._was.clear()
        self._since = 0

    def _check_heads(self, checked: Checked) -> None:
        index = checked.entry.index
        self._flush_heads()
        heads = Heads((head.chain, head.hash) for head in self._scratch.chains.iter_heads())
        stated = checked.entry.event.contents.get("heads", {})
        if (stated.get("n"), stated.get("chains"), stated.get("root")) != (index, len(heads), b64u(heads.root)):
            self._findings.add("heads_wrong", index=index)
