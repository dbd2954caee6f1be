# SPDX-License-Identifier: Apache-2.0
"""The awards made: find, suspend, reinstate, revoke, correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, false, select, true

from gakusho.errors import ConflictError, InputError, NotFoundError
from gakusho.issuer import _issued, _status_lists, delivery
from gakusho.issuer._award_rows import not_there, row_of_award
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.batches import BatchView, create_from_rows
from gakusho.issuer.choices import Choices
from gakusho.issuer.compose import award_from_dict, fields_of
from gakusho.issuer.courses import unfolded
from gakusho.issuer.letters import one_line
from gakusho.issuer.names import fold
from gakusho.model.award import Award
from gakusho.model.learner import PersonName
from gakusho.model.sealed import Sealed
from gakusho.model.text import Text
from gakusho.store.ids import new_id
from gakusho.store.tables import AwardRow, Mail, SealedRow, SearchKey
from gakusho.store.work import Work

STATES = ("active", "suspended", "revoked", "superseded")
CLAIMS = ("not-sent", "sent", "opened", "claimed", "failed")
_AT_ONCE = 10_000
_LAST = "\U0010ffff"


_OF_TRANSCRIPTS = ("components", "associations")


@dataclass(frozen=True, kw_only=True)
class AwardView:
    """An award as the desk shows it."""

    id: str
    verify_code: str
    name: PersonName
    student_number: str | None
    issue_number: str | None
    email: str | None
    achievement_name: Text
    awarded_on: date
    state: str
    """``active``, ``suspended``, ``revoked`` or ``superseded``."""
    state_reason: str | None
    superseded_by: str | None
    claim: str
    """``not-sent``, ``sent``, ``opened``, ``claimed`` or ``failed``."""
    claimed_at: datetime | None
    batch_id: str | None
    formats: tuple[str, ...]
    created_at: datetime
    copy_of: str | None = None
    """The award of which it is an addressed copy."""
    document_kind: str = ""
    addressee: str | None = None
    purpose: str | None = None


def find(
    work: Work,
    institution_id: str,
    *,
    query: str = "",
    state: str | None = None,
    claim: str | None = None,
    batch_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[AwardView]:
    """Give awards, newest first; ``after`` is the id of the last one seen.

    ``query`` is the beginning of a name (kanji, kana or romaji), a student or an issue number; several
    words must all fit. Raises: InputError for a state or claim there is not.
    """
    wanted = select(AwardRow).where(AwardRow.institution_id == institution_id)
    if query.strip():
        wanted = wanted.where(_fits(institution_id, query))
    if state:
        _one_of("state", state, STATES)
        wanted = wanted.where(AwardRow.state == state)
    if claim:
        _one_of("claim", claim, CLAIMS)
        wanted = wanted.where(_claim_is(claim))
    if batch_id:
        wanted = wanted.where(AwardRow.batch_id == batch_id)
    if after:
        wanted = wanted.where(AwardRow.id < after)
    rows = work.session.scalars(wanted.order_by(AwardRow.id.desc()).limit(max(1, min(limit, 1000)))).all()
    return _views(work, rows)


def award(work: Work, institution_id: str, award_id: str) -> AwardView:
    """Give one award. Raises: NotFoundError."""
    return _views(work, [row_of_award(work, institution_id, award_id)])[0]


def copies(work: Work, award_id: str) -> list[AwardView]:
    """Give the addressed copies of an award, oldest first."""
    rows = select(AwardRow).where(AwardRow.copy_of == award_id).order_by(AwardRow.id)
    return _views(work, work.session.scalars(rows).all())


def full(work: Work, award_id: str) -> Award:
    """Give the award in full. Raises: NotFoundError."""
    row = work.session.get(AwardRow, award_id)
    if row is None:
        raise not_there(award_id)
    return award_from_dict(row.definition, get=work.files.get)


def suspend(work: Work, actor: Actor, award_ids: Sequence[str], reason: str) -> int:
    """Suspend active awards and give how many changed; those suspended already stay as they are.

    Addressed copies go with the award of which they are copies.

    Raises: ForbiddenError, InputError without a reason, NotFoundError, ConflictError for one that is
    revoked or replaced; then none is changed.
    """
    return _set_state(work, actor, award_ids, reason, wanted="suspended", possible={"active"})


def reinstate(work: Work, actor: Actor, award_ids: Sequence[str], reason: str) -> int:
    """End the suspension of awards and give how many changed, with the copies suspended together with them.

    Raises: as ``suspend``; ConflictError for a copy whose award does not hold.
    """
    return _set_state(work, actor, award_ids, reason, wanted="active", possible={"suspended"})


def revoke(work: Work, actor: Actor, award_ids: Sequence[str], reason: str) -> int:
    """Revoke awards for good, with their copies, and give how many changed. Raises: as ``suspend``."""
    possible = {"active", "suspended", "superseded"}
    return _set_state(work, actor, award_ids, reason, wanted="revoked", possible=possible)


def correct(work: Work, actor: Actor, award_id: str, changes: Mapping[str, str]) -> BatchView:
    """Make a batch of one that replaces the award; it still needs approval. ``changes`` by field name.

    An empty value takes a field out. Raises: ForbiddenError, NotFoundError, InputError, ConflictError for
    an award that is revoked or was replaced already.
    """
    require(actor, Role.PREPARE)
    row = row_of_award(work, actor.institution_id, award_id)
    if row.state not in {"active", "suspended"}:
        raise ConflictError(
            f"The award is {row.state} and cannot be corrected.",
            code="award-state",
            action="Correct the award that replaced it." if row.superseded_by else "Issue a new award.",
            facts={"got": row.state, "expected": "active or suspended"},
        )
    if row.copy_of:
        raise ConflictError(
            "An addressed copy says what its award says, so it is not corrected by itself.",
            code="copy-correct",
            action="Correct the award; or revoke the copy, and issue another one.",
        )
    kept = full(work, award_id)
    before = fields_of(kept)
    fields = {name: value for name, value in {**before, **changes}.items() if value}
    if fields == before:
        raise InputError("Nothing was changed.", code="no-change", action="Change at least one field.")
    batch = create_from_rows(
        work,
        actor,
        achievement_id=row.achievement_id,
        rows=unfolded(fields),
        choices=Choices(
            formats=_formats(work, [award_id]).get(award_id, ()),
            document_kind=kept.document.kind,
            document_language=kept.document.language,
            duplicates="supersede",
            replaces={"2": award_id},
        ),
        name=row.issue_number or row.student_number or row.name,
    )
    record(work, actor, "award.correct", award_id, {"batch": batch.id, "fields": sorted(changes)})
    return batch


def sealed(work: Work, award_id: str, format_name: str) -> Sealed:
    """Give the award's bytes in one format. Raises: NotFoundError."""
    row = work.session.get(SealedRow, (award_id, format_name))
    if row is None:
        raise NotFoundError(
            f"The award was not issued as {format_name[:40]}.", facts={"got": format_name[:40]}
        )
    data = row.data if row.data is not None else work.files.get(row.file or "")
    return Sealed(
        award_id=f"urn:uuid:{award_id}",
        format=row.format,
        media_type=row.media_type,
        extension=row.extension,
        data=data,
    )


