# SPDX-License-Identifier: Apache-2.0
"""Batches: from an upload through the dry run to an approval. Nothing is signed or mailed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from gakusho.errors import ConflictError, InputError, SamePersonError
from gakusho.issuer import _codec, _drafts
from gakusho.issuer._batch_files import archive_of, file_name, problems_csv, table_of, without_controls
from gakusho.issuer._batch_views import BatchView as BatchView  # noqa: PLC0414  # callers find them here
from gakusho.issuer._batch_views import Check, Content
from gakusho.issuer._batch_views import Counts as Counts  # noqa: PLC0414
from gakusho.issuer._batch_views import Progress as Progress  # noqa: PLC0414
from gakusho.issuer._batch_views import RowView as RowView  # noqa: PLC0414
from gakusho.issuer._content import document_details
from gakusho.issuer._dry_run import Look, Upload, dry_run
from gakusho.issuer._opening import within
from gakusho.issuer._originals import composed
from gakusho.issuer._weighing import Weighed, holding
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.achievements import usable
from gakusho.issuer.choices import Choices
from gakusho.issuer.courses import unpacked
from gakusho.issuer.institutions import InstitutionView, institution, issuer_of, row_of
from gakusho.issuer.offering import check_offered
from gakusho.issuer.rows import Row
from gakusho.model.award import Award
from gakusho.model.document import CodePlace
from gakusho.store.ids import new_id
from gakusho.store.tables import AchievementRow, Batch, BatchRow
from gakusho.store.work import Work


def create(
    work: Work,
    actor: Actor,
    *,
    achievement_id: str,
    table: bytes,
    table_name: str,
    papers: bytes | None = None,
    choices: Choices | None = None,
    name: str = "",
) -> BatchView:
    """Give a new draft: the upload read, dry-run and kept; nothing is signed or mailed.

    Raises:
        ForbiddenError, NotFoundError: the actor may not, or there is no such achievement.
        ConflictError: the achievement was put aside.
        UnreadableError, LimitError, InputError: the upload as a whole cannot be used; nothing is kept.
    """
    require(actor, Role.PREPARE)
    usable(work, actor.institution_id, achievement_id)
    batch_row = Batch(
        id=new_id(),
        institution_id=actor.institution_id,
        achievement_id=achievement_id,
        name=without_controls(name)[:200] or file_name(table_name)[:200],
        table_name=file_name(table_name),
        prepared_by=actor.person_id,
        created_at=work.now,
    )
    _look(work, actor, batch_row, choices or Choices(), table, papers)
    record(work, actor, "batch.create", batch_row.id, dict(batch_row.counts["counts"]))
    return view_of(work, batch_row, actor)


def create_from_rows(
    work: Work,
    actor: Actor,
    *,
    achievement_id: str,
    rows: Sequence[Mapping[str, str]],
    papers: Mapping[str, bytes] | None = None,
    choices: Choices | None = None,
    name: str = "",
) -> BatchView:
    """Give a new draft from rows of a program: field name (or header) to value, papers by file name.

    The first row is number 2, as in a table with a header. Raises: as ``create``.
    """
    return create(
        work,
        actor,
        achievement_id=achievement_id,
        table=table_of(rows),
        table_name="rows.csv",
        papers=archive_of(papers) if papers else None,
        choices=choices,
        name=name,
    )


def change(
    work: Work,
    actor: Actor,
    batch_id: str,
    *,
    table: bytes | None = None,
    table_name: str | None = None,
    papers: bytes | None = None,
    choices: Choices | None = None,
) -> BatchView:
    """Give the batch dry-run again with what is given anew; a submission or approval is void.

    With nothing given it is looked at again, against the awards and the achievement of today.

    Raises:
        ConflictError: issuing has begun, or the batch was withdrawn.
        ForbiddenError, NotFoundError, UnreadableError, LimitError, InputError: as ``create``.
    """
    require(actor, Role.PREPARE)
    row = _drafts.found(work, actor.institution_id, batch_id, lock=True)
    _drafts.expect(row, "checking", "draft", "submitted", "approved")
    if table_name:
        row.table_name = file_name(table_name)
    table = work.files.get(row.table_file) if table is None else table
    if papers is None and row.papers_file:
        papers = work.files.get(row.papers_file)
    _look(work, actor, row, choices or choices_of(row), table, papers)
    record(work, actor, "batch.change", row.id, dict(row.counts["counts"]))
    return view_of(work, row, actor)


def batch(work: Work, institution_id: str, batch_id: str, *, actor: Actor | None = None) -> BatchView:
    """Give one batch of the institution. Raises: NotFoundError."""
    return view_of(work, _drafts.found(work, institution_id, batch_id), actor)


def batches(
    work: Work,
    institution_id: str,
    *,
    limit: int = 50,
    before: str | None = None,
    actor: Actor | None = None,
) -> list[BatchView]:
    """Give the institution's batches, newest first; ``before`` is the id of the last one seen."""
    query = select(Batch).where(Batch.institution_id == institution_id)
    if before is not None:
        query = query.where(Batch.id < before)
    found = work.session.scalars(query.order_by(Batch.id.desc()).limit(limit))
    return [view_of(work, row, actor) for row in found]


