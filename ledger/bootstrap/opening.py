"""A new production ledger in an empty place, also in the place of one whose tail is lost."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ledger.bootstrap.running import exists
from ledger.config import Settings
from ledger.core.b64 import b64u
from ledger.core.bundle import Policy
from ledger.core.canonical import Json
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.ids import check_origin, uuid7
from ledger.core.keys import KEY_SIZE, check_public_key, private_key
from ledger.core.note import Signer, Verifier, parse_note
from ledger.errors import ConfigurationError, ConflictError, FormatError, HazledgerError
from ledger.reference import load
from ledger.services import genesis, key_file
from ledger.services.clock import SystemClock
from ledger.services.entropy import SystemEntropy
from ledger.services.genesis import Genesis
from ledger.services.ledger import Ledger
from ledger.services.read_kept import beside
from ledger.services.signer_state import read_state
from ledger.store.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new ledger is opened with: origin, operator (names zh and en, USCC, region), raw registrar keys.

    ``organisation``: the operator's reference, None for a new one; ``former`` and ``reason``: see ``Genesis``.
    """

    origin: str
    names: Mapping[str, str]
    uscc: str
    region: str
    phone: str | None = None
    registrars: tuple[bytes, ...] = ()
    organisation: str | None = None
    former: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None

    def genesis(self, now_ms: int) -> Genesis:
        """Leaf 0 of a production ledger with the standard rules."""
        entropy = SystemEntropy()
        organisation: dict[str, Json] = {
            "organisation": self.organisation or f"org:{uuid7(now_ms, entropy.bytes(10))}",
            "names": dict(self.names),
            "uscc": self.uscc,
            "region": self.region,
            "roles": ["operator"],
        }
        if self.phone is not None:
            organisation["phone"] = self.phone
        return Genesis(
            ledger=f"ledger:{uuid7(now_ms, entropy.bytes(10))}",
            organisation=organisation,
            registrars=self.registrars,
            demo=False,
            former=self.former,
            reason=self.reason,
        )


def open_new(settings: Settings, opening: Opening) -> Ledger:
    """Open a new production ledger in an empty place: key, schema, leaf 0, signer state. Nothing is left by a failure.

    Raises ConflictError (ledger_exists, signer_state_in_use), ConfigurationError, RefusedError and FormatError with
    the field.
    """
    if settings.environment != "production":
        raise ConfigurationError("environment_mismatch", params={"environment": settings.environment})
    state = settings.signer_state_path
    clock, entropy, reference = SystemClock(), SystemEntropy(), load()
    for at, raw in enumerate(opening.registrars):
        check_public_key(raw, field=f"/sections/log/registrars/{at}")
    reference.regions.region(opening.region)
    seed = entropy.bytes(KEY_SIZE)
    signer = Signer(check_origin(opening.origin, field="/origin"), private_key(seed))
    if opening.former.get("former_origin") == opening.origin:
        raise FormatError("successor_needs_new_origin", "/origin", {"origin": opening.origin})
    stated = opening.genesis(clock.now_ms())
    genesis.check(stated, signer, reference, clock, entropy)
    _need_empty(settings, state)
    for folder in (settings.data, settings.log_key_path.parent, state.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_file.write(settings.log_key_path, seed)
    try:
        return Ledger.create(
            settings.database_url,
            stated,
            signer=signer,
            signer_state=state,
            clock=clock,
            entropy=entropy,
            reference=reference,
        )
    except BaseException:
        if _records(settings) == 0 and not state.exists():
            settings.log_key_path.unlink()
        raise


def successor(checkpoint: bytes, policy: bytes | None) -> dict[str, Json]:
    """What leaf 0 says of the log that it succeeds: its origin, and its last known checkpoint, base64url of the note.

    ``checkpoint``: a signed note or a signer state. Raises FormatError, VerificationError (not signed by its key).
    """
    note = note_of(checkpoint)
    former = Checkpoint.parse(parse_note(note)[0])
    if policy is not None:
        pinned = Policy.parse(policy)
        open_checkpoint(note, pinned.origin, [Verifier.parse(key) for key in pinned.log_keys])
    return {"former_origin": former.origin, "former_checkpoint": b64u(note)}


def note_of(held: bytes) -> bytes:
    """Return the signed note in a signer state; other bytes as they are. Raises FormatError."""
    return read_state(held).note if held.startswith(b"{") and b'"hazledger/signer-state@1"' in held[:4096] else held


def _need_empty(settings: Settings, state: Path) -> None:
    records = _records(settings)
    if records:
        raise ConflictError("ledger_exists", params={"size": records})
    for file in (state, beside(state)):
        if file.exists():
            raise ConflictError("signer_state_in_use", params={"path": str(file)})


def _records(settings: Settings) -> int | None:
    """How many records are there; 0 without a schema, None where that cannot be told."""
    if not exists(settings):
        return 0
    try:
        store = Store.open(settings.database_url, readers=1)
    except ConfigurationError as error:
        return 0 if error.code == "schema_not_current" and error.params["found"] == "-" else None
    except HazledgerError:
        return None
    try:
        with suppress(HazledgerError), store.read() as unit:
            return unit.log.size()
        return None
    finally:
        store.close()
