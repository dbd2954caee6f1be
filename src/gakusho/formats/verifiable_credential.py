# SPDX-License-Identifier: Apache-2.0
"""Any W3C Verifiable Credential (data model 2.0 or 1.1) with a Data Integrity proof, or in an envelope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import (
    Asking,
    CredentialKey,
    Format,
    Reading,
    Sealing,
    _endorsing,
    _generic_read,
    _jose,
    _ob_write,
    _presentation,
    _vc,
    _vcdm,
    recognize,
)
from gakusho.formats._contexts import contexts
from gakusho.model.award import Award
from gakusho.model.endorsement import Endorsement
from gakusho.model.report import Check
from gakusho.model.sealed import Sealed
from gakusho.proof import ProofOptions, data_integrity
from gakusho.proof.canonical_form import statements

DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
_ENVELOPE = "EnvelopedVerifiableCredential"
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
        return _ENVELOPE in types or ("VerifiableCredential" in types and not types & _NARROWER)

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

    def endorse(self, endorsement: Endorsement, sealing: Sealing) -> Sealed:
        """Give an endorsement with a Data Integrity proof, to be embedded in what it is of.

        Raises: InputError, UndefinedTermError, KeyMaterialError.
        """
        document = _endorsing.document(endorsement)
        return Sealed(
            award_id=endorsement.id,
            format=self.name,
            media_type=self.media_type,
            extension=self.extension,
            data=_vc.dumped(self.seal(document, key=sealing.credential_key, now=sealing.now)),
        )

    def seal(
        self,
        document: Mapping[str, Any],
        *,
        key: CredentialKey,
        now: datetime,
        options: ProofOptions | None = None,
    ) -> dict[str, Any]:
        """Give any unsigned credential with a proof added, once it keeps the rules of its data model.

        ``options`` say what else the proof says; key and, without them, time are those given. A credential
        of the data model 1.1 gets the context that defines what such a proof says.

        Raises: InputError naming every rule it breaks; UndefinedTermError, TooComplexError.
        """
        _refuse_broken(document)
        return data_integrity.add_proof(
            _with_proof_terms(document),
            suite=key.suite or _vc.suite_for(key.signer.public_key.algorithm),
            signer=key.signer,
            options=replace(
                options or ProofOptions(verification_method="", created=now),
                verification_method=key.verification_method,
            ),
            contexts=contexts(),
        )

    def envelop(self, document: Mapping[str, Any], *, key: CredentialKey) -> dict[str, Any]:
        """Give any unsigned credential as a signed token in an envelope. VC Data Model 2.0, section 4.13.1.

        Raises: InputError naming every rule it breaks; UndefinedTermError, KeyMaterialError.
        """
        _refuse_broken(document)
        statements(document, contexts())  # an undefined term is an error here too
        header = {"kid": key.verification_method, "typ": "vc+jwt", "cty": "vc"}
        token = _jose.signed(header, document, key.signer).decode("ascii")
        return {"@context": _vc.VC_V2, "id": f"data:application/vc+jwt,{token}", "type": _ENVELOPE}

    def derive(self, document: Mapping[str, Any], pointers: Sequence[str]) -> dict[str, Any]:
        """Give the credential with only its mandatory and the chosen parts (JSON pointers, RFC 6901).

        Raises: InputError when no proof on it allows holding back, for a pointer that leads nowhere, and for
        a proof that cannot be derived from.
        """
        return data_integrity.derived(document, pointers=pointers, contexts=contexts())

    def read(self, data: bytes) -> Reading:
        """Give what any credential says: id, issuer, dates, status, and a name if it has one.

        Raises: InputError.
        """
        document = _vc.shared(data)
        if _ENVELOPE in _vc.peeked_types(data):
            form, inside = _opened(document)
            return form.read(inside)
        award = _generic_read.award(document)
        return Reading(award=award, status=award.status, claims=document)

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Check the rules of the data model, every proof, and whether the issuer's own key signed."""
        document = _vc.shared(data)
        if _ENVELOPE in _vc.peeked_types(data):
            form, inside = _opened(document)
            return form.checks(inside, asking)
        return [
            *_vcdm.content_checks(document, asking),
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


def _refuse_broken(document: Mapping[str, Any]) -> None:
    broken = _vcdm.broken_rules(document)
    if broken:
        raise InputError(
            f"The credential breaks the rules of its data model: {'; '.join(broken)}.",
            code="credential-rules",
            facts={"got": "; ".join(broken)},
        )


def _with_proof_terms(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the document with the terms of Data Integrity, which the context of 1.1 does not define."""
    named = document["@context"]
    if named[0] != _vc.VC_V1 or any("/security/data-integrity/" in str(one) for one in named):
        return document
    return {**document, "@context": [*named, DATA_INTEGRITY_V2]}


def _opened(envelope: Mapping[str, Any]) -> tuple[Format, bytes]:
    """Give what is in an envelope, and its format. Raises: UnreadableError, UnknownFormatError."""
    if "@context" not in envelope or _vc.as_list(envelope.get("type")) != [_ENVELOPE]:
        raise _vc.unreadable("the envelope", envelope.get("type"), f"@context, id and type {_ENVELOPE}")
    inside = _presentation.opened(envelope)
    form = recognize(inside)
    if form is FORMAT:
        raise _vc.unreadable(f"{_ENVELOPE}.id", "a credential without an envelope", "a signed token")
    return form, inside


FORMAT = VerifiableCredential()
