# SPDX-License-Identifier: Apache-2.0
"""Addressed copies (提出先, 用途): the same award, once more for each who asks, with a number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gakusho.errors import ConflictError, InputError
from gakusho.formats import Carries, format_named, set_on_pages
from gakusho.issuer import awards
from gakusho.issuer._award_rows import row_of_award
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.batches import BatchView, create_from_rows
from gakusho.issuer.choices import Choices
from gakusho.issuer.fields import COPY_OF
from gakusho.model.document import ADDRESSED
from gakusho.store.work import Work

MOST = 100
"""Copies of one award prepared at once."""
_USUAL = "degree-certificate"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One copy that is asked for."""

    issue_number: str
    addressee: str = ""
    purpose: str = ""


def prepare(
    work: Work,
    actor: Actor,
    award_id: str,
    asked: Sequence[Asked],
    *,
    document_kind: str | None = None,
    document_language: str | None = None,
    notify: bool = True,
) -> BatchView:
    """Give a batch that makes addressed copies of an award; it still needs approval.

    Kind and language of the document are those of the award where they are not given. What is wrong with
    one of them stands in the batch's rows.

    Raises:
        ForbiddenError, NotFoundError: the actor may not, or there is no such award.
        ConflictError: the award does not hold, or is a copy itself.
        InputError: nothing or too much is asked for, or the award was issued as no document.
    """
    require(actor, Role.PREPARE)
    row = row_of_award(work, actor.institution_id, award_id)
    if not 0 < len(asked) <= MOST:
        raise InputError(
            f"Ask for 1 to {MOST} copies.", code="copy-count", facts={"got": len(asked), "expected": MOST}
        )
    if row.copy_of or row.state != "active":
        raise ConflictError(
            "Copies are made of an award that holds.",
            code="copy-of-what",
            action="Make the copy of the award itself.",
            facts={"got": "a copy" if row.copy_of else row.state, "expected": "an active award"},
        )
    view = awards.award(work, actor.institution_id, award_id)
    document = awards.full(work, award_id).document
    batch = create_from_rows(
        work,
        actor,
        achievement_id=row.achievement_id,
        rows=[{COPY_OF.name: award_id, **vars(each)} for each in asked],
        choices=Choices(
            formats=_formats(view.formats),
            document_kind=document_kind or usual_kind(document.kind),
            document_language=document_language or document.language,
            notify=notify,
        ),
        name=row.issue_number or row.student_number or row.name,
    )
    record(work, actor, "award.copy", award_id, {"batch": batch.id, "copies": len(asked)})
    return batch


def usual_kind(kind: str) -> str:
    """Give the kind of document to begin with for copies of an award that was issued as this kind."""
    return kind if kind in ADDRESSED else _USUAL


def _formats(names: tuple[str, ...]) -> tuple[str, ...]:
    """Give the formats of a copy: a document, and one that it can carry."""
    documents = [name for name in names if set_on_pages([name])]
    carried = {kind for name in documents for kind in _carried_by(name)}
    inside = [name for name in names if name not in documents and format_named(name).media_type in carried]
    if not documents or not inside:
        raise InputError(
            "The award was not issued as a document, so there is nothing to address.",
            code="copy-no-document",
            facts={"got": ", ".join(names), "expected": "a signed PDF with a credential inside"},
        )
    return (*inside, *documents)


def _carried_by(name: str) -> tuple[str, ...]:
    form: object = format_named(name)
    return form.carries if isinstance(form, Carries) else ()
