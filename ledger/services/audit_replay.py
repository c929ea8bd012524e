"""Decisions made again: the rules that each record names, on what the records before it say, into a scratch store."""

from collections.abc import Collection, Iterable
from typing import Final

import orjson

from ledger.core.b64 import unb64u
from ledger.core.canonical import decode, encode
from ledger.core.effects import Effects
from ledger.core.events import Signature, signing_bytes
from ledger.core.keys import check_public_key, key_id, verify
from ledger.errors import IntegrityError
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import LedgerState, OrgState
from ledger.rules.decide import decide
from ledger.rules.decision import Refused
from ledger.rules.event import Entry
from ledger.rules.state import BAY
from ledger.services.audit_entry import Checked, open_sound
from ledger.services.audit_findings import Findings, words
from ledger.services.audit_run import Run
from ledger.services.audit_tables import compare_projections
from ledger.services.rebuild import OPENED, Fold
from ledger.services.rule_books import RuleBooks
from ledger.store.entries import Chunk
from ledger.store.unit_of_work import Unit, WriteUnit

BATCH: Final = "batch:"
NO_EFFECTS: Final = encode(Effects().content())
_NONE: Final = NO_EFFECTS + b"]"


class Replay:
    """Judges signatures, decisions and postings in order; after a record that cannot be folded it is ``lost``."""

    def __init__(self, scratch: WriteUnit, evidence: Unit, books: RuleBooks, findings: Findings) -> None:
        """Begin before record 0 with an empty scratch store."""
        self.lost = False
        self._scratch = scratch
        self._evidence = evidence
        self._books = books
        self._findings = findings
        self._fold = Fold(scratch, evidence)

    def add(self, checked: Checked, *, signed: bool = False) -> None:
        """Judge one record and fold it; ``signed``: its signatures are good, if its keys might sign there."""
        if self.lost:
            return
        with self._findings.catching("signature_not_checked", index=checked.idx):
            self._check_signatures(checked, signed=signed)
        made: dict[str, Effects] = {}
        with self._findings.catching("decision_not_replayed", index=checked.idx):
            made = self._decide(checked)
        effects = self._effects(checked, made)
        if effects is not None:
            self._follow(Entry(checked.idx, checked.recorded_at_ms, checked.event, effects))

    def add_sound(self, chunk: Chunk, run: Run, signed: Collection[int]) -> None:
        """Do the same for the records of a chunk, all of whose bytes were found sound; ``signed``: by index."""
        for stored, sound in zip(chunk.entries(), run.sounds(), strict=True):
            if not self.lost:
                self.add(open_sound(stored, sound), signed=sound.idx in signed)

    def expect(self, chunk: Chunk) -> None:
        """Have at hand what the records of a chunk touch: one question to the store instead of one for each."""
        if not self.lost:
            keys = {row[0] for row in chunk.links} | {row[0] for row in chunk.events}
            for row in chunk.links:
                keys.update(_cells(row[4]))
            self._fold.memo.expect(keys, chunk.low, self._scratch)

    def lose(self) -> None:
        """Say that a record could not be read: what follows cannot be judged."""
        self.lost = True

    def finish(self) -> None:
        """Write what is left into the scratch store and compare the projections with it."""
        if not self.lost:
            try:
                self._fold.flush()
            except IntegrityError as error:
                self._give_up(error)
        if not self.lost:
            compare_projections(self._evidence, self._scratch, self._findings)

    def _give_up(self, error: Exception, index: int | None = None) -> None:
        self._findings.add("record_not_folded", words(error), index=index)
        self.lost = True

    # --- signatures --------------------------------------------------------------------------------------------------

    def _check_signatures(self, checked: Checked, *, signed: bool) -> None:
        if not checked.signatures:
            return
        message = signing_bytes(checked.header_bytes)
        for item in checked.signatures:
            raw = self._raw_key(checked, item)
            if raw is None:
                self._findings.add("key_not_registered", item.key, index=checked.idx)
            elif not signed and not verify(check_public_key(raw), unb64u(item.sig), message):
                self._findings.add("signature_wrong", item.key, index=checked.idx)

    def _raw_key(self, checked: Checked, item: Signature) -> bytes | None:
        stated = checked.event.contents.get("key", {}).get("key")
        candidates = [unb64u(stated, 32)] if isinstance(stated, str) else []
        org = self._fold.memo.get(checked.event.header.actor, checked.idx, self._scratch)
        if isinstance(org, OrgState) and item.key in org.keys:
            candidates.append(unb64u(org.keys[item.key].raw, 32))
        ledger = self._ledger(checked.idx)
        if ledger is not None:
            candidates.extend(unb64u(raw, 32) for raw in ledger.registrars)
        return next((raw for raw in candidates if key_id(raw) == item.key), None)

    def _ledger(self, index: int) -> LedgerState | None:
        if self._fold.memo.ledger_id is None:
            return None
        found = self._fold.memo.get(self._fold.memo.ledger_id, index, self._scratch)
        return found if isinstance(found, LedgerState) else None

    # --- decisions ---------------------------------------------------------------------------------------------------

    def _decide(self, checked: Checked) -> dict[str, Effects]:
        """Return what the rules make of the event, where it is, byte by byte, what was recorded; note differences."""
        event, index = checked.event, checked.idx
        ledger = self._ledger(index)
        if ledger is not None and (checked.rules, checked.reference) != (ledger.rules, ledger.reference):
            self._findings.add("manifest_not_in_force", index=index)
        if ledger is None and event.header.type == OPENED:
            stated = event.contents["rule"]["rules"]
            self._books.add(stated if isinstance(stated, dict) else {})
        rules = self._books.rules(checked.rules, self._evidence)
        reference = self._books.require(checked.reference)
        decision = self._fold.memo.ask(
            lambda state: decide(state, event, checked.recorded_at_ms, rules, reference),
            index,
            self._scratch,
            self._evidence,
        )
        if isinstance(decision, Refused):
            codes = ", ".join(problem.code for problem in decision.problems)
            self._findings.add("decision_differs", f"the rules refuse it: {codes}", index=index)
            return {}
        same: dict[str, Effects] = {}
        for chain in sorted(decision.effects.keys() | checked.effects.keys()):
            made = decision.effects.get(chain)
            if made is not None and _bytes(made) == checked.effects.get(chain):
                same[chain] = made
            else:
                self._findings.add("decision_differs", index=index, chain=chain)
        return same

    def _effects(self, checked: Checked, made: dict[str, Effects]) -> dict[str, Effects] | None:
        """Return what was recorded, read again only where it is not what was made; None if it cannot be read."""
        effects: dict[str, Effects] = {}
        with self._findings.catching("bytes_not_of_form", index=checked.idx):
            for chain, body in checked.effects.items():
                known = made.get(chain)
                effects[chain] = Effects.parse(decode(body)) if known is None else known
        if len(effects) != len(checked.effects):
            self.lost = True
            return None
        for chain, found in effects.items():
            if found.postings:
                _check_postings(chain, found, checked.idx, self._findings)
        return effects

    def _follow(self, entry: Entry) -> None:
        try:
            changes = self._fold.changes(entry)
            below = [key for key, value in changes.items() if isinstance(value, int) and value < 0]
            if below:
                self._findings.add("holding_negative", below[0], index=entry.index)
                self.lost = True
                return
            self._fold.take(entry, changes)
        except Exception as error:  # noqa: BLE001 - tampered bytes may break anything; what follows cannot be judged
            self._give_up(error, entry.index)


