"""Who has to sign: how many people by type of event, and two different people for highly toxic goods.

People are the holders of the keys that signed: one person with two keys is one, a device is none. The ledger compares
persons, never keys (design: the event).
"""

from typing import Final

from ledger.errors import Problem
from ledger.rules import goods
from ledger.rules.draft import Draft
from ledger.rules.keys import people

HIGHLY_TOXIC: Final = "highly_toxic"
BY_TWO: Final = frozenset({"storage.received", "use.issued_for_use", "transport.loaded", "transport.dispatched"})
"""Receipt, issue and dispatch: what two people do together with highly toxic goods."""
MISSING: Final = frozenset({"two_people_needed", "signatures_missing"})
"""Problems that say that people have to sign, and nothing else."""


def check_signing(draft: Draft) -> None:
    """Object when too few people signed (``signature@1``), or not two for highly toxic goods (``two_person@1``)."""
    signed = _signed(draft)
    needed = draft.rules.parameter("signature@1", draft.event.header.type)
    if signed < needed:
        draft.object("signature@1", Problem("signatures_missing", "/keys", {"needed": needed, "signed": signed}))
    if signed < 2 and draft.event.header.type in BY_TWO and goods.of_list(_goods(draft), HIGHLY_TOXIC):
        draft.object("two_person@1", Problem("two_people_needed", "/keys", {"signed": signed}))


def _signed(draft: Draft) -> int:
    keys = draft.event.header.keys
    org = draft.state.org(draft.actor) if keys else None
    return 0 if org is None else len(people(org, keys))


def _goods(draft: Draft) -> goods.Goods:
    if draft.event.verb != "dispatched":
        return goods.moved(draft)
    shipment = draft.state.shipment(str(draft.content("transport")["shipment"]))
    return () if shipment is None else goods.aboard(draft, shipment)
