# SPDX-License-Identifier: Apache-2.0
"""Whose key signed a document: the certificate must lead to a key that the credential's issuer publishes.

Where the issuer cannot be asked an authority that the verifier was told to trust may vouch for it, if the
organisation that the certificate names is the one the credential names.

The id under which a key would be published is ``<issuer>#<multikey>``, ``<issuer>#<JWK thumbprint>`` (RFC
7638; the multikey of an RSA key is hundreds of characters), or what the certificate itself names in a
``subjectAltName`` URI (RFC 5280, section 4.2.1.6), such as ``did:web:university.example#document-1``.
Either the signer's own key is published, or that of a certificate above it: so a ``did:key`` issuer, whose
document holds one key only, vouches for a document key by certifying it with that one key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from gakusho.errors import InputError, KeyMaterialError, LimitError, NotFoundError, UnreachableError
from gakusho.formats._jose import thumbprint
from gakusho.formats._pdf.moment import SKEW, Assurance, Moment
from gakusho.formats._pdf.pades import SignatureFacts
from gakusho.formats._pdf.text import folded
from gakusho.model.report import Check, Outcome
from gakusho.proof import MethodLookup, VerificationMethod
from gakusho.proof.keys import PublicKey
from gakusho.proof.signed_data import certificate_of, chain_above, leads_to

_CODE = "pdf.signer-key"
MAX_POOL = 64
"""Certificates of a security store among which those above the signer's are looked for."""
_PURPOSES = frozenset(
    {
        "1.3.6.1.5.5.7.3.36",  # signing documents
        "1.3.6.1.5.5.7.3.4",  # e-mail: what document certificates had before there was one of their own
        "1.3.6.1.5.5.7.3.2",  # a person or organisation towards servers, likewise
        "1.3.6.1.4.1.311.10.3.12",  # Microsoft, document signing
        "1.2.840.113583.1.1.5",  # Adobe, authentic documents
        "2.5.29.37.0",  # any
    }
)
_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")


def signer_key_check(
    signature: SignatureFacts,
    *,
    issuer_id: str | None,
    lookup: MethodLookup,
    now: datetime,
    moment: Moment | None = None,
    anchors: Sequence[bytes] = (),
    names: Sequence[str] = (),
    chain: list[x509.Certificate] | None = None,
) -> Check:
    """Tell whether the signer's key is published by the issuer; unknown when that could not be asked.

    ``moment`` is when it signed, and by whose word that is known; ``anchors`` are the authorities (DER) that
    are believed; ``names`` are what the credential calls its issuer; ``chain`` is what ``signers_chain``
    gives, where it is known.
    """
    try:
        chain = chain or signers_chain(signature, anchors)
    except ValueError as error:
        return _answer(Outcome.INVALID, reason="certificate-unreadable", got=str(error)[:200])
    if not chain:
        return _answer(Outcome.INVALID, reason="certificate-missing")
    subject = chain[0].subject.rfc4514_string()
    if moment is None:
        moment = Moment(assurance=Assurance.CLAIMED, time=signature.claimed_time)
    if problem := _unfit(chain, signature, moment, now):
        outcome, reason = problem
        return _answer(outcome, reason=reason, signer=subject)
    vouched = is_anchored(chain, anchors)
    if issuer_id is None:
        return _unasked(subject, organisation(signature), vouched=vouched)
    found = _by_issuer(chain, issuer_id, moment, lookup, subject)
    if found.outcome is not Outcome.VALID and vouched:
        return _by_anchor(found, organisation(signature), names)
    return found


def _by_issuer(
    chain: list[x509.Certificate], issuer_id: str, moment: Moment, lookup: MethodLookup, subject: str
) -> Check:
    def asked(certificates: Iterable[x509.Certificate]) -> Iterator[Check]:
        for one in certificates:
            for method_id in _method_ids(one, issuer_id):
                yield _published(one, method_id, moment, lookup, subject)

    if issuer_id.startswith("did:key:"):
        # there is one key, most often that of the certificate above: the order says nothing then
        for answer in asked(reversed(chain)):
            if answer.outcome is Outcome.VALID:
                return answer
    answers = []
    for answer in asked(chain):
        if answer.outcome is Outcome.VALID:
            return answer
        answers.append(answer)
    for answer in answers:
        if answer.outcome is Outcome.UNKNOWN:
            return answer
    # an answer about a key that is published says more than that another one is not
    telling = [answer for answer in answers if answer.facts.get("reason") != "not-published"]
    return next(iter(telling or answers))


def _unasked(subject: str, signer: str | None, *, vouched: bool) -> Check:
    if vouched:
        return _answer(Outcome.VALID, reason="anchored", signer=signer or subject)
    return _answer(Outcome.UNKNOWN, reason="no-issuer", signer=subject)


def _by_anchor(found: Check, signer: str | None, names: Sequence[str]) -> Check:
    """Weigh what an authority says against what the issuer does."""
    facts = {**found.facts, "signer": signer or ""}
    same = signer is not None and folded(signer) in {folded(name) for name in names if name}
    if found.facts.get("reason") == "unreachable" and same:
        return _answer(Outcome.VALID, **{**facts, "reason": "anchored"})
    if found.facts.get("reason") == "not-published":
        # one says that it is the issuer's, the other does not say so (any more): neither is believed
        return _answer(
            Outcome.UNKNOWN, **{**facts, "reason": "anchored-not-published" if same else "other-name"}
        )
    return found


def organisation(signature: SignatureFacts) -> str | None:
    """Give the organisation (else the common name) in the signer's certificate."""
    try:
        subject = certificate_of(signature.certificates[0]).subject
    except (ValueError, IndexError):
        return None
    return named(subject)


def named(name: x509.Name) -> str | None:
    """Give the organisation (else the common name) of a name in a certificate."""
    for kind in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)
    return None


