# SPDX-License-Identifier: Apache-2.0
"""A batch in the database: found, changed, judged; without the types that pages and programs see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select

from gakusho.errors import ConflictError, InputError, NotFoundError, RowsError
from gakusho.formats import formats
from gakusho.issuer import _codec, _content
from gakusho.issuer._dry_run import DryRow, DryRun, remember
from gakusho.issuer._kept import doubled, field_said, living
from gakusho.issuer._opening import AT_ONCE, Opened, within
from gakusho.issuer.access import Actor, Role
from gakusho.issuer.choices import Choices, check_code_place
from gakusho.issuer.fields import COPY_OF
from gakusho.issuer.institutions import institution, issuer_of
from gakusho.issuer.rows import Row
from gakusho.model.document import DOCUMENT_KINDS, DOCUMENT_LANGUAGES
from gakusho.model.problem import Severity
from gakusho.store.ids import new_id
from gakusho.store.tables import AchievementRow, AwardRow, Batch, BatchRow, Mail, Person, PersonEmail
from gakusho.store.work import Work

_ALLOWED = {
    "document_kind": DOCUMENT_KINDS,
    "document_language": DOCUMENT_LANGUAGES,
    "duplicates": ("reject", "skip", "supersede"),
}
MOST_PROBLEMS = 1_000
"""Carried by one error; the error CSV has all."""


def found(work: Work, institution_id: str, batch_id: str, *, lock: bool = False) -> Batch:
    """Give the institution's batch, its row locked if asked. Raises: NotFoundError."""
    query = select(Batch).where(Batch.institution_id == institution_id, Batch.id == batch_id)
    row = work.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFoundError("The institution has no such batch.", facts={"got": batch_id[:100]})
    return row


def any_of(work: Work, batch_id: str) -> Batch:
    """Give a batch of whichever institution, for the jobs. Raises: NotFoundError."""
    row = work.session.get(Batch, batch_id)
    if row is None:
        raise NotFoundError("There is no such batch.", facts={"got": batch_id[:100]})
    return row


def expect(row: Batch, *states: str) -> None:
    """Let a batch pass that is in one of the states. Raises: ConflictError."""
    if row.state not in states:
        raise ConflictError(
            f"The batch is {row.state}; this needs it to be {' or '.join(states)}.",
            code="batch.state",
            facts={"got": row.state, "expected": ", ".join(states)},
        )


def void(row: Batch) -> None:
    """Make the batch a draft again; whatever was submitted or approved is so no longer."""
    row.state = "draft"
    row.submitted_by = row.submitted_at = None
    row.approved_by = row.approved_at = row.approved_digest = None
    row.failure = None
    row.choices = {name: value for name, value in row.choices.items() if name != "approved"}


def keep(work: Work, row: Batch, run: DryRun, choices: Choices, person_id: str) -> None:
    """Keep what a dry run found, in the place of an earlier one, all in this transaction."""
    settle(work, row, run, choices, person_id)
    work.session.execute(delete(BatchRow).where(BatchRow.batch_id == row.id))
    insert_rows(work, row.id, run.rows)
    row.content_digest = digested(within(work), row.id).digest
    work.session.flush()


def settle(work: Work, row: Batch, run: DryRun, choices: Choices, person_id: str) -> None:
    """Make the batch a draft with what a dry run found, besides its rows and their digest."""
    row.choices = kept_choices(choices)
    describe(row, run, person_id)
    if choices.mapping is not None:
        remember(work, row.institution_id, run.table.header, run.mapping)
    work.session.add(row)
    work.session.flush()


def describe(row: Batch, run: DryRun, person_id: str) -> None:
    """Write what a dry run counted into the batch: a draft."""
    before = row.counts or {}
    row.counts = {
        "counts": run.counts(),
        "file_problems": _codec.problems_to_json(run.file_problems),
        "header": list(run.table.header),
        "mapping": dict(run.mapping),
        "encoding": run.table.encoding,
        "delimiter": run.table.delimiter,
        "makers": list(dict.fromkeys([*before.get("makers", ()), person_id])),
        "look": new_id(),
    }
    void(row)


def insert_rows(work: Work, batch_id: str, rows: Sequence[DryRow]) -> None:
    """Insert rows of a batch."""
    work.session.execute(insert(BatchRow), [_kept_row(batch_id, each) for each in rows])


def check_choices(choices: Choices) -> None:
    """Let choices pass that there are. Raises: InputError."""
    _check_choice("formats", choices.formats, tuple(formats()))
    for name, allowed in _ALLOWED.items():
        _check_choice(name, (getattr(choices, name),), allowed)
    check_code_place(choices.code_place)


