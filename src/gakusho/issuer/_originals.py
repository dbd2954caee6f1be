# SPDX-License-Identifier: Apache-2.0
"""The awards of which the rows of a batch are addressed copies: found, and looked into by the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import or_, select

from gakusho.issuer._copying import OF_COPY, copied
from gakusho.issuer.compose import award_from_dict, compose, fields_of
from gakusho.issuer.fields import COPY_OF
from gakusho.issuer.rows import Row
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails
from gakusho.model.issuer import Issuer
from gakusho.model.problem import Problem, Severity
from gakusho.store.tables import AwardRow
from gakusho.store.work import Work

_AT_ONCE = 500
_SHOWN = 200
_ADDRESSING = frozenset({"addressee", "addressee_en", "purpose", "purpose_en"})


def with_originals(
    work: Work, institution_id: str, achievement_id: str, rows: Sequence[Row], columns: Mapping[str, str]
) -> tuple[list[Row], dict[str, Award]]:
    """Give rows of copies with all that their originals say, and the originals by id.

    In the place of the number by which a row names its original stands then the original's id. Problems:
    ``copy-original`` (there is none, or none that holds), ``copy-unaddressed`` (neither to whom nor for
    what), ``copy-differs`` (a column says other than the original).
    """
    found = _living(work, institution_id, achievement_id, [row.fields.get(COPY_OF.name, "") for row in rows])
    originals: dict[str, Award] = {}
    out = []
    for row in rows:
        candidates = found.get(row.fields.get(COPY_OF.name, ""), [])
        if COPY_OF.name not in row.fields:  # told already: it is missing
            out.append(row)
        elif len(candidates) != 1:
            out.append(_with(row, [_problem("copy-original", row, COPY_OF.name, columns)]))
        else:
            [kept] = candidates
            if kept.id not in originals:
                originals[kept.id] = award_from_dict(kept.definition, get=work.files.get)
            out.append(_looked_into(row, kept.id, originals[kept.id], columns))
    return out, originals


def definitions(work: Work, award_ids: Iterable[str | None]) -> dict[str, Mapping[str, Any]]:
    """Give the awards of these ids as they are kept, by id."""
    wanted = sorted({each for each in award_ids if each})
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = AwardRow.id.in_(wanted[start : start + _AT_ONCE])
        found |= dict(work.session.execute(select(AwardRow.id, AwardRow.definition).where(some)).all())
    return found


def composed(
    work: Work, row: Row, *, issuer: Issuer, achievement: Achievement, document: DocumentDetails
) -> Award:
    """Give the award of a row as it would be issued, with a placeholder id and no status.

    Raises: InputError for a row that was not checked.
    """
    award_id = f"urn:uuid:00000000-0000-4000-8000-{row.line:012}"
    copy_of = row.fields.get(COPY_OF.name, "")
    if kept := definitions(work, [copy_of]):
        original = award_from_dict(kept[copy_of], get=work.files.get)
        return copied(original, row.fields, award_id=award_id, status=(), document=document, now=work.now)
    return compose(
        row,
        issuer=issuer,
        achievement=achievement,
        award_id=award_id,
        status=(),
        document=document,
        now=work.now,
    )


def _living(
    work: Work, institution_id: str, achievement_id: str, named: Sequence[str]
) -> dict[str, list[AwardRow]]:
    """Give the awards that can be copied, by the number or the id that names them."""
    wanted = sorted({name for name in named if name})
    found: dict[str, list[AwardRow]] = defaultdict(list)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        query = select(AwardRow).where(
            AwardRow.institution_id == institution_id,
            AwardRow.achievement_id == achievement_id,
            AwardRow.state == "active",
            AwardRow.copy_of.is_(None),
            or_(AwardRow.issue_number.in_(some), AwardRow.id.in_(some)),
        )
        for kept in work.session.scalars(query):
            for name in {kept.id, kept.issue_number or ""} & set(some):
                found[name].append(kept)
    return found


def _looked_into(row: Row, award_id: str, original: Award, columns: Mapping[str, str]) -> Row:
    said = fields_of(original)
    differing = {
        name: value
        for name, value in row.fields.items()
        if name not in OF_COPY and said.get(name, "").casefold() != value.casefold()
    }
    problems = [
        _problem("copy-differs", row, name, columns, expected=said.get(name, "")) for name in differing
    ]
    if _ADDRESSING.isdisjoint(row.fields):
        problems.append(_problem("copy-unaddressed", row, "addressee", columns))
    kept = {name: value for name, value in said.items() if name not in OF_COPY}
    own = {name: value for name, value in row.fields.items() if name in OF_COPY}
    return _with(replace(row, fields={**kept, **own, COPY_OF.name: award_id}), problems)


def _with(row: Row, problems: Sequence[Problem]) -> Row:
    return replace(row, problems=(*row.problems, *problems))


def _problem(code: str, row: Row, name: str, columns: Mapping[str, str], **facts: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        row=row.line,
        column=columns.get(name),
        value=row.fields.get(name, "")[:_SHOWN],
        facts=tuple((fact, value[:_SHOWN]) for fact, value in facts.items()),
    )


def unaddressed_kind(rows: Sequence[Row]) -> Iterator[Problem]:
    """Tell that the kind of document chosen prints neither to whom nor for what, where rows say it."""
    if any(COPY_OF.name in row.fields for row in rows):
        yield Problem(code="copy-document", severity=Severity.ERROR, row=1)
    elif any(not _ADDRESSING.isdisjoint(row.fields) for row in rows):
        yield Problem(code="address-unprinted", severity=Severity.WARNING, row=1)
