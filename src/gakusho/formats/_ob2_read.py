# SPDX-License-Identifier: Apache-2.0
"""From the three documents of a badge of Open Badges 2.0 (assertion, class, issuer) back to the award."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from gakusho.errors import UnreadableError
from gakusho.formats import _ob2, _vc
from gakusho.formats._ob_ids import derived
from gakusho.model.achievement import Achievement, Image
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award, Evidence
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text

NO_PICTURE = Image(
    media_type="image/svg+xml",
    data=(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        b'<circle cx="32" cy="32" r="30" fill="#fff" stroke="#222" stroke-width="2"/></svg>'
    ),
)
"""Stands where an achievement has no picture, because every class must have one; read back as none."""
RECIPIENT = "extensions:recipientProfile"
_DATA_URL = re.compile(r"data:(image/(?:png|svg\+xml));base64,([A-Za-z0-9+/=\s]+)\Z")
_MAX_ITEMS = 500


def award(assertion: Mapping[str, Any], badge: Mapping[str, Any], issuer: Mapping[str, Any]) -> Award:
    """Give the award that the three documents say together.

    Raises: UnreadableError, with a code that ends in ``no-credential`` for a class or an issuer alone.
    """
    if not _ob2.is_kind(assertion, _ob2.ASSERTION):
        raise UnreadableError(
            "The document is a part of a badge, not a badge: nobody is awarded anything in it.",
            code="badge.no-credential",
            facts={"got": ", ".join(_ob2.types(assertion))[:200] or "no type", "expected": _ob2.ASSERTION},
        )
    issued = _ob2.moment(assertion.get("issuedOn"), "issuedOn")
    expires = assertion.get("expires")
    return Award(
        id=_vc.required(assertion, "id"),
        issuer=_issuer(issuer, _ob2.identifier(badge.get("issuer")) or ""),
        learner=_learner(assertion),
        achievement=_achievement(badge, _ob2.identifier(assertion.get("badge")) or ""),
        awarded_on=issued.date(),
        valid_from=issued,
        valid_until=None if expires is None else _ob2.moment(expires, "expires"),
        evidence=tuple(
            _evidence(one, derived(str(assertion["id"]), f"evidence/{n}"))
            for n, one in enumerate(_listed(assertion, "evidence"), start=1)
        ),
        narrative=_vc.string(assertion, "narrative"),
    )


def _listed(holder: Mapping[str, Any], member: str) -> list[Any]:
    found = _vc.as_list(holder.get(member))
    if len(found) > _MAX_ITEMS:
        raise _vc.unreadable(member, f"{len(found)} values", f"at most {_MAX_ITEMS}")
    return found


def _issuer(profile: Mapping[str, Any], address: str) -> Issuer:
    return Issuer(
        id=_vc.string(profile, "id") or address,
        name=_text(profile, "name"),
        url=_vc.string(profile, "url"),
        email=_vc.string(profile, "email"),
        image=_ob2.identifier(profile.get("image")),
    )


def _text(holder: Mapping[str, Any], member: str) -> Text:
    language = holder.get("@language")
    value = holder.get(member)
    return _vc.text(value, member, language if isinstance(language, str) else "und") if value else Text()


def _learner(assertion: Mapping[str, Any]) -> Learner:
    recipient = _vc.mapping(assertion.get("recipient"), "recipient")
    profile = assertion.get(RECIPIENT)
    name = _vc.string(profile, "name") if isinstance(profile, Mapping) else None
    plain = recipient.get("hashed") is False and recipient.get("type") == "email"
    return Learner(
        name=PersonName(full=name or ""),
        email=_vc.string(recipient, "identity") if plain else None,
    )


def _achievement(badge: Mapping[str, Any], address: str) -> Achievement:
    criteria = badge.get("criteria")
    language = badge.get("@language")
    tag = language if isinstance(language, str) else "und"
    if isinstance(criteria, Mapping):
        criteria = criteria.get("narrative") or _ob2.identifier(criteria)
    return Achievement(
        id=_vc.string(badge, "id") or address,
        type="Badge",
        name=_text(badge, "name"),
        description=_text(badge, "description"),
        criteria=_vc.text(criteria, "criteria", tag) if criteria else Text(),
        language=tag,
        image=_image(badge.get("image")),
        tags=tuple(one for one in _listed(badge, "tags") if isinstance(one, str)),
        alignments=tuple(_alignment(one) for one in _listed(badge, "alignment")),
    )


def _alignment(stated: object) -> Alignment:
    one = _vc.mapping(stated, "alignment")
    return Alignment(
        target_name=_vc.string(one, "targetName") or "",
        target_url=_ob2.identifier(one.get("targetUrl")) or "",
        target_code=_vc.string(one, "targetCode"),
        target_framework=_vc.string(one, "targetFramework"),
        target_description=_vc.string(one, "targetDescription"),
    )


def _image(stated: object) -> Image | None:
    match = _DATA_URL.match(_ob2.identifier(stated) or "")
    if match is None:
        return None  # what an address elsewhere shows is not a part of the badge
    try:
        data = base64.b64decode(re.sub(r"\s", "", match.group(2)), validate=True)
    except binascii.Error:
        raise _vc.unreadable("image", "broken base64", "a data: URL") from None
    caption = _vc.string(stated, "caption") if isinstance(stated, Mapping) else None
    if data == NO_PICTURE.data:
        return None
    return Image(media_type=match.group(1), data=data, caption=caption)


def _evidence(stated: object, otherwise: str) -> Evidence:
    named = _ob2.identifier(stated) or "_:"
    address = otherwise if named.startswith("_:") else named
    url = address if _ob2.is_address(address) else None
    if not isinstance(stated, Mapping):
        return Evidence(id=address, url=url)
    return Evidence(
        id=address,
        name=_vc.string(stated, "name"),
        description=_vc.string(stated, "description") or _vc.string(stated, "narrative"),
        url=url,
    )