def shared(work: Work, row: Batch) -> dict[str, Any]:
    """Give what all rows of the batch share, as it is today."""
    achievement = work.session.get(AchievementRow, row.achievement_id)
    if achievement is None:
        raise NotFoundError("The achievement is gone.", facts={"got": row.achievement_id})
    view = institution(work, row.institution_id)
    details = _content.document_details(
        view, row.choices["document_kind"], row.choices["document_language"], work.files.get
    )
    return _content.frozen(
        achievement.definition, achievement.version, issuer_of(view), details, work.files.put
    )


@dataclass(frozen=True, kw_only=True)
class Digested:
    """The digest over everything a batch would issue, and of what it is the digest."""

    digest: str
    look: str | None
    """The dry run whose rows were read; every other one has another."""
    shared: Mapping[str, Any]

    def holds(self, work: Work, row: Batch) -> bool:
        """Tell whether it is still the digest of the batch, without reading its rows again."""
        return (look_of(row), common(work, row)) == (self.look, self.shared)


def digested(opened: Opened, batch_id: str) -> Digested:
    """Give the digest over everything the batch would issue, its rows read some at a time.

    Raises: NotFoundError.
    """
    with opened() as work:
        row = any_of(work, batch_id)
        look, shared_by_all, choices = look_of(row), common(work, row), dict(row.choices)
    columns = (BatchRow.number, BatchRow.fields, BatchRow.paper_file, BatchRow.replaces_award_id)
    rows = (tuple(each) for each in rows_of(opened, batch_id, columns, ("ready", "warning", "issued")))
    return Digested(digest=_content.digest(shared_by_all, choices, rows), look=look, shared=shared_by_all)


def rows_of(
    opened: Opened, batch_id: str, columns: Sequence[Any], states: Sequence[str]
) -> Iterator[Sequence[Any]]:
    """Give these columns, the first of which is the number, of the batch's rows in these states, in order."""
    after = 0
    while True:
        query = (
            select(*columns)
            .where(BatchRow.batch_id == batch_id, BatchRow.number > after, BatchRow.state.in_(states))
            .order_by(BatchRow.number)
            .limit(AT_ONCE)
        )
        with opened() as work:
            found: Sequence[Any] = work.session.execute(query).all()
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1][0]


def is_half(row: Batch) -> bool:
    """Tell whether rows of the batch are being written: they are none of anybody's before all are there."""
    return "check" in (row.counts or {})


def look_of(row: Batch) -> str | None:
    """Give which dry run the batch's rows are of; None for one of before there were names."""
    look: str | None = (row.counts or {}).get("look")
    return look


def common(work: Work, row: Batch) -> dict[str, Any]:
    """Give what all rows share: as it was approved, or as it is today."""
    approved: dict[str, Any] | None = row.choices.get("approved")
    return approved or shared(work, row)


def approvals(work: Work, institution_id: str) -> tuple[int, datetime | None]:
    """Give what changes with every approval of the institution: how many there are, and the last one."""
    query = select(func.count(), func.max(Batch.approved_at)).where(
        Batch.institution_id == institution_id, Batch.approved_at.is_not(None)
    )
    count, last = work.session.execute(query).one()
    return count, last


def to_issue(batch_id: str) -> Select[BatchRow]:
    """Give the query for the rows that will be issued and are not yet."""
    return select(BatchRow).where(BatchRow.batch_id == batch_id, BatchRow.state.in_(("ready", "warning")))


def has_errors(row: Batch) -> bool:
    """Tell whether any row or the upload as a whole has an error."""
    return bool(row.counts["counts"]["errors"]) or any(
        problem["severity"] == Severity.ERROR for problem in row.counts["file_problems"]
    )


def refuse_errors(work: Work, row: Batch) -> None:
    """Let a batch pass that has no errors. Raises: RowsError with them."""
    if not has_errors(row):
        return
    problems = [*_codec.problems_from_json(row.counts["file_problems"])]
    query = (
        select(BatchRow.problems)
        .where(BatchRow.batch_id == row.id, BatchRow.state == "error")
        .order_by(BatchRow.number)
        .limit(MOST_PROBLEMS)
    )
    for kept in work.session.scalars(query):
        problems += _codec.problems_from_json(kept)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR][:MOST_PROBLEMS]
    count = row.counts["counts"]["errors"]
    raise RowsError(f"{count} rows have errors; nothing is submitted before they are mended.", errors)


