"""Passkeys (WebAuthn level 3): enrolling one in a session, using one to come in, dropping one.

The authenticator verifies its user each time, by PIN or body: a passkey is two factors by itself. A counter that does
not grow tells of a copied authenticator; those that count nothing say nought for ever (section 6.1.1).
"""

import json
from typing import Any, Final

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ledger.core.b64 import unb64u
from ledger.errors import ConflictError, ForbiddenError, FormatError, HazledgerError, NotFoundError
from ledger.services.identity import sessions
from ledger.services.identity.invitations import check_name
from ledger.services.identity.ports import Ports
from ledger.services.identity.sessions import Entered, Opened
from ledger.store.faults import ConstraintError
from ledger.store.rows import PasskeyRow, UserRow
from ledger.store.unit_of_work import Unit, WriteUnit

ENTER: Final = "enter"
MOST_PASSKEYS: Final = 10
MOST_RESPONSE: Final = 16 * 1024
TIMEOUT_MS: Final = 120_000


def confirming(session_id: str) -> str:
    """What the challenge of a second factor is bound to."""
    return f"confirm {session_id}"


def _enrolling(session_id: str) -> str:
    return f"enrol {session_id}"


# --- enrolling --------------------------------------------------------------------------------------------------------


def offer_enrolment(ports: Ports, entered: Entered) -> str:
    """Return what ``navigator.credentials.create`` needs, as JSON. Raises ForbiddenError (passkey_first)."""
    user = _enroller(entered)
    with ports.ledger.store.read() as unit:
        known = unit.people.passkeys_of(user)
    options = webauthn.generate_registration_options(
        rp_id=ports.site.host,
        rp_name=ports.site.name,
        user_id=user.encode(),
        user_name=entered.login,
        user_display_name=entered.name,
        challenge=ports.challenges.make(_enrolling(entered.id), ports.now_ms()),
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.id) for row in known],
    )
    return webauthn.options_to_json(options)


