# SPDX-License-Identifier: Apache-2.0
"""Awards that are kept already, or are about to be: what a row of a new batch would double."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from gakusho.issuer._opening import Opened
from gakusho.issuer.fields import COPY_OF
from gakusho.issuer.rows import Row
from gakusho.store.tables import AwardRow, Batch, BatchRow
from gakusho.store.work import Work

_AT_ONCE = 500
_PENDING_AT_ONCE = 1_000
_LIVING = ("active", "suspended")


@dataclass(frozen=True, kw_only=True)
class Doubled:
    """What a row would double."""

    code: str
    """``duplicate-kept`` (one award, which could be replaced), ``duplicate-several``, ``issue-number-taken``
    (by another person's), or ``duplicate-pending`` (in another batch that was approved)."""
    award_id: str | None
    what: str
    """The number or address that both have, or the other batch's name."""


@dataclass(frozen=True)
class _Kept:
    id: str
    achievement_id: str
    issue_number: str | None
    student_number: str | None
    email: str | None
    name: str
    copy_of: str | None


def doubled(
    opened: Opened, institution_id: str, achievement_id: str, batch_id: str, rows: Sequence[Row]
) -> dict[int, Doubled]:
    """Give what each row would double, by line; each look at some hundred awards is opened by itself.

    Two awards are the same when they have the same issue number; or are of the same achievement and
    the same student number, or, where a row has none, the same e-mail address and name. An addressed copy
    is the same as another copy of the same award with its issue number, and as nothing else.
    """
    # what is about to be issued first: if it is issued before the next look, it is seen there
    pending = _pending(opened, institution_id, achievement_id, batch_id)
    kept = list(_living(opened, institution_id, achievement_id, rows))
    by_issue: dict[str, list[_Kept]] = defaultdict(list)
    by_student: dict[str, list[_Kept]] = defaultdict(list)
    by_person: dict[tuple[str, str], list[_Kept]] = defaultdict(list)
    for each in kept:
        if each.issue_number:
            by_issue[each.issue_number].append(each)
        if each.achievement_id == achievement_id and each.copy_of is None:
            if each.student_number:
                by_student[each.student_number].append(each)
            if each.email:
                by_person[each.email.casefold(), each.name].append(each)
    found: dict[int, Doubled] = {}
    for row in rows:
        issue, student = row.fields.get("issue_number", ""), row.fields.get("student_number", "")
        copy_of = row.fields.get(COPY_OF.name)
        if copy_of:
            student = ""
        same = [*by_issue.get(issue, ()), *by_student.get(student, ())]
        if not student and not copy_of:
            same += by_person.get((row.fields.get("email", "").casefold(), row.fields.get("name", "")), [])
        if same:
            found[row.line] = _judged(same, row)
        else:
            number = pending.get(("issue_number", issue)) or pending.get(("student_number", student))
            if number:
                found[row.line] = Doubled(code="duplicate-pending", award_id=None, what=number)
    return found


def living(opened: Opened, institution_id: str, award_ids: Iterable[str]) -> set[str]:
    """Give those of the awards that the institution has and that could be replaced."""
    wanted = sorted(set(award_ids))
    found: set[str] = set()
    for some in _parts(wanted):
        query = select(AwardRow.id).where(
            AwardRow.institution_id == institution_id, AwardRow.id.in_(some), AwardRow.state.in_(_LIVING)
        )
        with opened() as work:
            found |= set(work.session.scalars(query))
    return found


def _judged(same: Sequence[_Kept], row: Row) -> Doubled:
    first = same[0]
    what = next(
        (
            value
            for value in (first.issue_number, first.student_number, first.email)
            if value and value in row.fields.values()
        ),
        first.name,
    )
    student = row.fields.get("student_number")
    if first.copy_of != row.fields.get(COPY_OF.name):
        return Doubled(code="issue-number-taken", award_id=None, what=what)
    if student and first.student_number and first.student_number != student:
        return Doubled(code="issue-number-taken", award_id=None, what=what)
    if len({each.id for each in same}) > 1:
        return Doubled(code="duplicate-several", award_id=None, what=what)
    return Doubled(code="duplicate-kept", award_id=first.id, what=what)


def _living(opened: Opened, institution_id: str, achievement_id: str, rows: Sequence[Row]) -> Iterator[_Kept]:
    issue_numbers = {value for row in rows if (value := row.fields.get("issue_number"))}
    students = {value for row in rows if (value := row.fields.get("student_number"))}
    emails = {
        value for row in rows if not row.fields.get("student_number") and (value := row.fields.get("email"))
    }
    of_this = AwardRow.achievement_id == achievement_id
    for column, values, also in (
        (AwardRow.issue_number, issue_numbers, ()),
        (AwardRow.student_number, students, (of_this,)),
        (AwardRow.email, emails | {value.lower() for value in emails}, (of_this,)),
    ):
        for some in _parts(sorted(values)):
            with opened() as work:
                found = list(_fetched(work, institution_id, (column.in_(some), *also)))
            yield from found


def _fetched(work: Work, institution_id: str, conditions: tuple[ColumnElement[bool], ...]) -> Iterator[_Kept]:
    query = select(
        AwardRow.id,
        AwardRow.achievement_id,
        AwardRow.issue_number,
        AwardRow.student_number,
        AwardRow.email,
        AwardRow.name,
        AwardRow.copy_of,
    ).where(AwardRow.institution_id == institution_id, AwardRow.state.in_(_LIVING), *conditions)
    for found in work.session.execute(query):
        yield _Kept(*found)


def _pending(
    opened: Opened, institution_id: str, achievement_id: str, batch_id: str
) -> Mapping[tuple[str, str], str]:
    """Give the numbers that other approved batches are about to issue, with the batch's name."""
    with opened() as work:
        query = select(Batch.id, Batch.name, Batch.achievement_id).where(
            Batch.institution_id == institution_id,
            Batch.id != batch_id,
            Batch.state.in_(("approved", "issuing")),
        )
        others = work.session.execute(query).all()
    found: dict[tuple[str, str], str] = {}
    for other, name, of_achievement in others:
        for issue_number, student_number, copy_of in _waiting(opened, other):
            if issue_number:
                found["issue_number", issue_number] = name
            if student_number and copy_of is None and of_achievement == achievement_id:
                found["student_number", student_number] = name
    return found


def _waiting(opened: Opened, batch_id: str) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Give issue number, student number and what it copies of each row of a batch that is not issued yet."""
    columns: list[Any] = [field_said(name) for name in ("issue_number", "student_number", COPY_OF.name)]
    after = 0
    while True:
        query = (
            select(BatchRow.number, *columns)
            .where(BatchRow.batch_id == batch_id, BatchRow.number > after)
            .where(BatchRow.state.in_(("ready", "warning")))
            .order_by(BatchRow.number)
            .limit(_PENDING_AT_ONCE)
        )
        with opened() as work:
            rows = work.session.execute(query).all()
        for _, issue_number, student_number, copy_of in rows:
            yield issue_number, student_number, copy_of
        if len(rows) < _PENDING_AT_ONCE:
            return
        after = rows[-1][0]


def field_said(name: str) -> ColumnElement[str]:
    """Give a field of a row as the database takes it out, without the courses that may stand beside it."""
    found: ColumnElement[str] = BatchRow.fields[name].as_string()
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
