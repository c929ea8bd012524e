"""Messages and signatures of Standard Webhooks, against the specification's own example."""

import base64
import hashlib
import hmac

from ledger.services.webhooks.message import Message, derive, shown, sign

# The example of the specification's reference libraries.
SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'


def test_the_published_example_is_signed_alike() -> None:
    assert sign(SECRET, ID, AT, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_part_is_signed() -> None:
    signed = sign(SECRET, ID, AT, BODY)
    others = {sign(SECRET, ID + "x", AT, BODY), sign(SECRET, ID, AT + 1, BODY), sign(SECRET, ID, AT, BODY + b" ")}
    assert signed not in others
    assert len(others) == 3


def test_the_headers_are_those_of_the_specification() -> None:
    assert Message("a.7", b"{}").headers(SECRET, 9) == {
        "content-type": "application/json",
        "webhook-id": "a.7",
        "webhook-timestamp": "9",
        "webhook-signature": sign(SECRET, "a.7", 9, b"{}"),
    }


def test_a_secret_follows_from_the_key_file_the_webhook_and_the_rotation() -> None:
    made = derive(bytes(32), "w1", 0)
    # HKDF-SHA256 by hand (RFC 5869): extract with a salt of zeros, expand one block.
    extracted = hmac.new(bytes(32), bytes(32), hashlib.sha256).digest()
    assert made == hmac.new(extracted, b"hazledger/webhook@1\nw1\n0\x01", hashlib.sha256).digest()
    assert len({made, derive(bytes(32), "w1", 1), derive(bytes(32), "w2", 0), derive(bytes([1] * 32), "w1", 0)}) == 4
    assert shown(made) == "whsec_" + base64.b64encode(made).decode()
