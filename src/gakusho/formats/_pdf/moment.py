# SPDX-License-Identifier: Apache-2.0
"""When a document was signed, and by whose word: proven, stated, or only claimed.

Time-stamps are judged from the newest to the oldest: each is believed at the time that the one after it
proves, and so may outlive its authority's certificate. ETSI EN 319 102-1, sections 5.4 and 5.6.2; RFC 3161.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from asn1crypto import cms
from cryptography import x509

from gakusho.errors import KeyMaterialError
from gakusho.formats._pdf.container import WEAK, digest_of_ranges
from gakusho.formats._pdf.pades import SignatureFacts
from gakusho.proof.revocation import Evidence
from gakusho.proof.revoked_when import State, revocation_at
from gakusho.proof.signed_data import DIGESTS, certificate_of, chain_above, leads_to
from gakusho.proof.timestamps import Stamp, read_token

SKEW = timedelta(minutes=5)
_MAX_POOL = 64
"""Certificates of a security store among which those above an authority's are looked for."""


class Assurance(StrEnum):
    """By whose word a time is known."""

    PROVEN = "proven"
    """A trusted authority stamped it."""
    STATED = "stated"
    """An authority stamped it for which nobody vouches here."""
    CLAIMED = "claimed"
    """The signer says so."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The document time-stamps, each of which covers all before it. EN 319 142-1, section 5.4.3."""

    stamps: int
    newest: datetime | None = None
    times: tuple[datetime, ...] = ()
    """Of all that can be read, the oldest first."""
    ends: datetime | None = None
    """When the newest one's certificates run out: a newer one must be there before."""
    authority: str = ""
    problem: str = ""
    """Why one of them is not genuine."""
    weak: str = ""
    """The hash one of them is made with, if it is too weak to prove anything."""
    doubt: str = ""
    """Why the newest is not believed: ``untrusted``, ``expired``, ``revoked``; nothing where it is."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When a signature was there at the latest."""

    assurance: Assurance
    time: datetime | None
    """None when not even the signer says when."""
    authority: str = ""
    """Whom the certificate of the time-stamping authority names."""
    stamps: int = 0
    """Time-stamps beside the signature."""
    problem: str = ""
    """Why one of these is not genuine."""
    weak: str = ""
    """The hash one of these is made with, if it is too weak to prove anything."""
    doubt: str = ""
    """Why no time is proven though there are time-stamps: ``untrusted``, ``expired``, ``revoked``."""
    archive: Archive | None = None


@dataclass(frozen=True, kw_only=True)
class _Token:
    stamp: Stamp | None = None
    problem: str = ""
    weak: str = ""


def moment_of(
    data: bytes,
    signature: SignatureFacts,
    stamps: Sequence[SignatureFacts],
    *,
    evidence: Evidence,
    anchors: Sequence[bytes],
    now: datetime,
) -> Moment:
    """Give when a signature was made; ``stamps`` are the document time-stamps after it, the oldest first.

    ``anchors`` are the certificates (DER) that time-stamping authorities are believed by; never raises.
    """
    digest = _of_signature(signature.signature)
    tokens = [_token(der, digest) for der in signature.tokens]
    later = [_document_token(data, one) for one in stamps]
    judge = _Judge(evidence=evidence, anchors=tuple(anchors), at=now)
    archive = _archive(later, judge, now)
    own = [one.stamp for one in tokens if one.stamp is not None]
    for stamp in own:
        judge.take(stamp)
    problem = _problem(tokens, now)
    if archive is not None and not archive.problem and own and archive.newest:
        first = next(one.stamp.time for one in later if one.stamp)
        if first < max(one.time for one in own) - SKEW:
            archive = replace(archive, problem="it is older than what it covers")
    good = [*own, *(one.stamp for one in later if one.stamp is not None)]
    broken = bool(problem or (archive is not None and archive.problem))
    if judge.proven is not None and not broken:
        assurance, said = Assurance.PROVEN, judge.proven
    elif good:
        assurance, said = Assurance.STATED, min(good, key=lambda each: each.time)
    else:
        assurance, said = Assurance.CLAIMED, None
    return Moment(
        assurance=assurance,
        time=said.time if said else signature.claimed_time,
        authority=_name(said.certificates[0]) if said else "",
        stamps=len(tokens),
        problem=problem,
        weak=next((one.weak for one in tokens if one.weak), ""),
        doubt=judge.doubt if assurance is Assurance.STATED else "",
        archive=archive,
    )