def refuse_stale(opened: Opened, batch_id: str) -> None:
    """Let a batch pass that doubles nothing but what its dry run found. Raises: ConflictError."""
    with opened() as work:
        row = any_of(work, batch_id)
        institution_id, achievement_id = row.institution_id, row.achievement_id
    names = ("issue_number", "student_number", "email", "name", COPY_OF.name)
    columns = (BatchRow.number, BatchRow.replaces_award_id, *map(field_said, names))
    kept = [
        (
            Row(
                line=number, fields={name: value for name, value in zip(names, values, strict=True) if value}
            ),
            replaces,
        )
        for number, replaces, *values in rows_of(opened, batch_id, columns, ("ready", "warning"))
    ]
    now = doubled(opened, institution_id, achievement_id, batch_id, [each for each, _ in kept])
    needed = [{replaces, each.fields.get(COPY_OF.name)} - {None} for each, replaces in kept]
    there = living(opened, institution_id, [each for some in needed for each in some if each])
    for (each, replaces), wanted in zip(kept, needed, strict=True):
        double = now.get(each.line)
        fresh = double is not None and (double.award_id is None or double.award_id != replaces)
        if fresh or not wanted <= there:
            raise ConflictError(
                f"Since the check, an award of row {each.line} was issued or changed.",
                code="batch.stale",
                facts={"row": str(each.line)},
                action="Run the check again and submit anew.",
            )


def rows_by_state(work: Work, batch_id: str) -> dict[str, int]:
    """Give how many rows are in each state."""
    query = select(BatchRow.state, func.count()).where(BatchRow.batch_id == batch_id).group_by(BatchRow.state)
    return dict(work.session.execute(query).all())


def mails_by_state(work: Work, batch_id: str) -> dict[str, int]:
    """Give how many claim mails are in each state."""
    query = (
        select(Mail.state, func.count())
        .join(AwardRow, AwardRow.id == Mail.award_id)
        .where(AwardRow.batch_id == batch_id, Mail.kind == "claim")
        .group_by(Mail.state)
    )
    return dict(work.session.execute(query).all())


def makers(row: Batch) -> set[str]:
    """Give who prepared, changed or submitted the batch."""
    people = {row.prepared_by, *row.counts.get("makers", ())}
    return people | ({row.submitted_by} if row.submitted_by else set())


def needs_two(work: Work, row: Batch) -> bool:
    """Tell whether the institution wants a second person to approve; it does unless it says otherwise."""
    return institution(work, row.institution_id).settings.get("two_people", True) is not False


def may_approve(work: Work, row: Batch, actor: Actor | None) -> bool:
    """Tell whether the actor could approve the batch now."""
    if actor is None or row.state != "submitted" or Role.APPROVE not in actor.roles:
        return False
    if actor.institution_id != row.institution_id:
        return False
    return actor.person_id not in makers(row) or not needs_two(work, row)


def names_of(work: Work, people: Iterable[str | None]) -> dict[str, str]:
    """Give people's names, or e-mail addresses where they have none."""
    ids = {person for person in people if person}
    if not ids:
        return {}
    names = dict(work.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    nameless = [person for person, name in names.items() if not name]
    if nameless:
        query = (
            select(PersonEmail.person_id, func.min(PersonEmail.email))
            .where(PersonEmail.person_id.in_(nameless))
            .group_by(PersonEmail.person_id)
        )
        names |= dict(work.session.execute(query).all())
    return names


def _kept_row(batch_id: str, each: DryRow) -> dict[str, Any]:
    return {
        "batch_id": batch_id,
        "number": each.row.line,
        "fields": dict(each.row.fields),
        "paper_file": each.paper_file,
        "paper_name": each.paper_name,
        "state": each.state,
        "problems": _codec.problems_to_json(each.row.problems),
        "replaces_award_id": each.replaces,
        "award_id": None,
    }


def kept_choices(choices: Choices) -> dict[str, Any]:
    """Give choices as a batch keeps them."""
    return {
        **vars(choices),
        "formats": list(choices.formats),
        "mapping": dict(choices.mapping) if choices.mapping is not None else None,
        "awarded_on": choices.awarded_on.isoformat() if choices.awarded_on else None,
        "replaces": dict(choices.replaces),
        "code_place": vars(choices.code_place) if choices.code_place else None,
    }


def _check_choice(name: str, chosen: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    wrong = [each for each in chosen if each not in allowed]
    if wrong or not chosen or len(set(chosen)) != len(chosen):
        raise InputError(
            f"The choice for {name} is not one there is.",
            code="choices",
            facts={"got": ", ".join(wrong)[:200], "expected": ", ".join(allowed)},
            action=f"Choose from {', '.join(allowed)}.",
        )


def counts_of(row: Batch) -> Mapping[str, int]:
    """Give the counts of the last dry run."""
    counts: Mapping[str, int] = row.counts["counts"]
    return counts