def by_verify_code(work: Work, code: str) -> tuple[AwardView, str]:
    """Give the award with this verification code, and its institution's id. Raises: NotFoundError."""
    row = work.session.scalar(select(AwardRow).where(AwardRow.verify_code == code))
    if row is None:
        raise not_there(code)
    return _views(work, [row])[0], row.institution_id


def _set_state(
    work: Work, actor: Actor, award_ids: Sequence[str], reason: str, *, wanted: str, possible: set[str]
) -> int:
    require(actor, Role.APPROVE, Role.ADMINISTER)
    reason = one_line(reason)
    if not 0 < len(reason) <= 500:
        raise InputError("A reason is needed, of at most 500 characters.", code="reason")
    ids = sorted(set(award_ids))
    if len(ids) > _AT_ONCE:
        raise InputError(f"At most {_AT_ONCE} awards at once.", code="too-many", facts={"got": len(ids)})
    rows = _locked(work, actor.institution_id, ids)
    if missing := set(ids) - {row.id for row in rows}:
        raise not_there(min(missing))
    odd = [row for row in rows if row.state not in possible and row.state != wanted]
    if odd:
        raise ConflictError(
            f"{len(odd)} of {len(rows)} awards cannot become {wanted}; the first is {odd[0].state}.",
            code="award-state",
            action="Take them out of the selection.",
            facts={"got": odd[0].state, "expected": ", ".join(sorted(possible)), "award": odd[0].id},
        )
    changed = [row for row in rows if row.state != wanted]
    with_them = _with_originals(work, changed, wanted)
    _refuse_alone(work, changed, wanted)
    for row in (*changed, *with_them):
        row.state, row.state_reason, row.state_changed_at = wanted, reason, work.now
    if changed:
        _tell(work, actor, changed, with_them, wanted, reason)
    return len(changed) + len(with_them)


