# SPDX-License-Identifier: Apache-2.0
"""The institution's settings: profile and signatory, formats, keys, members, log."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.errors import ConflictError, GakushoError, InputError
from gakusho.issuer import events, institutions, offering, printed_codes
from gakusho.issuer.access import Role, require
from gakusho.issuer.endorsements import change_of_issuer as keep_endorsements
from gakusho.model.text import Text
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk, endorsements
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/settings")

PURPOSES = ("credential", "disclosure", "compatibility", "document")
LOG_PAGE = 100
MOST_CLAIM_DAYS = 730


@router.get("")
def profile_page(request: Request, seat: Member) -> Response:
    """Show the profile and the signatory."""
    return _profile(request, seat, None)


@router.post("")
def change_profile(request: Request, seat: Member, form: Form) -> Response:
    """Keep the profile and the signatory."""
    names = (
        "name_ja", "name_en", "url", "email", "country", "signatory_name",
        "signatory_title_ja", "signatory_title_en", "claim_days",
    )  # fmt: skip
    given = {name: desk.text(form, name, limit=300) for name in names}
    try:
        days = given["claim_days"]
        if not (days.isdigit() and 1 <= int(days) <= MOST_CLAIM_DAYS):
            raise desk.wrong("Days are a number.", "claim-days", got=days, expected=f"1–{MOST_CLAIM_DAYS}")
        with state_of(request).work() as work:
            institutions.change(
                work,
                seat.actor,
                name=Text.of(ja=given["name_ja"], en=given["name_en"]),
                url=given["url"] or None,
                email=given["email"] or None,
                country=given["country"].upper() or None,
                settings={
                    **seat.institution.settings,
                    "signatory_name": given["signatory_name"],
                    "signatory_title": {"ja": given["signatory_title_ja"], "en": given["signatory_title_en"]},
                    "claim_days": int(days),
                },
            )
    except (InputError, ConflictError) as error:
        return _profile(request, seat, given, error=error)
    return go(f"/console/{seat.institution.slug}/settings?done=saved")


@router.post("/endorsements")
def change_endorsements(request: Request, seat: Member, form: Form) -> Response:
    """Carry one more endorsement of the institution, or one less."""
    require(seat.actor, Role.ADMINISTER)
    view, state = seat.institution, state_of(request)
    try:
        carried = endorsements.changed(
            institutions.issuer_of(view).endorsements, form, of=view.did, state=state
        )
        with state.work() as work:
            keep_endorsements(work, seat.actor, carried)
    except InputError as error:
        return _profile(request, seat, None, error=error)
    return go(f"/console/{view.slug}/settings?done=saved")


@router.get("/formats")
def formats_page(request: Request, seat: Member) -> Response:
    """Show which formats the institution offers."""
    return _formats(request, seat)


@router.post("/formats")
def change_formats(request: Request, seat: Member, form: Form) -> Response:
    """Offer these formats from now on."""
    try:
        with state_of(request).work() as work:
            offering.offer(work, seat.actor, desk.texts(form, "formats"))
    except InputError as error:
        return _formats(request, seat, error=error)
    return go(f"/console/{seat.institution.slug}/settings/formats?done=saved")


@router.post("/formats/code")
def change_code(request: Request, seat: Member, form: Form) -> Response:
    """Print a signed code on documents from now on, or none."""
    try:
        with state_of(request).work() as work:
            printed_codes.choose(work, seat.actor, printed=bool(desk.text(form, "printed", limit=5)))
    except InputError as error:
        return _formats(request, seat, error=error)
    return go(f"/console/{seat.institution.slug}/settings/formats?done=saved")


@router.get("/keys")
def keys_page(request: Request, seat: Member) -> Response:
    """Show the keys with their history."""
    with state_of(request).work(read_only=True) as work:
        found = institutions.keys(work, seat.institution.id)
    # Where no format is offered that needs it, there is no such key to change.
    needed = not offering.TOKENS.isdisjoint(offering.offered(seat.institution))
    had = {key.purpose for key in found}
    purposes = [one for one in PURPOSES if one != "compatibility" or needed or one in had]
    return page(request, seat, "console/keys.html", {"keys": found, "purposes": purposes})


@router.post("/keys")
def rotate_key(request: Request, seat: Member, form: Form) -> Response:
    """Make a new key; the old one still verifies what it signed."""
    purpose = desk.text(form, "purpose", limit=20)
    if purpose not in PURPOSES:
        raise desk.wrong("There is no such purpose.", "key-purpose", got=purpose)
    with state_of(request).work() as work:
        institutions.rotate_key(work, seat.actor, purpose)
    return go(f"/console/{seat.institution.slug}/settings/keys?done=rotated")


@router.get("/members")
def members_page(request: Request, seat: Member) -> Response:
    """Show who may do what."""
    return _members(request, seat, {})


@router.post("/members")
def grant(request: Request, seat: Member, form: Form) -> Response:
    """Give a person a role."""
    given = {name: desk.text(form, name, limit=300) for name in ("email", "name", "role")}
    try:
        if given["role"] not in set(Role):
            raise desk.wrong("There is no such role.", "role", got=given["role"])
        with state_of(request).work() as work:
            institutions.grant(
                work,
                seat.actor,
                seat.institution.id,
                given["email"],
                Role(given["role"]),
                given["name"],
            )
    except (InputError, ConflictError) as error:
        return _members(request, seat, given, error=error)
    return go(f"/console/{seat.institution.slug}/settings/members?done=granted")


@router.get("/members/withdraw")
def back_to_members(request: Request, seat: Member) -> Response:
    """Lead from the address of a refused form back to the members."""
    return go(f"/console/{seat.institution.slug}/settings/members?{request.url.query}")


@router.post("/members/withdraw")
def withdraw(request: Request, seat: Member, form: Form) -> Response:
    """Take a role from a person."""
    role = desk.text(form, "role", limit=20)
    try:
        if role not in set(Role):
            raise desk.wrong("There is no such role.", "role", got=role)
        with state_of(request).work() as work:
            institutions.withdraw(work, seat.actor, an_id(desk.text(form, "person", limit=40)), Role(role))
    except (InputError, ConflictError) as error:
        return _members(request, seat, {}, error=error)
    return go(f"/console/{seat.institution.slug}/settings/members?done=withdrawn")


@router.get("/log")
def log_page(request: Request, seat: Member) -> Response:
    """Show who did what, newest first."""
    require(seat.actor, Role.ADMINISTER)
    before = request.query_params.get("before")
    with state_of(request).work(read_only=True) as work:
        found = events.events(
            work, seat.institution.id, before=an_id(before) if before else None, limit=LOG_PAGE + 1
        )
    more = found[LOG_PAGE - 1].id if len(found) > LOG_PAGE else None
    return page(request, seat, "console/log.html", {"events": found[:LOG_PAGE], "more": more})


def _profile(
    request: Request, seat: Seat, given: dict[str, str] | None, *, error: GakushoError | None = None
) -> Response:
    view = seat.institution
    titles: Any = view.settings.get("signatory_title") or {}
    shown = given or {
        "name_ja": view.name.get("ja") or "",
        "name_en": view.name.get("en") or "",
        "url": view.url or "",
        "email": view.email or "",
        "country": view.country or "",
        "signatory_name": str(view.settings.get("signatory_name", "")),
        "signatory_title_ja": str(titles.get("ja", "")),
        "signatory_title_en": str(titles.get("en", "")),
        "claim_days": str(view.settings.get("claim_days", 180)),
    }
    carried = endorsements.shown(institutions.issuer_of(view).endorsements)
    return page(request, seat, "console/profile.html", {"given": shown, "endorsements": carried}, error=error)


def _formats(request: Request, seat: Seat, *, error: GakushoError | None = None) -> Response:
    context = {
        "all_formats": offering.all_in_order(),
        "offered": offering.offered(seat.institution),
        "prints_code": printed_codes.are_printed(seat.institution),
    }
    return page(request, seat, "console/formats.html", context, error=error)


def _members(
    request: Request, seat: Seat, given: dict[str, str], *, error: GakushoError | None = None
) -> Response:
    require(seat.actor, Role.ADMINISTER)
    with state_of(request).work(read_only=True) as work:
        found = institutions.members(work, seat.institution.id)
    shown = {"email": "", "name": "", "role": "prepare", **given}
    context = {"members": found, "roles": tuple(Role), "given": shown}
    return page(request, seat, "console/members.html", context, error=error)
