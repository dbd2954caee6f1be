# SPDX-License-Identifier: Apache-2.0
"""The institution's own page templates: given out, tried out, looked at, used; and every version before."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import FormData

from gakusho.errors import ConflictError, GakushoError, InputError, NotFoundError
from gakusho.issuer import institutions, template_files, templates
from gakusho.issuer.access import Role, require
from gakusho.issuer.template_trial import Tried, place_of, trial
from gakusho.model.problem import Problem, Severity
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.pages import words_of
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/settings/templates")

TRIALS = RateLimitItemPerMinute(20, 10)
"""Trials of one institution in ten minutes: each sets up to sixty pages."""
_AT_ONCE = 2
"""Trials of all institutions in one server process: each takes a core."""
_WAIT = 20
"""Seconds that a trial waits for another to end."""
_places = threading.BoundedSemaphore(_AT_ONCE)
_KEPT = 20


@router.get("")
def templates_page(request: Request, seat: Member) -> Response:
    """Show what pages are set from, what is proposed, and every version before."""
    return _shown(request, seat)


@router.get("/built-in.zip")
def built_in(request: Request, seat: Member) -> Response:  # noqa: ARG001  # a route
    """Give the built-in templates, for a designer to begin with."""
    require(seat.actor, Role.ADMINISTER)
    return _zip(templates.built_in(), "gakusho-templates")


@router.get("/in-use.zip")
def in_use(request: Request, seat: Member) -> Response:
    """Give all templates in use, the institution's own before the built-in ones."""
    require(seat.actor, Role.ADMINISTER)
    with state_of(request).work(read_only=True) as work:
        return _zip(templates.all_files(work, seat.institution.id), f"{seat.institution.slug}-templates")


@router.get("/versions/{line}")
def version(request: Request, seat: Member, line: str) -> Response:
    """Give the institution's own files of a version, which a line of the log tells of."""
    require(seat.actor, Role.ADMINISTER)
    with state_of(request).work(read_only=True) as work:
        files = templates.files_of(work, seat.institution.id, an_id(line))
    if not files:
        raise NotFoundError("That version was the built-in templates.")
    return _zip(files, f"{seat.institution.slug}-templates-{line[:8]}")


@router.get("/proposed.zip")
def proposed_files(request: Request, seat: Member) -> Response:
    """Give the files that are proposed."""
    proposed = _proposed(seat)
    files = templates.unpacked(state_of(request).workplace.files.get(proposed.digest))
    return _zip(files, f"{seat.institution.slug}-templates-proposed")


@router.get("/proposed/{digest}/{kind}/{language}.png")
def picture(request: Request, seat: Member, digest: str, kind: str, language: str) -> Response:
    """Give the first page of a kind of document in a language, as the proposed templates set it."""
    proposed = _proposed(seat)
    if proposed.digest != digest:
        raise NotFoundError("Other templates are proposed.")
    drawn = templates.picture(proposed, (kind, language), state_of(request).workplace.files.get)
    return desk.download(drawn, "image/png", f"{kind}-{language}.png", inline=True)


@router.post("/try")
def try_out(request: Request, seat: Member, form: Form) -> Response:
    """Try out what was sent: propose it, or show everything that is wrong with it."""
    require(seat.actor, Role.ADMINISTER)
    try:
        files, problems = template_files.files_sent(_sent(form))
        if not files and not problems:
            problems = [Problem(code="template.none", severity=Severity.ERROR)]
        if not problems and desk.text(form, "with_own", limit=10):
            with state_of(request).work(read_only=True) as work:
                files = {**templates.templates(work, seat.institution.id).files, **files}
        if problems:
            return _shown(request, seat, problems=tuple(problems))
        return _tried(request, seat, files)
    except GakushoError as error:
        return _shown(request, seat, error=error)


@router.post("/again")
def try_again(request: Request, seat: Member, form: Form) -> Response:
    """Try out an earlier version with what it now stands on, and propose it."""
    require(seat.actor, Role.ADMINISTER)
    with state_of(request).work(read_only=True) as work:
        files = templates.files_of(work, seat.institution.id, an_id(desk.text(form, "version", limit=40)))
    try:
        return _tried(request, seat, files)
    except GakushoError as error:
        return _shown(request, seat, error=error)


@router.post("/use")
def use(request: Request, seat: Member, form: Form) -> Response:
    """Use what is proposed from now on."""
    require(seat.actor, Role.ADMINISTER)
    try:
        _confirmed(form)
        with state_of(request).work() as work:
            templates.use(work, seat.actor, desk.text(form, "digest", limit=64))
    except (InputError, ConflictError) as error:
        return _shown(request, seat, error=error)
    return _done(seat, "templates-used")


