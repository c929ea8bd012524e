"""Which rules and which reference data decide: found by the hashes that the ledger's state names."""

from collections.abc import Mapping
from typing import Any

from ledger.core.b64 import unb64u
from ledger.core.canonical import decode, encode
from ledger.core.records import manifest_hash
from ledger.errors import ConfigurationError, IntegrityError
from ledger.reference import Reference
from ledger.rules.manifest import RuleSet, rule_set
from ledger.store.unit_of_work import Unit

MAX_BYTES = 4 * 2**20


class RuleBooks:
    """Rule sets by hash, read once; and the one set of reference data that this program carries."""

    def __init__(self, reference: Reference) -> None:
        """Begin with no rule set."""
        self.reference = reference
        self._rules: dict[str, RuleSet] = {}

    def add(self, manifest: Mapping[str, Any]) -> RuleSet:
        """Read a manifest and keep it. Raises FormatError."""
        made = rule_set(manifest)
        return self._rules.setdefault(made.hash, made)

    def rules(self, digest: str, unit: Unit) -> RuleSet:
        """Return the rule set of a hash. Raises ConfigurationError (never published), IntegrityError."""
        known = self._rules.get(digest)
        if known is None:
            body = unit.manifests.get(unb64u(digest, 32))
            if body is None:
                raise ConfigurationError("rules_not_available", params={"hash": digest})
            stated = decode(body, max_bytes=MAX_BYTES)
            known = self.add(stated if isinstance(stated, dict) else {})
            if known.hash != digest:
                raise IntegrityError("manifest_differs", params={"hash": digest})
        return known

    def require(self, digest: str) -> Reference:
        """Return the reference data of a hash. Raises ConfigurationError if this program carries other data."""
        if digest != self.reference.hash:
            raise ConfigurationError(
                "reference_not_available", params={"hash": digest, "available": self.reference.hash}
            )
        return self.reference


def store_manifests(unit: Unit, contents: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep the manifests that a section ``rule`` publishes, by their hashes."""
    stated = contents.get("rule", {})
    for kind in ("rules", "reference"):
        manifest = stated.get(kind)
        if isinstance(manifest, dict):
            unit.manifests.put(manifest_key(manifest), kind, encode(manifest))


def manifest_key(manifest: dict[str, Any]) -> bytes:
    """Return the 32 bytes under which a manifest is stored."""
    return unb64u(manifest_hash(manifest), 32)
