"""A warm inclusion proof out of tiles, against the hashing that no proof can do without."""

from typing import Final

from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target, pair, timed
from ledger.core.merkle import node_hash
from ledger.services.log import LogService
from ledger.store.unit_of_work import Store

NODES: Final = 20
"""Levels of a tree of a million leaves."""
STRIDE: Final = 7_919
LIMIT_US: Final = 50
MICRO: Final = 1_000_000


def proof_warm(context: Context) -> Measured:
    """An inclusion proof of a record whose tiles are in memory / hashing 20 nodes."""
    store = Store.open(context.audited())
    try:
        log = LogService(store)
        size = log.state().size
        with store.read() as unit:
            row = unit.log.checkpoint()
        assert row is not None
        log.release(row)  # as a server that writes has done: it knows the newest checkpoint without asking
        wanted = [place * STRIDE % size for place in range(context.sizes.proofs)]
        node = bytes(32)

        def prove() -> None:
            for index in wanted:
                log.inclusion(index)

        def hash_nodes() -> None:
            for _ in wanted:
                for _ in range(NODES):
                    node_hash(node, node)

        def each(seconds: float) -> float:
            return seconds * MICRO / len(wanted)

        prove()
        sides = (lambda: each(timed(prove)), lambda: each(timed(hash_nodes)))
        target = Target("value", "at most", LIMIT_US)
        return pair("proof_warm", "us", f"{NODES} node hashes", sides, context.rounds, target=target)
    finally:
        store.close()
