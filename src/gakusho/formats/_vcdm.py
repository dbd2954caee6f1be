# SPDX-License-Identifier: Apache-2.0
"""The rules of the Verifiable Credentials Data Model (2.0 and 1.1) and of Open Badges 3.0, as pure checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import Asking, _data_schema, _ob_rules, _related, _vc
from gakusho.model.report import Check, Outcome

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")
_TYPED = frozenset(
    {
        "credentialStatus",
        "credentialSchema",
        "refreshService",
        "termsOfUse",
        "evidence",
        "proof",
        "confidenceMethod",  # reserved; 2.0, section 5.10
        "renderMethod",
    }
)
_URL_IDS = ("credentialStatus", "credentialSchema", "refreshService", "evidence", "termsOfUse")
_NEED_IDS = ("credentialSchema",)
_NEED_IDS_V1 = ("credentialSchema", "credentialStatus", "refreshService")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_VALUE_MEMBERS = {"@value", "@language", "@direction"}


def rules_check(document: Mapping[str, Any], *, open_badge: bool = False) -> Check:
    """Tell, as a check, whether the credential keeps the rules of its data model."""
    broken = broken_rules(document) + (_broken_badge_rules(document) if open_badge else [])
    return Check(
        code="format.rules",
        outcome=Outcome.INVALID if broken else Outcome.VALID,
        facts={"reason": "; ".join(broken)[:1_000]} if broken else {},
        source="the document itself",
    )


def content_checks(document: Mapping[str, Any], asking: Asking, *, open_badge: bool = False) -> list[Check]:
    """Give the checks of what a credential says: rules, each schema it names, each related resource."""
    return [
        rules_check(document, open_badge=open_badge),
        *_data_schema.checks(document),
        *_related.checks(document, asking),
    ]


def broken_rules(document: Mapping[str, Any]) -> list[str]:
    """Give every rule of the data model that the credential breaks, each as a few words."""
    broken = _broken_contexts(document, (_vc.VC_V2, _vc.VC_V1))
    broken += _broken_head(document, "VerifiableCredential")
    broken += _broken_issuer(document.get("issuer"))
    broken += _broken_subjects(document.get("credentialSubject"))
    broken += _broken_times(document)
    for member in sorted(_TYPED & document.keys()):
        broken += _broken_typed(document, member)
    if "relatedResource" in document:
        broken += _broken_resources(document["relatedResource"])
    for member in ("name", "description"):
        if member in document and not _is_language_text(document[member]):
            broken.append(f"{member} is no text with a language")
    return broken


def broken_presentation_rules(document: Mapping[str, Any]) -> list[str]:
    """Give every rule of the data model that a presentation breaks."""
    broken = _broken_contexts(document, (_vc.VC_V2, _vc.VC_V1))
    broken += _broken_head(document, "VerifiablePresentation")
    holder = document.get("holder")
    holder_id = holder.get("id") if isinstance(holder, Mapping) else holder
    if holder is not None and not _is_url(holder_id):
        broken.append("holder is no URL")
    for one in _vc.as_list(document.get("verifiableCredential")):
        if not isinstance(one, Mapping) and not (isinstance(one, str) and one.count(".") == 2):
            broken.append("verifiableCredential holds something else than credentials")
    return broken


def _broken_contexts(document: Mapping[str, Any], first: tuple[str, ...]) -> list[str]:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts or contexts[0] not in first:
        return ["@context does not begin with the credentials context"]
    if not all(isinstance(one, Mapping) or _is_url(one) for one in contexts):
        return ["@context holds something else than URLs and objects"]
    return []


def _broken_head(document: Mapping[str, Any], kind: str) -> list[str]:
    broken = []
    if "id" in document and not _is_url(document["id"]):
        broken.append("id is no URL")
    types = _vc.as_list(document.get("type"))
    if kind not in types or not all(isinstance(one, str) for one in types):
        broken.append(f"type does not name {kind}")
    return broken


def _broken_issuer(issuer: object) -> list[str]:
    identifier = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if not _is_url(identifier):
        return ["issuer is no URL"]
    if isinstance(issuer, Mapping):
        return [
            f"issuer.{member} is no text with a language"
            for member in ("name", "description")
            if member in issuer and not _is_language_text(issuer[member])
        ]
    return []


def _broken_subjects(subjects: object) -> list[str]:
    found = _vc.as_list(subjects)
    if not found or not all(isinstance(one, Mapping) and one for one in found):
        return ["credentialSubject is no object with claims"]
    return ["credentialSubject.id is no URL" for one in found if "id" in one and not _is_url(one["id"])]


def _broken_times(document: Mapping[str, Any]) -> list[str]:
    first = _vc.as_list(document.get("@context"))[:1]
    old = {"issuanceDate", "expirationDate"} & document.keys()
    if first == [_vc.VC_V2] and old:
        return [f"{min(old)} belongs to the data model 1.1"]
    if first == [_vc.VC_V1] and "issuanceDate" not in document:
        return ["issuanceDate is missing"]
    try:
        start, end = _vc.validity(document)
    except InputError:
        return ["validFrom or validUntil is no date and time with its zone"]
    return ["validUntil is before validFrom"] if end is not None and end < start else []


def _broken_typed(document: Mapping[str, Any], member: str) -> list[str]:
    broken: list[str] = []
    if member not in document:
        return broken
    if document[member] in (None, []):
        broken.append(f"{member} is empty")
    for one in _vc.as_list(document.get(member)):
        if not isinstance(one, Mapping):
            broken.append(f"{member} is no object")
            continue
        kinds = _vc.as_list(one.get("type"))
        if not kinds or not all(isinstance(kind, str) and kind for kind in kinds):
            broken.append(f"{member} has no type")
        old = _vc.as_list(document.get("@context"))[:1] == [_vc.VC_V1]
        needs_id = member in (_NEED_IDS_V1 if old else _NEED_IDS)
        if member in _URL_IDS and ("id" in one or needs_id) and not _is_url(one.get("id")):
            broken.append(f"{member}.id is no URL")
    return broken


def _broken_resources(resources: object) -> list[str]:
    broken = []
    seen: set[str] = set()
    for one in _vc.as_list(resources):
        if not isinstance(one, Mapping) or not _is_url(one.get("id")):
            broken.append("relatedResource has no id")
            continue
        if one["id"] in seen:
            broken.append("relatedResource names one id twice")
        seen.add(one["id"])
        if "digestSRI" not in one and "digestMultibase" not in one:
            broken.append("relatedResource has no digest")
        elif _related.digests(one) is None:
            broken.append("relatedResource has a digest that is none")
        elif _related.contradicts(one):
            broken.append("relatedResource has a digest that is not that of the resource")
    return broken


def _broken_badge_rules(document: Mapping[str, Any]) -> list[str]:
    broken = []
    if not _is_url(document.get("id")):
        broken.append("id is missing")
    if not isinstance(document.get("issuer"), Mapping) or "Profile" not in _types(document["issuer"]):
        broken.append("issuer is no Profile")
    return broken + _ob_rules.broken(document)


def _types(value: object) -> list[Any]:
    return _vc.as_list(value.get("type")) if isinstance(value, Mapping) else []


def _is_url(value: object) -> bool:
    return isinstance(value, str) and _URL.match(value) is not None


def _is_language_text(value: object) -> bool:
    if isinstance(value, str):
        return True
    if isinstance(value, Mapping):
        language, direction = value.get("@language", "en"), value.get("@direction", "ltr")
        return (
            isinstance(value.get("@value"), str)
            and value.keys() <= _VALUE_MEMBERS
            and isinstance(language, str)
            and _LANGUAGE.match(language) is not None
            and direction in ("ltr", "rtl")
        )
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, Mapping) and _is_language_text(one) for one in value)
    )