def anchor_of(chain: Sequence[x509.Certificate], anchors: Sequence[bytes]) -> str | None:
    """Give the name of the authority that a chain leads to, which ``is_anchored`` has to have told."""
    der = [one.public_bytes(serialization.Encoding.DER) for one in chain]
    believed = next((chain[place].subject for place in range(len(der)) if der[place] in anchors), None)
    return named(believed or chain[-1].issuer) if chain else None


def signers_chain(signature: SignatureFacts, pool: Sequence[bytes] = ()) -> list[x509.Certificate]:
    """Give the signer's certificate and those that issued it, each link verified. Raises: ValueError."""
    if not signature.certificates:
        return []
    chain = chain_above(signature.certificates[0], (*signature.certificates[1:], *pool))
    return [certificate_of(one) for one in chain]


def is_anchored(chain: Sequence[x509.Certificate], anchors: Sequence[bytes]) -> bool:
    """Tell whether a chain leads to an anchor (DER)."""
    if not anchors or not chain:
        return False
    return leads_to([one.public_bytes(serialization.Encoding.DER) for one in chain], anchors)


def _unfit(
    chain: list[x509.Certificate], signature: SignatureFacts, moment: Moment, now: datetime
) -> tuple[Outcome, str] | None:
    """Give why the certificates do not do, by date, use or strength."""
    leaf = chain[0]
    try:
        PublicKey.from_cryptography(leaf.public_key())
    except (KeyMaterialError, ValueError):
        return Outcome.INVALID, "weak-key"
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        return Outcome.INVALID, "key-usage"
    if not _for_documents(leaf):
        return Outcome.INVALID, "purpose-of-certificate"
    proven = moment.assurance is Assurance.PROVEN
    signed = moment.time if proven else signature.claimed_time or moment.time
    if signed is None:
        return Outcome.UNKNOWN, "no-signing-time"
    if signed > now + SKEW or (signature.claimed_time or now) > now:
        return Outcome.INVALID, "signed-in-the-future"
    if moment.time is not None and moment.time < leaf.not_valid_before_utc - SKEW:
        return Outcome.INVALID, "certificate-expired-when-signed"
    for one in chain:
        if not one.not_valid_before_utc <= signed <= one.not_valid_after_utc:
            return Outcome.INVALID, "certificate-expired-when-signed"
        if now > one.not_valid_after_utc and not proven:
            # only a time-stamp could prove that it was signed before
            return Outcome.UNKNOWN, "certificate-expired-since"
    return None


def _for_documents(certificate: x509.Certificate) -> bool:
    """Tell whether the purposes of a certificate, if it names any, admit signing documents. RFC 9336."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return any(one.dotted_string in _PURPOSES for one in purposes)


def _method_ids(certificate: x509.Certificate, issuer_id: str) -> list[str]:
    """Give the ids under which the issuer may publish the certificate's key, the named ones first."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    except (x509.ExtensionNotFound, ValueError):
        uris = []
    parts = [uri.partition("#") for uri in uris]
    named = [f"{issuer_id}#{fragment}" for did, _, fragment in parts if fragment and _same(did, issuer_id)][
        :3
    ]
    try:
        key = PublicKey.from_cryptography(certificate.public_key())
        ids = (f"{issuer_id}#{key.multikey()}", f"{issuer_id}#{thumbprint(key)}")
    except (KeyMaterialError, ValueError):
        return named
    return list(dict.fromkeys((*named, *ids)))


def _same(one: str, other: str) -> bool:
    """Tell whether two identifiers are equal but for the case of ``%3A`` (RFC 3986, section 6.2.2.1).

    Programs that write certificates change it.
    """
    first, second = (_ESCAPED.sub(lambda found: found.group().upper(), each) for each in (one, other))
    return first == second


def _published(
    certificate: x509.Certificate,
    method_id: str,
    moment: Moment,
    lookup: MethodLookup,
    subject: str,
) -> Check:
    try:
        method = lookup(method_id)
    except (UnreachableError, LimitError) as error:
        return _answer(Outcome.UNKNOWN, reason="unreachable", signer=subject, got=method_id, said=str(error))
    except (InputError, NotFoundError, KeyMaterialError) as error:
        return _answer(
            Outcome.INVALID, reason="not-published", signer=subject, got=method_id, said=str(error)
        )
    try:
        key = PublicKey.from_cryptography(certificate.public_key())
    except (KeyMaterialError, ValueError):
        return _answer(Outcome.INVALID, reason="weak-key", signer=subject, got=method_id)
    outcome, reason = _judged(method, key, moment)
    facts = {"signer": subject, "got": method_id}
    return Check(
        code=_CODE,
        outcome=outcome,
        facts={**facts, "reason": reason} if reason else facts,
        source=method.source or method_id,
        time=method.time,
    )


def _judged(method: VerificationMethod, key: PublicKey, moment: Moment) -> tuple[Outcome, str | None]:
    if (method.key.algorithm, method.key.material) != (key.algorithm, key.material):
        return Outcome.INVALID, "other-key"
    if "assertionMethod" not in method.purposes:
        return Outcome.INVALID, "purpose"
    signed = moment.time
    if signed and method.revoked:
        if signed >= method.revoked:
            return Outcome.INVALID, "key-revoked"
        if moment.assurance is not Assurance.PROVEN:
            # before the revocation only by its own word: a stolen key can write any date
            return Outcome.UNKNOWN, "key-revoked"
    if signed and method.expires and signed >= method.expires:
        return Outcome.INVALID, "key-retired"
    return Outcome.VALID, None


def _answer(outcome: Outcome, **facts: str) -> Check:
    return Check(code=_CODE, outcome=outcome, facts=facts, source="the document itself")
