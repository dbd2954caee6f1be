# SPDX-License-Identifier: Apache-2.0
"""The acceptance rule for signed PDFs, all points of it: structure, time, signer, revocation, content.

A document of ours (with a credential, or set from a template) is valid only if all of it is. One that is
somebody else's is never valid and never refused for that: it is said who signed it, and whether it is locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from gakusho.formats import Asking, Reading
from gakusho.formats._pdf.moment import Archive, Assurance, Moment, moment_of
from gakusho.formats._pdf.pades import SignatureFacts
from gakusho.formats._pdf.page import BETWEEN_LANGUAGES
from gakusho.formats._pdf.rules import SOURCE, Document, structural_checks
from gakusho.formats._pdf.signer_key import (
    MAX_POOL,
    anchor_of,
    is_anchored,
    organisation,
    signer_key_check,
    signers_chain,
)
from gakusho.model.award import Award
from gakusho.model.report import Check, Outcome
from gakusho.proof.revocation import Evidence
from gakusho.proof.revoked_when import Revocation, State, revocation_at

_LOST = frozenset({"expired", "revoked"})


def acceptance_checks(
    document: Document, carried: Sequence[tuple[bytes, Reading]], asking: Asking
) -> list[Check]:
    """Run every check but whether the page prints what the credential says; never raises for bad bytes."""
    foreign = document.template is None and not carried
    found = structural_checks(document, foreign=foreign)
    judged = document.certification
    if judged is None or document.examination.problem or document.problem:
        return found
    moment = moment_of(
        document.data,
        judged,
        document.stamps,
        evidence=document.store.evidence,
        anchors=asking.anchors.times,
        now=asking.now,
    )
    found.append(_time_check(document, judged, moment, foreign=foreign))
    if moment.archive is not None:
        found.append(_archive_check(moment.archive, foreign=foreign))
    award = carried[0][1].award if carried else None
    if judged.certificates:
        chain = _chain(document, judged, asking)
        found.append(_signer_check(judged, moment, award, asking, chain))
        found.extend(_revocation_checks(document.store.evidence, chain, moment, asking))
    if foreign:
        found.append(_foreign_check(document, asking))
    return found


def level_of(document: Document) -> str:
    """Give the level that the document's parts make, whether or not they hold. EN 319 142-1, section 6."""
    judged = document.certification
    if judged is None or not (judged.tokens or document.stamps):
        return "B-B"
    if not document.store.there:
        return "B-T"
    return "B-LTA" if document.stamps else "B-LT"


def _time_check(document: Document, judged: SignatureFacts, moment: Moment, *, foreign: bool) -> Check:
    facts = {"level": level_of(document), "assurance": moment.assurance.value}
    if moment.time is not None:
        facts["got"] = moment.time.isoformat()
    if moment.authority:
        facts["authority"] = moment.authority[:200]
    if judged.claimed_time is not None:
        facts["claimed_time"] = judged.claimed_time.isoformat()
    problem = moment.problem or (moment.archive.problem if moment.archive is not None else "")
    if problem:
        refused = Outcome.UNKNOWN if foreign else Outcome.INVALID
        return _check("pdf.time", refused, reason="broken", said=problem, **facts)
    if moment.weak and moment.assurance is not Assurance.PROVEN:
        return _check("pdf.time", Outcome.UNKNOWN, reason="weak", said=moment.weak, **facts)
    if moment.time is None:
        return _check("pdf.time", Outcome.UNKNOWN, reason="none", **facts)
    reason = f"stated-{moment.doubt}" if moment.doubt in _LOST else moment.assurance.value
    return _check("pdf.time", Outcome.VALID, reason=reason, **facts)


def _archive_check(archive: Archive, *, foreign: bool) -> Check:
    facts = {"stamps": str(archive.stamps)}
    if archive.authority:
        facts["authority"] = archive.authority[:200]
    if archive.times:
        facts["times"] = ", ".join(one.isoformat() for one in archive.times)
    if archive.newest is not None:
        facts["got"] = archive.newest.isoformat()
    if archive.ends is not None:
        facts["expected"] = archive.ends.isoformat()
    if archive.problem:
        refused = Outcome.UNKNOWN if foreign else Outcome.INVALID
        return _check("pdf.archive", refused, reason="broken", said=archive.problem, **facts)
    if archive.weak:
        return _check("pdf.archive", Outcome.UNKNOWN, reason="weak", said=archive.weak, **facts)
    if archive.doubt:
        reason = archive.doubt if archive.doubt in _LOST else "stated"
        return _check("pdf.archive", Outcome.VALID, reason=reason, **facts)
    return _check("pdf.archive", Outcome.VALID, **facts)


