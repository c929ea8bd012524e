"""Passwords: what a new one must be, and how many hashes run at once."""

import threading
import time

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from ledger.errors import FormatError, UnavailableError
from ledger.services.identity.passwords import LEAST, Passwords, check_new


def cheap(**more: object) -> Passwords:
    return Passwords(memory_kib=64, passes=1, lanes=1, **more)  # type: ignore[arg-type]


def test_a_hash_is_argon2id_with_the_costs_of_rfc_9106() -> None:
    made = Passwords().hash("copper lantern drifts")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords().verify("copper lantern drifts", made)
    assert not Passwords().verify("copper lantern drift", made)
    assert cheap().outdated(made)


def test_the_same_password_typed_otherwise_is_the_same() -> None:
    assert cheap().verify("ＡＢＣ lantern drifts", cheap().hash("ABC lantern drifts"))


@pytest.mark.parametrize("known", [None, "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAA$AAAA", "not a hash"])
def test_without_a_hash_nothing_verifies(known: str | None) -> None:
    assert not cheap().verify("nobody's password", known)


def test_an_unknown_login_costs_one_verification_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: the decoy is verified with the same costs as a stored hash."""
    seen: list[str] = []
    real = Argon2Hasher.verify

    def counted(self: Argon2Hasher, password: str | bytes, hash: str | bytes) -> bool:
        seen.append(str(hash).rsplit("$", 2)[0])
        return real(self, password, hash)

    monkeypatch.setattr(Argon2Hasher, "verify", counted)
    passwords = cheap()
    known = passwords.hash("copper lantern drifts")
    passwords.verify("wrong", known)
    passwords.verify("wrong", None)
    passwords.verify("w" * 5_000, known)
    assert len(seen) == 3
    assert len(set(seen)) == 1, "the same algorithm, version and costs"


def test_a_flood_of_logins_is_told_to_come_again() -> None:
    passwords = cheap(at_once=1, wait_s=0.0)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with passwords._turn():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(10)
    try:
        with pytest.raises(UnavailableError, match="passwords_busy") as refused:
            passwords.verify("x", None)
    finally:
        leave.set()
        thread.join()
    assert refused.value.retry_after_s > 0
    assert passwords.verify("x", passwords.hash("x")), "the gate opens again"


def test_no_more_than_so_many_hash_at_once() -> None:
    passwords = cheap(at_once=2, wait_s=30.0)
    now, most = [0], [0]
    lock = threading.Lock()
    real = passwords._hasher.hash

    def watched(password: str | bytes, *, salt: bytes | None = None) -> str:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0)
        made = real(password, salt=salt)
        with lock:
            now[0] -= 1
        return made

    passwords._hasher.hash = watched  # type: ignore[method-assign]
    threads = [threading.Thread(target=passwords.hash, args=("copper lantern",)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most[0] <= 2


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("x" * (LEAST - 1), "password_too_short"),
        ("Password12345", "password_common"),
        ("passw0rd2026!", "password_common"),
        ("123456789012", "password_common"),
        ("abababababab", "password_common"),
        ("qwertyuiopasdf", "password_common"),
        ("administrator", "password_common"),
        ("mimamimamima1", "password_common"),
        ("li.wei-2026!!", "password_common"),
        ("li.weili.weili.wei", "password_common"),
        ("长" * 1_025, "password_too_long"),
    ],
)
def test_what_everybody_tries_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(FormatError, match=code) as refused:
        check_new(password, ("li.wei", "李伟"))
    assert refused.value.field == "/password"


@pytest.mark.parametrize(
    "password", ["copper lantern drifts", "correcthorsebattery", "一句没有规律的长长的话语吧", "li.wei likes herons"]
)
def test_no_kind_of_character_is_demanded(password: str) -> None:
    assert check_new(password, ("li.wei",)) == password
