# SPDX-License-Identifier: Apache-2.0
"""The institution's word on what others award, and others' word on the institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select

from gakusho.errors import InputError, LimitError, NotFoundError
from gakusho.issuer import _status_lists, endorsing, publication
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.institutions import institution, issuer_of, sealing
from gakusho.model.endorsement import Endorsement
from gakusho.store.ids import new_id
from gakusho.store.tables import Institution
from gakusho.store.tables_endorsements import GivenEndorsement
from gakusho.store.work import Work

MOST_OF_ISSUER = 4
"""Endorsements of the institution itself that its credentials carry."""


@dataclass(frozen=True, kw_only=True)
class EndorsementView:
    """An endorsement that the institution gave."""

    id: str
    endorsed_id: str
    comment: str
    media_type: str
    data: bytes
    given_at: datetime
    valid_until: datetime | None
    withdrawn_at: datetime | None
    reason: str | None


def give(
    work: Work,
    actor: Actor,
    *,
    endorsed_id: str,
    comment: str,
    form: str,
    valid_until: datetime | None = None,
) -> EndorsementView:
    """Give an endorsement signed in the institution's name and verified; it can be withdrawn later.

    Raises:
        ForbiddenError: the actor may not approve.
        InputError: it says too little or too much, or the format writes no endorsements.
        UnknownFormatError, ConflictError when it does not verify.
    """
    require(actor, Role.APPROVE)
    owner, own_id = institution(work, actor.institution_id), new_id()
    (place,) = _status_lists.allocate(work, owner.id, 1)
    entries = _status_lists.entries(owner.base_url, owner.slug, place)
    made = Endorsement(
        id=f"urn:uuid:{own_id}",
        endorser=issuer_of(owner),
        endorsed_id=endorsed_id,
        comment=comment,
        valid_from=work.now.replace(microsecond=0),
        valid_until=valid_until,
        status=tuple(one for one in entries if (one.kind, one.purpose) == (_status_lists.KIND, "revocation")),
    )
    sealed = endorsing.endorse(
        made,
        form=form,
        sealing=sealing(work, owner.id, verification_link=lambda _: None),
        documents=publication.documents_for(work, owner.id, [place.list_id]),
    )
    row = GivenEndorsement(
        id=own_id,
        institution_id=owner.id,
        endorsed_id=endorsed_id,
        comment=comment,
        media_type=sealed.media_type,
        data=sealed.data,
        status_list_id=place.list_id,
        status_index=place.index,
        given_at=work.now,
        valid_until=valid_until,
    )
    work.session.add(row)
    work.session.flush()
    record(work, actor, "endorsement.give", row.id, {"endorsed": endorsed_id[:300]})
    return _view(row)


def given(
    work: Work, institution_id: str, *, before: str | None = None, limit: int = 50
) -> list[EndorsementView]:
    """Give what the institution gave, newest first; ``before`` is the id of the last one seen."""
    wanted = select(GivenEndorsement).where(GivenEndorsement.institution_id == institution_id)
    if before is not None:
        wanted = wanted.where(GivenEndorsement.id < before)
    rows = work.session.scalars(wanted.order_by(GivenEndorsement.id.desc()).limit(limit))
    return [_view(row) for row in rows]


def endorsement(work: Work, institution_id: str, endorsement_id: str) -> EndorsementView:
    """Give one endorsement of the institution's. Raises: NotFoundError."""
    return _view(_row(work, institution_id, endorsement_id))


def withdraw(work: Work, actor: Actor, endorsement_id: str, reason: str) -> EndorsementView:
    """Withdraw an endorsement for good: its status list says so, and so do credentials that carry it.

    Raises: ForbiddenError, NotFoundError, InputError without a reason.
    """
    require(actor, Role.APPROVE)
    if not reason.strip():
        raise InputError("A reason is needed.", code="reason", action="Say in a few words why.")
    row = _row(work, actor.institution_id, endorsement_id)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.reason = work.now, reason.strip()[:500]
        work.session.flush()
        _status_lists.touch(work, row.institution_id, [row.status_list_id])
        record(work, actor, "endorsement.withdraw", row.id, {"reason": row.reason})
    return _view(row)


def _row(work: Work, institution_id: str, endorsement_id: str) -> GivenEndorsement:
    row = work.session.scalar(
        select(GivenEndorsement).where(
            GivenEndorsement.institution_id == institution_id, GivenEndorsement.id == endorsement_id
        )
    )
    if row is None:
        raise NotFoundError("The institution gave no such endorsement.", facts={"got": endorsement_id[:100]})
    return row


def _view(row: GivenEndorsement) -> EndorsementView:
    return EndorsementView(**{each.name: getattr(row, each.name) for each in fields(EndorsementView)})


def change_of_issuer(work: Work, actor: Actor, endorsements: Sequence[bytes]) -> None:
    """Carry these endorsements of the institution from now on; each was verified (``endorsing.taken``).

    Raises: ForbiddenError, LimitError.
    """
    require(actor, Role.ADMINISTER)
    if len(endorsements) > MOST_OF_ISSUER:
        raise LimitError(
            f"At most {MOST_OF_ISSUER} endorsements of the institution are carried.",
            code="endorsements-limit",
            facts={"got": len(endorsements), "expected": MOST_OF_ISSUER},
        )
    row = work.session.get(Institution, actor.institution_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("There is no such institution.")
    kept = [one.decode("utf-8") for one in dict.fromkeys(endorsements)]
    row.settings = {**row.settings, "endorsements": kept}
    record(work, actor, "institution.endorsements", row.id, {"count": len(kept)})
    work.session.flush()
