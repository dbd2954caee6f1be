# SPDX-License-Identifier: Apache-2.0
"""One record: what was issued, what became of it, its files, its correction."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.errors import ConflictError, GakushoError, InputError, NotFoundError
from gakusho.formats import Bakes, formats
from gakusho.issuer import archive_state, awards, codes, compose, delivery, events
from gakusho.issuer.access import Role, require
from gakusho.issuer.fields import Field, fields_for
from gakusho.model.award import Award
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.pages import words_of
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/records/{id}")

_NOT_CORRECTED = frozenset({"file"})
"""Names the paper of a row, and is nothing an award says."""


@router.get("")
def record_page(request: Request, seat: Member, id: str) -> Response:  # noqa: A002  # the name in the address
    """Show one award with its history."""
    return _page(request, seat, id)


@router.get("/resend")
def back_to_record(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Lead from the address of a refused form back to the record."""
    with state_of(request).work(read_only=True) as work:
        awards.award(work, seat.institution.id, an_id(id))
    return go(f"{_address(seat, id)}?{request.url.query}")


@router.post("/resend")
def resend(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Send the claim mail again."""
    state = state_of(request)
    try:
        with state.work() as work:
            awards.award(work, seat.institution.id, an_id(id))
            delivery.resend_claim(work, seat.actor, an_id(id))
    except (InputError, ConflictError) as error:
        return _page(request, seat, id, error=error)
    state.jobs.deliver()
    return go(f"{_address(seat, id)}?done=resent")


@router.get("/correct")
def correct_page(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Ask what is to be corrected."""
    require(seat.actor, Role.PREPARE)
    with state_of(request).work(read_only=True) as work:
        awards.award(work, seat.institution.id, an_id(id))
        given = _given(awards.full(work, an_id(id)))
    return _correct(request, seat, id, given)


@router.post("/correct")
def correct(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Make a batch of one that replaces the award."""
    require(seat.actor, Role.PREPARE)
    with state_of(request).work(read_only=True) as work:
        awards.award(work, seat.institution.id, an_id(id))
        before = _given(awards.full(work, an_id(id)))
    given = {name: desk.text(form, name, limit=2000) for name in before}
    changes = {name: value for name, value in given.items() if value != before[name]}
    try:
        with state_of(request).work() as work:
            made = awards.correct(work, seat.actor, an_id(id), changes)
    except (InputError, ConflictError) as error:
        return _correct(request, seat, id, given, error=error)
    return go(f"/console/{seat.institution.slug}/batches/{made.id}")


@router.get("/files/{name}")
def file(request: Request, seat: Member, id: str, name: str) -> Response:  # noqa: A002
    """Give the award in one format."""
    with state_of(request).work(read_only=True) as work:
        view = awards.award(work, seat.institution.id, an_id(id))
        sealed = awards.sealed(work, view.id, name)
    return desk.download(sealed.data, sealed.media_type, f"{_file_name(view)}.{sealed.extension}")


@router.get("/badge")
def badge(request: Request, seat: Member, id: str) -> Response:  # noqa: A002
    """Give the badge image with the credential baked in."""
    with state_of(request).work(read_only=True) as work:
        view = awards.award(work, seat.institution.id, an_id(id))
        image = awards.full(work, view.id).achievement.image
        name = _baked_format(view.formats)
        if image is None or name is None:
            raise NotFoundError("This award has no badge image.")
        sealed = awards.sealed(work, view.id, name)
    baker = formats()[name]
    assert isinstance(baker, Bakes)
    data = baker.bake(sealed.data, image.data)
    extension = "svg" if "svg" in image.media_type else "png"
    return desk.download(data, image.media_type, f"{_file_name(view)}.{extension}")


def _address(seat: Seat, id: str) -> str:  # noqa: A002
    return f"/console/{seat.institution.slug}/records/{an_id(id)}"


def _file_name(view: awards.AwardView) -> str:
    return (view.issue_number or view.id).replace("/", "-")[:100]


def _baked_format(names: tuple[str, ...]) -> str | None:
    return next((name for name in names if isinstance(formats().get(name), Bakes)), None)


def _page(request: Request, seat: Seat, id: str, *, error: GakushoError | None = None) -> Response:  # noqa: A002
    words = words_of(request)
    with state_of(request).work(read_only=True) as work:
        view = awards.award(work, seat.institution.id, an_id(id))
        award = awards.full(work, view.id)
        copies = awards.copies(work, view.id)
        log = events.events(work, seat.institution.id, subject=view.id, limit=50)
        link = codes.paper_link(work, view.id)
        lasting = archive_state.of_award(work, seat.institution.id, view.id)
    context = {
        "award": view,
        "full": award,
        "copies": copies,
        "paper_link": link,
        "public_url": state_of(request).settings.public_url,
        "facts": desk.award_facts(words, award),
        "events": log,
        "lasting": lasting,
        "has_badge": award.achievement.image is not None and _baked_format(view.formats) is not None,
        "verify_url": f"{state_of(request).settings.public_url}/v/{view.verify_code}",
    }
    return page(request, seat, "console/record.html", context, error=error)


def _given(award: Award) -> dict[str, str]:
    """Give what can be corrected, as it stands."""
    known = compose.fields_of(award)
    return {field.name: known.get(field.name, "") for field in correctable(award)}


def correctable(award: Award) -> tuple[Field, ...]:
    """Give the fields a correction may change: all that an award says."""
    return tuple(each for each in fields_for(award.achievement) if each.name not in _NOT_CORRECTED)


def _correct(
    request: Request,
    seat: Seat,
    id: str,  # noqa: A002
    given: dict[str, str],
    *,
    error: GakushoError | None = None,
) -> Response:
    with state_of(request).work(read_only=True) as work:
        view = awards.award(work, seat.institution.id, an_id(id))
        fields = correctable(awards.full(work, view.id))
    return page(
        request,
        seat,
        "console/correct.html",
        {"award": view, "fields": fields, "given": given},
        error=error,
    )
