# SPDX-License-Identifier: Apache-2.0
"""Passkeys: register and sign in with WebAuthn (Level 2), with one-time challenges kept by the server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from gakusho.errors import InputError, LimitError, NotFoundError
from gakusho.holder import accounts
from gakusho.store.ids import token_hash
from gakusho.store.tables import Passkey, SignInLink
from gakusho.store.work import Work

CHALLENGE_LIFE = timedelta(minutes=5)
MOST_PASSKEYS = 20
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, kw_only=True)
class PasskeyView:
    """A passkey of a person."""

    id: str
    label: str
    created_at: datetime
    used_at: datetime | None


def registration_options(work: Work, person_id: str) -> str:
    """Give the options for ``navigator.credentials.create``, as JSON. Raises: LimitError."""
    person = accounts.person(work, person_id)
    known = passkeys(work, person_id)
    if len(known) >= MOST_PASSKEYS:
        raise LimitError(
            f"An account has at most {MOST_PASSKEYS} passkeys.",
            code="passkey-count",
            action="Remove one first.",
            facts={"expected": MOST_PASSKEYS},
        )
    options = webauthn.generate_registration_options(
        rp_id=_host(work),
        rp_name="Gakusho",
        user_name=person.email,
        user_id=person.id.encode(),
        user_display_name=person.name or person.email,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in known],
    )
    _keep(work, "passkey-register", options.challenge, person_id)
    return str(options_to_json(options))


def register(work: Work, person_id: str, answer: str, *, label: str = "") -> PasskeyView:
    """Keep the passkey a browser made. Raises: InputError (not the answer to a challenge of ours)."""
    challenge = _challenge(work, answer, "passkey-register", person_id)
    try:
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(work),
            expected_origin=_origin(work),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused() from error
    credential_id = bytes_to_base64url(verified.credential_id)
    if work.session.get(Passkey, credential_id) is not None:
        raise _refused()
    row = Passkey(
        credential_id=credential_id,
        person_id=person_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        label=label.strip()[:100],
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return _view(row)


def sign_in_options(work: Work) -> str:
    """Give the options for ``navigator.credentials.get``, as JSON; the browser offers what it has."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(work), user_verification=UserVerificationRequirement.REQUIRED
    )
    _keep(work, "passkey-sign-in", options.challenge, None)
    return str(options_to_json(options))


def sign_in(work: Work, answer: str, *, device: str = "", replaces: str | None = None) -> str:
    """Give the token of a new session for the owner of the passkey. Raises: InputError."""
    challenge = _challenge(work, answer, "passkey-sign-in", None)
    row = work.session.get(Passkey, str(_parsed(answer).get("id", ""))[:400])
    if row is None:
        raise _refused()
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(work),
            expected_origin=_origin(work),
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused() from error
    row.sign_count, row.used_at = verified.new_sign_count, work.now
    return accounts.open_session(work, row.person_id, method="passkey", device=device, replaces=replaces)


def passkeys(work: Work, person_id: str) -> list[PasskeyView]:
    """Give the person's passkeys, oldest first."""
    wanted = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.created_at)
    return [_view(row) for row in work.session.scalars(wanted)]


def remove(work: Work, person_id: str, credential_id: str) -> None:
    """Forget a passkey. Raises: NotFoundError."""
    row = work.session.get(Passkey, credential_id[:400])
    if row is None or row.person_id != person_id:
        raise NotFoundError("There is no such passkey on the account.")
    work.session.delete(row)


def _keep(work: Work, purpose: str, challenge: bytes, person_id: str | None) -> None:
    work.session.add(
        SignInLink(
            token_hash=token_hash(bytes_to_base64url(challenge)),
            purpose=purpose,
            person_id=person_id,
            detail={},
            created_at=work.now,
            expires_at=work.now + CHALLENGE_LIFE,
        )
    )


def _challenge(work: Work, answer: str, purpose: str, person_id: str | None) -> bytes:
    """Give the challenge a browser answered, and see to it that it is never answered again."""
    try:
        data = _parsed(answer)["response"]
        told = json.loads(base64url_to_bytes(data["clientDataJSON"]))["challenge"]  # type: ignore[index]
    except (KeyError, TypeError, ValueError) as error:
        raise _refused() from error
    used = work.session.execute(
        update(SignInLink)
        .where(
            SignInLink.token_hash == token_hash(str(told)),
            SignInLink.purpose == purpose,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > work.now,
            SignInLink.person_id.is_(None) if person_id is None else SignInLink.person_id == person_id,
        )
        .values(used_at=work.now)
        .returning(SignInLink.token_hash)
    ).all()
    if not used:
        raise _refused()
    return base64url_to_bytes(str(told))


def _parsed(answer: str) -> dict[str, object]:
    if len(answer) > _MOST_CHARACTERS:
        raise _refused()
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise _refused() from error
    if not isinstance(value, dict):
        raise _refused()
    return value


def _refused() -> InputError:
    return InputError(
        "The passkey was not accepted.",
        code="passkey",
        action="Try again, or sign in by mail.",
    )


def _host(work: Work) -> str:
    return urlsplit(work.public_url).hostname or "localhost"


def _origin(work: Work) -> str:
    parts = urlsplit(work.public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _view(row: Passkey) -> PasskeyView:
    return PasskeyView(id=row.credential_id, label=row.label, created_at=row.created_at, used_at=row.used_at)
