# SPDX-License-Identifier: Apache-2.0
"""CLR 2.0: a ``ClrCredential``, the transcript of a learner, each credential inside signed by itself."""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.formats import (
    Asking,
    Familiar,
    Reading,
    Sealing,
    _clr_learned,
    _clr_read,
    _clr_rules,
    _clr_write,
    _vc,
)
from gakusho.model.award import Award
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed


class Clr2:
    """A Comprehensive Learner Record as JSON with Data Integrity proofs, outside and inside."""

    name = "clr-2"
    media_type = _vc.MEDIA_TYPE
    extension = "json"
    max_components = _clr_write.MAX_COMPONENTS

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a JSON object typed as a CLR of version 2, and as no badge."""
        types = _vc.peeked_types(data)
        return (
            "VerifiableCredential" in types
            and _clr_write.CLR_TYPE in types
            and not types & _vc.OPEN_BADGE_TYPES
        )

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as a signed record: the award itself and its components, each signed as well.

        Raises: InputError when an award cannot be written; UndefinedTermError, TooComplexError.
        """
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        key, now = sealing.credential_key, sealing.now
        record = _clr_write.record(award)
        inside = [_vc.sealed(one, key=key, now=now) for one in record.credentials]
        document = _vc.sealed(record.around(inside), key=key, now=now)
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_vc.dumped(document),
            losses=_clr_write.losses(award),
        )

    def read(self, data: bytes) -> Reading:
        """Give the transcript that the signed JSON says, and the credentials inside. Raises: InputError."""
        document = _vc.shared(data)
        badges: dict[int, Award] = {}
        award = _clr_read.award(document, badges)
        carried = _clr_read.carried(document, badges)
        return Reading(award=award, status=award.status, carried=carried, claims=document)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the rules of the standard, every proof, the issuer's key, and that all is about one learner.

        The credentials inside are not looked at here: each is verified by itself.
        """
        document = _vc.shared(data)
        return [
            *_clr_rules.content_checks(document, asking),
            *_vc.proof_checks(document, asking),
            _vc.binding_check(document, _vc.proof_controllers(document)),
            _clr_rules.learner_check(document),
        ]

    def familiar(self, data: bytes, asking: Asking) -> Familiar | None:
        """Give what is found of a transcript of a key of which others like it came before; else None."""
        return _clr_learned.familiar(data, asking)

    def remember(self, data: bytes, asking: Asking) -> None:
        """Take note of a transcript that is genuine and whole."""
        _clr_learned.remember(data, asking, self)


FORMAT = Clr2()
