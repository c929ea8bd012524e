"""The client of a ledger: makes and signs events, sends them until they are recorded, and checks what comes back.

It needs no more than the standard library and the ledger's own core. ``Client`` is the door:

    ledger = Pinned("https://trace.example.cn", "trace.example.cn/log", (vkey,))
    client = Client(ledger, Bearer(token), "org:<uuid>", [key])
    receipt = client.state("storage.moved", {"inputs": {...}, "place": {...}})    # signed, recorded, verified
    draft = client.draft("use.issued_for_use", {...}, signers=2)                   # kept, to be signed by two people
    client.sign_draft(draft, first)                                                # None: it waits for the second one
    receipt = client.sign_draft(client.open_draft(draft.id), second)               # whole, recorded, verified
    for batch in client.items("/api/v1/batches"): ...
"""

from ledger.client.client import Client, Pinned
from ledger.client.credentials import Bearer, ClientCredentials, Credential
from ledger.client.drafts import Draft, First
from ledger.client.machine import Machine
from ledger.client.statement import Maker, SigningKey, Statement, Terms, make
from ledger.client.transport import Answer, ApiError, Http, Transport

__all__ = [
    "Answer",
    "ApiError",
    "Bearer",
    "Client",
    "ClientCredentials",
    "Credential",
    "Draft",
    "First",
    "Http",
    "Machine",
    "Maker",
    "Pinned",
    "SigningKey",
    "Statement",
    "Terms",
    "Transport",
    "make",
]
