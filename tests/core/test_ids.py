from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.ids import CHAIN_KINDS, KINDS, check_origin, check_ref, check_uuid, check_uuid7, uuid7
from tests.core.refusals import refused
from tests.core.values import uuids

ID = "01987a00-0000-7000-8000-00000000000b"


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_a_uuid7_holds_its_time_and_its_random_bits(ms: int, rand: bytes) -> None:
    text = uuid7(ms, rand)
    made = UUID(text)
    assert str(made) == check_uuid(text) == check_uuid7(text) == text
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    bits = int.from_bytes(rand, "big")
    assert made.int >> 80 == ms
    assert made.int & (1 << 62) - 1 == bits & (1 << 62) - 1
    assert made.int >> 64 & 0xFFF == bits >> 62 & 0xFFF


def test_the_example_of_the_standard() -> None:
    # RFC 9562 appendix A.6: rand_a = 0xCC3, rand_b = 0x18C4DC0C0C07398F.
    rand = (0xCC3 << 62 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert uuid7(0x017F22E279B0, rand) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_later_ids_sort_later() -> None:
    assert uuid7(1, b"\xff" * 10) < uuid7(2, bytes(10))


@pytest.mark.parametrize(("ms", "size"), [(-1, 10), (2**48, 10), (0, 9), (0, 11)])
def test_a_uuid7_of_something_else_is_a_mistake_of_the_caller(ms: int, size: int) -> None:
    with pytest.raises(ValueError, match="48 bits"):
        uuid7(ms, bytes(size))


@pytest.mark.parametrize("text", ["", ID.upper(), ID.replace("-", ""), ID + "\n", "{" + ID + "}", "urn:uuid:" + ID])
def test_another_spelling_of_a_uuid_is_refused(text: str) -> None:
    with refused("uuid_not_of_form", "/id"):
        check_uuid(text, field="/id")
    with refused("uuid7_not_of_form", "/id"):
        check_uuid7(text, field="/id")


@pytest.mark.parametrize("text", ["01987a00-0000-4000-8000-00000000000b", "01987a00-0000-7000-c000-00000000000b"])
def test_another_version_is_no_uuid7(text: str) -> None:
    assert check_uuid(text) == text
    with refused("uuid7_not_of_form"):
        check_uuid7(text)


@given(st.sampled_from(sorted(KINDS)), uuids)
def test_a_reference_is_kind_and_uuid(kind: str, uuid: str) -> None:
    assert check_ref(f"{kind}:{uuid}") == (kind, uuid)


@pytest.mark.parametrize(
    "text", ["", "batch", "batch:", ID, "batch:" + ID.upper(), "batch:" + ID + " ", "batch::" + ID]
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with refused("ref_not_of_form", "/actor"):
        check_ref(text, field="/actor")


@pytest.mark.parametrize("kind", ["", "Batch", "user", "drum", " batch"])
def test_a_reference_of_another_kind_is_refused(kind: str) -> None:
    with refused("ref_wrong_kind", "/chain"):
        check_ref(f"{kind}:{ID}", CHAIN_KINDS, field="/chain")


@pytest.mark.parametrize("text", ["trace.example.cn/log", "localhost:8080", "a", "a.b/~c_d-e/1"])
def test_an_origin_is_taken(text: str) -> None:
    assert check_origin(text) == text


@pytest.mark.parametrize("text", ["", "/log", "a b", "a+b", "a/", "氨.cn", "a\n", "a" * 256])
def test_what_cannot_name_a_log_is_refused(text: str) -> None:
    with refused("origin_not_of_form", "/origin"):
        check_origin(text, field="/origin")
