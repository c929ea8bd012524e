"""A ledger of bytes in memory, made with `ledger.core` alone: no rules, no store, no clock.

`LedgerBytes` appends whatever it is told, so that tests can play an honest ledger and a lying one:
`append(..., links=...)` states links of one's own. Keys are named; their seeds, all salts and all times
follow from `seed`. `small_ledger()` is the smallest ledger in which everything occurs.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.core import heads, keys, merkle
from ledger.core.b64 import b64u, unb64u
from ledger.core.bundle import Entry, Evidence, Policy, Receipt
from ledger.core.canonical import Json
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.events import Header, Ref, Signature, event_hash, signatures_digest, signing_bytes
from ledger.core.note import COSIGNATURE, Signer, add_signatures
from ledger.core.records import Effects, Link, Posting, Record, Share, manifest_hash, record_hash
from ledger.core.sections import Disclosure
from ledger.core.times import format_utc
from ledger.core.tlogproof import TlogProof

ORIGIN = "trace.example.cn/log"
START_MS = 1_795_305_600_000  # 2026-11-22T00:00:00Z
STEP_MS = 60_000
NOTHING = Effects()
SUPPORTING = frozenset(
    f"governance.{verb}"
    for verb in (
        "organisation_admitted",
        "key_registered",
        "key_rotated",
        "key_revoked",
        "registrar_changed",
        "log_key_rotated",
    )
)


def uid(number: int) -> str:
    """Return a UUIDv7 that shows its number."""
    return f"01987a00-0000-7000-8000-{number:012x}"


OPERATOR, PRODUCER, USER = f"org:{uid(1)}", f"org:{uid(2)}", f"org:{uid(3)}"
LEDGER, BATCH, SITE, PRODUCT = f"ledger:{uid(0)}", f"batch:{uid(11)}", f"site:{uid(12)}", f"product:{uid(13)}"
STORE: tuple[str, ...] = (BATCH, PRODUCER, PRODUCER, f"{SITE}/A-03", "-", "free")


def seed_of(name: str) -> bytes:
    """Return the private seed of a named key, as in the vectors of formats.json."""
    return hashlib.sha256(f"vector key {name}".encode()).digest()


def public_of(name: str) -> bytes:
    """Return the raw public key of a named key."""
    return keys.public_key(seed_of(name))


def key_id_of(name: str) -> str:
    """Return the id of a named key."""
    return keys.key_id(public_of(name))


@dataclass(frozen=True)
class Kept:
    """One event with its record and everything that can be disclosed of it."""

    header: Header
    sections: tuple[Disclosure, ...]
    signatures: tuple[Signature, ...]
    record: Record
    links: Mapping[str, tuple[Disclosure, Disclosure]]

    @property
    def hash(self) -> str:
        """The record hash."""
        return record_hash(self.record.encode())


Show = Callable[[Kept, Entry], Entry]
"""Cuts down what is shown of a record."""


@dataclass
class LedgerBytes:
    """A ledger that signs what it is told. `registrars` and `log_keys` are names of keys."""

    origin: str = ORIGIN
    seed: str = "ledger"
    registrars: tuple[str, ...] = ("registrar",)
    log_keys: tuple[str, ...] = ("log",)
    demo: bool = False
    kept: list[Kept] = field(default_factory=list)
    chain_heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    made: int = 0

    def open(self) -> None:
        """Append leaf 0."""
        log = self.log_section(self.log_keys, self.registrars)
        self.append(
            "governance.ledger_opened", OPERATOR, {"log": {**log, "ledger": LEDGER, "demo": self.demo}}, [LEDGER]
        )

    def log_section(self, log_keys: Sequence[str], registrars: Sequence[str]) -> dict[str, Json]:
        """Return the content of a section `log`."""
        return {
            "origin": self.origin,
            "keys": [b64u(public_of(name)) for name in log_keys],
            "registrars": [b64u(public_of(name)) for name in registrars],
            "demo": self.demo,
        }

    def disclosure(self, name: str, content: dict[str, Json]) -> Disclosure:
        """Return a disclosure with the next salt."""
        self.made += 1
        salt = hashlib.sha256(f"{self.seed} salt {self.made}".encode()).digest()[:16]
        return Disclosure(salt, name, content)

    def append(
        self,
        type: str,
        actor: str,
        sections: Mapping[str, dict[str, Json]],
        chains: Mapping[str, Effects] | Sequence[str],
        *,
        signers: Sequence[str] = (),
        claimed: Sequence[str] | None = None,
        mode: str = "act",
        refs: tuple[Ref, ...] = (),
        links: Mapping[str, Link] | None = None,
        origin: str | None = None,
        earlier_ms: int = 0,
    ) -> int:
        """Append an event and return its index.

        `signers` sign; `claimed` (default: the same) stand in the header. `links` replaces what a
        chain is linked to, its effects digest excepted.
        """
        index = len(self.kept)
        recorded_at_ms = START_MS + index * STEP_MS - earlier_ms
        opened = tuple(self.disclosure(name, sections[name]) for name in sorted(sections))
        header = Header(
            origin=self.origin if origin is None else origin,
            id=uid(0x100 + index),
            type=type,
            mode=mode,
            actor=actor,
            keys=tuple(sorted(key_id_of(name) for name in (signers if claimed is None else claimed))),
            occurred_at=format_utc(recorded_at_ms),
            not_after=None,
            refs=refs,
            sections={section.name: section.digest for section in opened},
        )
        signed = [
            Signature(key_id_of(name), b64u(keys.sign(seed_of(name), signing_bytes(header.encode()))))
            for name in signers
        ]
        signatures = tuple(sorted(signed, key=lambda item: item.key))
        effects = chains if isinstance(chains, Mapping) else dict.fromkeys(chains, NOTHING)
        linked = {chain: self._link(chain, effect, links or {}) for chain, effect in effects.items()}
        record = Record(
            origin=self.origin,
            index=index,
            event=event_hash(header.encode()),
            recorded_at_ms=recorded_at_ms,
            signatures=signatures_digest(signatures),
            auth=self.disclosure("auth", {"method": "session"}).digest,
            rules=manifest_hash({"spec": "hazledger/rules@1", "rules": []}),
            reference=manifest_hash({}),
            links=tuple(sorted(link.digest for link, _ in linked.values())),
        )
        self.kept.append(Kept(header, opened, signatures, record, linked))
        for chain, (link, _) in linked.items():
            seq = link.content["seq"]
            assert isinstance(seq, int)
            self.chain_heads[chain] = (seq, self.kept[-1].hash)
        return index

    def _link(self, chain: str, effect: Effects, links: Mapping[str, Link]) -> tuple[Disclosure, Disclosure]:
        effects = self.disclosure("effects", effect.content())
        seq, prev = self.chain_heads.get(chain, (-1, None))
        stated = links.get(chain)
        link = Link(chain, seq + 1, prev, effects.digest)
        if stated is not None:
            link = Link(stated.chain, stated.seq, stated.prev, effects.digest)
        return self.disclosure("link", link.content()), effects

    def admit(self, org: str, key: str, signers: Sequence[str] = ("registrar",)) -> int:
        """Admit an organisation with its first key."""
        organisation: dict[str, Json] = {"organisation": org, "names": {"zh": "甲化工"}, "uscc": "91110000600037341L"}
        content: dict[str, Json] = {"key": b64u(public_of(key)), "alg": "ed25519", "holder": org}
        sections = {"organisation": organisation, "key": content}
        return self.append("governance.organisation_admitted", OPERATOR, sections, [org], signers=signers)

    def register_key(self, org: str, key: str, signers: Sequence[str], **more: Json) -> int:
        """Register a further key of an organisation, or (with `replaces`) rotate one."""
        content: dict[str, Json] = {"key": b64u(public_of(key)), "alg": "ed25519", "holder": org, **more}
        verb = "key_rotated" if "replaces" in more else "key_registered"
        return self.append(f"governance.{verb}", org, {"key": content}, [org], signers=signers)

    def revoke_key(self, org: str, key: str, signers: Sequence[str] = (), **more: Json) -> int:
        """Revoke a key of an organisation."""
        content: dict[str, Json] = {"key_id": key_id_of(key), **more}
        return self.append("governance.key_revoked", org, {"key": content}, [org], signers=signers)

    def produce(self, kg: int, *, signers: Sequence[str] = ("producer",), batch: str = BATCH) -> int:
        """Produce whole kilograms of a batch into `STORE`."""
        mg = kg * 10**6
        effects = Effects(
            postings=(Posting("produced", -mg), Posting((batch, *STORE[1:]), mg)), shares=(Share(batch, 10**9),)
        )
        sections: dict[str, dict[str, Json]] = {
            "product": {"product": PRODUCT},
            "outputs": {"lines": [{"batch": batch, "amount": f"{kg}.000", "unit": "kg"}]},
        }
        chains = {batch: effects, SITE: NOTHING}
        return self.append("production.batch_produced", PRODUCER, sections, chains, signers=signers)

    def consume(self, kg: int, *, batch: str = BATCH, links: Mapping[str, Link] | None = None) -> int:
        """Consume whole kilograms of a batch from `STORE`: an unsigned report."""
        mg = kg * 10**6
        effects = Effects(postings=(Posting("used", mg), Posting((batch, *STORE[1:]), -mg)))
        sections: dict[str, dict[str, Json]] = {
            "inputs": {"lines": [{"batch": batch, "amount": str(kg), "unit": "kg"}]},
            "personal": {"name": "张三"},
        }
        chains = {batch: effects, SITE: NOTHING}
        return self.append("use.consumed", PRODUCER, sections, chains, mode="report", links=links)

    def publish_heads(self, **changes: Json) -> int:
        """Append `governance.heads_published` over all heads; `changes` makes it state something else."""
        pairs = [(chain, head) for chain, (_, head) in self.chain_heads.items()]
        root = b64u(heads.heads_root(pairs))
        content: dict[str, Json] = {"n": len(self.kept), "chains": len(pairs), "root": root, **changes}
        return self.append("governance.heads_published", OPERATOR, {"heads": content}, [LEDGER])

    # What outsiders get.

    def size_or_all(self, size: int | None) -> int:
        """Return `size`, or the number of records."""
        return len(self.kept) if size is None else size

    def leaves(self, size: int | None = None) -> list[bytes]:
        """Return the leaf hashes of the first `size` records."""
        return [merkle.leaf_hash(unb64u(kept.hash)) for kept in self.kept[: self.size_or_all(size)]]

    def checkpoint(
        self, size: int | None = None, *, signers: Sequence[str] | None = None, witnesses: Sequence[str] = ()
    ) -> bytes:
        """Return the signed checkpoint of a size; witnesses are names of keys and of themselves."""
        text = Checkpoint(self.origin, self.size_or_all(size), merkle.root_of_hashes(self.leaves(size)))
        names = self.log_keys if signers is None else signers
        note = sign_checkpoint(text, [Signer(self.origin, seed_of(name)) for name in names])
        cosigned = [Signer(name, seed_of(name)).cosign(text.encode(), START_MS // 1000) for name in witnesses]
        return add_signatures(note, cosigned)

    def vkeys(self, signers: Sequence[str] | None = None, witnesses: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the verifier keys of a checkpoint's lines."""
        names = self.log_keys if signers is None else signers
        logs = [Signer(self.origin, seed_of(name)).verifier().vkey() for name in names]
        return tuple(sorted([*logs, *(witness_vkey(name) for name in witnesses)]))

    def path(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the inclusion path of a leaf."""
        return merkle.inclusion_proof(index, self.size_or_all(size), merkle.hash_reader(self.leaves(size)))

    def entry(self, index: int, chain: str | None, size: int | None = None) -> Entry:
        """Return an entry with everything disclosed; with its link if it is on `chain`."""
        kept = self.kept[index]
        link, effects = kept.links.get(chain or "", (None, None))
        return Entry(kept.record, self.path(index, size), kept.header, kept.signatures, kept.sections, link, effects)

    def head_proof(self, chain: str, n: int) -> heads.HeadProof | None:
        """Return the proof of a chain's head under the heads published at index `n`."""
        pairs = {name: kept.hash for kept in self.kept[:n] for name in kept.links}
        return heads.prove(list(pairs.items()), chain) if chain in pairs else None

    def evidence(
        self,
        chain: str = BATCH,
        *,
        size: int | None = None,
        show: Show | None = None,
        leave_out: Collection[int] = (),
        with_heads: bool = True,
        witnesses: Sequence[str] = (),
    ) -> Evidence:
        """Return the evidence of a chain at a log size.

        `show` cuts down the entries of the chain; `leave_out` drops records by index.
        """
        here = self.kept[: self.size_or_all(size)]
        published = [at for at, kept in enumerate(here) if kept.header.type == "governance.heads_published"]
        proof = self.head_proof(chain, published[-1]) if published and with_heads else None
        support = {0, *(at for at, kept in enumerate(here) if kept.header.type in SUPPORTING)}
        support |= {published[-1]} if proof is not None else set()
        linked = {at for at, kept in enumerate(here) if chain in kept.links}
        entries = []
        for at in sorted((support | linked) - {*leave_out}):
            entry = self.entry(at, chain, size)
            entries.append(show(here[at], entry) if show and at in linked else entry)
        return Evidence(
            self.origin,
            chain,
            tuple(entries),
            proof,
            self.checkpoint(size, witnesses=witnesses),
            self.vkeys(witnesses=witnesses),
        )

    def receipt(self, index: int, *, size: int | None = None, witnesses: Sequence[str] = ()) -> Receipt:
        """Return the receipt of a record, all sections but `personal` disclosed."""
        kept = self.kept[index]
        proof = TlogProof(index, self.path(index, size), self.checkpoint(size, witnesses=witnesses))
        names = ("producer", "producer-2", "registrar", "user")
        raw = sorted((public_of(name) for name in names if key_id_of(name) in kept.header.keys), key=b64u)
        sections = tuple(section for section in kept.sections if section.name != "personal")
        return Receipt(
            kept.header, kept.signatures, tuple(raw), sections, kept.record, proof, self.vkeys(witnesses=witnesses)
        )

    def policy(self, *, tlog_policy: bytes | None = None, registrars: Sequence[str] | None = None) -> Policy:
        """Return the policy of somebody who trusts this ledger."""
        names = self.registrars if registrars is None else registrars
        raw = tuple(sorted((public_of(name) for name in names), key=b64u))
        return Policy(self.origin, self.vkeys(), self.kept[0].hash, raw, tlog_policy)


def witness_vkey(name: str) -> str:
    """Return the verifier key of a named witness."""
    return Signer(name, seed_of(name)).verifier(COSIGNATURE).vkey()


def record_only(_: Kept, entry: Entry) -> Entry:
    """Show the record and its link, nothing else."""
    return Entry(entry.record, entry.path, link=entry.link)


def header_only(_: Kept, entry: Entry) -> Entry:
    """Show record, link and header."""
    return Entry(entry.record, entry.path, entry.header, entry.signatures, link=entry.link)


def small_ledger(*, demo: bool = False) -> LedgerBytes:
    """Leaf 0, a producer admitted by a registrar, a batch produced (signed) and used (reported), heads, a later use."""
    ledger = LedgerBytes(demo=demo)
    ledger.open()
    ledger.admit(PRODUCER, "producer")
    ledger.produce(1000)
    ledger.consume(250)
    ledger.publish_heads()
    ledger.consume(50)
    return ledger
