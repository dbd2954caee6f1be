# SPDX-License-Identifier: Apache-2.0
"""What all the console's pages share: the form, the uploads, the page with its member."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from gakusho.errors import GakushoError, InputError, LimitError, NotFoundError
from gakusho.issuer.access import Role
from gakusho.issuer.papers import MOST_MEMBERS, archive_of
from gakusho.issuer.problem_sentences import problem_mend, problem_sentence
from gakusho.issuer.table import LARGEST_TABLE
from gakusho.model.award import Award
from gakusho.model.problem import Problem
from gakusho.web.auth.session import Seat
from gakusho.web.errors import error_words, status_of
from gakusho.web.pages import language_of, render
from gakusho.web.words import Words

MAX_TABLE = LARGEST_TABLE
MAX_PAPERS = 500 * 1024 * 1024
MAX_IMAGE = 2 * 1024 * 1024
MAX_TEXT = 10_000
_CHUNK = 1024 * 1024


FIELD_OF = {
    # where on the page an error is said once more, beside the notice at its top
    "achievement-name": "name_ja",
    "achievement-criteria": "criteria_ja",
    "achievement-credits": "credits",
    "endorsement-unfit": "pasted",
    "endorsement-not-valid": "pasted",
    "image": "image",
    "batch-date": "awarded_on",
    "batch.reason": "reason",
    "reason": "reason",
    "claim-days": "claim_days",
    "institution-name": "name_ja",
    "institution-url": "url",
    "email": "email",
    "token-label": "label",
    "pkcs12": "key_file",
    "time-authority": "authority",
    "document-level": "authority",
    "timestamp": "authority",
    "timestamp-refused": "authority",
    "timestamp-closed": "authority",
    "certificate-file": "certificates",
}


async def read_form(request: Request) -> AsyncIterator[FormData]:
    """Give what was sent, within bounds; uploads are closed afterwards."""
    async with request.form(max_files=MOST_MEMBERS + 4, max_fields=2000, max_part_size=1024 * 1024) as form:
        yield form


Form = Annotated[FormData, Depends(read_form)]


def text(form: FormData, name: str, *, limit: int = MAX_TEXT) -> str:
    """Give one text of a form, without spaces around it. Raises: LimitError."""
    value = form.get(name, "")
    if not isinstance(value, str):
        return ""
    if len(value) > limit:
        raise LimitError(
            f"{name} is longer than {limit} characters.", facts={"got": len(value), "expected": limit}
        )
    return value.replace("\r\n", "\n").strip()


def texts(form: FormData, name: str, *, limit: int = 500) -> tuple[str, ...]:
    """Give all texts of that name, each once. Raises: LimitError."""
    values = tuple(dict.fromkeys(v for v in form.getlist(name) if isinstance(v, str) and len(v) <= MAX_TEXT))
    if len(values) > limit:
        raise LimitError(f"More than {limit} of {name}.", facts={"got": len(values), "expected": limit})
    return values


def upload(form: FormData, name: str, *, limit: int) -> tuple[str, bytes] | None:
    """Give the name and the bytes of an upload, or None when no file was chosen. Raises: LimitError."""
    found = form.get(name)
    if not isinstance(found, UploadFile) or not found.filename:
        return None
    return found.filename[:255], _read(found, limit, limit)


def _read(file: UploadFile, limit: int, told: int) -> bytes:
    data = bytearray()
    while part := file.file.read(_CHUNK):
        data += part
        if len(data) > limit:
            raise LimitError(
                f"The file is larger than {told // 1_048_576} MB.",
                code="upload-size",
                action="Split the file, or leave out what is not needed.",
                facts={"got": str(file.filename)[:100], "expected": f"{told // 1_048_576} MB"},
            )
    return bytes(data)


def papers(form: FormData) -> bytes | None:
    """Give the institution's own PDFs as a ZIP: as uploaded, or made of the files of a folder.

    Raises: LimitError when all of them together are too large.
    """
    chosen = [part for name in ("papers", "papers_folder") for part in form.getlist(name)]
    files: list[tuple[str, bytes]] = []
    left = MAX_PAPERS
    for part in chosen:
        if isinstance(part, UploadFile) and part.filename:
            data = _read(part, left, MAX_PAPERS)
            left -= len(data)
            files.append((part.filename[:1000], data))
    return archive_of(files)


def an_id(value: str) -> str:
    """Give an id of an address when it can be one. Raises: NotFoundError."""
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise NotFoundError("There is no such thing in this institution.") from None


def page(
    request: Request,
    seat: Seat,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    error: GakushoError | None = None,
    status: int = 200,
) -> Response:
    """Give a page of the console, with an error said at its top when there is one."""
    roles = seat.actor.roles
    told = error_words(request, error) if error else None
    field = FIELD_OF.get(error.code) if error else None
    filled = {
        "institution": seat.institution,
        "base": f"/console/{seat.institution.slug}",
        "actor": seat.actor,
        "may_prepare": Role.PREPARE in roles,
        "may_approve": Role.APPROVE in roles,
        "may_decide": not roles.isdisjoint({Role.APPROVE, Role.ADMINISTER}),
        "may_administer": Role.ADMINISTER in roles,
        "error": told,
        "errors": defaultdict(str, {field: told[1]} if field and told else {}),
        "done": request.query_params.get("done", ""),
        **(context or {}),
    }
    return render(request, template, filled, status=status_of(error) if error else status)


def download(data: bytes, media_type: str, name: str, *, inline: bool = False) -> Response:
    """Give bytes as a file; what a file says is never run as a page of ours."""
    kind = "inline" if inline else "attachment"
    return Response(
        data,
        media_type=media_type,
        headers={
            "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(name)}",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProblemRow:
    """A problem in the reader's language."""

    problem: Problem
    sentence: str
    mend: str


