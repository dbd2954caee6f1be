# SPDX-License-Identifier: Apache-2.0
"""From a transcript to an unsigned ``ClrCredential`` and the unsigned credentials inside it (CLR 2.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gakusho.errors import InputError, LimitError
from gakusho.formats import _ob_write, _vc
from gakusho.formats._ob_ids import derived
from gakusho.model.award import ASSOCIATION_TYPES, Association, Award, DocumentDetails
from gakusho.model.text import Text

CLR_CONTEXT = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
CLR_TYPE = "ClrCredential"
MAX_COMPONENTS = 250
"""Credentials of one record beside the award itself; the verifier opens a few more."""
_OWN = "award"
_TITLES = {"ja": "成績証明書：{}", "en": "Transcript: {}"}


@dataclass(frozen=True)
class Record:
    """A record before anything of it is signed."""

    outside: Mapping[str, Any]
    """The ``ClrCredential`` with no credentials in it yet."""
    credentials: tuple[dict[str, Any], ...]
    """What goes inside, in order."""

    def around(self, sealed: Sequence[Mapping[str, Any] | str]) -> dict[str, Any]:
        """Give the ``ClrCredential`` with the sealed credentials inside, objects or tokens."""
        subject = {**self.outside["credentialSubject"], "verifiableCredential": list(sealed)}
        return {**self.outside, "credentialSubject": subject}


def record(award: Award) -> Record:
    """Give the record of an award, the same each time.

    The award's own achievement is the first credential inside, unless a component is of that achievement.

    Raises:
        InputError: the award or a component lacks what the standards require, names two things alike, or
            is another issuer's, which only that issuer could sign.
        LimitError: there are too many components.
    """
    _refuse_unfit(award)
    own = _ob_write.document(_own_part(award))
    inside = [{**own, "issuer": _unendorsed(own["issuer"])}] if _needs_own_part(award) else []
    for component in award.components:
        credential = _ob_write.document(component)
        if component.issuer == award.issuer:
            credential["issuer"] = own["issuer"]  # one description with one id for its address
        credential["issuer"] = _unendorsed(credential["issuer"])
        inside.append(_as_course(credential, component))
    for credential in inside:
        credential["type"] = ["VerifiableCredential", "AchievementCredential"]
    return Record(_outside(award, own), tuple(inside))


def own_id(record_id: str) -> str:
    """Give the id of the credential, in the record of this id, that is of the award itself."""
    return derived(record_id, _OWN)


def losses(award: Award) -> tuple[str, ...]:
    """Give what of the award the record does not say, by field name."""
    lost = list(_ob_write.losses(_own_part(award)))
    if not _needs_own_part(award):
        unsaid = ("results", "evidence", "narrative", "issue_number")
        lost += [name for name in unsaid if getattr(award, name)]
    inside = (loss for component in award.components for loss in _ob_write.losses(component))
    lost += [f"components.{loss}" for loss in dict.fromkeys(inside)]
    of_issuers = {component.issuer.endorsements for component in award.components}
    if of_issuers - {(), award.issuer.endorsements}:
        lost.append("components.issuer.endorsements")
    return tuple(lost)


def _own_part(award: Award) -> Award:
    return replace(award, id=own_id(award.id), components=(), associations=(), partial=True, endorsements=())


def _unendorsed(issuer: Mapping[str, Any]) -> dict[str, Any]:
    """Give the issuer without its endorsements: the record says them once, not in each credential."""
    return {name: value for name, value in issuer.items() if not name.startswith("endorsement")}


def _needs_own_part(award: Award) -> bool:
    return all(component.achievement.id != award.achievement.id for component in award.components)


def _outside(award: Award, own: Mapping[str, Any]) -> dict[str, Any]:
    subject = own["credentialSubject"]
    left_out = ("image", "endorsement", "endorsementJwt")  # the credential of it has them
    achievement = {name: value for name, value in subject["achievement"].items() if name not in left_out}
    members = {
        name: value
        for name, value in own.items()
        if name not in ("@context", "credentialSubject", "evidence")
    }
    record_subject: dict[str, Any] = {
        "id": derived(award.id, "subject"),
        "type": ["ClrSubject"],
        "identifier": subject["identifier"],
        "achievement": [achievement],
    }
    if award.associations:
        record_subject["association"] = [
            _association(award.id, place, one) for place, one in enumerate(award.associations, start=1)
        ]
    return {
        "@context": [_vc.VC_V2, CLR_CONTEXT, _ob_write.OB_CONTEXT],
        **members,
        "id": award.id,
        "type": ["VerifiableCredential", CLR_TYPE],
        "name": _title(award.achievement.name),
        # Left out it would mean that everything is here (CLR 2.0, ClrCredential.partial).
        "partial": award.partial,
        "credentialSubject": record_subject,
        **_ob_write.endorsements(award),
    }


def _title(name: Text) -> str:
    titled = Text(tuple((tag, _TITLES.get(tag, "{}").format(words)) for tag, words in name))
    return titled.joined(_ob_write.BETWEEN_NAMES)


def _association(record_id: str, place: int, association: Association) -> dict[str, Any]:
    return {
        "id": derived(record_id, f"association/{place}"),
        "type": "Association",
        "associationType": association.type,
        "sourceId": association.source,
        "targetId": association.target,
    }


def _as_course(credential: dict[str, Any], component: Award) -> dict[str, Any]:
    """Give the credential with credits and term in the members that the standard has for them.

    ``AchievementSubject.creditsEarned`` and ``term`` are of the whole, so that they fit one result only.
    """
    if len(component.results) != 1:
        return credential
    result = component.results[0]
    more: dict[str, Any] = {}
    if result.credits is not None and (earned := _number(result.credits)) is not None:
        more["creditsEarned"] = earned
    if result.term:
        more["term"] = result.term
    return {**credential, "credentialSubject": {**credential["credentialSubject"], **more}}


def _number(text: str) -> float | int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    if not 0 <= value < 1e6:
        return None
    return int(value) if value == int(value) else value


def _refuse_unfit(award: Award) -> None:
    if len(award.components) > MAX_COMPONENTS:
        raise LimitError(
            f"A record holds at most {MAX_COMPONENTS} components, not {len(award.components)}.",
            code="components-limit",
            facts={"got": len(award.components), "expected": MAX_COMPONENTS},
        )
    for component in award.components:
        if component.issuer.id != award.issuer.id:
            raise _unfit("component-unfit", component.issuer.id, award.issuer.id)
        if component.components:
            raise _unfit("component-unfit", component.id, "components that have none themselves")
        if component.document != DocumentDetails():
            raise _unfit("component-unfit", component.id, "details of a document on the whole only")
    for association in award.associations:
        if association.type not in ASSOCIATION_TYPES and not association.type.startswith("ext:"):
            raise _unfit("association-type", association.type, ", ".join(ASSOCIATION_TYPES))
    _refuse_same_ids(award)


def _refuse_same_ids(award: Award) -> None:
    # Everything in a record is one graph: two objects with one id would be one object.
    seen: set[str] = set()
    for one in _own_ids(award):
        if one in seen:
            raise _unfit("same-id", one, "an id for each part")
        seen.add(one)
    described = {award.achievement.id: award.achievement}
    for component in award.components:
        achievement = component.achievement
        if described.setdefault(achievement.id, achievement) != achievement:
            raise _unfit("same-id", achievement.id, "one description for each achievement")


def _own_ids(award: Award) -> Iterator[str]:
    yield award.id
    yield own_id(award.id)
    for each in (award, *award.components):
        if each is not award:
            yield each.id
        yield from (result.id for result in each.results)


def _unfit(code: str, got: str, expected: str) -> InputError:
    return InputError(
        f"The award cannot be written as a record: got {got[:200]}, expected {expected}.",
        code=code,
        facts={"got": got[:200], "expected": expected},
    )
