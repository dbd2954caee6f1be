# SPDX-License-Identifier: Apache-2.0
"""The rules of CLR 2.0 (ClrCredential, ClrSubject, Association) on top of those of the data model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import Asking, _data_schema, _related, _token, _vc, _vcdm
from gakusho.model.award import ASSOCIATION_TYPES
from gakusho.model.report import Check, Outcome

# The second of each is the draft's, whose address is gone: a proof that needs what it defined fails there.
_CLR = re.compile(
    r"https://(purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.\d\.\d)*\.json"
    r"|dc\.imsglobal\.org/draft/clr/v2p0/context)\Z"
)
_OB = re.compile(
    r"https://(purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json"
    r"|imsglobal\.github\.io/openbadges-specification/context\.json)\Z"
)
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\Z")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._|-]+\Z")
_KINDS = ("name", "ext:studentNumber")
_HERE = "the document itself"


def rules_check(document: Mapping[str, Any]) -> Check:
    """Tell, as a check, whether the record keeps the rules of its data model and of CLR 2.0."""
    broken = [*_vcdm.broken_rules(document), *_broken_clr(document)]
    return Check(
        code="format.rules",
        outcome=Outcome.INVALID if broken else Outcome.VALID,
        facts={"reason": "; ".join(broken)[:1_000]} if broken else {},
        source=_HERE,
    )


def content_checks(document: Mapping[str, Any], asking: Asking) -> list[Check]:
    """Give the checks of what a record says: rules, each schema it names, each related resource."""
    return [
        rules_check(document),
        *_data_schema.checks(document, _STANDARD),
        *_related.checks(document, asking),
    ]


def learner_check(document: Mapping[str, Any]) -> Check:
    """Tell whether all credentials inside are about the learner of the record.

    Valid where the subject's id, or a name or student number in plain words, is the same; invalid where
    the same kind of identifier says another; otherwise nobody can tell.
    """
    subjects = _vc.as_list(document.get("credentialSubject"))
    learner = subjects[0] if subjects and isinstance(subjects[0], Mapping) else {}
    others: list[str] = []
    unknown: list[str] = []
    for one in _vc.as_list(learner.get("verifiableCredential")):
        try:
            inside = _token.inside(one) if isinstance(one, str) else one
        except InputError:
            inside = None
        if isinstance(inside, Mapping):
            same = _same_learner(learner, inside)
            if same is not True:
                (others if same is False else unknown).append(str(inside.get("id", "—"))[:100])
        else:
            unknown.append("JWT")
    outcome = Outcome.INVALID if others else Outcome.UNKNOWN if unknown else Outcome.VALID
    facts = {"got": ", ".join((others or unknown)[:5])} if others or unknown else {}
    return Check(code="clr.learner", outcome=outcome, facts=facts, source=_HERE)


def _same_learner(learner: Mapping[str, Any], credential: Mapping[str, Any]) -> bool | None:
    subjects = [one for one in _vc.as_list(credential.get("credentialSubject")) if isinstance(one, Mapping)]
    if len(subjects) != 1:
        return None
    if "id" in learner and subjects[0].get("id") == learner["id"]:
        return True
    here, there = _said(learner), _said(subjects[0])
    shared = [kind for kind in _KINDS if kind in here and kind in there]
    if any(here[kind] != there[kind] for kind in shared):
        return False
    return True if shared else None


def _said(subject: Mapping[str, Any]) -> dict[str, str]:
    identities = [one for one in _vc.as_list(subject.get("identifier")) if isinstance(one, Mapping)]
    return {
        str(one.get("identityType")): str(one.get("identityHash"))
        for one in identities
        if one.get("hashed") is not True
    }


def _broken_clr(document: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(_broken(document)))


_STANDARD = _data_schema.Standard(
    re.compile(
        r"https://purl\.imsglobal\.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema\.json\Z"
    ),
    frozenset({"ClrCredential"}),
    _broken_clr,
)


def _broken(document: Mapping[str, Any]) -> Iterator[str]:
    contexts = [one for one in _vc.as_list(document.get("@context")) if isinstance(one, str)]
    for name, pattern in (("CLR", _CLR), ("Open Badges", _OB)):
        if not any(pattern.match(one) for one in contexts):
            yield f"@context names no {name} context"
    if not isinstance(document.get("id"), str):
        yield "id is missing"
    if "name" not in document:
        yield "name is missing"
    if not isinstance(document.get("partial", False), bool):
        yield "partial is neither true nor false"
    issuer = document.get("issuer")
    if isinstance(issuer, Mapping) and "Profile" not in _types(issuer):
        yield "issuer is no Profile"
    subjects = _vc.as_list(document.get("credentialSubject"))
    if len(subjects) != 1 or not isinstance(subjects[0], Mapping):
        yield "credentialSubject is not one object"
    else:
        yield from _broken_subject(subjects[0])


def _broken_subject(subject: Mapping[str, Any]) -> Iterator[str]:
    if "ClrSubject" not in _types(subject):
        yield "credentialSubject is no ClrSubject"
    if "id" not in subject and "identifier" not in subject:
        yield "credentialSubject has neither id nor identifier"
    inside = _vc.as_list(subject.get("verifiableCredential"))
    if not inside:
        yield "credentialSubject holds no credential"
    for one in inside:
        is_credential = isinstance(one, Mapping) and "VerifiableCredential" in _types(one)
        if not is_credential and not (isinstance(one, str) and _JWS.match(one)):
            yield "verifiableCredential holds something else than credentials"
    for achievement in _vc.as_list(subject.get("achievement")):
        yield from _broken_achievement(achievement)
    for association in _vc.as_list(subject.get("association")):
        yield from _broken_association(association)


def _broken_achievement(achievement: object) -> Iterator[str]:
    if not isinstance(achievement, Mapping) or "Achievement" not in _types(achievement):
        yield "achievement is no Achievement"
        return
    for member in ("id", "criteria", "description", "name"):
        if member not in achievement:
            yield f"achievement.{member} is missing"


def _broken_association(association: object) -> Iterator[str]:
    if not isinstance(association, Mapping) or "Association" not in _types(association):
        yield "association is no Association"
        return
    kind = association.get("associationType")
    known = isinstance(kind, str) and (kind in ASSOCIATION_TYPES or _EXTENSION.match(kind))
    if not known:
        yield "associationType is none there is"
    for member in ("sourceId", "targetId"):
        value = association.get(member)
        if not isinstance(value, str) or ":" not in value:
            yield f"association.{member} is no URI"


def _types(value: Mapping[str, Any]) -> list[Any]:
    return _vc.as_list(value.get("type"))
