# SPDX-License-Identifier: Apache-2.0
"""Awards that are kept already, or are about to be: what a row of a new batch would double."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from gakusho.issuer.fields import COPY_OF
from gakusho.issuer.rows import Row
from gakusho.store.tables import AwardRow, Batch, BatchRow
from gakusho.store.work import Work

_AT_ONCE = 500
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
    work: Work, institution_id: str, achievement_id: str, batch_id: str, rows: Sequence[Row]
) -> dict[int, Doubled]:
    """Give what each row would double, by line.

    Two awards are the same when they have the same issue number; or are of the same achievement and
    the same student number, or, where a row has none, the same e-mail address and name. An addressed copy
    is the same as another copy of the same award with its issue number, and as nothing else.
    """
    kept = list(_living(work, institution_id, achievement_id, rows))
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
    pending = _pending(work, institution_id, achievement_id, batch_id)
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


def living(work: Work, institution_id: str, award_ids: Iterable[str]) -> set[str]:
    """Give those of the awards that the institution has and that could be replaced."""
    wanted = sorted(set(award_ids))
    found: set[str] = set()
    for some in _parts(wanted):
        query = select(AwardRow.id).where(
            AwardRow.institution_id == institution_id, AwardRow.id.in_(some), AwardRow.state.in_(_LIVING)
        )
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


def _living(work: Work, institution_id: str, achievement_id: str, rows: Sequence[Row]) -> Iterator[_Kept]:
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
            yield from _fetched(work, institution_id, (column.in_(some), *also))


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
    work: Work, institution_id: str, achievement_id: str, batch_id: str
) -> Mapping[tuple[str, str], str]:
    """Give the numbers that other approved batches are about to issue, with the batch's name."""
    query = (
        select(Batch.name, Batch.achievement_id, BatchRow.fields)
        .join(BatchRow, BatchRow.batch_id == Batch.id)
        .where(
            Batch.institution_id == institution_id,
            Batch.id != batch_id,
            Batch.state.in_(("approved", "issuing")),
            BatchRow.state.in_(("ready", "warning")),
        )
    )
    found: dict[tuple[str, str], str] = {}
    for name, of_achievement, fields in work.session.execute(query):
        if number := fields.get("issue_number"):
            found["issue_number", number] = name
        if COPY_OF.name in fields:
            continue
        if of_achievement == achievement_id and (number := fields.get("student_number")):
            found["student_number", number] = name
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
