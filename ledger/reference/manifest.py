"""The reference manifest: which tables, of which bytes and date, the rules were given.

Its hash stands in every record; the manifest itself is published on the ledger chain before use.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.records import manifest_hash
from ledger.reference.files import Table

SPEC: Final = "hazledger/reference@1"


def build(tables: Sequence[Table], data: Mapping[str, bytes]) -> dict[str, Json]:
    """Return {"spec", "tables": [{"name", "digest", "effective", "source"}]} sorted by name.

    digest: base64url of the SHA-256 of the file's bytes; effective: YYYY-MM-DD.
    """
    listed: list[Json] = [
        {
            "name": table.name,
            "digest": b64u(hashlib.sha256(data[table.name]).digest()),
            "effective": table.effective,
            "source": table.source,
        }
        for table in sorted(tables, key=lambda table: table.name)
    ]
    return {"spec": SPEC, "tables": listed}


def digest(manifest: dict[str, Json]) -> str:
    """Return the hash by which records name this manifest: tag hazledger/manifest@1 over the canonical bytes."""
    return manifest_hash(manifest)
