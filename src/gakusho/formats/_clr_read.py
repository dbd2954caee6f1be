# SPDX-License-Identifier: Apache-2.0
"""From a signed ``ClrCredential`` back to the transcript, out of the signed JSON alone (CLR 2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import _generic_read, _ob_read, _token, _vc
from gakusho.formats._clr_write import own_id
from gakusho.model.award import Association, Award

_MAX_INSIDE = 1_000
_MAX_ASSOCIATIONS = 5_000
_ROOT = {"isParentOf": (True, False), "isChildOf": (False, True), "isPartOf": (False, True)}
"""Whether the source, and whether the target, is the one above."""


def award(document: Mapping[str, Any], badges: dict[int, Award] | None = None) -> Award:
    """Give the transcript that the record says; a credential inside that is broken is left to its own check.

    ``badges`` takes what the credentials inside say as badges, by their ``id()``, so that none is read twice.

    Raises: UnreadableError.
    """
    badges = {} if badges is None else badges
    subject = _subject(document)
    credentials = _credentials(subject)
    own = _own(document, credentials)
    associations = _associations(subject)
    stated = _stated_achievement(document, subject, credentials, own, associations)
    said = _ob_read.award(_as_badge(document, subject, stated, own))
    return replace(
        said,
        components=tuple(_components((one for one in credentials if one is not own), badges)),
        associations=associations,
        partial=_partial(document),
    )


def carried(document: Mapping[str, Any], badges: Mapping[int, Award]) -> tuple[bytes, ...]:
    """Give the credentials inside as bytes, in order, JSON or compact JWS; then endorsements of the whole."""
    found = _inside(_subject(document))
    inside = (
        one.encode() if isinstance(one, str) else _vc.Carried.of(one, badges.get(id(one))) for one in found
    )
    whole = {name: value for name, value in document.items() if name != "credentialSubject"}
    return (*inside, *_ob_read.endorsements(whole))


def _subject(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found = _vc.as_list(document.get("credentialSubject"))
    if len(found) != 1:
        raise _vc.unreadable("credentialSubject", f"{len(found)} objects", "one object")
    return _vc.mapping(found[0], "credentialSubject")


def _inside(subject: Mapping[str, Any]) -> list[Any]:
    found = _vc.as_list(subject.get("verifiableCredential"))
    if len(found) > _MAX_INSIDE:
        raise _vc.unreadable("verifiableCredential", f"{len(found)} credentials", f"at most {_MAX_INSIDE}")
    for one in found:
        if not isinstance(one, Mapping | str):
            raise _vc.unreadable("verifiableCredential", one, "credentials")
    return found


def _credentials(subject: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the credentials inside, out of their tokens; a broken token is left to its own check."""
    return list(_opened(_inside(subject)))


def _opened(found: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for one in found:
        try:
            yield _token.inside(one) if isinstance(one, str) else one
        except InputError:
            continue


def _own(document: Mapping[str, Any], credentials: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Give the credential inside that is of the record's own award, as this product writes it."""
    wanted = own_id(_vc.required(document, "id"))
    found = next((one for one in credentials if one.get("id") == wanted), None)
    if found is None or _vc.issuer_id(found) != _vc.issuer_id(document):
        return None
    return found


def _achievement_of(credential: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    subjects = _vc.as_list(credential.get("credentialSubject")) if credential else []
    found = subjects[0].get("achievement") if subjects and isinstance(subjects[0], Mapping) else None
    return found if isinstance(found, Mapping) else None


def _stated_achievement(
    document: Mapping[str, Any],
    subject: Mapping[str, Any],
    credentials: list[Mapping[str, Any]],
    own: Mapping[str, Any] | None,
    associations: tuple[Association, ...],
) -> Mapping[str, Any]:
    """Give what the record as a whole is about: one achievement, that above all others, or the record."""
    listed = [_vc.mapping(one, "achievement") for one in _vc.as_list(subject.get("achievement"))]
    if (main := _achievement_of(own)) is not None:
        return main
    if len(listed) == 1:
        return listed[0]
    above = _above_all(associations)
    there = [one for one in (*listed, *map(_achievement_of, credentials)) if one]
    named = [one for one in there if isinstance(one.get("id"), str) and one["id"] in above]
    if len({one["id"] for one in named}) == 1:
        return named[0]
    return {"id": "", "name": document.get("name"), "achievementType": "ClrCredential"}


def _above_all(associations: tuple[Association, ...]) -> set[str]:
    above: set[str] = set()
    below: set[str] = set()
    for one in associations:
        for identifier, higher in zip((one.source, one.target), _ROOT.get(one.type, ()), strict=False):
            (above if higher else below).add(identifier)
    return above - below


def _as_badge(
    document: Mapping[str, Any],
    subject: Mapping[str, Any],
    achievement: Mapping[str, Any],
    own: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Give the record as the badge it would be, so that both are read by one reader."""
    main = _vc.as_list(own.get("credentialSubject"))[:1] if own else []
    said = {
        name: value
        for one in main
        if isinstance(one, Mapping)
        for name, value in one.items()
        if name in ("result", "licenseNumber", "narrative")
    }
    whole = {**said, "identifier": subject.get("identifier"), "achievement": achievement}
    evidence = (own or document).get("evidence")
    return {**document, "credentialSubject": whole, "evidence": evidence}


def _components(credentials: Iterable[Mapping[str, Any]], badges: dict[int, Award]) -> Iterator[Award]:
    for one in credentials:
        try:
            yield component(one, badges)
        except InputError:
            continue  # its own verification says what is wrong with it, and the whole is not valid then


def component(credential: Mapping[str, Any], badges: dict[int, Award]) -> Award:
    """Give what a credential inside says, as a component of the transcript.

    ``badges`` takes what it says as a badge, by its ``id()``. Raises: UnreadableError.
    """
    types = {kind for kind in _vc.as_list(credential.get("type")) if isinstance(kind, str)}
    if not types & _vc.OPEN_BADGE_TYPES:
        return _generic_read.award(credential)
    read = badges[id(credential)] = _ob_read.award(credential)
    if len(read.results) != 1:
        return read
    subject = _vc.as_list(credential["credentialSubject"])[0]
    result, earned = read.results[0], subject.get("creditsEarned")
    if result.credits is None and isinstance(earned, int | float) and not isinstance(earned, bool):
        result = replace(result, credits=f"{earned:g}")
    if result.term is None and (term := _vc.string(subject, "term")) is not None:
        result = replace(result, term=term)
    return read if result is read.results[0] else replace(read, results=(result,))


def _associations(subject: Mapping[str, Any]) -> tuple[Association, ...]:
    found = _vc.as_list(subject.get("association"))
    if len(found) > _MAX_ASSOCIATIONS:
        raise _vc.unreadable("association", f"{len(found)} objects", f"at most {_MAX_ASSOCIATIONS}")
    objects = [_vc.mapping(one, "association") for one in found]
    return tuple(
        Association(
            type=_vc.required(one, "associationType"),
            source=_vc.required(one, "sourceId"),
            target=_vc.required(one, "targetId"),
        )
        for one in objects
    )


def _partial(document: Mapping[str, Any]) -> bool:
    stated = document.get("partial", False)  # left out it means that everything is here
    if not isinstance(stated, bool):
        raise _vc.unreadable("partial", stated, "true or false")
    return stated
