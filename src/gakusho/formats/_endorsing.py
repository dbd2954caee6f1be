# SPDX-License-Identifier: Apache-2.0
"""From an endorsement to an unsigned ``EndorsementCredential`` (Open Badges 3.0 on VC Data Model 2.0)."""

from __future__ import annotations

from typing import Any

from gakusho.errors import InputError
from gakusho.formats import _ob_write, _vc
from gakusho.model.endorsement import Endorsement

MAX_COMMENT = 2_000
"""Characters; a badge carries up to sixteen endorsements."""
_NAME = "Endorsement"


def document(endorsement: Endorsement) -> dict[str, Any]:
    """Give the unsigned credential of an endorsement, the same each time. Raises: InputError."""
    _refuse_incomplete(endorsement)
    endorser = endorsement.endorser
    profile = {
        "id": endorser.id,
        "type": ["Profile"],
        "name": endorser.name.joined(_ob_write.BETWEEN_NAMES),
        "url": endorser.url,
        "email": endorser.email,
    }
    written: dict[str, Any] = {
        "@context": [_vc.VC_V2, _ob_write.OB_CONTEXT],
        "id": endorsement.id,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": endorsement.name or _NAME,
        "issuer": {name: value for name, value in profile.items() if value},
        "validFrom": _vc.written_time(endorsement.valid_from),
        "credentialSubject": {
            "id": endorsement.endorsed_id,
            "type": ["EndorsementSubject"],
            "endorsementComment": endorsement.comment,
        },
    }
    if endorsement.valid_until is not None:
        written["validUntil"] = _vc.written_time(endorsement.valid_until)
    if endorsement.status:
        written["credentialStatus"] = _vc.written_status(endorsement.status)
    _vc.refuse_unsafe(written)
    return written


def _refuse_incomplete(endorsement: Endorsement) -> None:
    ends, begins = endorsement.valid_until, endorsement.valid_from
    needed = {
        "an id of its own": ":" in endorsement.id,
        "the endorser's id": ":" in endorsement.endorser.id,
        "the id of what is endorsed": ":" in endorsement.endorsed_id,
        "a comment": bool(endorsement.comment.strip()),
        f"a comment of at most {MAX_COMMENT} characters": len(endorsement.comment) <= MAX_COMMENT,
        "an end after its beginning": ends is None or ends > begins,
    }
    for expected, there in needed.items():
        if not there:
            raise InputError(
                f"The endorsement cannot be written without {expected}.",
                code="endorsement-incomplete",
                facts={"got": "nothing", "expected": expected},
            )
