# SPDX-License-Identifier: Apache-2.0
"""What any Verifiable Credential says, whatever its kind: id, issuer, dates, status, perhaps a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gakusho.formats import _vc
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text


def award(document: Mapping[str, Any]) -> Award:
    """Give as much of an award as the credential says. Raises: UnreadableError."""
    valid_from, valid_until = _vc.validity(document)
    return Award(
        id=_vc.string(document, "id") or "",
        issuer=_vc.issuer(document, "und"),
        learner=Learner(name=PersonName(full=_subject_name(document))),
        achievement=_achievement(document),
        awarded_on=valid_from.date(),
        valid_from=valid_from,
        valid_until=valid_until,
        status=_vc.status_entries(document),
    )


def _subject_name(document: Mapping[str, Any]) -> str:
    subjects = _vc.as_list(document.get("credentialSubject"))
    name = subjects[0].get("name") if len(subjects) == 1 and isinstance(subjects[0], Mapping) else None
    return name if isinstance(name, str) else ""


def _achievement(document: Mapping[str, Any]) -> Achievement:
    types = [kind for kind in _vc.as_list(document.get("type")) if isinstance(kind, str)]
    kind = next((one for one in types if one != "VerifiableCredential"), "VerifiableCredential")
    description = _vc.text(document.get("description"), "description", "und")
    endorsed, comment = _endorsed(document) if kind == "EndorsementCredential" else ("", "")
    return Achievement(
        id=endorsed,
        type=kind,
        name=_vc.text(document.get("name"), "name", "und") or Text.of(und=kind),
        description=Text.of(und=comment) or description,
        criteria=Text(),
        language="und",
    )


def _endorsed(document: Mapping[str, Any]) -> tuple[str, str]:
    """Give what an endorsement is of, and what it says. Open Badges 3.0, EndorsementSubject."""
    subjects = _vc.as_list(document.get("credentialSubject"))
    if len(subjects) != 1 or not isinstance(subjects[0], Mapping):
        raise _vc.unreadable("credentialSubject", f"{len(subjects)} values", "one object")
    return (
        _vc.string(subjects[0], "id") or "",
        _vc.string(subjects[0], "endorsementComment") or "",
    )
