# SPDX-License-Identifier: Apache-2.0
"""One batch: dry run, mapping, preview, submission, approval, progress, done."""

from __future__ import annotations

import dataclasses
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from gakusho.errors import ConflictError, ForbiddenError, GakushoError, InputError, NotFoundError
from gakusho.formats import set_on_pages
from gakusho.issuer import (
    achievements,
    archive_state,
    aside,
    awards,
    batches,
    checking,
    deciding,
    events,
    fields,
)
from gakusho.issuer.batches import BatchView, Progress
from gakusho.issuer.fields import Field
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.batches import choices_context, read_choices
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.errors import failure_words
from gakusho.web.pages import language_of, words_of
from gakusho.web.state import state_of
from gakusho.web.words import Words

router = APIRouter(prefix="/console/{slug}/batches/{id}")

ACTS = frozenset({"choices", "mapping", "submit", "withdraw", "send-back", "approve", "resume"})

PROBLEM_PAGE = 50
PREVIEWS = 3
UNDER_WAY = frozenset({"checking", "approved", "issuing"})


@router.get("")
def batch_page(request: Request, seat: Member, id: str) -> Response:  # noqa: A002  # the name in the address
    """Show the batch as its state asks for."""
    return _page(request, seat, id)


@router.post("/choices")
def change_choices(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Dry-run again with other choices or files."""
    try:
        view = _found(request, seat, id)
        table = desk.upload(form, "table", limit=desk.MAX_TABLE)
        papers = desk.papers(form)
        choices = read_choices(form, view.choices)
        if table is not None:
            choices = dataclasses.replace(choices, mapping=None)
        state = state_of(request)
        upload = checking.uploaded(state.workplace.files, table[1], table[0], papers) if table else None
        with state.work() as work:
            changed = checking.change(
                work, seat.actor, view.id, upload=upload, papers=papers, choices=choices
            )
    except (InputError, ConflictError) as error:
        return _page(request, seat, id, error=error)
    return _changed(request, seat, changed, "checked")


@router.post("/mapping")
def change_mapping(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Dry-run again with another mapping of columns to fields."""
    view = _found(request, seat, id)
    mapping = {
        column: field
        for n, column in enumerate(view.header)
        if (field := desk.text(form, f"column-{n}", limit=300))
    }
    try:
        with state_of(request).work() as work:
            changed = checking.change(
                work, seat.actor, view.id, choices=dataclasses.replace(view.choices, mapping=mapping)
            )
    except (InputError, ConflictError) as error:
        return _page(request, seat, id, error=error)
    return _changed(request, seat, changed, "mapped")


@router.post("/submit")
def submit(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Submit the batch for approval."""
    try:
        deciding.submit(state_of(request).workplace, seat.actor, an_id(id))
    except (InputError, ConflictError) as error:
        return _page(request, seat, id, error=error)
    return go(f"{_address(seat, id)}?done=submitted")


@router.post("/withdraw")
def withdraw(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Withdraw the batch for good."""
    return _do(request, seat, id, "withdrawn", batches.withdraw)


@router.post("/send-back")
def send_back(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Give the batch back to its preparer, with a reason."""
    reason = desk.text(form, "reason", limit=500)
    try:
        with state_of(request).work() as work:
            batches.send_back(work, seat.actor, an_id(id), reason)
    except (InputError, ConflictError) as error:
        return _page(request, seat, id, error=error)
    return go(f"{_address(seat, id)}?done=sent-back")


@router.post("/approve")
def approve(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Approve exactly what was submitted, and begin to issue it."""
    state = state_of(request)
    try:
        digest = desk.text(form, "content_digest", limit=100)
        deciding.approve(state.workplace, seat.actor, an_id(id), digest)
    except (ConflictError, ForbiddenError) as error:
        return _page(request, seat, id, error=error)
    state.jobs.issue(an_id(id))
    return go(_address(seat, id))


@router.post("/resume")
def resume(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Go on with an issuing that stopped; what is issued stays issued once."""
    view = _found(request, seat, id)
    if view.state in UNDER_WAY:
        state_of(request).jobs.issue(view.id)
    return go(_address(seat, id))


@router.get("/errors.csv")
def error_csv(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Give every problem as a CSV."""
    with state_of(request).work(read_only=True) as work:
        data = batches.error_csv(work, seat.institution.id, an_id(id), language_of(request))
        name = batches.batch(work, seat.institution.id, an_id(id)).name
    return desk.download(data, "text/csv; charset=utf-8", f"{name[:60]}-errors.csv")


@router.get("/progress")
def progress(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Tell how far the dry run or the issuing is, for the progress bar."""
    with state_of(request).work(read_only=True) as work:
        now = batches.progress(work, seat.institution.id, an_id(id))
    answer = {
        "total": now.check.total if now.check else now.total,
        "done": now.check.done if now.check else now.issued,
        "words": progress_words(words_of(request), now),
        "finished": now.state not in UNDER_WAY or now.failure is not None,
    }
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


@router.get("/preview/{number}.png")
def preview(request: Request, seat: Member, id: str, number: int) -> Response:  # noqa: A002
    """Give the first page of one of the first documents, drawn but not signed."""
    with state_of(request).work(read_only=True) as work:
        found = batches.previews(work, seat.institution.id, an_id(id), PREVIEWS)
        pages = set_on_pages(batches.batch(work, seat.institution.id, an_id(id)).choices.formats)
    if not pages or not 1 <= number <= len(found):
        raise NotFoundError("There is no such preview.")
    link = f"{state_of(request).settings.public_url}/v/{'0' * 22}"
    picture = pages[0].preview(found[number - 1], verification_link=link)
    return desk.download(picture, "image/png", f"preview-{number}.png", inline=True)


@router.get("/paper.png")
def paper_preview(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Give the page of the first own PDF on which the QR code will stand, with the code, not signed."""
    with state_of(request).work(read_only=True) as work:
        paper = batches.first_paper(work, seat.institution.id, an_id(id))
        choices = batches.batch(work, seat.institution.id, an_id(id)).choices
    pages = set_on_pages(choices.formats)
    if paper is None or not pages:
        raise NotFoundError("There is no such preview.")
    link = f"{state_of(request).settings.public_url}/v/{'0' * 22}"
    stamped, number = pages[0].stamped(paper, link, choices.code_place)
    picture = aside.paper_picture(stamped, number)
    return desk.download(picture, "image/png", "paper.png", inline=True)


@router.get("/{act}")
def back_to_batch(request: Request, seat: Member, id: str, act: str) -> Response:  # noqa: A002
    """Lead from the address of a refused form back to the batch, as when the language is changed there."""
    if act not in ACTS:
        raise NotFoundError("There is no such page.")
    query = f"?{request.url.query}" if request.url.query else ""
    return go(_address(seat, _found(request, seat, id).id) + query)


def progress_words(words: Words, now: Progress) -> str:
    """Give how far the dry run or the issuing is, as a sentence."""
    if check := now.check:
        done, total = words.number(check.done), words.number(check.total)
        return words(f"console.progress.{check.phase}", done=done, total=total)
    return words("console.progress.words", done=words.number(now.issued), total=words.number(now.total))


def _changed(request: Request, seat: Seat, view: BatchView, done: str) -> Response:
    """Lead to a batch that was looked at again, or is going to be."""
    if view.state == "checking":
        state_of(request).jobs.issue(view.id)
        return go(_address(seat, view.id))
    return go(f"{_address(seat, view.id)}?done={done}")


def _do(request: Request, seat: Seat, id: str, done: str, act: Any) -> Response:  # noqa: A002
    try:
        with state_of(request).work() as work:
            act(work, seat.actor, an_id(id))
    except (InputError, ConflictError) as error:
        return _page(request, seat, id, error=error)
    return go(f"{_address(seat, id)}?done={done}")


def _address(seat: Seat, id: str) -> str:  # noqa: A002
    return f"/console/{seat.institution.slug}/batches/{an_id(id)}"


def _found(request: Request, seat: Seat, id: str) -> BatchView:  # noqa: A002
    with state_of(request).work(read_only=True) as work:
        return batches.batch(work, seat.institution.id, an_id(id), actor=seat.actor)


def _page(request: Request, seat: Seat, id: str, *, error: GakushoError | None = None) -> Response:  # noqa: A002
    view = _found(request, seat, id)
    if view.state in {"draft", "submitted"}:
        return _check_page(request, seat, view, error=error)
    if view.state == "checking":
        return _checking_page(request, seat, view, error=error)
    with state_of(request).work(read_only=True) as work:
        now = batches.progress(work, seat.institution.id, view.id)
        issued = awards.find(work, seat.institution.id, batch_id=view.id, limit=20)
        to_raise = archive_state.of_batch(work, view.id)
        log = events.events(work, seat.institution.id, subject=view.id, limit=100)
    context = {
        "batch": view,
        "progress": now,
        "failure": failure_words(view.failure, language_of(request)),
        "progress_words": progress_words(words_of(request), now),
        "under_way": view.state in UNDER_WAY,
        "awards": issued,
        "to_raise": to_raise,
        "events": log,
    }
    return page(request, seat, "console/batch_issuing.html", context, error=error)


def _checking_page(
    request: Request, seat: Seat, view: BatchView, *, error: GakushoError | None = None
) -> Response:
    """Show how far the dry run of a large upload is, or why it stopped."""
    with state_of(request).work(read_only=True) as work:
        now = batches.progress(work, seat.institution.id, view.id)
    context = {
        "batch": view,
        "progress": now.check,
        "failure": failure_words(view.failure, language_of(request)),
        "progress_words": progress_words(words_of(request), now),
        **choices_context(seat, view.choices),
    }
    return page(request, seat, "console/batch_checking.html", context, error=error)


def _check_page(
    request: Request, seat: Seat, view: BatchView, *, error: GakushoError | None = None
) -> Response:
    """Show what the dry run found; a submitted batch is shown in the same way to whoever approves it."""
    faulty = view.counts.errors or view.counts.warnings or view.counts.skipped
    shown = request.query_params.get("rows", "problems" if faulty and view.state == "draft" else "all")
    after = request.query_params.get("after", "0")
    after_row = int(after) if after.isdigit() and len(after) < 9 else 0
    words = words_of(request)
    with state_of(request).work(read_only=True) as work:
        found = batches.rows(
            work, seat.institution.id, view.id,
            only_problems=shown == "problems", after=after_row, limit=PROBLEM_PAGE + 1,
        )  # fmt: skip
        previews = batches.previews(work, seat.institution.id, view.id, PREVIEWS) if view.counts.ready else []
        achievement = achievements.achievement(work, seat.institution.id, view.achievement_id)
        log = events.events(work, seat.institution.id, subject=view.id, limit=100)
    context = {
        "batch": view,
        "rows": [(row, desk.problem_rows(request, row.problems)) for row in found[:PROBLEM_PAGE]],
        "shown": shown,
        "after": after_row,
        "more": found[PROBLEM_PAGE - 1].number if len(found) > PROBLEM_PAGE else None,
        "file_problems": desk.problem_rows(request, view.file_problems),
        "previews": [(award, desk.award_facts(words, award)) for award in previews],
        "on_pages": bool(set_on_pages(view.choices.formats)),
        "fields": _mappable(achievement.achievement, view),
        "events": log,
        "submitted_otherwise": any(
            e.act == "batch.submit" and e.detail.get("digest") not in {None, view.content_digest} for e in log
        ),
        **choices_context(seat, view.choices),
    }
    template = "console/batch_check.html" if view.state == "draft" else "console/batch_approve.html"
    return page(request, seat, template, context, error=error)


def _mappable(achievement: Any, view: BatchView) -> list[Field]:
    """Give the fields a column may be given, the courses found in the header included."""
    known = list(fields.columns_for(achievement))
    names = {field.name for field in known}
    for name in view.mapping.values():
        course = fields.field_named(name) if name not in names else None
        if course is not None:
            known.append(course)
            names.add(name)
    return known