@router.post("/built-in")
def use_built_in(request: Request, seat: Member, form: Form) -> Response:
    """Use the built-in templates again."""
    require(seat.actor, Role.ADMINISTER)
    try:
        _confirmed(form)
    except InputError as error:
        return _shown(request, seat, error=error)
    with state_of(request).work() as work:
        templates.change(work, seat.actor, None)
    return _done(seat, "templates-built-in")


@router.post("/withdraw")
def withdraw(request: Request, seat: Member, form: Form) -> Response:  # noqa: ARG001  # a form without fields
    """Propose nothing any longer."""
    with state_of(request).work() as work:
        templates.withdraw(work, seat.actor)
    return _done(seat, "templates-withdrawn")


@router.get("/{part}")
def back(request: Request, seat: Member, part: str) -> Response:  # noqa: ARG001  # of the address
    """Lead from the address of a refused form back to the page."""
    return go(f"/console/{seat.institution.slug}/settings/templates?{request.url.query}")


def _sent(form: FormData) -> list[tuple[str, bytes]]:
    found = []
    left = template_files.LARGEST
    for part in form.getlist("files")[: template_files.MOST_MEMBERS]:
        if isinstance(part, str) or not part.filename:
            continue
        # one byte more tells that it is too large; no more of it is read
        found.append((part.filename[:255], part.file.read(left + 1)))
        left -= len(found[-1][1])
        if left < 0:
            break
    return found


def _tried(request: Request, seat: Seat, files: Mapping[str, bytes]) -> Response:
    state = state_of(request)
    with state.work(read_only=True) as work:
        view = institutions.institution(work, seat.institution.id)
    with _place(request, seat):
        tried: Tried = trial(view, files, state.workplace.files.get)
    if tried.problems:
        return _shown(request, seat, problems=tried.problems)
    with state.work() as work:
        templates.propose(work, seat.actor, tried)
    return go(f"/console/{seat.institution.slug}/settings/templates?done=templates-tried#proposed")


@contextmanager
def _place(request: Request, seat: Seat) -> Iterator[None]:
    """Hold one of the few places for trials.

    Raises: ConflictError where none becomes free; HTTPException 429 where too many were made.
    """
    if not hasattr(request.app.state, "template_trials"):
        request.app.state.template_trials = MovingWindowRateLimiter(MemoryStorage())
    if not request.app.state.template_trials.hit(TRIALS, seat.institution.id):
        raise HTTPException(429, headers={"Retry-After": "600"})
    if not _places.acquire(timeout=_WAIT):
        raise ConflictError(
            "Other templates are being tried out.",
            code="templates-busy",
            action="Wait a little, and send them again.",
        )
    try:
        yield
    finally:
        _places.release()


def _confirmed(form: FormData) -> None:
    if not desk.text(form, "seen", limit=10):
        raise InputError(
            "It was not confirmed that the pages were looked at.",
            code="templates-unseen",
            action="Look at the pages, tick the box, and press the button again.",
        )


def _proposed(seat: Seat) -> templates.Proposal:
    require(seat.actor, Role.ADMINISTER)
    proposed = templates.proposal(seat.institution.settings)
    if proposed is None:
        raise NotFoundError("No templates are proposed.")
    return proposed


def _zip(files: Mapping[str, bytes], name: str) -> Response:
    return desk.download(template_files.zipped(files), "application/zip", f"{name}.zip")


def _done(seat: Seat, done: str) -> Response:
    return go(f"/console/{seat.institution.slug}/settings/templates?done={done}")


def _shown(
    request: Request,
    seat: Seat,
    *,
    problems: tuple[Problem, ...] = (),
    error: GakushoError | None = None,
) -> Response:
    require(seat.actor, Role.ADMINISTER)
    before = request.query_params.get("before")
    with state_of(request).work(read_only=True) as work:
        view = institutions.institution(work, seat.institution.id)
        found = templates.versions(work, view.id, before=an_id(before) if before else None, limit=_KEPT + 1)
        now = templates.templates(work, view.id)
    context: dict[str, Any] = {
        "now": now,
        "versions": found[:_KEPT],
        "more": found[_KEPT - 1].id if len(found) > _KEPT else None,
        "proposed": templates.proposal(view.settings),
        "problems": [
            (row, place_of(row.problem).strip().rstrip(":"), _pages(request, row.problem))
            for row in desk.problem_rows(request, problems)
        ],
    }
    return page(
        request, seat, "console/templates.html", context, error=error, status=400 if problems else 200
    )


def _pages(request: Request, problem: Problem) -> str:
    """Give the pages a problem was found on, in the reader's language."""
    say = words_of(request)
    found: dict[str, list[str]] = {}
    for one in filter(None, dict(problem.facts).get("pages", "").split(", ")):
        kind, _, language = one.partition(" ")
        found.setdefault(say(f"console.document.{kind}"), []).append(
            say(f"console.document_language.{language}")
        )
    return say("console.templates.between").join(
        say("console.templates.page", document=kind, languages=say("console.templates.between").join(written))
        for kind, written in found.items()
    )
