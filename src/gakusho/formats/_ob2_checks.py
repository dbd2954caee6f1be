# SPDX-License-Identifier: Apache-2.0
"""The checks of Open Badges 2.0: parts at their addresses, who may host or sign them, what was revoked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from gakusho.errors import KeyMaterialError, UnreachableError
from gakusho.formats import Asking, Reading, _jose, _ob2, _ob2_read, _ob2_rules, _vc
from gakusho.formats._ob2_parts import Part, Parts
from gakusho.model.report import Check, Outcome, combined
from gakusho.proof.keys import PublicKey

_HERE = "the document itself"
_HEADER = {"alg", "typ", "kid"}
_TYPES = {None, "JWT", "jwt", "JWS"}
_MAX_KEYS = 8
_MAX_REVOKED = 1_000_000


def _nobody(_: str) -> NoReturn:
    raise UnreachableError("Nobody is asked.")


NOBODY = Asking(now=datetime(1, 1, 1, tzinfo=UTC), lookup=_nobody)
"""For reading what the bytes themselves say."""


@dataclass(frozen=True, kw_only=True)
class Badge:
    """An assertion with its class and its issuer, as they were found."""

    assertion: Mapping[str, Any]
    badge: Part
    issuer: Part
    parts: Parts

    @property
    def issuer_id(self) -> str:
        """The address of the issuer's profile."""
        return _ob2.identifier(self.issuer.document) or self.issuer.address


def gathered(assertion: Mapping[str, Any], asking: Asking, *, trusted: bool) -> Badge:
    """Give the badge with what it names; ``trusted``: a signature covers what it carries inside."""
    parts = Parts(asking)
    badge = parts.named(assertion.get("badge"), trusted=trusted)
    issuer = Part(outcome=Outcome.UNKNOWN, reason="not-asked")
    if badge.document:
        # The issuer is always asked: it says itself whose assertions are its own.
        issuer = parts.named(_ob2.identifier(badge.document.get("issuer")), trusted=False)
    return Badge(assertion=assertion, badge=badge, issuer=issuer, parts=parts)


def reading(badge: Badge) -> Reading:
    """Give what the parts that were had say. Raises: UnreadableError."""
    award = _ob2_read.award(badge.assertion, badge.badge.document, badge.issuer.document)
    at_home = badge.issuer.outcome is Outcome.VALID and _ob2.is_address(badge.issuer_id)
    domain = _ob2.host(badge.issuer_id) if at_home else None
    return Reading(award=award, claims=badge.assertion, domain=domain)


def common(badge: Badge) -> list[Check]:
    """Give the checks of rules, class and issuer."""
    broken = _ob2_rules.broken_assertion(badge.assertion)
    if badge.badge.document:
        broken += _ob2_rules.broken_part(badge.badge.document, "badge", _ob2.BADGE_CLASS)
    if badge.issuer.document:
        broken += _ob2_rules.broken_part(badge.issuer.document, "issuer", *_ob2.PROFILE)
    return [rules_check(broken), badge.badge.check("hosted.badge"), badge.issuer.check("hosted.issuer")]


def rules_check(broken: list[str]) -> Check:
    """Give the check of the rules, with all that is broken."""
    return Check(
        code="format.rules",
        outcome=Outcome.INVALID if broken else Outcome.VALID,
        facts={"reason": "; ".join(broken)[:1_000]} if broken else {},
        source=_HERE,
    )


# --- hosted ----------------------------------------------------------------------------------------


def hosted(badge: Badge) -> list[Check]:
    """Give the checks of an assertion that proves itself by where it lies. Open Badges 2.0, section 4.3."""
    if not set(_ob2.types(_ob2.method(badge.assertion))) & _ob2.HOSTED:
        return [_check("proof.present", Outcome.INVALID)]
    address = str(badge.assertion.get("id"))
    found = badge.parts.at(address)
    checks = []
    if found.reason == "gone" or found.document.get("revoked") is True:
        reason = found.document.get("revocationReason")
        checks.append(_revoked(found, reason))
        found = Part(outcome=Outcome.UNKNOWN, address=address, reason="gone", source=found.source)
    elif found.outcome is Outcome.VALID:
        differs = None if _ob2.same(badge.assertion, found.document) else "differs"
        checks.append(found.check("hosted.assertion", otherwise=differs))
        checks.append(_status(Outcome.VALID, found))
    if not checks or found.reason == "gone":
        checks.append(found.check("hosted.assertion"))
    return [*checks, scope_check(badge)]