def _chain(document: Document, one: SignatureFacts, asking: Asking) -> list[x509.Certificate]:
    """Give the certificates from the signer's on; none where they cannot be read."""
    pool = (*document.store.evidence.certificates[:MAX_POOL], *asking.anchors.signers)
    try:
        return signers_chain(one, pool)
    except ValueError:
        return []


def _names(award: Award) -> tuple[str, ...]:
    """Give what the credential calls its issuer; a badge has both languages in one name."""
    found = [words for _, words in award.issuer.name]
    return tuple(name for words in found for name in (words, *words.split(BETWEEN_LANGUAGES)))


def _signer_check(
    judged: SignatureFacts, moment: Moment, award: Award | None, asking: Asking, chain: list[x509.Certificate]
) -> Check:
    anchors = asking.anchors.signers
    found = signer_key_check(
        judged,
        issuer_id=award.issuer.id if award else None,
        lookup=asking.lookup,
        now=asking.now,
        moment=moment,
        anchors=anchors,
        names=_names(award) if award else (),
        chain=chain,
    )
    if found.facts.get("reason") == "anchored":
        return replace(found, facts={**found.facts, "authority": anchor_of(chain, anchors) or ""})
    return found


def _revocation_checks(
    evidence: Evidence, chain: Sequence[x509.Certificate], moment: Moment, asking: Asking
) -> list[Check]:
    """Give what the document's own evidence says of the signer's certificates, and of those above.

    Without any there is no such check, unless only an authority vouches for the signer: an issuer that
    publishes its keys says there, too, which of them it has withdrawn.
    """
    anchors = asking.anchors.signers
    vouched = is_anchored(chain, anchors)
    if not chain or not (vouched or evidence.lists or evidence.answers):
        return []
    at = moment.time or asking.now
    states = _states(chain, evidence, anchors, at)
    if not states or (not vouched and all(one.state is State.UNKNOWN for one in states)):
        return []
    return [_revocation_check(states, moment, at, chain[0], vouched=vouched)]


def _states(
    chain: Sequence[x509.Certificate], evidence: Evidence, anchors: Sequence[bytes], at: datetime
) -> list[Revocation]:
    """Give the state of each certificate that another one above it can revoke; an anchor is believed."""
    der = [one.public_bytes(serialization.Encoding.DER) for one in chain]
    found = []
    for place in range(len(der) - 1):
        if der[place] in anchors:
            break
        found.append(revocation_at(der[place], der[place + 1], evidence, at))
    return found


def _revocation_check(
    states: Sequence[Revocation], moment: Moment, at: datetime, leaf: x509.Certificate, *, vouched: bool
) -> Check:
    code = "pdf.revocation"
    facts = {"expected": at.isoformat(), "signer": leaf.subject.rfc4514_string()[:300]}
    known = [one for one in states if one.state is not State.UNKNOWN]
    since = min((one.since for one in known if one.since is not None), default=None)
    told = max((one.told for one in known if one.told is not None), default=None)
    if told is not None:
        facts["told"] = told.isoformat()
    if since is not None:
        facts["got"] = since.isoformat()
        if since <= at:
            return _check(code, Outcome.INVALID, reason="revoked", **facts)
        if moment.assurance is not Assurance.PROVEN:
            # that it was signed before is only said: whoever has the key can write any date
            return _check(code, Outcome.UNKNOWN, reason="revoked-since", **facts)
        return _check(code, Outcome.VALID, reason="revoked-later", **facts)
    needed = states if vouched else states[:1]
    if any(one.state is State.UNKNOWN for one in needed):
        return _check(code, Outcome.UNKNOWN, reason="no-evidence", **facts)
    return _check(code, Outcome.VALID, **facts)


def _foreign_check(document: Document, asking: Asking) -> Check:
    """Say of somebody else's document who signed it, and whether that closed it."""
    signers = [organisation(one) or "" for one in document.approvals]
    judged = document.certification
    assert judged is not None
    names = [name[:100] for name in signers if name]
    chains = [_chain(document, one, asking) for one in document.approvals]
    vouched = all(is_anchored(one, asking.anchors.signers) for one in chains)
    facts = {
        "signer": ", ".join(names[:5]),
        "got": str(len(signers)),
        "known": "anchor" if vouched else "nobody",
    }
    locked = document.is_locked and len(document.approvals) == 1
    return _check("pdf.foreign", Outcome.UNKNOWN, reason="locked" if locked else "not-locked", **facts)


def _check(code: str, outcome: Outcome, **facts: str) -> Check:
    return Check(code=code, outcome=outcome, facts=facts, source=SOURCE)
