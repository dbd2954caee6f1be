# SPDX-License-Identifier: Apache-2.0
"""The list of batches, and the first two steps of a new one: achievement, then files and choices."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from gakusho.errors import InputError
from gakusho.formats import Transcribes, formats
from gakusho.issuer import achievements, batches, checking
from gakusho.issuer.access import Role, require
from gakusho.issuer.choices import Choices
from gakusho.issuer.offering import offered
from gakusho.model.document import CORNERS, DOCUMENT_KINDS, DOCUMENT_LANGUAGES, CodePlace
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/batches")

KIND_OF = {
    # the document that usually goes with a type of achievement; the preparer may choose another
    "Diploma": "diploma",
    "CertificateOfCompletion": "completion",
    "Course": "completion",
    "LearningProgram": "completion",
    "MicroCredential": "micro-credential",
    "Badge": "completion",
}
DUPLICATES = ("reject", "skip", "supersede")
PAGE = 30


@router.get("")
def list_page(request: Request, seat: Member) -> Response:
    """List the batches, newest first."""
    before = request.query_params.get("before")
    with state_of(request).work(read_only=True) as work:
        found = batches.batches(
            work,
            seat.institution.id,
            limit=PAGE + 1,
            before=an_id(before) if before else None,
            actor=seat.actor,
        )
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return page(request, seat, "console/batches.html", {"batches": found[:PAGE], "more": more})


@router.get("/new")
def new_page(request: Request, seat: Member) -> Response:
    """Ask for the achievement, then for the files."""
    require(seat.actor, Role.PREPARE)
    return _new(request, seat, request.query_params.get("achievement"), {})


@router.post("/new")
def create(request: Request, seat: Member, form: Form) -> Response:
    """Read and dry-run the upload; nothing is signed or mailed."""
    require(seat.actor, Role.PREPARE)
    achievement_id = an_id(desk.text(form, "achievement", limit=40))
    try:
        table = desk.upload(form, "table", limit=desk.MAX_TABLE)
        if table is None:
            raise desk.wrong("Choose a CSV file.", "batch-table")
        papers = desk.papers(form)
        choices = read_choices(form)
        state = state_of(request)
        upload = checking.uploaded(state.workplace.files, table[1], table[0], papers)
        with state.work() as work:
            made = checking.create(
                work,
                seat.actor,
                achievement_id=achievement_id,
                upload=upload,
                choices=choices,
                name=desk.text(form, "name", limit=200),
            )
    except InputError as error:
        return _new(request, seat, achievement_id, _typed(form), error=error)
    if made.state == "checking":
        state.jobs.issue(made.id)
    return go(f"/console/{seat.institution.slug}/batches/{made.id}")


def read_choices(form: FormData, before: Choices | None = None) -> Choices:
    """Give what was chosen in a form, over what was chosen before. Raises: InputError."""
    chosen = tuple(name for name in desk.texts(form, "formats") if name in formats())
    if not chosen:
        raise desk.wrong("Choose at least one format.", "batch-formats")
    kind, language = desk.text(form, "document_kind"), desk.text(form, "document_language")
    duplicates = desk.text(form, "duplicates")
    for value, known in ((kind, DOCUMENT_KINDS), (language, DOCUMENT_LANGUAGES), (duplicates, DUPLICATES)):
        if value not in known:
            raise desk.wrong(
                "There is no such choice.", "batch-choice", got=value[:40], expected=", ".join(known)
            )
    day = desk.text(form, "awarded_on", limit=40)
    try:
        awarded_on = date.fromisoformat(day) if day else None
    except ValueError:
        raise desk.wrong("This is not a date.", "batch-date", got=day, expected="2026-03-25") from None
    return Choices(
        formats=chosen,
        document_kind=kind,
        document_language=language,
        duplicates=duplicates,
        mapping=before.mapping if before else None,
        notify=desk.text(form, "notify") == "yes",
        awarded_on=awarded_on,
        encoding=before.encoding if before else None,
        replaces=before.replaces if before else {},
        code_place=_code_place(form),
    )


def _code_place(form: FormData) -> CodePlace | None:
    """Give where the QR code is to stand; None where the form says the usual place. Raises: InputError."""
    usual = CodePlace()
    said = {name: desk.text(form, f"code_{name}", limit=20) for name in vars(usual)}
    try:
        place = CodePlace(
            corner=said["corner"] or usual.corner,
            across=float(said["across"] or usual.across),
            down=float(said["down"] or usual.down),
            size=float(said["size"] or usual.size),
            page=int(said["page"] or usual.page),
        )
    except ValueError:
        raise desk.wrong("This is not a number.", "code-place", got=", ".join(said.values())[:100]) from None
    return None if place == usual else place


def choices_context(seat: Seat, choices: Choices) -> dict[str, Any]:
    """Give what the form of choices needs: what is offered, and what was chosen while it was."""
    return {
        "choices": choices,
        "all_formats": dict.fromkeys((*offered(seat.institution), *choices.formats)),
        "document_kinds": DOCUMENT_KINDS,
        "document_languages": DOCUMENT_LANGUAGES,
        "duplicate_policies": DUPLICATES,
        "code_place": choices.code_place or CodePlace(),
        "corners": CORNERS,
    }


def _typed(form: FormData) -> dict[str, Any]:
    try:
        choices: Choices | None = read_choices(form)
    except InputError:
        choices = None
    return {"choices": choices, "name": desk.text(form, "name")[:200]}


def _new(
    request: Request,
    seat: Seat,
    achievement_id: str | None,
    typed: dict[str, Any],
    *,
    error: InputError | None = None,
) -> Response:
    with state_of(request).work(read_only=True) as work:
        if achievement_id is None:
            found = achievements.achievements(work, seat.institution.id)
            start = {"achievements": found, "transcripts": _transcripts(seat)}
            return page(request, seat, "console/batch_start.html", start)
        view = achievements.achievement(work, seat.institution.id, an_id(achievement_id))
    language = str(seat.institution.settings.get("document_language") or "ja")
    by_course = request.query_params.get("kind") == "courses" and bool(_transcripts(seat))
    usual = (
        Choices(formats=_transcripts(seat), document_kind="transcript", document_language=language)
        if by_course
        else Choices(
            document_kind=KIND_OF.get(view.achievement.type, "degree-certificate"),
            document_language=language,
        )
    )
    context = {
        "view": view,
        "name": typed.get("name", ""),
        "transcripts": _transcripts(seat),
        "by_course": by_course,
        **choices_context(seat, typed.get("choices") or usual),
    }
    return page(request, seat, "console/batch_upload.html", context, error=error)


def _transcripts(seat: Seat) -> tuple[str, ...]:
    """Give the formats the institution offers that hold the courses of a transcript."""
    return tuple(name for name in offered(seat.institution) if isinstance(formats().get(name), Transcribes))