def _cells(effects: bytes) -> Iterable[str]:
    """Return what a link posts to, and where that is, as far as it can be told: a guess at what will be needed."""
    try:
        if effects.endswith(_NONE):
            return ()
        accounts = [posting["account"] for posting in orjson.loads(effects)[2]["postings"]]
        held = [Holding(*account) for account in accounts if isinstance(account, list)]
        keys = [key for cell in held for key in (cell.key, BAY + cell.place)]
    except (AttributeError, LookupError, TypeError, ValueError):
        return ()
    return [key for key in keys if key.startswith(BAY) or key.count("|") == len(Holding._fields) - 1]


def _bytes(effects: Effects) -> bytes:
    if not (effects.postings or effects.shares or effects.findings):
        return NO_EFFECTS
    return encode(effects.content())


def _check_postings(chain: str, effects: Effects, index: int, findings: Findings) -> None:
    if effects.balance_mg != 0:
        findings.add("postings_not_zero", f"{effects.balance_mg} mg", index=index, chain=chain)
    if not chain.startswith(BATCH):
        findings.add("postings_outside_batch", index=index, chain=chain)
    for posting in effects.postings:
        if not isinstance(posting.account, str) and posting.account[0] != chain:
            findings.add("posting_of_another_batch", posting.account[0], index=index, chain=chain)
