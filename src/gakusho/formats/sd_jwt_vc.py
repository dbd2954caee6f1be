# SPDX-License-Identifier: Apache-2.0
"""A credential in the form of the European wallets: SD-JWT VC (IETF, draft-ietf-oauth-sd-jwt-vc)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gakusho.formats import (
    Asking,
    Reading,
    Sealing,
    _jose,
    _key_binding,
    _sd_jwt,
    _sd_vc,
    _showing,
    _signed_by,
    _token,
    _vc,
)
from gakusho.model.award import Award
from gakusho.model.report import Check, Outcome
from gakusho.model.sealed import Sealed
from gakusho.proof.keys import PublicKey

TYPES = _jose.types("dc+sd-jwt", "vc+sd-jwt")
_NEVER_HIDDEN = ("iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status")
"""Section 3.2.2.2 (of draft 08: 2.2.2.2): what may not be disclosed selectively."""


class SdJwtVc(_showing.ShownInPart):
    """Plain claims with a type; name, number, results, remarks and evidence can be held back."""

    name = "sd-jwt-vc"
    media_type = "application/dc+sd-jwt"
    extension = "sdjwtvc"

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are an SD-JWT typed ``dc+sd-jwt``, or with ``vct`` as older drafts."""
        return _sd_jwt.looks_like(data) and _showing.has_type_claim(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as claims of the learning credential. Raises: InputError, KeyMaterialError."""
        return [self._sealed(award, sealing, None) for award in awards]

    def write_bound(self, award: Award, sealing: Sealing, holder: PublicKey) -> Sealed:
        """Give the award sealed for the one who has the key. Raises: InputError, KeyMaterialError."""
        return self._sealed(award, sealing, holder)

    def _sealed(self, award: Award, sealing: Sealing, holder: PublicKey | None) -> Sealed:
        key = sealing.key_for("P-256", "Ed25519", "P-384")
        claims = _sd_vc.claims(award, sealing.now)
        if holder is not None:
            claims["cnf"] = _key_binding.confirmation(holder)
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_sd_jwt.issued(
                claims,
                selective=_sd_vc.selective_pointers(claims),
                header={"kid": key.verification_method, "typ": "dc+sd-jwt"},
                signer=key.signer,
                decoys=2,
            ),
            losses=_sd_vc.losses(award),
        )

    def read(self, data: bytes) -> Reading:
        """Give what the claims say, as far as they are shown. Raises: InputError."""
        values = _sd_jwt.claims(_sd_jwt.taken_apart(data)).values
        award = _sd_vc.award(values)
        return Reading(award=award, status=award.status, claims=values)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check rules, disclosures, header, key, signature, issuer, and the key binding if any."""
        apart = _sd_jwt.taken_apart(data)
        found = _sd_jwt.claims(apart)
        stated = found.values.get("iss")
        issuer = stated if isinstance(stated, str) else ""
        keys_in = frozenset({"x5c"})
        return [
            _rules(apart, found.values),
            *_token.token_checks(apart.token, asking, issuer, "assertionMethod", TYPES, keys_in=keys_in),
            _showing.disclosures_check(found),
            _vc.binding_check({"issuer": issuer}, _token.signers(apart.token, issuer)),
            *_key_binding.checks(apart, found.values, asking, challenge=None, domain=None),
        ]

    def is_presentation(self, data: bytes) -> bool:
        """Tell whether it can be shown as it is, which every one can, by whom it is bound to."""
        return self.recognizes(data)

    def presented(self, data: bytes) -> list[bytes]:
        """Give the credential itself: it is shown without anything around it."""
        return [data]

    def presentation_checks(
        self, data: bytes, asking: Asking, *, challenge: str | None, domain: str | None
    ) -> list[Check]:
        """Check the key binding: that it is there when asked for, and answers. Raises: InputError."""
        apart = _sd_jwt.taken_apart(data)
        found = _sd_jwt.claims(apart)
        return _showing.shown_checks(apart, found, asking, challenge=challenge, domain=domain)


def _rules(apart: _sd_jwt.SdJwt, values: Mapping[str, object]) -> Check:
    broken = [
        f"{name} can be held back"
        for name in _NEVER_HIDDEN
        if name in values and name not in apart.token.claims
    ]
    if not isinstance(values.get("vct"), str) or not values["vct"]:
        broken.append("vct is missing")
    if "iss" in values and not isinstance(values["iss"], str):
        broken.append("iss is no text")
    return _signed_by.check(
        "format.rules",
        Outcome.INVALID if broken else Outcome.VALID,
        **({"reason": "; ".join(broken)} if broken else {}),
    )


FORMAT = SdJwtVc()
