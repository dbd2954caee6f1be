# SPDX-License-Identifier: Apache-2.0
"""From an award to the documents of Open Badges 2.0: assertion and class, and what the issuer publishes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives import serialization

from gakusho.errors import InputError
from gakusho.formats import PublishedMultikey, Sealing, Withdrawn, _ob2, _ob_alignments, _vc
from gakusho.formats._ob2_read import NO_PICTURE, RECIPIENT
from gakusho.formats._ob_ids import identity_hash, salt
from gakusho.model.achievement import Achievement
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award, DocumentDetails, Evidence
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner
from gakusho.proof import json as strict_json
from gakusho.proof.keys import PublicKey
from gakusho.registry.did_web import did_web_address

BETWEEN_NAMES, BETWEEN_PARAGRAPHS = " / ", "\n\n"
_RECIPIENT_CONTEXT = "https://openbadgespec.org/extensions/recipientProfile/context.json"
_UUID = "urn:uuid:"


def hosting(award: Award, sealing: Sealing) -> str:
    """Give the address below which the issuer publishes: as told, or beside its did:web.

    Raises: InputError for an issuer without a web address.
    """
    if sealing.hosting is not None:
        return sealing.hosting
    if not award.issuer.id.startswith("did:web:"):
        raise InputError(
            "Open Badges 2.0 needs an issuer with a web address of its own.",
            code="award-incomplete",
            facts={"got": award.issuer.id[:200], "expected": "did:web:…"},
        )
    address = did_web_address(award.issuer.id)[1]
    return address.removesuffix("/did.json").removesuffix("/.well-known") + "/ob2"


def assertion_address(base: str, award_id: str) -> str:
    """Give where the assertion of an award is hosted."""
    return f"{base}/assertions/{quote(award_id.removeprefix(_UUID), safe='')}"


def key_address(base: str, method_id: str) -> str:
    """Give where the key of a verification method is published for Open Badges 2.0."""
    return f"{base}/keys/{quote(method_id.partition('#')[2], safe='')}"


def assertion(award: Award, base: str) -> dict[str, Any]:
    """Give the assertion with its class inside, but for ``id`` and ``verification``.

    Raises: InputError when the award lacks what Open Badges 2.0 requires.
    """
    _refuse_incomplete(award)
    written: dict[str, Any] = {
        "@context": _ob2.CONTEXT,
        "type": _ob2.ASSERTION,
        "recipient": _recipient(award.learner, award.id),
        "issuedOn": _vc.written_time(award.valid_from),
        "badge": badge_class(award.achievement, base),
        RECIPIENT: {
            "@context": _RECIPIENT_CONTEXT,
            "type": ["Extension", "extensions:RecipientProfile"],
            "name": award.learner.name.full,
        },
    }
    if award.valid_until is not None:
        written["expires"] = _vc.written_time(award.valid_until)
    if award.narrative:
        written["narrative"] = award.narrative
    if award.evidence:
        written["evidence"] = [_evidence(one) for one in award.evidence]
    _vc.refuse_unsafe(written)
    return written


def _refuse_incomplete(award: Award) -> None:
    needed = {
        "achievement.name": bool(award.achievement.name),
        "achievement.description": bool(award.achievement.description),
        "learner.name": bool(award.learner.name.full),
        "issuer.email": bool(award.issuer.email),
    }
    for member, there in needed.items():
        if not there:
            raise InputError(
                f"The award cannot be written as an Open Badge without {member}.",
                code="award-incomplete",
                facts={"got": "nothing", "expected": member},
            )


def _recipient(learner: Learner, award_id: str) -> dict[str, Any]:
    # Without an e-mail address the name is what the learner is known by; both only as a salted hash.
    kind, identity = ("email", learner.email) if learner.email else ("name", learner.name.full)
    salted = salt(award_id)
    return {"type": kind, "hashed": True, "salt": salted, "identity": identity_hash(identity, salted)}


def badge_class(achievement: Achievement, base: str) -> dict[str, Any]:
    """Give the class of an achievement; its address ends in the digest of what it says."""
    written: dict[str, Any] = {
        "type": _ob2.BADGE_CLASS,
        "name": achievement.name.joined(BETWEEN_NAMES),
        "description": achievement.description.joined(BETWEEN_PARAGRAPHS),
        "criteria": {"narrative": achievement.criteria.joined(BETWEEN_PARAGRAPHS)},
        "issuer": f"{base}/issuer",
        "@language": achievement.language,
    }
    if achievement.tags:
        written["tags"] = list(achievement.tags)
    if achievement.alignments:
        written["alignment"] = [_alignment(one) for one in achievement.alignments]
    image = achievement.image or NO_PICTURE
    data = f"data:{image.media_type};base64,{base64.b64encode(image.data).decode('ascii')}"
    written["image"] = {"id": data, "caption": image.caption} if image.caption else data
    digest = hashlib.sha256(strict_json.dumps(written)).hexdigest()
    return {"id": f"{base}/badges/{digest}", **written}


def _alignment(alignment: Alignment) -> dict[str, Any]:
    # Open Badges 2.0, AlignmentObject: it has no type of the target
    _ob_alignments.refuse_unfit(alignment)
    written = {
        "targetName": alignment.target_name,
        "targetUrl": alignment.target_url,
        "targetDescription": alignment.target_description,
        "targetFramework": alignment.target_framework,
        "targetCode": alignment.target_code,
    }
    return {name: value for name, value in written.items() if value}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    written = {
        "id": evidence.url or evidence.id,
        "type": "Evidence",
        "name": evidence.name,
        "description": evidence.description,
    }
    return {name: value for name, value in written.items() if value}


def kept_class(written: Mapping[str, Any]) -> bytes:
    """Give the class inside an assertion as it is kept: without the address that holds its digest."""
    badge = _vc.mapping(written.get("badge"), "badge")
    return strict_json.dumps({name: value for name, value in badge.items() if name != "id"})


def class_document(address: str, kept: bytes) -> bytes | None:
    """Give a kept class as it is published at its address; None when the address is another issuer's.

    Raises: UnreadableError for anything else than a class.
    """
    badge = _ob2.parsed(kept)
    if badge is None or badge.get("type") != _ob2.BADGE_CLASS:
        raise _vc.unreadable("type", "another file", _ob2.BADGE_CLASS)
    base = str(badge.get("issuer")).removesuffix("/issuer")
    if address != f"{base}/badges/{hashlib.sha256(kept).hexdigest()}":
        return None
    return strict_json.dumps({"@context": _ob2.CONTEXT, "id": address, **badge})


def class_documents(written: Mapping[str, Any]) -> dict[str, bytes]:
    """Give the class that stands inside an assertion, as it is published at its own address."""
    badge = _vc.mapping(written.get("badge"), "badge")
    return {_vc.required(badge, "id"): strict_json.dumps({"@context": _ob2.CONTEXT, **badge})}


def institution_documents(
    base: str, issuer: Issuer, keys: Sequence[PublishedMultikey], withdrawn: Sequence[Withdrawn]
) -> dict[str, bytes]:
    """Give profile, keys and revocation list by their addresses. Raises: KeyMaterialError."""
    addresses = [key_address(base, key.id) for key in keys]
    documents = [
        _profile(base, issuer, addresses),
        *(_key(base, address, key) for address, key in zip(addresses, keys, strict=True)),
        _revocations(base, withdrawn),
    ]
    return {str(one["id"]): strict_json.dumps({"@context": _ob2.CONTEXT, **one}) for one in documents}


def _profile(base: str, issuer: Issuer, keys: Sequence[str]) -> dict[str, Any]:
    host = _ob2.host(base)
    written: dict[str, Any] = {
        "id": f"{base}/issuer",
        "type": "Issuer",
        "name": issuer.name.joined(BETWEEN_NAMES) or host,
        "url": issuer.url or f"https://{host}/",
        "publicKey": list(keys),
        "revocationList": f"{base}/revocations",
        # Several institutions may share a host: only what lies below its own address is this one's.
        "verification": {"allowedOrigins": host, "startsWith": f"{base}/assertions/"},
    }
    return written | {
        name: value for name, value in (("email", issuer.email), ("image", issuer.image)) if value
    }


def _key(base: str, address: str, key: PublishedMultikey) -> dict[str, Any]:
    pem = (
        PublicKey.from_multikey(key.multikey)
        .cryptography_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return {"id": address, "type": _ob2.KEY, "owner": f"{base}/issuer", "publicKeyPem": pem.decode("ascii")}


def _revocations(base: str, withdrawn: Sequence[Withdrawn]) -> dict[str, Any]:
    listed = [
        {"id": one.award_id, **({"revocationReason": one.reason} if one.reason else {})} for one in withdrawn
    ]
    return {
        "id": f"{base}/revocations",
        "type": _ob2.REVOCATIONS,
        "issuer": f"{base}/issuer",
        "revokedAssertions": listed,
    }


def withdrawal(base: str, withdrawn: Withdrawn) -> dict[str, bytes]:
    """Give what stands where a revoked badge was hosted. Open Badges 2.0, section 4.1 (revocation)."""
    address = assertion_address(base, withdrawn.award_id)
    written = {"@context": _ob2.CONTEXT, "id": address, "type": _ob2.ASSERTION, "revoked": True}
    if withdrawn.reason:
        written["revocationReason"] = withdrawn.reason
    return {address: strict_json.dumps(written)}


def losses(award: Award) -> tuple[str, ...]:
    """Give what of the award the badge does not say, by field name."""
    learner, achievement = award.learner, award.achievement
    lost = {
        "achievement.id": True,
        "achievement.type": achievement.type != "Badge",
        "achievement.fieldOfStudy": bool(achievement.field_of_study),
        "achievement.creditsAvailable": achievement.credits_available is not None,
        "achievement.resultDescriptions": bool(achievement.result_descriptions),
        "achievement.descriptors": bool(achievement.descriptors),
        "achievement.alignments.target_type": any(one.target_type for one in achievement.alignments),
        "achievement.endorsements": bool(achievement.endorsements),
        "awarded_on": award.awarded_on != award.valid_from.date(),
        "document": award.document != DocumentDetails(),
        "endorsements": bool(award.endorsements),
        "issuer.endorsements": bool(award.issuer.endorsements),
        "issue_number": bool(award.issue_number),
        "issuer.country": bool(award.issuer.country),
        "learner.email": bool(learner.email),
        "learner.name": bool(learner.name.kana or learner.name.romaji or learner.name.former),
        "learner.student_number": bool(learner.student_number),
        "learner.birth_date": learner.birth_date is not None,
        "results": bool(award.results),
        "status": bool(award.status),
    }
    return tuple(name for name, is_lost in lost.items() if is_lost)
