"""Words for what was read: an address as the log of reads has it, told to people."""

from collections.abc import Mapping
from typing import Final

from api.i18n import N_

READS: Final[Mapping[str, str]] = {
    "desk": N_("The desk"),
    "overview": N_("The overview"),
    "find": N_("A search"),
    "stock": N_("The list of stock"),
    "batches": N_("The list of batches"),
    "batches/*": N_("A batch"),
    "batches/*/history": N_("The life of a batch"),
    "batches/*/stock": N_("The stock of a batch"),
    "batches/*/flow": N_("The flow of a batch"),
    "batches/*/trace": N_("The trace of a batch"),
    "batches/*/recall": N_("What a recall of a batch would reach"),
    "batches/*/evidence": N_("The evidence of a batch"),
    "batches/*/labels": N_("The labels of a batch"),
    "labels": N_("The labels of a batch"),
    "labels/*": N_("A label"),
    "containers": N_("The list of containers"),
    "containers/*": N_("A container"),
    "sites": N_("The list of sites"),
    "sites/*": N_("A site"),
    "sites/*/state": N_("A site"),
    "sites/*/proof": N_("The evidence of a site's day"),
    "licences": N_("The list of licences"),
    "findings": N_("The list of findings"),
    "findings/*": N_("A finding"),
    "scan/findings": N_("Findings of scans"),
    "scans/findings": N_("Findings of scans"),
    "recalls": N_("The list of recalls"),
    "recalls/*": N_("A recall"),
    "transfers": N_("The list of transfers"),
    "transfers/*": N_("A transfer"),
    "transfers/*/evidence": N_("The evidence of a transfer"),
    "transfers/*/proof": N_("The evidence of a transfer"),
    "shipments": N_("The list of shipments"),
    "shipments/*": N_("A shipment"),
    "shipments/*/evidence": N_("The evidence of a shipment"),
    "shipments/*/waybill": N_("A transport document"),
    "filings": N_("The list of filings"),
    "filings/*": N_("A filing"),
    "firms": N_("The list of organisations"),
    "firms/*": N_("An organisation"),
    "requests": N_("The list of requests"),
    "requests/*": N_("A request"),
    "requests/new": N_("The form of a request"),
    "grants": N_("Sight for a time"),
    "matrix": N_("The matrix of authorities"),
    "holds/*": N_("The form of a hold"),
    "holds/sites/*": N_("The form of a hold"),
    "holds/containers/*": N_("The form of a hold"),
    "proof": N_("Evidence of a region"),
    "proofs": N_("Proof to take away"),
    "proofs/*": N_("Proof to take away"),
    "proofs/*/file": N_("Proof to take away"),
    "export/*": N_("A list as a file"),
    "papers/*": N_("A photographed paper"),
    "Q/*": N_("A printed code"),
    "q/*": N_("A printed code"),
    "codes/*/open": N_("A code opened by an incident code"),
    "open/*": N_("A code opened by an incident code"),
}
"""Addresses, with a star for what names a thing -> what is read there."""
OTHER: Final = N_("Another page")


def read_word(address: str) -> str:
    """Return the message that says what is read at an address; ``OTHER`` where nobody thought of one."""
    path = address.partition("?")[0].removeprefix("/api/v1").removesuffix(".csv")
    parts = path.strip("/").split("/")
    for shape in _shapes(parts):
        if shape in READS:
            return READS[shape]
    return OTHER


def _shapes(parts: list[str]) -> list[str]:
    """The address itself, then with a star in the place of each part but the first, the last of them first."""
    starred = [[*parts[:place], "*", *parts[place + 1 :]] for place in (1, 2) if len(parts) > place]
    return ["/".join(shape) for shape in (parts, *starred)]
