# SPDX-License-Identifier: Apache-2.0
"""What the institution awards: list, form, CSV template, guide to its columns."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from gakusho.errors import GakushoError, InputError, NotFoundError
from gakusho.formats import Bakes, formats
from gakusho.issuer import achievements, fields
from gakusho.issuer.access import Role, require
from gakusho.issuer.achievements import AchievementView
from gakusho.model.achievement import ACHIEVEMENT_TYPES, Achievement, Image, ResultDescription
from gakusho.model.text import Text
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.pages import language_of
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/achievements")

RESULT_TYPES = ("LetterGrade", "GradePointAverage", "Percent", "RawScore", "Status", "Result")
MOST_RESULTS = 8


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
    return _form(request, seat, None, _given(None))


@router.post("/new")
def create(request: Request, seat: Member, form: Form) -> Response:
    """Keep a new achievement."""
    return _save(request, seat, None, form)


@router.get("/{id}")
def edit_page(request: Request, seat: Member, id: str) -> Response:  # noqa: A002  # the name in the address
    """Show an achievement, to be read or changed."""
    view = _found(request, seat, id)
    return _form(request, seat, view, _given(view.achievement))


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
    try:
        given = _read(form)
        made = _achievement(given, view.achievement if view else None, form)
        with state_of(request).work() as work:
            kept = achievements.save(work, seat.actor, made, id=view.id if view else None)
    except InputError as error:
        return _form(request, seat, view, _read(form), error=error)
    return go(f"/console/{seat.institution.slug}/achievements/{kept.id}?done=saved")


def _read(form: FormData) -> dict[str, Any]:
    """Give the form's texts as they were typed."""
    names = (
        "name_ja", "name_en", "description_ja", "description_en", "criteria_ja", "criteria_en",
        "type", "language", "field_of_study", "credits", "tags", "remove_image", "image_caption",
    )  # fmt: skip
    given: dict[str, Any] = {name: desk.text(form, name) for name in names}
    given["results"] = [
        {part: desk.text(form, f"result_{n}_{part}") for part in ("id", "name", "type", "values")}
        for n in range(MOST_RESULTS)
    ]
    return given


def _given(achievement: Achievement | None) -> dict[str, Any]:
    """Give an achievement as the form shows it."""
    if achievement is None:
        achievement = Achievement(
            id="", type="BachelorDegree", name=Text(), description=Text(), criteria=Text()
        )
    results = [
        {"id": r.id, "name": r.name, "type": r.type, "values": ", ".join(r.allowed_values)}
        for r in achievement.result_descriptions
    ]
    credit = achievement.credits_available
    return {
        **{
            f"{name}_{language}": getattr(achievement, name).get(language) or ""
            for name in ("name", "description", "criteria")
            for language in ("ja", "en")
        },
        "type": achievement.type,
        "language": achievement.language,
        "field_of_study": achievement.field_of_study or "",
        "credits": "" if credit is None else f"{credit:g}",
        "tags": ", ".join(achievement.tags),
        "image_caption": (achievement.image.caption or "") if achievement.image else "",
        "results": results,
    }


def _achievement(given: dict[str, Any], before: Achievement | None, form: FormData) -> Achievement:
    if not given["name_ja"] and not given["name_en"]:
        raise desk.wrong("An achievement needs a name.", "achievement-name")
    if not given["criteria_ja"] and not given["criteria_en"]:
        raise desk.wrong("An achievement needs criteria.", "achievement-criteria")
    if given["type"] not in ACHIEVEMENT_TYPES:
        raise desk.wrong("There is no such type.", "achievement-type", got=given["type"])
    both = {
        name: Text.of({language: given[f"{name}_{language}"] for language in ("ja", "en")})
        for name in ("name", "description", "criteria")
    }
    basis = before or Achievement(
        id=uuid.uuid4().urn, type="", name=Text(), description=Text(), criteria=Text()
    )
    return dataclasses.replace(
        basis,
        type=given["type"],
        name=both["name"],
        description=both["description"] or both["name"],
        criteria=both["criteria"],
        language=given["language"] if given["language"] in {"ja", "en"} else "ja",
        image=_image(given, basis.image, form),
        tags=tuple(
            dict.fromkeys(t.strip() for t in given["tags"].replace("、", ",").split(",") if t.strip())
        )[:20],
        field_of_study=given["field_of_study"] or None,
        credits_available=_credits(given["credits"]),
        result_descriptions=_results(given["results"]),
    )


def _image(given: dict[str, Any], before: Image | None, form: FormData) -> Image | None:
    sent = desk.upload(form, "image", limit=desk.MAX_IMAGE)
    caption = given["image_caption"] or None
    if sent is None:
        if given["remove_image"] == "yes" or before is None:
            return None
        return dataclasses.replace(before, caption=caption)
    baker = next(each for each in formats().values() if isinstance(each, Bakes))
    return Image(media_type=baker.check_image(sent[1]), data=sent[1], caption=caption)


def _credits(text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 1000:
        raise desk.wrong("Credits are a number from 0 to 1000.", "achievement-credits", got=text[:40])
    return value


def _results(given: list[dict[str, str]]) -> tuple[ResultDescription, ...]:
    found = []
    for each in given:
        if not each["name"]:
            continue
        values = tuple(v.strip() for v in each["values"].replace("、", ",").split(",") if v.strip())
        kind = each["type"] if each["type"] in RESULT_TYPES else "LetterGrade"
        found.append(
            ResultDescription(
                id=each["id"] or uuid.uuid4().urn, name=each["name"], type=kind, allowed_values=values
            )
        )
    return tuple(found)


def _form(
    request: Request,
    seat: Seat,
    view: AchievementView | None,
    given: dict[str, Any],
    *,
    error: GakushoError | None = None,
) -> Response:
    empty = {"id": "", "name": "", "type": "LetterGrade", "values": ""}
    results = [r for r in given["results"] if r["name"]]
    room = [dict(empty) for _ in range(min(2, MOST_RESULTS - len(results)))]
    context = {
        "view": view,
        "given": {**given, "results": results + room},
        "types": ACHIEVEMENT_TYPES,
        "result_types": RESULT_TYPES,
    }
    return page(request, seat, "console/achievement.html", context, error=error)
