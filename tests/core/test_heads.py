"""The tree over all chain heads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import heads, merkle
from ledger.core.b64 import b64u
from ledger.errors import NotFoundError, catalogue
from tests.core import trees
from tests.core.refusals import refused

CHAINS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9),
    st.binary(min_size=32, max_size=32),
    min_size=1,
    max_size=20,
)


@given(CHAINS, st.data())
def test_heads_in_any_order_make_one_root_and_prove_each(hashes: dict[str, bytes], data: st.DataObject) -> None:
    pairs = data.draw(st.permutations(list(hashes.items())))
    leaves = [chain.encode() + b"\n" + hashes[chain] for chain in sorted(hashes)]
    root = heads.heads_root(pairs)
    assert heads.stream_root(sorted(hashes.items())) == (len(hashes), root)
    assert root == trees.tree_hash(leaves) == heads.heads_root([(chain, b64u(raw)) for chain, raw in pairs])
    for at, chain in enumerate(sorted(hashes)):
        proof = heads.prove(pairs, chain)
        assert (proof.index, proof.size) == (at, len(hashes))
        assert heads.verify(chain, hashes[chain], proof, root)
        assert heads.verify(chain, b64u(hashes[chain]), proof, root)
        assert not heads.verify(chain, bytes(31) + b"\x01", proof, root)
        assert not heads.verify(chain + "x", hashes[chain], proof, root)
        assert not heads.verify(chain, hashes[chain], proof, bytes(32))


def test_order_is_by_code_points() -> None:
    # UTF-16 would put U+1F600 before U+FF21.
    pairs = [("\U0001f600", bytes(32)), ("\uff21", bytes(32)), ("a", bytes(32))]
    assert [heads.prove(pairs, chain).index for chain in ("a", "\uff21", "\U0001f600")] == [0, 1, 2]


def test_no_heads() -> None:
    empty = heads.Heads([])
    assert (len(empty), empty.root) == (0, merkle.EMPTY_ROOT)


def test_unknown_chain() -> None:
    tree = heads.Heads([("batch:b", bytes(32)), ("batch:d", bytes(32))])
    assert len(tree) == 2
    for chain in ("batch:a", "batch:c", "batch:e", "batch"):
        with pytest.raises(NotFoundError) as caught:
            tree.prove(chain)
        assert caught.value.code == "chain_not_in_heads"
        assert chain in catalogue.render(caught.value.problem, "zh")["detail"]


def test_a_chain_has_one_head() -> None:
    with refused("chain_twice"):
        heads.heads_root([("a", bytes(32)), ("b", bytes(32)), ("a", b"\x01" * 32)])


@pytest.mark.parametrize(
    ("chain", "record_hash", "code"),
    [
        ("", bytes(32), "chain_name_malformed"),
        ("a\nb", bytes(32), "chain_name_malformed"),
        ("\ud800", bytes(32), "chain_name_malformed"),
        ("a", bytes(31), "base64_wrong_size"),
        ("a", "AAAA", "base64_wrong_size"),
        ("a", "AA==", "base64_not_canonical"),
    ],
)
def test_malformed_heads(chain: str, record_hash: bytes | str, code: str) -> None:
    with refused(code):
        heads.heads_leaf(chain, record_hash)


@pytest.mark.parametrize(("chains", "code"), [("ba", "not_sorted"), ("aa", "duplicate_item")])
def test_a_stream_of_heads_is_sorted(chains: str, code: str) -> None:
    with refused(code):
        heads.stream_root([(chain, bytes(32)) for chain in chains])
