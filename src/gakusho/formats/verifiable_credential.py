# SPDX-License-Identifier: Apache-2.0
"""Any W3C Verifiable Credential (data model 2.0 or 1.1) with a Data Integrity proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import (
    Asking,
    CredentialKey,
    Reading,
    Sealing,
    _generic_read,
    _ob_write,
    _presentation,
    _vc,
    _vcdm,
)
from gakusho.model.award import Award
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed


_NARROWER = _vc.OPEN_BADGE_TYPES | {"ClrCredential"}
"""Types that formats of their own read."""


class VerifiableCredential:
    """A credential of no narrower kind known here: its dates, issuer, status and proofs are checked."""

    name = "verifiable-credential"
    media_type = _vc.MEDIA_TYPE
    extension = "json"

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a JSON object typed as a credential, and as no narrower kind."""
        types = _vc.peeked_types(data)
        return "VerifiableCredential" in types and not types & _NARROWER

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as a plain credential: who, what, when; all else is named in ``losses``.

        Raises: InputError.
        """
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        badge = _ob_write.document(award)
        kept = ("id", "name", "issuer", "validFrom", "validUntil", "credentialStatus")
        document = {
            "@context": [_vc.VC_V2],
            "type": ["VerifiableCredential"],
            **{member: badge[member] for member in kept if member in badge},
            "issuer": {"id": award.issuer.id, "name": badge["issuer"].get("name", award.issuer.id)},
            "credentialSubject": {
                "id": badge["credentialSubject"]["id"],
                "name": award.learner.name.full,
                "description": award.achievement.description.joined(_ob_write.BETWEEN_PARAGRAPHS),
            },
        }
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_vc.dumped(self.seal(document, key=sealing.credential_key, now=sealing.now)),
            losses=("achievement", "learner", "results", "evidence", "awarded_on", "document"),
        )

    def seal(self, document: Mapping[str, Any], *, key: CredentialKey, now: datetime) -> dict[str, Any]:
        """Give any unsigned credential with a proof added, once it keeps the rules of its data model.

        Raises: InputError naming every rule it breaks; UndefinedTermError, TooComplexError.
        """
        broken = _vcdm.broken_rules(document)
        if broken:
            raise InputError(
                f"The credential breaks the rules of its data model: {'; '.join(broken)}.",
                code="credential-rules",
                facts={"got": "; ".join(broken)},
            )
        return _vc.sealed(document, key=key, now=now)

    def read(self, data: bytes) -> Reading:
        """Give what any credential says: id, issuer, dates, status, and a name if it has one.

        Raises: InputError.
        """
        document = _vc.loaded(data)
        award = _generic_read.award(document)
        return Reading(award=award, status=award.status, claims=document)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the rules of the data model, every proof, and whether the issuer's own key signed."""
        document = _vc.loaded(data)
        return [
            _vcdm.rules_check(document),
            *_vc.proof_checks(document, asking),
            _vc.binding_check(document, _vc.proof_controllers(document)),
        ]

    def is_presentation(self, data: bytes) -> bool:
        """Tell whether the bytes are a JSON object typed as a presentation, plain or enveloped."""
        return bool(_vc.peeked_types(data) & _presentation.TYPES)

    def presented(self, data: bytes) -> list[bytes]:
        """Give the credentials inside. Raises: InputError."""
        return _presentation.presented(_vc.loaded(data))

    def presentation_checks(
        self, data: bytes, asking: Asking, *, challenge: str | None, domain: str | None
    ) -> list[Check]:
        """Check rules, proof and holder. Raises: InputError."""
        return _presentation.checks(_vc.loaded(data), asking, challenge=challenge, domain=domain)


FORMAT = VerifiableCredential()