def _with_originals(work: Work, changed: Sequence[AwardRow], wanted: str) -> list[AwardRow]:
    """Give the copies that change with these awards; of those suspended, the ones suspended with them."""
    since = {row.id: row.state_changed_at for row in changed}
    states = {"suspended": ("active",), "active": ("suspended",)}.get(
        wanted, ("active", "suspended", "superseded")
    )
    found: list[AwardRow] = []
    ids = list(since)
    for start in range(0, len(ids), 500):
        found += _issued.copies_of(work, ids[start : start + 500], *states)
    if wanted == "active":
        found = [copy for copy in found if copy.state_changed_at == since[copy.copy_of or ""]]
    return [copy for copy in found if copy.id not in since]


def _refuse_alone(work: Work, changed: Sequence[AwardRow], wanted: str) -> None:
    """Let copies be reinstated whose award holds, or is reinstated with them. Raises: ConflictError."""
    if wanted != "active":
        return
    ids = {row.id for row in changed}
    for row in changed:
        original = work.session.get(AwardRow, row.copy_of) if row.copy_of and row.copy_of not in ids else None
        if original is not None and original.state != "active":
            raise ConflictError(
                f"The award of which this is a copy is {original.state}.",
                code="copy-original-state",
                action="Reinstate the award; its copies come with it.",
                facts={"got": original.state, "expected": "active", "award": row.id},
            )


def _tell(
    work: Work,
    actor: Actor,
    changed: Sequence[AwardRow],
    with_them: Sequence[AwardRow],
    wanted: str,
    reason: str,
) -> None:
    work.session.flush()
    lists = [row.status_list_id for row in (*changed, *with_them)]
    _status_lists.touch(work, actor.institution_id, lists)
    act = {"active": "reinstate", "suspended": "suspend", "revoked": "revoke"}[wanted]
    letter = "reinstated" if wanted == "active" else wanted
    event = new_id()
    for row in changed:
        record(work, actor, f"award.{act}", row.id, {"reason": reason})
        delivery.queue_notice(work, row, letter, reason, event=event)
    for copy in with_them:  # the letter about the award speaks for its copies
        record(work, actor, f"award.{act}", copy.id, {"reason": reason, "with": copy.copy_of})


def _locked(work: Work, institution_id: str, ids: Sequence[str]) -> list[AwardRow]:
    found: list[AwardRow] = []
    for start in range(0, len(ids), 500):
        some = select(AwardRow).where(
            AwardRow.institution_id == institution_id, AwardRow.id.in_(ids[start : start + 500])
        )
        # in the order of their ids, so that two such selections never wait for each other
        ordered = some.order_by(AwardRow.id).with_for_update().execution_options(populate_existing=True)
        found += work.session.scalars(ordered).all()
    return found


