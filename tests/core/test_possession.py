"""The proof that somebody holds a key: over everything that will be registered of it, by that key alone."""

from ledger.core.b64 import b64u
from ledger.core.keys import public_key, sign
from ledger.core.possession import possession_bytes, proves

SEED, OTHER = bytes(range(32)), bytes(32)
ORG, USER = "org:0192f5a1-0c00-7000-8000-000000000001", "user:0192f5a1-0c00-7000-8000-000000000002"
KEY = b64u(public_key(SEED))


def test_the_bytes_are_those_of_the_format() -> None:
    assert possession_bytes("a.example/log", ORG, KEY, USER) == (
        b'hazledger/possession@1\n{"holder":"%b","key":"%b","organisation":"%b","origin":"a.example/log"}'
        % (USER.encode(), KEY.encode(), ORG.encode())
    )


def test_a_proof_is_the_keys_own_and_of_one_holder() -> None:
    said = possession_bytes("a.example/log", ORG, KEY, USER)
    proof = sign(SEED, said)
    assert proves(public_key(SEED), proof, said)
    assert not proves(public_key(OTHER), proof, said)
    assert not proves(public_key(SEED), sign(OTHER, said), said)
    for other in (("b.example/log", ORG, USER), ("a.example/log", ORG, ORG), ("a.example/log", USER, USER)):
        assert not proves(public_key(SEED), proof, possession_bytes(other[0], other[1], KEY, other[2]))
