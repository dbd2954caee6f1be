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


def broken(document: Mapping[str, Any]) -> list[str]:
    """Give every rule for what is inside that the badge breaks, each as a few words; at most fifty."""
    found = _inside(document, "OpenBadgeCredential", "")
    for subject in _vc.as_list(document.get("credentialSubject")):
        if not isinstance(subject, Mapping):
            continue
        if "AchievementSubject" not in _vc.as_list(subject.get("type")):
            found.append("credentialSubject is no AchievementSubject")
        if not subject.get("id") and not subject.get("identifier"):
            found.append("credentialSubject has neither id nor identifier")
        if not isinstance(subject.get("achievement"), Mapping):
            found.append("achievement is no Achievement")
        found += _inside(subject, "AchievementSubject", "credentialSubject.")
    return sorted(found)[:_MAX_FOUND]


def _inside(holder: Mapping[str, Any], kind: str, path: str) -> list[str]:
    # Every badge that is verified comes through here; what is read from JSON is dict and list.
    found: list[str] = []
    inside = _INSIDE[kind]
    for member in inside.keys() & holder.keys():
        value, expected = holder[member], inside[member]
        for one in value if isinstance(value, list) else (value,):
            if not isinstance(one, dict):
                continue  # an address stands for an object elsewhere
            kinds = one.get("type")
            if kinds != expected and not (isinstance(kinds, list) and expected in kinds):
                found.append(f"{path}{member} is no {expected}")
            missing = [
                name for name in _REQUIRED.get(expected, ()) if not one.get(name) and _lacks(one, name)
            ]
            found += [f"{path}{member}.{name} is missing" for name in missing]
            if expected in _INSIDE:
                found += _inside(one, expected, f"{path}{member}.")
    return found


def _lacks(holder: Mapping[str, Any], name: str) -> bool:
    return holder.get(name) in (None, "", [])