def rows(
    work: Work,
    institution_id: str,
    batch_id: str,
    *,
    only_problems: bool = False,
    after: int = 0,
    limit: int = 100,
) -> list[RowView]:
    """Give rows with a number above ``after``, in order; with ``only_problems`` those not simply ready.

    None of a batch whose dry run is under way.
    """
    if _drafts.is_half(_drafts.found(work, institution_id, batch_id)):
        return []
    query = select(BatchRow).where(BatchRow.batch_id == batch_id, BatchRow.number > after)
    if only_problems:
        query = query.where(BatchRow.state.in_(("error", "warning", "skipped")))
    found = work.session.scalars(query.order_by(BatchRow.number).limit(limit))
    return [
        RowView(
            number=row.number,
            name=row.fields.get("name", ""),
            fields=row.fields,
            state=row.state,
            problems=_codec.problems_from_json(row.problems),
            paper_name=row.paper_name,
            award_id=row.award_id,
            courses=len(unpacked(row.fields)),
        )
        for row in found
    ]


def error_csv(work: Work, institution_id: str, batch_id: str, language: str) -> bytes:
    """Give every problem as a CSV (UTF-8 with BOM): where, what is there, what is wrong, how to mend it."""
    row = _drafts.found(work, institution_id, batch_id)
    if _drafts.is_half(row):
        return problems_csv([], language)
    problems = list(_codec.problems_from_json(row.counts["file_problems"]))
    states = ("ready", "warning", "error", "skipped", "issued")
    for _, kept in _drafts.rows_of(within(work), batch_id, (BatchRow.number, BatchRow.problems), states):
        problems += _codec.problems_from_json(kept)
    return problems_csv(problems, language)


def previews(work: Work, institution_id: str, batch_id: str, count: int = 3) -> list[Award]:
    """Give the first awards as they would be issued, with placeholder ids and no status."""
    if _drafts.is_half(_drafts.found(work, institution_id, batch_id)):
        return []
    shared = content(work, batch_id)
    query = _drafts.to_issue(batch_id).order_by(BatchRow.number).limit(count)
    return [
        composed(
            work,
            Row(line=row.number, fields=row.fields),
            issuer=shared.issuer,
            achievement=shared.achievement,
            document=shared.document,
        )
        for row in work.session.scalars(query)
        if row.fields.get("name") and row.fields.get("awarded_on")
    ]


def first_paper(work: Work, institution_id: str, batch_id: str) -> bytes | None:
    """Give the first of the institution's own PDFs in a batch, if it has any. Raises: NotFoundError."""
    if _drafts.is_half(_drafts.found(work, institution_id, batch_id)):
        return None
    held = BatchRow.batch_id == batch_id, BatchRow.paper_file.is_not(None)
    file = work.session.scalar(select(BatchRow.paper_file).where(*held).order_by(BatchRow.number).limit(1))
    return work.files.get(file) if file else None


def content(work: Work, batch_id: str) -> Content:
    """Give what all awards of a batch share, for composing them; after approval, as it was approved.

    Raises: NotFoundError.
    """
    row = _drafts.any_of(work, batch_id)
    shared = row.choices.get("approved") or _drafts.shared(work, row)
    return Content(
        achievement=_codec.achievement_from_json(shared["achievement"], work.files.get),
        issuer=_codec.issuer_from_json(shared["issuer"]),
        document=_codec.document_from_json(shared["document"], work.files.get),
        choices=choices_of(row),
    )


def present_digest(work: Work, batch_id: str) -> str:
    """Give the digest over everything the batch would issue as it is kept now. Raises: NotFoundError."""
    return _drafts.digested(within(work), batch_id).digest


