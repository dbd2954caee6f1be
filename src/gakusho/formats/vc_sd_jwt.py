# SPDX-License-Identifier: Apache-2.0
"""A credential of which parts can be held back: ``vc+sd-jwt`` of VC-JOSE-COSE 1.0, section 3.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import (
    Asking,
    CredentialKey,
    Reading,
    Sealing,
    _enclosing,
    _jose,
    _key_binding,
    _kinds,
    _ob_write,
    _presentation,
    _sd_jwt,
    _showing,
    _token,
    _vc,
)
from gakusho.model.award import Award
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed
from gakusho.proof.keys import PublicKey

TYPES = _jose.types("vc+sd-jwt", "vc+ld+json+sd-jwt")
NEVER_HIDDEN = frozenset(
    {"@context", "type", "issuer", "validFrom", "validUntil", "credentialStatus", "iss", "nbf", "exp", "cnf"}
)
"""What decides whether a credential holds, and for whom."""
PRESENTATION_TYPES = _jose.types("vp+sd-jwt", "vp+ld+json+sd-jwt")


class VcSdJwt(_showing.ShownInPart):
    """The credential's members are the claims of an SD-JWT; who, grades and evidence can be held back."""

    name = "vc-sd-jwt"
    media_type = "application/vc+sd-jwt"
    extension = "sdjwt"

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are an SD-JWT without ``vct``, which marks the other kind."""
        return _sd_jwt.looks_like(data) and not _showing.has_type_claim(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as an Open Badge in an SD-JWT. Raises: InputError, KeyMaterialError."""
        return [self._sealed(award, sealing, None) for award in awards]

    def write_bound(self, award: Award, sealing: Sealing, holder: PublicKey) -> Sealed:
        """Give the award sealed for the one who has the key. Raises: InputError, KeyMaterialError."""
        return self._sealed(award, sealing, holder)

    def _sealed(self, award: Award, sealing: Sealing, holder: PublicKey | None) -> Sealed:
        document = _ob_write.document(award)
        key = sealing.key_for("P-256", "Ed25519", "P-384")
        claims = {"iss": award.issuer.id, "iat": int(sealing.now.timestamp()), **document}
        if holder is not None:
            claims["cnf"] = _key_binding.confirmation(holder)
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_sd_jwt.issued(
                claims,
                selective=selective_pointers(document),
                header={"kid": key.verification_method, "typ": "vc+sd-jwt", "cty": "vc"},
                signer=key.signer,
                decoys=1,
            ),
            losses=_ob_write.losses(award),
        )

    def read(self, data: bytes) -> Reading:
        """Give what the claims say, as far as they are shown. Raises: InputError."""
        apart = _sd_jwt.taken_apart(data)
        return _kinds.reading(_document(apart, _sd_jwt.claims(apart).values))

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check disclosures, header, key, signature, the data model's rules, and the key binding if any."""
        apart = _sd_jwt.taken_apart(data)
        found = _sd_jwt.claims(apart)
        document = _document(apart, found.values)
        issuer = _vc.issuer_id(document) or ""
        return [
            *_kinds.content_checks(document, asking),
            *_token.token_checks(apart.token, asking, issuer, "assertionMethod", TYPES),
            _token.claims_check(found.values, document),
            _showing.disclosures_check(found, NEVER_HIDDEN),
            _vc.binding_check(document, _token.signers(apart.token, issuer)),
            *_key_binding.checks(apart, found.values, asking, challenge=None, domain=None),
        ]

    def enclose(
        self, document: Mapping[str, Any], *, key: CredentialKey, selective: Sequence[str] = ()
    ) -> bytes:
        """Give any credential or presentation as ``vc+sd-jwt`` or ``vp+sd-jwt``. VC-JOSE-COSE, section 3.2.

        Raises: InputError, UndefinedTermError, KeyMaterialError.
        """
        _enclosing.refuse_unfit(document)
        kind = "vp" if _enclosing.is_presentation(document) else "vc"
        if kind == "vc":
            _refuse_hiding(selective)
        header = {"kid": key.verification_method, "typ": f"{kind}+sd-jwt", "cty": kind}
        return _sd_jwt.issued(document, selective=selective, header=header, signer=key.signer)

    def enclosed(self, data: bytes) -> Mapping[str, Any]:
        """Give the credential or presentation in the claims, as far as it is shown. Raises: InputError."""
        apart = _sd_jwt.taken_apart(data)
        return _presentation_in(data) or _document(apart, _sd_jwt.claims(apart).values)

    def is_presentation(self, data: bytes) -> bool:
        """Tell whether it can be shown as it is: a presentation, or a credential with its key binding."""
        return self.recognizes(data)

    def presented(self, data: bytes) -> list[bytes]:
        """Give the credentials inside; a credential shows itself. Raises: InputError."""
        inside = _presentation_in(data)
        return [data] if inside is None else _presentation.presented(inside)

    def presentation_checks(
        self, data: bytes, asking: Asking, *, challenge: str | None, domain: str | None
    ) -> list[Check]:
        """Check a presentation as a token, or a credential's key binding. Raises: InputError."""
        apart = _sd_jwt.taken_apart(data)
        found = _sd_jwt.claims(apart)
        if _presentation_in(data) is None:
            return _showing.shown_checks(apart, found, asking, challenge=challenge, domain=domain)
        return [
            *_token.presentation_checks(
                apart.token,
                found.values,
                asking,
                challenge=challenge,
                domain=domain,
                allowed=PRESENTATION_TYPES,
            ),
            _showing.disclosures_check(found),
        ]


def selective_pointers(document: Mapping[str, Any]) -> list[str]:
    """Give what of a badge its holder may hold back: name and number, each result, remarks, evidence."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    lists = {
        "/credentialSubject/identifier": subject.get("identifier"),
        "/credentialSubject/result": subject.get("result"),
        "/credentialSubject/achievement/resultDescription": achievement.get("resultDescription"),
    }
    found = [f"{place}/{i}" for place, listed in lists.items() for i in range(len(listed or ()))]
    found += [f"/credentialSubject/{name}" for name in ("licenseNumber", "narrative") if name in subject]
    return found + (["/evidence"] if "evidence" in document else [])


def _refuse_hiding(selective: Sequence[str]) -> None:
    deciding = sorted({pointer.split("/")[1] for pointer in selective if "/" in pointer} & NEVER_HIDDEN)
    if deciding:
        raise InputError(
            f"What decides whether a credential holds cannot be held back: {', '.join(deciding)}.",
            code="held-back",
            action="Let the holder hold back what the credential says, not whether it holds.",
            facts={"got": ", ".join(deciding), "expected": "parts of credentialSubject or evidence"},
        )


def _document(apart: _sd_jwt.SdJwt, values: Mapping[str, Any]) -> dict[str, Any]:
    return _token.document(values, apart.token.header.get("typ"))


def _presentation_in(data: bytes) -> Mapping[str, Any] | None:
    try:
        apart = _sd_jwt.taken_apart(data)
        return _token.presentation(_sd_jwt.claims(apart).values, apart.token.header.get("typ"))
    except InputError:
        return None


FORMAT = VcSdJwt()
