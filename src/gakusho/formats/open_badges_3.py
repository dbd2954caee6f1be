# SPDX-License-Identifier: Apache-2.0
"""Open Badges 3.0: an ``OpenBadgeCredential`` on VC Data Model 2.0 with a Data Integrity proof."""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.formats import (
    Asking,
    Familiar,
    Reading,
    Sealing,
    _baking,
    _ob_alike,
    _ob_read,
    _template,
    _vc,
    _vcdm,
)
from gakusho.model.award import Award
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed


class OpenBadges3(_baking.Baked):
    """The badge as JSON; it can also be baked into a PNG or SVG image."""

    name = "open-badges-3"
    media_type = _vc.MEDIA_TYPE
    extension = "json"

    def __init__(self) -> None:
        self._badges = _template.BadgeWriter()

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a JSON object typed as an Open Badge of version 3."""
        types = _vc.peeked_types(data)
        if "VerifiableCredential" not in types or not types & _vc.OPEN_BADGE_TYPES:
            return False
        return not _vc.signed_in_parts(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as a signed badge.

        Raises: InputError when an award cannot be written; UndefinedTermError, TooComplexError;
        ConflictError (``template-differs``) when what a template wrote is not what the general way writes.
        """
        written = self._badges.write(awards, sealing)
        return [
            Sealed(
                award_id=award.id,
                format=self.name,
                media_type=self.media_type,
                extension=self.extension,
                data=data,
                losses=losses,
            )
            for award, (data, losses) in zip(awards, written, strict=True)
        ]

    def read(self, data: bytes) -> Reading:
        """Give the award that the signed JSON says. Raises: InputError."""
        document = _vc.shared(data)
        known = data.award if isinstance(data, _vc.Carried) else None
        award = _ob_read.award(document) if known is None else known
        # A name may be written with escapes; most badges have neither.
        maybe = b"endorsement" in data or b"\\" in data
        carried = _ob_read.endorsements(document) if maybe else ()
        return Reading(award=award, status=award.status, claims=document, carried=carried)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the rules of the data model, every proof, and whether the issuer's own key signed."""
        document = _vc.shared(data)
        return [
            *_vcdm.content_checks(document, asking, open_badge=True),
            *_vc.proof_checks(document, asking),
            _vc.binding_check(document, _vc.proof_controllers(document)),
        ]

    def familiar(self, data: bytes, asking: Asking) -> Familiar | None:
        """Give what is found of a badge of a key and achievement of which many came before; else None."""
        return _ob_alike.familiar(data, asking)

    def remember(self, data: bytes, asking: Asking) -> None:
        """Take note of a badge that is genuine and whole."""
        _ob_alike.remember(data, asking, self)


FORMAT = OpenBadges3()