def scope_check(badge: Badge) -> Check:
    """Tell whether the issuer calls assertions at this address its own.

    Open Badges 2.0, section 4.3.2: the hosts it allows (else its own), and what addresses start with.
    The start is taken as an address, so that ``https://uni.example`` does not fit
    ``https://uni.example.evil.example``.
    """
    address = str(badge.assertion.get("id"))
    facts = {"got": address[:500], "expected": badge.issuer_id[:500] or "—", "reason": "hosted"}
    if badge.issuer.outcome is not Outcome.VALID or not badge.issuer.document:
        return _check("issuer.binding", Outcome.UNKNOWN, **facts)
    policy = badge.issuer.document.get("verification")
    stated = policy if isinstance(policy, Mapping) else {}
    own = _ob2.host(badge.issuer_id) if _ob2.is_address(badge.issuer_id) else ""
    origins = _vc.as_list(stated.get("allowedOrigins", own))
    starts = _vc.as_list(stated.get("startsWith"))
    allowed = _ob2.is_address(address) and any(_is_origin(address, one) for one in origins)
    begins = not starts or any(_begins(address, one) for one in starts)
    return _check("issuer.binding", Outcome.VALID if allowed and begins else Outcome.INVALID, **facts)


def _is_origin(address: str, origin: object) -> bool:
    if not isinstance(origin, str) or not origin:
        return False
    if "://" in origin:
        return _ob2.is_address(origin) and urlsplit(origin)[:2] == urlsplit(address)[:2]
    return origin.lower() == _ob2.host(address)


def _begins(address: str, start: object) -> bool:
    if not _ob2.is_address(start):
        return False
    given, wanted = urlsplit(address), urlsplit(str(start))
    same_place = (given.scheme, given.netloc.lower()) == (wanted.scheme, wanted.netloc.lower())
    return same_place and address[len(f"{given.scheme}://{given.netloc}") :].startswith(
        str(start)[len(f"{wanted.scheme}://{wanted.netloc}") :]
    )


# --- signed ----------------------------------------------------------------------------------------


def signed(badge: Badge, token: _jose.Token) -> list[Check]:
    """Give the checks of an assertion that a key of the issuer's signed. Open Badges 2.0, section 4.3."""
    problem = _header_problem(token.header)
    if problem:
        return [_check("proof.header", Outcome.INVALID, reason=problem)]
    header = _check("proof.header", Outcome.VALID, got=str(token.header["alg"]))
    if badge.issuer.outcome is not Outcome.VALID:
        unknown = _check("proof.key", Outcome.UNKNOWN, reason="issuer", got=badge.issuer.address[:500])
        return [header, unknown, *_revocation(badge)]
    listed = _vc.as_list(badge.issuer.document.get("publicKey"))[:_MAX_KEYS]
    creator = _ob2.identifier(_ob2.method(badge.assertion).get("creator"))
    candidates = listed if creator is None else [_inside(listed, creator)]
    found = [_tried(badge, one, token, listed) for one in candidates]
    best = min(found, key=_weight, default=None)
    if best is None:
        return [header, _check("proof.key", Outcome.INVALID, reason="no-such-key", method="—", got="no key")]
    return [header, *best, *_revocation(badge)]


def _header_problem(header: Mapping[str, Any]) -> str | None:
    strange = sorted(header.keys() - _HEADER)
    if strange:
        return f"header member {strange[0][:40]}"
    if header.get("alg") not in _jose.ALGORITHMS:
        return f"alg {str(header.get('alg'))[:40]}"
    if header.get("typ") not in _TYPES:
        return f"typ {str(header.get('typ'))[:40]}"
    return None


def _inside(listed: list[Any], creator: str) -> object:
    """Give the key as the profile carries it, when it does; else its address."""
    carried = (one for one in listed if isinstance(one, Mapping) and _ob2.identifier(one) == creator)
    return next(carried, creator)


