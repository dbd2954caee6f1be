# SPDX-License-Identifier: Apache-2.0
"""The rules of Open Badges 3.0 for everything inside a badge, which its JSON Schema cannot all say.

The schema lets any type pass where one is demanded beside others; here each object is of the type that its
place demands, however deep. Open Badges 3.0, appendix B (data models).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gakusho.formats import _vc

_MAX_FOUND = 50

_INSIDE: dict[str, dict[str, str]] = {
    # type of an object → member → type that the objects there are of
    "OpenBadgeCredential": {"evidence": "Evidence", "issuer": "Profile", "image": "Image"},
    "Profile": {
        "otherIdentifier": "IdentifierEntry",
        "parentOrg": "Profile",
        "image": "Image",
        "address": "Address",
    },
    "Address": {"geo": "GeoCoordinates"},
    "AchievementSubject": {
        "identifier": "IdentityObject",
        "result": "Result",
        "source": "Profile",
        "image": "Image",
        "achievement": "Achievement",
    },
    "Achievement": {
        "alignment": "Alignment",
        "creator": "Profile",
        "image": "Image",
        "otherIdentifier": "IdentifierEntry",
        "related": "Related",
        "resultDescription": "ResultDescription",
    },
    "ResultDescription": {"alignment": "Alignment", "rubricCriterionLevel": "RubricCriterionLevel"},
    "RubricCriterionLevel": {"alignment": "Alignment"},
    "Result": {"alignment": "Alignment"},
}
_REQUIRED: dict[str, tuple[str, ...]] = {
    "Profile": ("id",),
    "Achievement": ("id", "criteria", "description", "name"),
    "ResultDescription": ("id", "name", "resultType"),
    "RubricCriterionLevel": ("id", "name"),
    "Alignment": ("targetName", "targetUrl"),
    "Related": ("id",),
    "Image": ("id",),
    "IdentifierEntry": ("identifier", "identifierType"),
    "IdentityObject": ("hashed", "identityHash", "identityType"),
}


_Rules = dict[str, tuple[str, tuple[str, ...], Any]]
"""By member: the type demanded there, the members it must have, and the rules inside it (or None)."""


def _rules(kind: str, known: dict[str, _Rules]) -> _Rules:
    """Give the rules for what is inside objects of a type, a type within itself included."""
    if kind not in known:
        known[kind] = {}
        for member, expected in _INSIDE[kind].items():
            inside = _rules(expected, known) if expected in _INSIDE else None
            known[kind][member] = (expected, _REQUIRED.get(expected, ()), inside)
    return known[kind]


_OF_BADGES = _rules("OpenBadgeCredential", {})
_OF_SUBJECTS = _rules("AchievementSubject", {})


def broken(document: Mapping[str, Any]) -> list[str]:
    """Give every rule for what is inside that the badge breaks, each as a few words; at most fifty."""
    found: list[str] = []
    _inside(document, _OF_BADGES, "", found)
    for subject in _vc.as_list(document.get("credentialSubject")):
        if not isinstance(subject, Mapping):
            continue
        if "AchievementSubject" not in _vc.as_list(subject.get("type")):
            found.append("credentialSubject is no AchievementSubject")
        if not subject.get("id") and not subject.get("identifier"):
            found.append("credentialSubject has neither id nor identifier")
        if not isinstance(subject.get("achievement"), Mapping):
            found.append("achievement is no Achievement")
        _inside(subject, _OF_SUBJECTS, "credentialSubject.", found)
    return sorted(found)[:_MAX_FOUND]


def _inside(holder: Mapping[str, Any], rules: _Rules, path: str, found: list[str]) -> None:
    # Every badge that is verified comes through here; what is read from JSON is dict and list.
    for member, value in holder.items():
        rule = rules.get(member)
        if rule is None:
            continue
        expected, required, inside = rule
        for one in value if isinstance(value, list) else (value,):
            if not isinstance(one, dict):
                continue  # an address stands for an object elsewhere
            kinds = one.get("type")
            if kinds != expected and not (isinstance(kinds, list) and expected in kinds):
                found.append(f"{path}{member} is no {expected}")
            for name in required:
                if not one.get(name) and _lacks(one, name):
                    found.append(f"{path}{member}.{name} is missing")  # noqa: PERF401  # hot, and rare
            if inside is not None:
                _inside(one, inside, f"{path}{member}.", found)


def _lacks(holder: Mapping[str, Any], name: str) -> bool:
    return holder.get(name) in (None, "", [])
