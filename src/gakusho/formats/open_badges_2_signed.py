# SPDX-License-Identifier: Apache-2.0
"""Open Badges 2.0, signed: an ``Assertion`` as a compact JWS by a key that the issuer publishes."""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.formats import (
    Asking,
    PublishedMultikey,
    Reading,
    Sealing,
    Withdrawn,
    _baking,
    _jose,
    _ob2,
    _ob2_checks,
    _ob2_write,
)
from gakusho.model.award import Award
from gakusho.model.issuer import Issuer
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed


class SignedOpenBadges2(_baking.Baked):
    """The assertion with its class inside, signed; it can also be baked into a PNG or SVG image."""

    name = "open-badges-2-signed"
    media_type = "application/jose"
    extension = "jws"
    place = _baking.OPEN_BADGES_2

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a compact JWS with an assertion of Open Badges 2.0 inside."""
        return _ob2.is_signed(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as a JWS: RS256, which all know, where the issuer has such a key; else as it can.

        Raises: InputError for an award that lacks what is required, or an issuer without an address.
        """
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        base = _ob2_write.hosting(award, sealing)
        key = sealing.key_for("RSA", sealing.credential_key.signer.public_key.algorithm)
        creator = _ob2_write.key_address(base, key.verification_method)
        written = {
            **_ob2_write.assertion(award, base),
            "id": award.id,
            "verification": {"type": "SignedBadge", "creator": creator},
        }
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_jose.signed({"typ": "JWT"}, written, key.signer),
            losses=_ob2_write.losses(award),
        )

    def read(self, data: bytes) -> Reading:
        """Give what the signed assertion says without asking anybody. Raises: InputError."""
        return self.read_hosted(data, _ob2_checks.NOBODY)

    def read_hosted(self, data: bytes, asking: Asking) -> Reading:
        """Give what assertion, class and issuer say. Raises: InputError."""
        claims = _jose.taken_apart(data).claims
        return _ob2_checks.reading(_ob2_checks.gathered(claims, asking, trusted=True))

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the rules, the key that the issuer must own and list, the signature, the revocations."""
        token = _jose.taken_apart(data)
        badge = _ob2_checks.gathered(token.claims, asking, trusted=True)
        checks = [*_ob2_checks.common(badge), *_ob2_checks.signed(badge, token)]
        if not set(_ob2.types(_ob2.method(token.claims))) & _ob2.SIGNED:
            checks.append(_ob2_checks.rules_check(["verification is not signed"]))
        return checks

    def documents(self, data: bytes) -> dict[str, bytes]:
        """Give the class by its address. Raises: InputError."""
        return _ob2_write.class_documents(_jose.taken_apart(data).claims)

    def institution_documents(
        self,
        hosting: str,
        issuer: Issuer,
        keys: Sequence[PublishedMultikey],
        withdrawn: Sequence[Withdrawn] = (),
    ) -> dict[str, bytes]:
        """Give profile, keys and revocation list by their addresses. Raises: KeyMaterialError."""
        return _ob2_write.institution_documents(hosting, issuer, keys, withdrawn)

    def shared(self, data: bytes) -> list[bytes]:
        """Give the class, as it is kept. Raises: InputError."""
        return [_ob2_write.kept_class(_jose.taken_apart(data).claims)]

    def shared_document(self, address: str, kept: bytes) -> bytes | None:
        """Give a kept class at its address. Raises: InputError when it is none."""
        return _ob2_write.class_document(address, kept)

    def withdrawal(self, hosting: str, withdrawn: Withdrawn) -> dict[str, bytes]:  # noqa: ARG002  # protocol's
        """Give nothing: what is signed lies at no address, and is revoked in the list."""
        return {}


FORMAT = SignedOpenBadges2()
