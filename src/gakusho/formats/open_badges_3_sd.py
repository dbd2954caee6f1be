# SPDX-License-Identifier: Apache-2.0
"""Open Badges 3.0 whose holder can hold parts back: "show my degree, not my grades".

What is issued is the holder's own copy, with a base proof of ecdsa-sd-2023; what is shown is derived from it,
and only that can be checked by others. Decision 0016.
"""

from __future__ import annotations

from collections.abc import Sequence

from gakusho.errors import InputError
from gakusho.formats import (
    Asking,
    Disclosable,
    Reading,
    Sealing,
    _ob_endorsements,
    _ob_parts,
    _ob_read,
    _ob_write,
    _vc,
    _vcdm,
)
from gakusho.formats._contexts import contexts
from gakusho.model.award import Award
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed
from gakusho.proof import ProofOptions, data_integrity
from gakusho.proof.suites.ecdsa_sd_2023 import SUITE


class OpenBadges3Sd:
    """The badge as JSON, signed part by part with the issuer's P-256 key."""

    name = "open-badges-3-sd"
    media_type = _vc.MEDIA_TYPE
    extension = "json"

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes are a JSON object typed as an Open Badge, signed part by part."""
        types = _vc.peeked_types(data)
        if "VerifiableCredential" not in types or not types & _vc.OPEN_BADGE_TYPES:
            return False
        return _vc.signed_in_parts(data)

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as the holder's copy of a badge.

        Raises: InputError when an award cannot be written; KeyMaterialError without a P-256 key;
        UndefinedTermError, TooComplexError.
        """
        return [self._sealed(award, sealing) for award in awards]

    def _sealed(self, award: Award, sealing: Sealing) -> Sealed:
        key = sealing.key_for(*SUITE.algorithms)
        # A proof inside a proof's own graph cannot be taken apart, so that embedded endorsements stay out.
        said = _ob_endorsements.with_tokens_only(award)
        document = _ob_write.document(said)
        signed = data_integrity.add_proof(
            document,
            suite=SUITE.name,
            signer=key.signer,
            options=ProofOptions(
                verification_method=key.verification_method,
                created=sealing.now,
                mandatory_pointers=_ob_parts.always_shown(document, name_too=sealing.name_always_shown),
            ),
            contexts=contexts(),
        )
        return Sealed(
            award_id=award.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_vc.dumped(signed),
            losses=(*_ob_write.losses(award), *(() if said == award else ("endorsements.embedded",))),
        )

    def read(self, data: bytes) -> Reading:
        """Give the award as far as it is shown. Raises: InputError."""
        document = _vc.shared(data)
        award = _ob_read.award(document)
        carried = _ob_read.endorsements(document)
        return Reading(award=award, status=award.status, claims=document, carried=carried)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the rules of the data model, every proof, and whether the issuer's own key signed.

        Of a holder's own copy the signature stays unknown.
        """
        document = _vc.shared(data)
        return [
            *_vcdm.content_checks(document, asking, open_badge=True),
            *_vc.proof_checks(document, asking),
            _vc.binding_check(document, _vc.proof_controllers(document)),
        ]

    def disclosable(self, data: bytes) -> list[Disclosable]:
        """Give what can be shown or held back of a holder's own copy. Raises: InputError."""
        document = _vc.shared(data)
        for proof in _vc.as_list(document.get("proof")):
            if isinstance(proof, dict) and proof.get("cryptosuite") == SUITE.name:
                return _ob_parts.parts(document, SUITE.mandatory(proof))
        raise InputError(
            "The badge has no proof that lets its holder hold something back.", code="not-selective"
        )

    def disclose(self, data: bytes, pointers: Sequence[str]) -> bytes:
        """Give the badge with only the mandatory and the chosen parts; results with what explains them.

        Raises: InputError for a pointer that leads nowhere, or a badge already derived.
        """
        document = _vc.shared(data)
        shown = data_integrity.derived(document, pointers=pointers, contexts=contexts())
        more = _ob_parts.descriptions_of_results(document, shown)
        if more:
            shown = data_integrity.derived(document, pointers=[*pointers, *more], contexts=contexts())
        return _vc.dumped(shown)


FORMAT = OpenBadges3Sd()
