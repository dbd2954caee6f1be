# SPDX-License-Identifier: Apache-2.0
"""What the institution awards: list, form, CSV template, guide to its columns."""

from __future__ import annotations

import dataclasses
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from gakusho.errors import GakushoError, InputError, NotFoundError
from gakusho.issuer import achievements, fields
from gakusho.issuer.access import Role, require
from gakusho.issuer.achievements import AchievementView
from gakusho.model.achievement import ACHIEVEMENT_TYPES
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import achievement_form, desk, endorsements
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.pages import language_of
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/achievements")


@router.get("")
def list_page(request: Request, seat: Member) -> Response:
    """List the achievements."""
    archived = request.query_params.get("archived") == "yes"
    with state_of(request).work(read_only=True) as work:
        found = achievements.achievements(work, seat.institution.id, archived)
    return page(request, seat, "console/achievements.html", {"achievements": found, "archived": archived})


@router.get("/new")
def new_page(request: Request, seat: Member) -> Response:
    """Show the empty form."""
    require(seat.actor, Role.PREPARE)
    return _form(request, seat, None, achievement_form.given_by(None))


@router.post("/new")
def create(request: Request, seat: Member, form: Form) -> Response:
    """Keep a new achievement."""
    return _save(request, seat, None, form)


@router.get("/{id}")
def edit_page(request: Request, seat: Member, id: str) -> Response:  # noqa: A002  # the name in the address
    """Show an achievement, to be read or changed."""
    view = _found(request, seat, id)
    return _form(request, seat, view, achievement_form.given_by(view.achievement))


@router.post("/{id}")
def change(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Keep the achievement as its next version."""
    return _save(request, seat, _found(request, seat, id), form)


@router.post("/{id}/archive")
def archive(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Put the achievement aside, or take it out again."""
    aside = desk.text(form, "archived") != "no"
    with state_of(request).work() as work:
        achievements.archive(work, seat.actor, an_id(id), archived=aside)
    return go(f"/console/{seat.institution.slug}/achievements?done={'archived' if aside else 'restored'}")


@router.get("/{id}/image")
def image(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Give the badge image."""
    found = _found(request, seat, id).achievement.image
    if found is None:
        raise NotFoundError("This achievement has no image.")
    return desk.download(found.data, found.media_type, "badge", inline=True)


@router.get("/{id}/template.csv")
def template(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Give the CSV to fill in for this achievement."""
    view = _found(request, seat, id)
    language = language_of(request)
    kind = request.query_params.get("document", "degree-certificate")
    data = fields.template_csv(view.achievement, language, document_kind=kind)
    name = view.achievement.name.best(language)
    return desk.download(data, "text/csv; charset=utf-8", f"{name[:60]}.csv")


@router.get("/{id}/columns")
def columns_page(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Explain the columns of the CSV."""
    view = _found(request, seat, id)
    context = {
        "view": view,
        "fields": fields.fields_for(view.achievement),
        "course_fields": fields.COURSE_FIELDS,
        "course_guide": fields.COURSE_GUIDE,
    }
    return page(request, seat, "console/columns.html", context)


def _found(request: Request, seat: Seat, id: str) -> AchievementView:  # noqa: A002
    with state_of(request).work(read_only=True) as work:
        return achievements.achievement(work, seat.institution.id, an_id(id))


def _save(request: Request, seat: Seat, view: AchievementView | None, form: FormData) -> Response:
    require(seat.actor, Role.PREPARE)
    given = achievement_form.read(form)
    if desk.text(form, "more") == "alignments":
        return _form(request, seat, view, given, more=True)
    try:
        made = achievement_form.achievement(given, view.achievement if view else None, form)
        with state_of(request).work() as work:
            kept = achievements.save(work, seat.actor, made, id=view.id if view else None)
    except InputError as error:
        return _form(request, seat, view, given, error=error)
    return go(f"/console/{seat.institution.slug}/achievements/{kept.id}?done=saved")


@router.post("/{id}/endorsements")
def change_endorsements(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Carry one more endorsement, or one less."""
    require(seat.actor, Role.PREPARE)
    view, state = _found(request, seat, id), state_of(request)
    try:
        carried = endorsements.changed(
            view.achievement.endorsements, form, of=view.achievement.id, state=state
        )
        changed = dataclasses.replace(view.achievement, endorsements=carried)
        with state.work() as work:
            achievements.save(work, seat.actor, changed, id=view.id)
    except InputError as error:
        return _form(request, seat, view, achievement_form.given_by(view.achievement), error=error)
    return go(f"/console/{seat.institution.slug}/achievements/{view.id}?done=saved")


def _form(
    request: Request,
    seat: Seat,
    view: AchievementView | None,
    given: dict[str, Any],
    *,
    error: GakushoError | None = None,
    more: bool = False,
) -> Response:
    context = {
        "view": view,
        "given": achievement_form.with_room(given, more=more),
        "types": ACHIEVEMENT_TYPES,
        "result_types": achievement_form.RESULT_TYPES,
        "target_types": achievement_form.TARGET_TYPES,
        "endorsements": endorsements.shown(view.achievement.endorsements if view else ()),
    }
    return page(request, seat, "console/achievement.html", context, error=error)
