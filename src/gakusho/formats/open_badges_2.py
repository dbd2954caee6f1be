# SPDX-License-Identifier: Apache-2.0
"""Open Badges 2.0, hosted: an ``Assertion`` that proves itself by lying at the issuer's own address."""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.formats import (
    Asking,
    PublishedMultikey,
    Reading,
    Sealing,
    Withdrawn,
    _baking,
    _ob2,
    _ob2_checks,
    _ob2_write,
    _vc,
)
from gakusho.model.award import Award
from gakusho.model.issuer import Issuer
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed
from gakusho.proof import json as strict_json


class OpenBadges2(_baking.Baked):
    """The assertion as JSON with its class inside; it can also be baked into a PNG or SVG image."""

    name = "open-badges-2"
    media_type = "application/ld+json"
    extension = "json"
    place = _baking.OPEN_BADGES_2

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a JSON object of Open Badges 2.0."""
        if not data[:64].lstrip().startswith(b"{") or len(data) > _vc.MAX_BYTES:
            return False
        if b"openbadges" not in data and b"Assertion" not in data:
            return False
        return _ob2.is_assertion(_ob2.parsed(data))

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as the assertion to host at the address that it names.

        Raises: InputError for an award that lacks what is required, or an issuer without an address.
        """
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        base = _ob2_write.hosting(award, sealing)
        written = {
            **_ob2_write.assertion(award, base),
            "id": _ob2_write.assertion_address(base, award.id),
            "verification": {"type": "HostedBadge"},
        }
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=strict_json.dumps(written),
            losses=("id", *_ob2_write.losses(award)),
        )

    def read(self, data: bytes) -> Reading:
        """Give what the assertion says without asking anybody. Raises: InputError."""
        return self.read_hosted(data, _ob2_checks.NOBODY)

    def read_hosted(self, data: bytes, asking: Asking) -> Reading:
        """Give what assertion, class and issuer say. Raises: InputError."""
        return _ob2_checks.reading(_ob2_checks.gathered(_vc.loaded(data), asking, trusted=False))

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the rules, the parts at their addresses, the host, and that it was not revoked."""
        document = _vc.loaded(data)
        if not _ob2.is_kind(document, _ob2.ASSERTION):
            return _ob2_checks.document_checks(document, asking)
        badge = _ob2_checks.gathered(document, asking, trusted=False)
        return [*_ob2_checks.common(badge), *_ob2_checks.hosted(badge)]

    def documents(self, data: bytes) -> dict[str, bytes]:
        """Give assertion and class by their addresses. Raises: InputError."""
        document = _vc.loaded(data)
        return {_vc.required(document, "id"): data, **_ob2_write.class_documents(document)}

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
        return [_ob2_write.kept_class(_vc.loaded(data))]

    def shared_document(self, address: str, kept: bytes) -> bytes | None:
        """Give a kept class at its address. Raises: InputError when it is none."""
        return _ob2_write.class_document(address, kept)

    def withdrawal(self, hosting: str, withdrawn: Withdrawn) -> dict[str, bytes]:
        """Give what stands where the badge was hosted."""
        return _ob2_write.withdrawal(hosting, withdrawn)


FORMAT = OpenBadges2()