def problem_rows(request: Request, problems: tuple[Problem, ...]) -> list[ProblemRow]:
    """Give problems with what is wrong and how to mend it."""
    language = language_of(request)
    return [
        ProblemRow(problem=p, sentence=problem_sentence(p, language), mend=problem_mend(p, language))
        for p in problems
    ]


def named(words: Words, prefix: str, name: str) -> str:
    """Give the words for a name of the program, or the name itself where there are none."""
    key = f"{prefix}.{name}"
    return words(key) if words.has(key) else name


def award_facts(words: Words, award: Award) -> list[tuple[str, str]]:
    """Give what a credential says, as pairs to be read."""
    achievement = award.achievement
    facts = [
        (words("console.fact.achievement"), achievement.name.best(words.language)),
        (words("console.fact.type"), named(words, "console.type", achievement.type)),
        (words("console.fact.awarded_on"), words.day(award.awarded_on)),
        (words("console.fact.valid_until"), words.day(award.valid_until) if award.valid_until else ""),
        (words("console.fact.issue_number"), award.issue_number or ""),
        (words("console.fact.student_number"), award.learner.student_number or ""),
        (words("console.fact.field_of_study"), achievement.field_of_study or ""),
    ]
    facts += [(r.name, f"{r.value}{f' ({r.credits})' if r.credits else ''}") for r in award.results[:30]]
    facts.append((words("console.fact.narrative"), award.narrative or ""))
    facts.append((words("console.copies.addressee"), award.document.addressee or ""))
    facts.append((words("console.copies.purpose"), award.document.purpose or ""))
    if award.components:
        facts += _course_facts(words, award)
    return facts


def _course_facts(words: Words, award: Award) -> list[tuple[str, str]]:
    courses = [
        " · ".join(
            part
            for result in each.results[:1]
            for part in (
                each.achievement.code,
                each.achievement.name.best(words.language),
                f"{result.value}{f' ({result.credits})' if result.credits else ''}",
                result.term,
            )
            if part
        )
        for each in award.components
    ]
    coverage = words("console.coverage.part" if award.partial else "console.coverage.whole")
    return [(words("console.fact.courses"), "\n".join(courses)), (words("console.fact.coverage"), coverage)]


def wrong(message: str, code: str, **facts: object) -> InputError:
    """Give an error of a form's field, whose words stand in the catalog."""
    return InputError(message, code=code, facts=facts)
