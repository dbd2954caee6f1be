# SPDX-License-Identifier: Apache-2.0
"""A credential as a signed CBOR message: ``vc+cose`` of VC-JOSE-COSE 1.0, section 3.3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gakusho.errors import GakushoError, InputError
from gakusho.formats import (
    Asking,
    CredentialKey,
    Reading,
    Sealing,
    _cose,
    _enclosing,
    _kinds,
    _ob_write,
    _presentation,
    _signed_by,
    _token,
    _vc,
)
from gakusho.formats._signed_by import check
from gakusho.model.award import Award
from gakusho.model.report import Check, Outcome
from gakusho.model.sealed import Sealed

_TYPES = frozenset({"application/vc+cose", "vc+cose"})
_CONTENTS = frozenset({"application/vc", "vc"})
_PRESENTATION_TYPES = frozenset({"application/vp+cose", "vp+cose"})
_PRESENTATION_CONTENTS = frozenset({"application/vp", "vp"})


class VcCose:
    """The credential's JSON is the payload of a COSE_Sign1."""

    name = "vc-cose"
    media_type = "application/vc+cose"
    extension = "cose"

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a tagged COSE_Sign1, or one in base64."""
        return _cose.looks_like(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as an Open Badge in a signed message. Raises: InputError, KeyMaterialError."""
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_signed(_ob_write.document(award), sealing.credential_key, "vc", sealing.now),
            losses=_ob_write.losses(award),
        )

    def read(self, data: bytes) -> Reading:
        """Give what the payload says. Raises: InputError."""
        return _kinds.reading(_vc.loaded(_cose.taken_apart(data).payload))

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the headers, the key, the signature, and the rules of the data model."""
        message = _cose.taken_apart(data)
        document = _vc.loaded(message.payload)
        issuer = _vc.issuer_id(document) or ""
        return [
            *_kinds.content_checks(document, asking),
            *_message_checks(message, asking, issuer, "assertionMethod", _TYPES, _CONTENTS),
            *_claims_checks(message, document),
            _vc.binding_check(document, _signers(message, issuer)),
        ]

    def enclose(
        self, document: Mapping[str, Any], *, key: CredentialKey, selective: Sequence[str] = ()
    ) -> bytes:
        """Give any credential or presentation as ``vc+cose`` or ``vp+cose``. VC-JOSE-COSE, section 3.3.

        Raises: InputError, UndefinedTermError, KeyMaterialError.
        """
        _enclosing.refuse_selective(selective)
        _enclosing.refuse_unfit(document)
        return _signed(document, key, "vp" if _enclosing.is_presentation(document) else "vc")

    def enclosed(self, data: bytes) -> Mapping[str, Any]:
        """Give the credential or presentation in the payload. Raises: InputError."""
        return _vc.loaded(_cose.taken_apart(data).payload)

    def is_presentation(self, data: bytes) -> bool:
        """Tell whether the bytes are a signed message with a presentation inside."""
        return self.recognizes(data) and _presentation_in(data) is not None

    def presented(self, data: bytes) -> list[bytes]:
        """Give the credentials inside. Raises: InputError."""
        return _presentation.presented(_presentation_in(data) or {})

    def presentation_checks(
        self, data: bytes, asking: Asking, *, challenge: str | None, domain: str | None
    ) -> list[Check]:
        """Check headers, key, signature and holder; ``nonce`` and ``aud`` where something was asked.

        VC-JOSE-COSE has no place of its own for them in COSE; they are members of the presentation.
        Raises: InputError.
        """
        message = _cose.taken_apart(data)
        document = _presentation_in(data) or {}
        holder = _token.holder_of({}, document)
        plain = {name: value for name, value in document.items() if name not in ("proof", "nonce", "aud")}
        types, contents = _PRESENTATION_TYPES, _PRESENTATION_CONTENTS
        return [
            *_presentation.checks(plain, asking, challenge=None, domain=None),
            *_message_checks(message, asking, holder, "authentication", types, contents),
            _token.asked_check(document, challenge, domain),
            *_presentation.holder_check({"holder": holder or None}, _signers(message, holder)),
        ]


def _signed(
    document: Mapping[str, Any], key: CredentialKey, kind: str, made: datetime | None = None
) -> bytes:
    return _cose.signed(
        _vc.dumped(document),
        signer=key.signer,
        key_id=key.verification_method,
        message_type=f"application/{kind}+cose",
        content_type=f"application/{kind}",
        made=made,
    )


def _message_checks(
    message: _cose.Message,
    asking: Asking,
    owner: str,
    purpose: str,
    types: frozenset[str],
    contents: frozenset[str],
) -> list[Check]:
    problem = _cose.header_problem(message, types, contents)
    if problem is not None:
        return [check("proof.header", Outcome.INVALID, reason=problem)]
    found = [check("proof.header", Outcome.VALID, got=str(message.protected[_cose.ALG]))]
    try:
        methods = [_method(message, owner)]
    except GakushoError as error:
        return [*found, check("proof.key", Outcome.INVALID, reason=error.code, got=str(error))]
    return found + _signed_by.checks(
        asking,
        methods=methods,
        purpose=purpose,
        fits=lambda key: _cose.fits(message, key),
        made=_token.made_at(_cose.claims(message)),
    )


def _claims_checks(message: _cose.Message, document: Mapping[str, Any]) -> list[Check]:
    claims = _cose.claims(message)
    return [_token.claims_check(claims, document)] if claims else []


def _method(message: _cose.Message, owner: str) -> str:
    return _signed_by.method_id(_cose.key_name(message), owner)


def _signers(message: _cose.Message, owner: str) -> list[str]:
    try:
        return [_method(message, owner).partition("#")[0]]
    except InputError:
        return []


def _presentation_in(data: bytes) -> dict[str, Any] | None:
    try:
        document = _vc.loaded(_cose.taken_apart(data).payload)
    except InputError:
        return None
    return document if "VerifiablePresentation" in _vc.as_list(document.get("type")) else None


FORMAT = VcCose()