def _fits(institution_id: str, query: str) -> ColumnElement[bool]:
    words = [folded for folded in (fold(word) for word in query.split()) if folded]
    if not words:
        return false()
    whole = fold(query)
    each = and_(true(), *(_begins(institution_id, word) for word in words))
    return _begins(institution_id, whole) | each


def _begins(institution_id: str, beginning: str) -> ColumnElement[bool]:
    return AwardRow.id.in_(
        select(SearchKey.award_id).where(
            SearchKey.institution_id == institution_id,
            SearchKey.key >= beginning,
            SearchKey.key < beginning + _LAST,
        )
    )


def _claim_is(claim: str) -> ColumnElement[bool]:
    claimed, opened = AwardRow.claimed_at.is_not(None), AwardRow.claim_opened_at.is_not(None)
    if claim == "claimed":
        return claimed
    if claim == "opened":
        return opened & ~claimed
    pending = ~claimed & ~opened
    newest = (
        select(Mail.state)
        .where(Mail.award_id == AwardRow.id, Mail.kind == "claim")
        .order_by(Mail.id.desc())
        .limit(1)
        .correlate(AwardRow)
        .scalar_subquery()
    )
    if claim in {"sent", "failed"}:
        return pending & (newest == claim)
    written = exists().where(Mail.award_id == AwardRow.id, Mail.kind == "claim")
    return pending & (~written | newest.in_(["waiting", "sending"]))


def _views(work: Work, rows: Sequence[AwardRow]) -> list[AwardView]:
    ids = [row.id for row in rows]
    formats = _formats(work, ids)
    mails = work.session.execute(
        select(Mail.award_id, Mail.state)
        .where(Mail.award_id.in_(ids), Mail.kind == "claim")
        .order_by(Mail.id)
    )
    newest: dict[str | None, str] = {award_id: state for award_id, state in mails}  # noqa: C416  # rows, not pairs
    return [_view(row, formats.get(row.id, ()), newest.get(row.id)) for row in rows]


def _formats(work: Work, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    held = select(SealedRow.award_id, SealedRow.format).where(SealedRow.award_id.in_(list(ids)))
    for award_id, name in work.session.execute(held.order_by(SealedRow.format)):
        found[award_id] = (*found.get(award_id, ()), name)
    return found


def _view(row: AwardRow, formats: tuple[str, ...], mail: str | None) -> AwardView:
    # a list shows nothing of the courses of a transcript, and to read them would take most of its time
    said = {name: value for name, value in row.definition.items() if name not in _OF_TRANSCRIPTS}
    kept = award_from_dict(said, get=lambda _: b"")
    claim = {"sent": "sent", "failed": "failed"}.get(mail or "", "not-sent")
    if row.claimed_at:
        claim = "claimed"
    elif row.claim_opened_at:
        claim = "opened"
    return AwardView(
        id=row.id,
        verify_code=row.verify_code,
        name=kept.learner.name,
        student_number=row.student_number,
        issue_number=row.issue_number,
        email=row.email,
        achievement_name=kept.achievement.name,
        awarded_on=kept.awarded_on,
        state=row.state,
        state_reason=row.state_reason,
        superseded_by=row.superseded_by,
        claim=claim,
        claimed_at=row.claimed_at,
        batch_id=row.batch_id,
        formats=formats,
        created_at=row.created_at,
        copy_of=row.copy_of,
        document_kind=kept.document.kind,
        addressee=kept.document.addressee,
        purpose=kept.document.purpose,
    )


def _one_of(name: str, got: str, known: Sequence[str]) -> None:
    if got not in known:
        raise InputError(f"There is no such {name}.", facts={"got": got[:40], "expected": ", ".join(known)})