def _archive(later: Sequence[_Token], judge: _Judge, now: datetime) -> Archive | None:
    if not later:
        return None
    held = [one.stamp for one in later if one.stamp is not None]
    problem = _problem(later, now)
    if any(after.time < before.time - SKEW for before, after in pairwise(held)):
        problem = problem or "it is older than what it covers"
    weak = next((one.weak for one in later if one.weak), "")
    if later[-1].stamp is None:
        return Archive(stamps=len(later), problem=problem, weak=weak)
    newest = later[-1].stamp
    judge.take(newest)
    doubt = judge.doubt
    for stamp in reversed(held[:-1]):
        judge.take(stamp)
    return Archive(
        stamps=len(later),
        newest=newest.time,
        times=tuple(one.time for one in held),
        ends=newest.ends,
        authority=_name(newest.certificates[0]),
        problem=problem,
        weak=weak,
        doubt=doubt,
    )


def _problem(tokens: Sequence[_Token], now: datetime) -> str:
    early = any(one.stamp.time > now + SKEW for one in tokens if one.stamp is not None)
    found = next((one.problem for one in tokens if one.problem), "")
    return found or ("its time lies in the future" if early else "")


@dataclass(kw_only=True)
class _Judge:
    """Takes time-stamps from the newest to the oldest, and tells the earliest that is proven."""

    evidence: Evidence
    anchors: tuple[bytes, ...]
    at: datetime
    """The time at which the next one is to be believed: now, or what a newer one proves."""
    proven: Stamp | None = None
    doubt: str = ""

    def take(self, stamp: Stamp) -> None:
        """Take the next time-stamp."""
        pool = (*stamp.certificates[1:], *self.evidence.certificates[:_MAX_POOL], *self.anchors)
        chain = chain_above(stamp.certificates[0], pool)
        if not self.anchors or not leads_to(chain, self.anchors):
            self.doubt = self.doubt or "untrusted"
            return
        below = [one for one in chain if one not in self.anchors] or chain[:1]
        parsed = [certificate_of(one) for one in below]
        if not all(one.not_valid_before_utc <= self.at <= one.not_valid_after_utc for one in parsed):
            self.doubt = self.doubt or "expired"
            return
        states = [revocation_at(one, above, self.evidence, self.at).state for one, above in pairwise(chain)]
        if State.REVOKED in states:
            self.doubt = "revoked"
            return
        self.proven, self.at = stamp, min(self.at, stamp.time)


def _of_signature(signature: bytes) -> Callable[[str], bytes]:
    """ETSI EN 319 122-1, section 5.3: the time-stamp is of the signature's value."""
    return lambda algorithm: hashlib.new(algorithm, signature).digest()


def _document_token(data: bytes, stamp: SignatureFacts) -> _Token:
    if stamp.problem or not stamp.tokens or stamp.end == 0 or stamp.end > len(data):
        return _Token(problem=stamp.problem or "it does not say what it covers")
    return _token(stamp.tokens[0], digest_of_ranges(data, stamp.byte_range))


def _token(der: bytes, digest_of: Callable[[str], bytes]) -> _Token:
    """Give what a token says, once it is known to be genuine and of the right bytes."""
    try:
        if algorithm := _weak_digest(der):
            return _Token(weak=algorithm)
        stamp = read_token(der)
        if stamp.algorithm not in DIGESTS:
            return _Token(weak=stamp.algorithm)
        if stamp.digest != digest_of(stamp.algorithm):
            return _Token(problem="it was made of something else")
    except KeyMaterialError as error:
        return _Token(problem=str(error.facts.get("reason", error))[:200])
    except Exception as error:  # noqa: BLE001 - asn1crypto raises every kind for broken bytes
        return _Token(problem=f"it cannot be read ({type(error).__name__})")
    return _Token(stamp=stamp)


def _weak_digest(der: bytes) -> str:
    """Give the hash a token's signature is over, if it is too weak to prove anything; else nothing."""
    signers = cms.ContentInfo.load(der)["content"]["signer_infos"]
    algorithm = str(signers[0]["digest_algorithm"]["algorithm"].native) if len(signers) else ""
    return algorithm if algorithm in WEAK else ""


def _name(certificate: bytes) -> str:
    """Give the organisation (else the common name) that a certificate names."""
    subject = certificate_of(certificate).subject
    for kind in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME):
        if found := subject.get_attributes_for_oid(kind):
            return str(found[0].value)
    return ""
