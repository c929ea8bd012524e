"""Kilograms: what each disclosed link posts, and what it adds up to."""

from collections.abc import Sequence
from typing import Final

from ledger.core.effects import SINKS, SOURCES, Account, Effects
from ledger.core.quantity import MAX_MG
from ledger.core.records import Link
from ledger.verify.checks import broken
from ledger.verify.shown import Shown

BATCH: Final = "batch:"


def read_effects(item: Shown, link: Link) -> Effects | None:
    """Return the disclosed effects of a link, None if withheld.

    VerificationError: another digest; postings that do not add up to zero, of another batch, or on a
    chain that is no batch's.
    """
    opened = item.entry.effects
    if opened is None:
        return None
    place = f"{item.place}/effects"
    if opened.digest != link.effects:
        raise broken("effects_digest_wrong", place)
    effects = Effects.parse(opened.content)
    if effects.postings and not link.chain.startswith(BATCH):
        raise broken("postings_outside_batch", place, chain=link.chain)
    if effects.balance_mg != 0:
        raise broken("postings_not_zero", place, milligrams=effects.balance_mg)
    for posting in effects.postings:
        if not isinstance(posting.account, str) and posting.account[0] != link.chain:
            raise broken("posting_of_another_batch", place, batch=posting.account[0])
    return effects


def add_up(entries: Sequence[tuple[Shown, Effects]]) -> dict[Account, int]:
    """Return each account's balance in milligrams after the last entry; entries are in order of the chain.

    VerificationError: after some entry a holding or a sink is negative, a source positive, or a
    balance beyond what an account can hold.
    """
    balances: dict[Account, int] = {}
    for item, effects in entries:
        for posting in effects.postings:
            balance = balances.get(posting.account, 0) + posting.mg
            balances[posting.account] = balance
            _check_balance(posting.account, balance, f"{item.place}/effects")
    return balances


def _check_balance(account: Account, balance: int, place: str) -> None:
    name = account if isinstance(account, str) else "holding"
    if abs(balance) > MAX_MG:
        raise broken("balance_too_large", place, account=name)
    if balance < 0 and (name == "holding" or name in SINKS):
        raise broken("account_negative", place, account=name, milligrams=balance)
    if balance > 0 and name in SOURCES:
        raise broken("source_positive", place, account=name, milligrams=balance)
