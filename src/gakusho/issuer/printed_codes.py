# SPDX-License-Identifier: Apache-2.0
"""Whether documents show a signed code: the institution's choice, and a learner's for a copy without it.

The code says the name, the date of birth and all results to whoever has the paper for a moment, so no
institution prints it unasked, and no learner has to show it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from gakusho.errors import ConflictError, InputError
from gakusho.formats import Carries, format_named, set_on_pages
from gakusho.issuer import awards, codes, institutions, publication
from gakusho.issuer._award_rows import not_there
from gakusho.issuer._chunk import VerificationLink
from gakusho.issuer.access import Actor
from gakusho.issuer.institutions import PRINTS_CODE, InstitutionView
from gakusho.issuer.issue import proves_itself, refuse_unverified
from gakusho.model.sealed import Sealed
from gakusho.store.tables import AwardRow, BatchRow, SealedRow
from gakusho.store.work import Work


def are_printed(view: InstitutionView) -> bool:
    """Tell whether the institution's documents show a signed code from now on."""
    return bool(view.settings.get(PRINTS_CODE))


def choose(work: Work, actor: Actor, *, printed: bool) -> InstitutionView:
    """Give the institution, whose documents show a signed code from now on, or none.

    Raises: ForbiddenError; InputError for one named by its key, which publishes none that signs codes.
    """
    view = institutions.institution(work, actor.institution_id)
    if printed and view.did.startswith("did:key:"):
        raise InputError(
            "An institution named by its key alone has no key for signed codes.",
            code="no-code-key",
            action="Found the institution under a domain of its own, as a did:web.",
            facts={"got": view.did[:100], "expected": "did:web:…"},
        )
    return institutions.change(work, actor, settings={PRINTS_CODE: True if printed else None})


def has_code(work: Work, award_id: str) -> bool:
    """Tell whether an award's document may show a code: one set from a template, where codes are printed."""
    row = work.session.get(AwardRow, award_id)
    if row is None or not are_printed(institutions.institution(work, row.institution_id)):
        return False
    return _page_format(work, award_id) is not None


def without_code(work: Work, award_id: str) -> Sealed:
    """Give an award's document set and signed anew without the code; all else in it is as it was issued.

    Raises: NotFoundError; ConflictError for an award that does not stand any more, or has no such document;
    UnreachableError when the time-stamp it needs cannot be had now; what ``issue`` raises.
    """
    row = work.session.get(AwardRow, award_id)
    if row is None:
        raise not_there(award_id)
    name = _page_format(work, award_id)
    if row.state != "active" or name is None:
        raise ConflictError(
            "There is no document of this award that could be set again.",
            code="no-copy",
            facts={"got": row.state if name else "no document", "expected": "active"},
        )
    award = awards.full(work, award_id)
    form = format_named(name)
    given = [awards.sealed(work, award_id, one) for one in _formats(work, award_id) if one != name]
    inside = form.carries if isinstance(form, Carries) else ()
    opened = institutions.sealing(
        work,
        row.institution_id,
        verification_link=VerificationLink(public_url=work.public_url, codes={award.id: row.verify_code}),
    )
    typed = codes.paper_link(work, award_id).code
    sealing = replace(
        opened,
        prints_code=False,
        verification_code=lambda _: typed,
        companions={award.id: tuple(one for one in given if one.media_type in inside and proves_itself(one))},
    )
    made = form.write([award], sealing)
    documents = publication.documents_for(work, row.institution_id, [row.status_list_id])
    refuse_unverified(made, sealing, documents)
    return made[0]


def _formats(work: Work, award_id: str) -> list[str]:
    rows = select(SealedRow.format).where(SealedRow.award_id == award_id).order_by(SealedRow.format)
    return list(work.session.scalars(rows))


def _page_format(work: Work, award_id: str) -> str | None:
    """Give the name of the format of an award's page; None where the page is the institution's own PDF."""
    own = select(BatchRow.paper_file).where(BatchRow.award_id == award_id)
    if work.session.scalar(own) is not None:
        return None
    return next((name for name in _formats(work, award_id) if set_on_pages([name])), None)