def enrol(ports: Ports, secret: str, entered: Entered, response: str, name: str) -> Opened:
    """Store a new passkey; the session that enrolled it has shown it, and is replaced.

    Raises ForbiddenError (passkey_first, passkey_wrong), FormatError, ConflictError (passkey_known, passkeys_many).
    """
    user = _enroller(entered)
    stated, challenge = _read(response), _challenge(response)
    _use(ports, challenge, _enrolling(entered.id))
    try:
        verified = webauthn.verify_registration_response(
            credential=stated,
            expected_challenge=challenge,
            expected_rp_id=ports.site.host,
            expected_origin=ports.site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise ForbiddenError("passkey_wrong") from error
    row = PasskeyRow(
        id=verified.credential_id,
        user=user,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=check_name(name),
        created_at_ms=ports.now_ms(),
        used_at_ms=ports.now_ms(),
    )
    try:
        with ports.ledger.store.write() as unit:
            known = _able(unit, user)
            if len(unit.people.passkeys_of(user)) >= MOST_PASSKEYS:
                raise ConflictError("passkeys_many", params={"most": MOST_PASSKEYS})
            unit.people.add_passkey(row)
            return sessions.rotate(ports, unit, secret, known, _with_passkey(entered))
    except ConstraintError as error:
        raise ConflictError("passkey_known") from error


def _enroller(entered: Entered) -> str:
    """The user who may enrol. Whoever has a passkey shows it before another: a stolen password must not add one."""
    if entered.user is None or entered.needs == "passkey":
        raise ForbiddenError("passkey_first")
    return entered.user


def _with_passkey(entered: Entered) -> sessions.Factor:
    return "passkey" if entered.factor == "passkey" else "password+passkey"


def drop(ports: Ports, entered: Entered, passkey: str) -> None:
    """Forget a passkey of the user. Raises NotFoundError, ForbiddenError (passkey_last): a second factor is needed."""
    if entered.user is None or entered.needs:
        raise ForbiddenError("passkey_first")
    with ports.ledger.store.write() as unit:
        known = unit.people.passkeys_of(entered.user)
        if len(known) == 1 and sessions.must_have_factor(entered):
            raise ForbiddenError("passkey_last")
        try:
            credential = unb64u(passkey)
        except FormatError:
            raise NotFoundError("passkey_unknown") from None
        if not unit.people.drop_passkey(entered.user, credential):
            raise NotFoundError("passkey_unknown")


# --- using ------------------------------------------------------------------------------------------------------------


def offer_entry(ports: Ports) -> str:
    """Return what ``navigator.credentials.get`` needs to come in with any passkey of this site, as JSON."""
    return _offer(ports, ENTER, [])


def offer_confirmation(ports: Ports, entered: Entered) -> str:
    """Return what ``navigator.credentials.get`` needs for a second factor in this session, as JSON."""
    with ports.ledger.store.read() as unit:
        known = [] if entered.user is None else unit.people.passkeys_of(entered.user)
    return _offer(ports, confirming(entered.id), [row.id for row in known])


def _offer(ports: Ports, bound: str, credentials: list[bytes]) -> str:
    options = webauthn.generate_authentication_options(
        rp_id=ports.site.host,
        challenge=ports.challenges.make(bound, ports.now_ms()),
        timeout=TIMEOUT_MS,
        allow_credentials=[PublicKeyCredentialDescriptor(id=credential) for credential in credentials],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def check(ports: Ports, unit: WriteUnit, response: str, *, bound: str) -> UserRow:
    """Verify what an authenticator signed and note its use; return whose it is.

    Raises ForbiddenError: passkey_wrong (unknown, another site, another challenge, another signature, user not
    verified), passkey_copied (its counter did not grow).
    """
    stated, challenge = _read(response), _challenge(response)
    credential = _credential(stated)
    row = unit.people.passkey(credential)
    if row is None:
        raise ForbiddenError("passkey_wrong")
    _use(ports, challenge, bound)
    try:
        verified = webauthn.verify_authentication_response(
            credential=stated,
            expected_challenge=challenge,
            expected_rp_id=ports.site.host,
            expected_origin=ports.site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise ForbiddenError("passkey_wrong") from error
    if max(verified.new_sign_count, row.sign_count) > 0 and verified.new_sign_count <= row.sign_count:
        raise ForbiddenError("passkey_copied")
    if not unit.people.use_passkey(row, sign_count=verified.new_sign_count, at_ms=ports.now_ms()):
        raise ForbiddenError("passkey_copied")
    return _able(unit, row.user)


def _able(unit: Unit, ref: str) -> UserRow:
    user = unit.people.user(ref)
    if user is None or user.disabled_at_ms is not None:
        raise ForbiddenError("passkey_wrong")
    return user


# --- reading what browsers send ---------------------------------------------------------------------------------------


def _read(response: str) -> dict[str, Any]:
    if len(response) > MOST_RESPONSE:
        raise FormatError("passkey_not_of_form", "/response")
    try:
        stated = json.loads(response)
    except (ValueError, RecursionError):
        raise FormatError("passkey_not_of_form", "/response") from None
    if not isinstance(stated, dict) or not isinstance(stated.get("response"), dict):
        raise FormatError("passkey_not_of_form", "/response")
    return stated


def _credential(stated: dict[str, Any]) -> bytes:
    try:
        return unb64u(str(stated.get("rawId")))
    except HazledgerError:
        raise FormatError("passkey_not_of_form", "/response") from None


def _challenge(response: str) -> bytes:
    """The challenge that was signed, as the browser repeats it."""
    try:
        data = json.loads(unb64u(str(json.loads(response)["response"]["clientDataJSON"])))
        return unb64u(str(data["challenge"]))
    except (HazledgerError, ValueError, TypeError, KeyError, RecursionError):
        raise FormatError("passkey_not_of_form", "/response") from None


def _use(ports: Ports, challenge: bytes, bound: str) -> None:
    now_ms = ports.now_ms()
    if not ports.challenges.good(challenge, bound, now_ms) or not ports.challenges.use(challenge, now_ms):
        raise ForbiddenError("passkey_wrong")
