# SPDX-License-Identifier: Apache-2.0
"""From a badge that lives on a host to an award that can be written without one.

A badge of Open Badges 2.0 dies with its host. While it still verifies, the institution that issued it can
say the same in a credential of its own key, and name what it was made from.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from gakusho.errors import GakushoError, InputError
from gakusho.fetch import Fetcher
from gakusho.formats import Asking, Bakes, Hosted, formats
from gakusho.model.achievement import Image
from gakusho.model.award import Award, Evidence, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner
from gakusho.model.report import Outcome, Report
from gakusho.proof import json as strict_json
from gakusho.verifier.verify import Inquiry

_MAX_IMAGE = 2 * 1_048_576
_HASHES = {"sha256": hashlib.sha256, "md5": hashlib.md5}


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The institution that rescues its own badges."""

    issuer: Issuer
    hosts: Collection[str]
    """Host names under which it published badges, in lower case."""
    profiles: Collection[str] = ()
    """Addresses of issuer profiles that were its own, on hosts that are not."""


@dataclass(frozen=True, kw_only=True)
class Rescued:
    """An award read from a verified badge, and the report that it rests on."""

    award: Award
    report: Report
    was: str
    """The id of the badge it was made from."""


def rescue(
    data: bytes,
    *,
    owner: Owner,
    learners: Sequence[Learner],
    award_id: str,
    status: tuple[StatusEntry, ...],
    now: datetime,
    fetcher: Fetcher,
) -> Rescued:
    """Give the award that a verified badge of the institution's own says, as the institution's.

    A badge names its learner by a hashed e-mail address only: who that is, is found among ``learners``.
    The picture is taken into the award when it can be fetched.

    Raises:
        InputError: the file is no hosted or signed badge (``rescue-kind``), does not verify
            (``rescue-not-valid``), is somebody else's (``rescue-not-own``), or names nobody known
            (``rescue-learner``).
    """
    inquiry = Inquiry(now=now, fetcher=fetcher)
    return from_report(
        inquiry.verify(data),
        data,
        owner=owner,
        learners=learners,
        award_id=award_id,
        status=status,
        asking=inquiry.asking,
    )


def from_report(
    report: Report,
    data: bytes,
    *,
    owner: Owner,
    learners: Sequence[Learner],
    award_id: str,
    status: tuple[StatusEntry, ...],
    asking: Asking,
) -> Rescued:
    """Give what ``rescue`` gives, of a badge that was verified already. Raises: as ``rescue``."""
    form: object = formats().get(report.format or "")
    if not isinstance(form, Hosted) or report.credential is None:
        raise InputError(
            f"The file is no badge of Open Badges 2.0: got {report.format or 'an unknown kind'}.",
            code="rescue-kind",
            facts={"got": report.format or "—", "expected": "open-badges-2"},
        )
    _refuse_unverified(report)
    _refuse_foreign(report, owner)
    award = report.credential
    claims = form.read_hosted(_unbaked(data), asking).claims
    learner = _learner(award.learner, claims, learners)
    verified_at = report.verified_at.isoformat(timespec="seconds")
    made_from = Evidence(
        id=award.id,
        name="Open Badges 2.0",
        description=(
            f"This credential says what the badge {award.id} said, which was verified at "
            f"{verified_at} (SHA-256 of the file: {report.input_digest})."
        ),
        url=award.id if award.id.startswith(("https://", "http://")) else None,
    )
    achievement = replace(award.achievement, image=award.achievement.image or _picture(claims, asking))
    rescued = replace(
        award,
        id=award_id,
        issuer=owner.issuer,
        learner=learner,
        achievement=achievement,
        evidence=(*award.evidence, made_from),
        status=status,
    )
    return Rescued(award=rescued, report=report, was=award.id)


def _refuse_unverified(report: Report) -> None:
    if report.outcome is Outcome.VALID:
        return
    failing = [check.code for check in report.checks if check.outcome is not Outcome.VALID]
    raise InputError(
        f"The badge does not verify ({report.headline.value}: {', '.join(failing)}).",
        code="rescue-not-valid",
        action="A badge can be rescued only while it verifies: bring its host back, or issue anew.",
        facts={"got": report.headline.value, "reason": ", ".join(failing)[:300]},
    )


def _refuse_foreign(report: Report, owner: Owner) -> None:
    assert report.credential is not None
    stated = report.credential.issuer.id
    host = (urlsplit(stated).hostname or "").lower()
    if stated in owner.profiles or host in owner.hosts:
        return
    raise InputError(
        f"The badge is of {stated[:200]}, which is not this institution.",
        code="rescue-not-own",
        action="Rescue only your own badges; name further hosts of yours with --own.",
        facts={"got": stated[:200], "expected": ", ".join(sorted(owner.hosts))[:200]},
    )


def _unbaked(data: bytes) -> bytes:
    for form in formats().values():
        if isinstance(form, Bakes) and form.is_image(data):
            return form.unbake(data)
    return data


def _learner(stated: Learner, claims: Mapping[str, Any], learners: Sequence[Learner]) -> Learner:
    recipient = claims.get("recipient")
    found = [one for one in learners if isinstance(recipient, Mapping) and _is_recipient(one, recipient)]
    if found:
        return found[0]
    if stated.name.full:
        return stated
    raise InputError(
        "The badge names its learner only by a hash, and nobody in the table has that address.",
        code="rescue-learner",
        action="Add a table with the learners' names and the e-mail addresses they had then.",
        facts={"got": str(len(learners)), "expected": "the learner's e-mail address and name"},
    )


def _is_recipient(learner: Learner, recipient: Mapping[str, Any]) -> bool:
    identity, salt = str(recipient.get("identity")), recipient.get("salt")
    if recipient.get("type") != "email" or not learner.email:
        return False
    if recipient.get("hashed") is not True:
        return identity.lower() == learner.email.lower()
    kind, _, digest = identity.partition("$")
    if kind not in _HASHES:
        return False
    spoken = {learner.email, learner.email.lower()}  # addresses were hashed as they were typed
    salted = [f"{one}{salt if isinstance(salt, str) else ''}".encode() for one in spoken]
    return any(
        hmac.compare_digest(_HASHES[kind](one, usedforsecurity=False).hexdigest(), digest.lower())
        for one in salted
    )


def _picture(claims: Mapping[str, Any], asking: Asking) -> Image | None:
    """Give the class's picture when it lies at an address and can be had; a badge without one is whole."""
    badge = _class_of(claims, asking)
    stated = badge.get("image") if isinstance(badge, Mapping) else None
    address = stated.get("id") if isinstance(stated, Mapping) else stated
    if not isinstance(address, str) or asking.fetch is None:
        return None
    checker = next((one for one in formats().values() if isinstance(one, Bakes)), None)
    try:
        data = asking.fetch(address).data
        if checker is None or len(data) > _MAX_IMAGE:
            return None
        return Image(media_type=checker.check_image(data), data=data)
    except GakushoError:
        return None


def _class_of(claims: Mapping[str, Any], asking: Asking) -> object:
    badge = claims.get("badge")
    if not isinstance(badge, str) or asking.fetch is None:
        return badge
    try:
        return strict_json.loads(asking.fetch(badge).data)  # it was asked for already, and verified
    except GakushoError:
        return None
