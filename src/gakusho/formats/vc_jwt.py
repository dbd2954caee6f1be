# SPDX-License-Identifier: Apache-2.0
"""A credential as a signed token: the VC-JWT of Open Badges 3.0 and ``vc+jwt`` of VC-JOSE-COSE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import (
    Asking,
    CredentialKey,
    Reading,
    Sealing,
    _enclosing,
    _endorsing,
    _jose,
    _ob2,
    _ob_write,
    _presentation,
    _status_token,
    _token,
    _vc_jwt,
)
from gakusho.formats._contexts import contexts
from gakusho.model.award import Award
from gakusho.model.endorsement import Endorsement
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed
from gakusho.proof.canonical_form import statements


class VcJwt(_status_token.StatusTokens):
    """The credential's members are the claims of a compact JWS."""

    name = "vc-jwt"
    media_type = "application/vc+jwt"
    extension = "jwt"

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a compact JWS, and no assertion of Open Badges 2.0, and no CLR.

        The JSON serialization of one counts too, so that reading it says that it is not allowed.
        """
        if not _jose.looks_like(data):
            return _jose.is_serialized_as_json(data)
        return not _ob2.is_signed(data) and not _vc_jwt.holds_record(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as a signed token in the form of Open Badges 3.0, section 8.2.

        RS256, which all receivers must know, where the issuer has such a key; else as its key is.

        Raises: InputError.
        """
        return [self._sealed(award, sealing) for award in awards]

    def endorse(self, endorsement: Endorsement, sealing: Sealing) -> Sealed:
        """Give an endorsement as a signed token, to be carried in what it is of. Raises: InputError."""
        document = _endorsing.document(endorsement)
        statements(document, contexts())  # an undefined term is an error here too
        return self._signed(document, endorsement.valid_from, endorsement.valid_until, sealing)

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        document = _ob_write.document(award)
        sealed = self._signed(document, award.valid_from, award.valid_until, sealing)
        return replace(sealed, losses=_ob_write.losses(award))

    def _signed(
        self, document: Mapping[str, Any], start: datetime, end: datetime | None, sealing: Sealing
    ) -> Sealed:
        return Sealed(
            award_id=document["id"],
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_vc_jwt.signed(document, start, end, sealing),
        )

    def read(self, data: bytes) -> Reading:
        """Give what the claims say. Raises: InputError."""
        return _vc_jwt.read(data)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the header, the key, the signature, and that claims and credential say the same."""
        return _vc_jwt.checks(data, asking)

    def enclose(
        self, document: Mapping[str, Any], *, key: CredentialKey, selective: Sequence[str] = ()
    ) -> bytes:
        """Give any credential or presentation as ``vc+jwt`` or ``vp+jwt``. VC-JOSE-COSE, section 3.1.

        Raises: InputError, UndefinedTermError, KeyMaterialError.
        """
        _enclosing.refuse_selective(selective)
        _enclosing.refuse_unfit(document)
        kind = "vp" if _enclosing.is_presentation(document) else "vc"
        header = {"kid": key.verification_method, "typ": f"{kind}+jwt", "cty": kind}
        return _jose.signed(header, document, key.signer)

    def enclosed(self, data: bytes) -> Mapping[str, Any]:
        """Give the credential or presentation in the claims. Raises: InputError."""
        token = _jose.taken_apart(data)
        typ = token.header.get("typ")
        return _token.presentation(token.claims, typ) or _token.document(token.claims, typ)

    def is_presentation(self, data: bytes) -> bool:
        """Tell whether the bytes are a compact JWS with a presentation inside."""
        return self.recognizes(data) and _presentation_in(data) is not None

    def presented(self, data: bytes) -> list[bytes]:
        """Give the credentials inside. Raises: InputError."""
        return _presentation.presented(_presentation_in(data) or {})

    def presentation_checks(
        self, data: bytes, asking: Asking, *, challenge: str | None, domain: str | None
    ) -> list[Check]:
        """Check header, key, signature, nonce, audience, times and holder. Raises: InputError."""
        token = _jose.taken_apart(data)
        return _token.presentation_checks(
            token,
            token.claims,
            asking,
            challenge=challenge,
            domain=domain,
            allowed=_jose.PRESENTATION_TYPES,
        )


def _presentation_in(data: bytes) -> Mapping[str, Any] | None:
    try:
        token = _jose.taken_apart(data)
    except InputError:
        return None
    return _token.presentation(token.claims, token.header.get("typ"))


FORMAT = VcJwt()
