# SPDX-License-Identifier: Apache-2.0
"""CLR 2.0 as a signed token: the ``ClrCredential`` in the VC-JWT of 1EdTech, with tokens inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gakusho.formats import Asking, Reading, Sealing, _clr_write, _vc, _vc_jwt
from gakusho.formats._contexts import contexts
from gakusho.model.award import Award
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed
from gakusho.proof.canonical_form import statements


class Clr2Jwt:
    """A Comprehensive Learner Record as the claims of a compact JWS, each credential inside one too."""

    name = "clr-2-jwt"
    media_type = "application/vc+jwt"
    extension = "jwt"
    max_components = _clr_write.MAX_COMPONENTS

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a compact JWS with a CLR of version 2 inside."""
        return _vc_jwt.holds_record(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as a signed record, its credentials inside as tokens. CLR 2.0, section 8.2.

        Raises: InputError when an award cannot be written; UndefinedTermError, KeyMaterialError.
        """
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        record = _clr_write.record(award)
        # An undefined term is an error here too, and tokens inside would hide theirs.
        statements(record.around(record.credentials), contexts())
        inside = [_signed(one, sealing).decode("ascii") for one in record.credentials]
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_signed(record.around(inside), sealing),
            losses=_clr_write.losses(award),
        )

    def read(self, data: bytes) -> Reading:
        """Give the transcript that the claims say, and the credentials inside. Raises: InputError."""
        return _vc_jwt.read(data)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the rules of CLR 2.0, header, key, signature, claims, and that all is about one learner.

        The credentials inside are not looked at here: each is verified by itself.
        """
        return _vc_jwt.checks(data, asking)


def _signed(document: Mapping[str, Any], sealing: Sealing) -> bytes:
    start, end = _vc.validity(document)
    return _vc_jwt.signed(document, start, end, sealing)


FORMAT = Clr2Jwt()