def _tried(badge: Badge, named: object, token: _jose.Token, listed: list[Any]) -> list[Check]:
    part = badge.parts.named(named, trusted=True)
    address = _ob2.identifier(named) or ""
    facts = {"method": address[:500], "controller": badge.issuer_id[:500]}
    if part.outcome is not Outcome.VALID:
        return [part_check("proof.key", part, facts)]
    owner = _ob2.identifier(part.document.get("owner")) or ""
    own = owner == badge.issuer_id and address in [_ob2.identifier(one) for one in listed]
    binding = Check(
        code="issuer.binding",
        outcome=Outcome.VALID if own else Outcome.INVALID,
        facts={"got": owner[:500] or "—", "expected": badge.issuer_id[:500] or "—"},
        source=part.source,
        time=part.time,
    )
    try:
        key = _key(part.document)
    except KeyMaterialError as error:
        return [
            _check("proof.key", Outcome.INVALID, reason=error.code, got=str(error)[:500], **facts),
            binding,
        ]
    if not own:
        refused = _check(
            "proof.key", Outcome.INVALID, reason="controller", **{**facts, "got": owner[:500] or "—"}
        )
        return [refused, binding]
    fits = Outcome.VALID if _jose.fits(token, key) else Outcome.INVALID
    sound = Check(code="proof.key", outcome=Outcome.VALID, facts=facts, source=part.source, time=part.time)
    return [sound, _check("proof.signature", fits), binding]


def part_check(code: str, part: Part, facts: Mapping[str, str]) -> Check:
    """Give the check that a part could not be had, with these facts."""
    stated = {**part.check(code).facts, **facts}
    return Check(code=code, outcome=part.outcome, facts=stated, source=part.source, time=part.time)


def _weight(checks: list[Check]) -> int:
    return [Outcome.VALID, Outcome.UNKNOWN, Outcome.INVALID].index(combined(one.outcome for one in checks))


def _key(document: Mapping[str, Any]) -> PublicKey:
    pem = document.get("publicKeyPem")
    if not isinstance(pem, str) or len(pem) > 20_000:
        raise KeyMaterialError("The key document holds no key.", facts={"expected": "publicKeyPem"})
    try:
        return PublicKey.from_cryptography(serialization.load_pem_public_key(pem.encode("utf-8", "replace")))
    except (ValueError, UnsupportedAlgorithm):
        raise KeyMaterialError("The key is no PEM of a public key.") from None


def _revocation(badge: Badge) -> list[Check]:
    named = badge.issuer.document.get("revocationList")
    if named is None:
        return []  # the issuer revokes nothing that it signed
    listed = badge.parts.named(named, trusted=False)
    if listed.outcome is Outcome.INVALID:
        return [_status(Outcome.UNKNOWN, listed, reason="list-id")]
    if listed.outcome is Outcome.UNKNOWN:
        return [_status(Outcome.UNKNOWN, listed, reason="list-unreachable")]
    entries = listed.document.get("revokedAssertions")
    sound = _ob2.is_kind(listed.document, _ob2.REVOCATIONS) and isinstance(entries, list)
    if not sound or not isinstance(entries, list) or len(entries) > _MAX_REVOKED:
        return [_status(Outcome.UNKNOWN, listed, reason="list-unreadable")]
    if _ob2.identifier(listed.document.get("issuer")) not in {None, badge.issuer_id}:
        return [_status(Outcome.UNKNOWN, listed, reason="list-issuer")]
    known = {badge.assertion.get("id"), badge.assertion.get("uid")} - {None}
    for entry in entries:
        ids = {entry.get("id"), entry.get("uid")} if isinstance(entry, Mapping) else {entry}
        if ids & known:
            return [_revoked(listed, entry.get("revocationReason") if isinstance(entry, Mapping) else None)]
    return [_status(Outcome.VALID, listed)]


def _revoked(part: Part, reason: object) -> Check:
    said = {"message": reason[:300]} if isinstance(reason, str) else {}
    return _status(Outcome.INVALID, part, reason="set", **said)


def _status(outcome: Outcome, part: Part, **facts: str) -> Check:
    said = {"list": part.address[:500], "purpose": "revocation", **facts}
    return Check(code="status.revocation", outcome=outcome, facts=said, source=part.source, time=part.time)


def _check(code: str, outcome: Outcome, **facts: str) -> Check:
    return Check(code=code, outcome=outcome, facts=facts, source=_HERE)


# --- any document of Open Badges 2.0 ---------------------------------------------------------------


def document_checks(document: Mapping[str, Any], asking: Asking) -> list[Check]:
    """Give the checks of a class, an issuer or another part by itself, with the issuer a class names."""
    broken = _ob2_rules.broken(document)
    if not _ob2.is_kind(document, _ob2.BADGE_CLASS):
        return [rules_check(broken)]
    issuer = Parts(asking).named(document.get("issuer"), trusted=False)
    if issuer.document:
        broken += _ob2_rules.broken_part(issuer.document, "issuer", *_ob2.PROFILE)
    return [rules_check(broken), issuer.check("hosted.issuer")]
