# SPDX-License-Identifier: Apache-2.0
"""The wallet: what a person holds, and what they may do with it."""

from __future__ import annotations

import re

from sqlalchemy import select

from gakusho.errors import ConflictError, InputError
from gakusho.formats import Bakes, Carries, Discloses, formats
from gakusho.holder import letters, parts
from gakusho.holder.records import (
    CredentialView,
    all_sealed,
    badge_image,
    emails_of,
    held,
    newest,
    sealed_bytes,
    views,
)
from gakusho.model.sealed import Sealed
from gakusho.store.ids import new_id
from gakusho.store.tables import AwardRow, Event, Institution
from gakusho.store.work import Work

MAX_MESSAGE = 2000
"""Characters of a report of an error."""

_EXTENSIONS = {"image/png": "png", "image/svg+xml": "svg"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def credentials(work: Work, person_id: str) -> list[CredentialView]:
    """Give everything the person holds: what stands first, newest award first, then what was replaced."""
    rows = work.session.scalars(select(AwardRow).where(AwardRow.holder_id == person_id))
    found = sorted(views(work, rows), key=lambda v: (v.awarded_on, v.id), reverse=True)
    return sorted(found, key=lambda v: v.state == "superseded")


def credential(work: Work, person_id: str, award_id: str) -> CredentialView:
    """Give one credential the person holds. Raises: NotFoundError."""
    return views(work, [held(work, person_id, award_id)])[0]


def copies(work: Work, person_id: str, award_id: str) -> list[CredentialView]:
    """Give the addressed copies of a credential that the person holds, oldest first."""
    mine = AwardRow.copy_of == award_id, AwardRow.holder_id == person_id
    return views(work, work.session.scalars(select(AwardRow).where(*mine).order_by(AwardRow.id)))


def replacement(work: Work, person_id: str, award_id: str) -> CredentialView | None:
    """Give the newest one that replaces a credential, where the person holds it. Raises: NotFoundError."""
    row = held(work, person_id, award_id)
    last = newest(work, row)
    return views(work, [last])[0] if last is not row and last.holder_id == person_id else None


def sealed(work: Work, person_id: str, award_id: str, format_name: str) -> Sealed:
    """Give the bytes of a credential the person holds, in one format. Raises: NotFoundError."""
    return sealed_bytes(work, held(work, person_id, award_id).id, format_name)


def to_verify(work: Work, award_id: str) -> list[Sealed]:
    """Give the award in all formats, first the one to verify: one that carries others, if there is one.

    What carries others is verified together with what it carries, so nothing is left out. What can be shown
    in part comes last, and with all its parts: some formats leave the holder's own copy unverifiable.
    """
    return [parts.with_all(one) for one in sorted(all_sealed(work, award_id), key=_first_to_verify)]


def _first_to_verify(one: Sealed) -> tuple[bool, bool]:
    form: object = formats().get(one.format)
    return isinstance(form, Discloses), not isinstance(form, Carries)


def baked(work: Work, award_id: str, fallback_image: bytes) -> tuple[bytes, str, str]:
    """Give a badge image with the credential inside, its media type and its extension.

    Raises:
        ConflictError: the credential was issued in no format that can be put inside an image.
    """
    for one in all_sealed(work, award_id):
        form: object = formats().get(one.format)
        if isinstance(form, Bakes):
            image = badge_image(work, award_id) or fallback_image
            media_type = form.check_image(image)
            return form.bake(one.data, image), media_type, _EXTENSIONS.get(media_type, "bin")
    raise ConflictError("This credential has no form that can be put inside an image.", code="no-badge")


def can_bake(view: CredentialView) -> bool:
    """Tell whether a credential can be put inside a badge image."""
    return any(isinstance(formats().get(name), Bakes) for name in view.formats)


def report_error(work: Work, person_id: str, award_id: str, message: str) -> str:
    """Send the institution word of an error in a record, and give the ticket's number.

    Raises:
        NotFoundError: not this person's credential.
        InputError: there is no message, or it is too long.
        ConflictError: the institution has named no address.
    """
    row = held(work, person_id, award_id)
    words = _CONTROL.sub("", message).strip()
    if not words or len(words) > MAX_MESSAGE:
        raise InputError(
            f"Say what is wrong in 1 to {MAX_MESSAGE} characters.",
            code="error-message",
            facts={"got": len(words), "expected": MAX_MESSAGE},
        )
    school = work.session.get(Institution, row.institution_id)
    if school is None or not school.email:
        raise ConflictError("The institution has named no address for this.", code="no-institution-address")
    view = views(work, [row])[0]
    ticket = f"R-{new_id()[-12:].upper()}"
    addresses = emails_of(work, person_id)
    letters.queue(
        work,
        key=f"correction:{ticket}",
        kind="correction",
        recipient=school.email,
        award_id=row.id,
        letter=letters.correction_letter(
            name=view.learner_name.full,
            title=view.title.best("ja"),
            issue_number=view.issue_number,
            message=words,
            reply_to=addresses[0] if addresses else "–",
            ticket=ticket,
            console=f"{work.public_url}/console",
        ),
    )
    work.session.add(
        Event(
            id=new_id(),
            institution_id=row.institution_id,
            at=work.now,
            actor=f"holder:{person_id}",
            act="award.error-reported",
            subject=row.id,
            detail={"ticket": ticket},
        )
    )
    return ticket