def refuse_submission(work: Work, actor: Actor, batch_id: str, *, lock: bool = False) -> Batch:
    """Give a batch that could be submitted, but for what it may double by now. Raises: as ``submit``."""
    require(actor, Role.PREPARE)
    row = _drafts.found(work, actor.institution_id, batch_id, lock=lock)
    _drafts.expect(row, "draft")
    _drafts.refuse_errors(work, row)
    if not row.counts["counts"]["ready"]:
        raise InputError(
            "No row of this batch would be issued.",
            code="batch.nothing",
            action="Choose another way to treat duplicates, or upload another table.",
        )
    return row


def submit(work: Work, actor: Actor, batch_id: str, *, weighed: Weighed | None = None) -> BatchView:
    """Give the batch submitted for approval, as it is now.

    ``weighed`` is what was found of it before this transaction began (``deciding``).

    Raises:
        ForbiddenError, NotFoundError: the actor may not, or there is no such batch.
        ConflictError: it is no draft, or something was issued since the dry run.
        RowsError: errors remain; all of them are carried.
        InputError: no row is left to issue.
    """
    row = refuse_submission(work, actor, batch_id, lock=True)
    found = holding(work, row, weighed)
    found.refuse_stale()
    row.content_digest = found.digest
    row.state, row.submitted_by, row.submitted_at = "submitted", actor.person_id, work.now
    row.counts = {**row.counts, "reason": None}
    record(work, actor, "batch.submit", row.id, {"digest": row.content_digest})
    return view_of(work, row, actor)


def withdraw(work: Work, actor: Actor, batch_id: str) -> BatchView:
    """Give the batch withdrawn for good.

    Raises: ForbiddenError, NotFoundError, ConflictError once it is issuing.
    """
    require(actor, Role.PREPARE, Role.APPROVE)
    row = _drafts.found(work, actor.institution_id, batch_id, lock=True)
    _drafts.expect(row, "checking", "draft", "submitted", "approved")
    row.state, row.finished_at = "withdrawn", work.now
    record(work, actor, "batch.withdraw", row.id, {})
    return view_of(work, row, actor)


def send_back(work: Work, actor: Actor, batch_id: str, reason: str) -> BatchView:
    """Give the batch back to its preparer, as a draft, with the reason.

    Raises: ForbiddenError, NotFoundError, InputError without a reason, ConflictError when not submitted.
    """
    require(actor, Role.APPROVE)
    if not reason.strip():
        raise InputError("Say why, so that the preparer can mend it.", code="batch.reason")
    row = _drafts.found(work, actor.institution_id, batch_id, lock=True)
    _drafts.expect(row, "submitted", "approved")
    _drafts.void(row)
    row.counts = {**row.counts, "reason": without_controls(reason)[:500]}
    record(work, actor, "batch.send-back", row.id, {"reason": without_controls(reason)[:500]})
    return view_of(work, row, actor)


def refuse_approval(work: Work, actor: Actor, batch_id: str, *, lock: bool = False) -> Batch:
    """Give a batch that the actor could approve, but for what is in it. Raises: as ``approve``."""
    require(actor, Role.APPROVE)
    row = _drafts.found(work, actor.institution_id, batch_id, lock=lock)
    _drafts.expect(row, "submitted")
    if _drafts.needs_two(work, row) and actor.person_id in _drafts.makers(row):
        raise SamePersonError("Who prepared or submitted a batch cannot approve it.")
    return row


def approve(
    work: Work, actor: Actor, batch_id: str, content_digest: str, *, weighed: Weighed | None = None
) -> BatchView:
    """Give the batch approved: exactly the content whose digest the approver saw.

    What all rows share (achievement, issuer, signatory) is frozen with the approval. ``weighed`` is what
    was found of it before this transaction began (``deciding``).

    Raises:
        ForbiddenError, NotFoundError: the actor may not approve, or there is no such batch.
        SamePersonError: the actor prepared, changed or submitted it.
        ConflictError: it is not submitted, is not what was submitted, or not what the approver saw.
    """
    require(actor, Role.APPROVE)
    row_of(work.session, actor.institution_id, lock=True)  # two approvals at once would not see each other
    row = refuse_approval(work, actor, batch_id, lock=True)
    found = holding(work, row, weighed)
    if {row.content_digest, content_digest} != {found.digest}:
        raise ConflictError(
            "This is not what was submitted: something it would issue was changed since.",
            code="batch.changed",
            facts={"got": content_digest[:64], "expected": found.digest},
            action="Look at it again; if it was the achievement, run the check again and submit anew.",
        )
    found.refuse_stale()
    row.state, row.approved_by, row.approved_at = "approved", actor.person_id, work.now
    row.approved_digest = found.digest
    row.choices = {**row.choices, "approved": dict(found.digested.shared)}
    record(work, actor, "batch.approve", row.id, {"digest": found.digest})
    return view_of(work, row, actor)


