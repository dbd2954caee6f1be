# SPDX-License-Identifier: Apache-2.0
"""Old badges of the institution's own: looked at one by one, and prepared as batches."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from gakusho.errors import GakushoError, InputError, LimitError
from gakusho.issuer import institutions, rescuing
from gakusho.issuer.access import Role, require
from gakusho.issuer.batches import BatchView
from gakusho.issuer.rescue import Owner, Rescued, from_report
from gakusho.model.learner import Learner
from gakusho.model.report import Headline, Report
from gakusho.verifier import sentences
from gakusho.verifier.verify import Inquiry
from gakusho.web.auth.session import Member, Seat
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, page
from gakusho.web.errors import error_words
from gakusho.web.pages import words_of
from gakusho.web.state import State, state_of
from gakusho.web.verify.judge import judge_stranger

router = APIRouter(prefix="/console/{slug}/rescue")

MOST_FILES = 100
MAX_FILE = 4 * 1024 * 1024
MAX_HOSTS = 20
SECONDS = 90.0
"""How long one upload is looked at; files beyond it are given back unlooked at."""
SECONDS_EACH = 60.0
_TAGS = {
    Headline.VALID: "good",
    Headline.NOT_CHECKED: "warn",
    Headline.LOCKED: "warn",
    Headline.NOT_LOCKED: "warn",
}


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A file as it was found."""

    name: str
    rescued: Rescued | None = None
    report: Report | None = None
    error: GakushoError | None = None


@router.get("")
def start_page(request: Request, seat: Member) -> Response:
    """Ask for the badges."""
    require(seat.actor, Role.PREPARE)
    return _page(request, seat, {})


@router.post("")
def look(request: Request, seat: Member, form: Form) -> Response:
    """Verify each badge, and prepare batches of those that are the institution's own."""
    require(seat.actor, Role.PREPARE)
    state = state_of(request)
    typed = {"hosts": desk.text(form, "hosts", limit=2000)}
    try:
        files = _files(form)
        table = desk.upload(form, "learners", limit=desk.MAX_TABLE)
        learners = rescuing.learners_of(table[1]) if table else []
        with state.work(read_only=True) as work:
            view = institutions.institution(work, seat.institution.id)
        owner = rescuing.owner_of(view, typed["hosts"].split()[:MAX_HOSTS])
        looked = _looked(state, files, owner, learners)
        with state.work() as work:
            made = rescuing.prepare(work, seat.actor, [one.rescued for one in looked if one.rescued])
    except GakushoError as error:
        return _page(request, seat, typed, error=error)
    return _page(request, seat, {**typed, **_told(request, looked, made)})


def _files(form: FormData) -> list[tuple[str, bytes]]:
    chosen = [part for part in form.getlist("badges") if isinstance(part, UploadFile) and part.filename]
    if not chosen:
        raise InputError("No badge was chosen.", code="rescue-files", action="Choose at least one file.")
    if len(chosen) > MOST_FILES:
        raise LimitError(
            f"At most {MOST_FILES} badges are looked at together.",
            code="rescue-many",
            action="Upload them in several parts.",
            facts={"got": len(chosen), "expected": MOST_FILES},
        )
    return [(str(part.filename)[:255], part.file.read(MAX_FILE + 1)) for part in chosen]


def _looked(
    state: State, files: Sequence[tuple[str, bytes]], owner: Owner, learners: Sequence[Learner]
) -> list[Looked]:
    """Look at each file in a process that can be stopped, as long as there is time."""
    until = time.monotonic() + SECONDS
    found: list[Looked] = []
    seen: set[str] = set()
    for name, data in files:
        left = min(SECONDS_EACH, until - time.monotonic())
        if len(data) > MAX_FILE:
            large = LimitError(
                "The badge is too large.", code="rescue-size", action="Give it as it was downloaded first."
            )
            found.append(Looked(name=name, error=large))
        elif left <= 0:
            late = LimitError(
                "There was no time left to look at it.", code="rescue-late", action="Look at it once more."
            )
            found.append(Looked(name=name, error=late))
        else:
            one = _one(state, name, data, owner, learners, left)
            if one.rescued is not None and one.rescued.was in seen:
                again = InputError(
                    "Another of the files is the same badge.",
                    code="rescue-twice",
                    action="It is rescued once; nothing is to be done.",
                )
                one = Looked(name=name, report=one.report, error=again)
            elif one.rescued is not None:
                seen.add(one.rescued.was)
            found.append(one)
    return found


def _one(
    state: State, name: str, data: bytes, owner: Owner, learners: Sequence[Learner], seconds: float
) -> Looked:
    report = judge_stranger(state, data, seconds=seconds)
    asking = Inquiry(now=state.clock(), fetcher=state.fetcher).asking
    try:
        rescued = from_report(
            report, data, owner=owner, learners=learners, award_id="urn:x:rescued", status=(), asking=asking
        )
        rescuing.check(rescued)
    except GakushoError as error:
        return Looked(name=name, report=report, error=error)
    return Looked(name=name, report=report, rescued=rescued)


def _told(request: Request, looked: Sequence[Looked], made: Sequence[BatchView]) -> dict[str, Any]:
    return {
        "looked": [_row(request, one) for one in looked],
        "prepared": list(made),
        "good": sum(one.rescued is not None for one in looked),
        "bad": sum(one.rescued is None for one in looked),
    }


def _row(request: Request, one: Looked) -> dict[str, Any]:
    words = words_of(request)
    award = one.rescued.award if one.rescued else one.report.credential if one.report else None
    return {
        "name": one.name,
        "headline": sentences.headline(one.report, words.language) if one.report else "",
        "tag": _TAGS.get(one.report.headline, "bad") if one.report else "neutral",
        "said": error_words(request, one.error) if one.error else None,
        "learner": award.learner.name.full if award else "",
        "achievement": award.achievement.name.best(words.language) if award else "",
        "was": one.rescued.was if one.rescued else "",
    }


def _page(
    request: Request, seat: Seat, context: dict[str, Any], *, error: GakushoError | None = None
) -> Response:
    filled = {"hosts": "", "most": MOST_FILES, "looked": [], "prepared": [], **context}
    return page(request, seat, "console/rescue.html", filled, error=error)