def progress(work: Work, institution_id: str, batch_id: str) -> Progress:
    """Give how far the dry run, issuing and mailing are. Raises: NotFoundError."""
    row = _drafts.found(work, institution_id, batch_id)
    per_state, mails = _drafts.rows_by_state(work, row.id), _drafts.mails_by_state(work, row.id)
    issued = per_state.get("issued", 0)
    check = row.counts.get("check") if row.state == "checking" else None
    return Progress(
        state=row.state,
        total=0 if _drafts.is_half(row) else issued + per_state.get("ready", 0) + per_state.get("warning", 0),
        issued=issued,
        mails_total=sum(mails.values()),
        mails_sent=mails.get("sent", 0),
        failure=row.failure,
        check=Check(**{name: check[name] for name in ("phase", "done", "total")}) if check else None,
    )


def _look(work: Work, actor: Actor, row: Batch, choices: Choices, table: bytes, papers: bytes | None) -> None:
    """Dry-run the upload into the batch: a draft, whatever it was before."""
    upload = upload_of(work, row, choices, table=table, table_name=row.table_name, papers=papers)
    run = dry_run(Look(opened=within(work), files=work.files, now=work.now), upload)
    row.table_file = work.files.put(table)
    row.papers_file = work.files.put(papers) if papers is not None else None
    _drafts.keep(work, row, run, choices, actor.person_id)


def upload_of(
    work: Work, row: Batch, choices: Choices, *, table: bytes, table_name: str, papers: bytes | None
) -> Upload:
    """Give what a dry run of a batch looks at. Raises: InputError, ConflictError for a wrong choice."""
    university = institution(work, row.institution_id)
    check_chosen(university, choices, before=(row.choices or {}).get("formats", ()))
    return Upload(
        institution_id=row.institution_id,
        batch_id=row.id,
        achievement_id=row.achievement_id,
        achievement=usable(work, row.institution_id, row.achievement_id).achievement,
        issuer=issuer_of(university),
        document=document_details(
            university, choices.document_kind, choices.document_language, work.files.get
        ),
        table=table,
        table_name=table_name,
        papers=papers,
        choices=choices,
    )


def check_chosen(university: InstitutionView, choices: Choices, *, before: Sequence[str] = ()) -> None:
    """Let choices pass that there are and that the institution offers, or offered ``before``.

    Raises: InputError.
    """
    _drafts.check_choices(choices)
    check_offered(university, [name for name in choices.formats if name not in before])


def choices_of(row: Batch) -> Choices:
    """Give what was chosen for a batch, from its row."""
    return read_choices({name: value for name, value in row.choices.items() if name != "approved"})


def read_choices(kept: dict[str, Any]) -> Choices:
    """Give choices from the form in which they are kept."""
    kept["formats"], day = tuple(kept["formats"]), kept["awarded_on"]
    kept["awarded_on"] = date.fromisoformat(day) if day else None
    if place := kept.get("code_place"):
        kept["code_place"] = CodePlace(**place)
    return Choices(**kept)


def view_of(work: Work, row: Batch, actor: Actor | None) -> BatchView:
    """Give a batch as pages and programs see it."""
    names = _drafts.names_of(work, (row.prepared_by, row.submitted_by, row.approved_by))
    achievement = work.session.get_one(AchievementRow, row.achievement_id)
    kept = row.counts
    return BatchView(
        id=row.id,
        institution_id=row.institution_id,
        name=row.name,
        state=row.state,
        achievement_id=row.achievement_id,
        achievement_name=_codec.text_from_json(achievement.definition["name"]),
        counts=Counts(**_drafts.counts_of(row)),
        choices=choices_of(row),
        table_name=row.table_name,
        encoding=kept["encoding"],
        header=tuple(kept["header"]),
        mapping=kept["mapping"],
        file_problems=_codec.problems_from_json(kept["file_problems"]),
        content_digest=row.content_digest,
        prepared_by=names.get(row.prepared_by, ""),
        submitted_by=names.get(row.submitted_by or ""),
        approved_by=names.get(row.approved_by or ""),
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        approved_at=row.approved_at,
        finished_at=row.finished_at,
        failure=row.failure,
        reason=kept.get("reason"),
        has_papers=row.papers_file is not None,
        may_submit=row.state == "draft" and not _drafts.has_errors(row) and bool(kept["counts"]["ready"]),
        mine_to_approve=_drafts.may_approve(work, row, actor),
    )
