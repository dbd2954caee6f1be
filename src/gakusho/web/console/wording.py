# SPDX-License-Identifier: Apache-2.0
"""The look of the institution's documents: words, seal, signatory, paper; seen before it is kept."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from gakusho.errors import GakushoError, InputError, NotFoundError
from gakusho.formats import formats, set_on_pages
from gakusho.issuer import look, templates, wording
from gakusho.issuer.access import Role, require
from gakusho.issuer.look import Look
from gakusho.model.award import SealImage
from gakusho.model.document import DOCUMENT_KINDS, DOCUMENT_LANGUAGES, orientations_for, papers_for
from gakusho.model.text import Text
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, page
from gakusho.web.pages import words_of
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/settings/wording")

_LONGEST = wording.MOST_LINES * (wording.LONGEST + 1)
_MOST_SEAL = 1_000_000
_SIZES = (15, 18, 21, 24, 27, 30, 36)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the form holds: the kind and the language shown, the words, the look."""

    kind: str
    language: str
    words: Text
    look: Look
    coarse: bool = False
    """The picture of the seal has too few points to be printed sharply."""


@router.get("")
def wording_page(request: Request, seat: Member) -> Response:
    """Show the look of one kind of document, and the page."""
    return _shown(request, seat, _kept(request, seat))


@router.get("/preview.png")
def wording_preview(request: Request, seat: Member) -> Response:
    """Draw a made-up document with the words that are given, unsigned; nothing is kept."""
    asked = request.query_params
    kind, language = asked.get("kind", ""), asked.get("language", "")
    if kind not in DOCUMENT_KINDS or language not in DOCUMENT_LANGUAGES:
        raise NotFoundError("There is no such document.")
    words = Text.of({tag: asked.get(tag, "")[: 2 * _LONGEST].strip() for tag in ("ja", "en")})
    kept = _kept(request, seat)
    given = Given(kind=kind, language=language, words=words, look=kept.look)
    return desk.download(_drawn(request, seat, given), "image/png", "preview", inline=True)


@router.post("/preview.png")
def look_preview(request: Request, seat: Member, form: Form) -> Response:
    """Draw a made-up document with the look of the form, a picture chosen just now included; keep nothing."""
    given = _given(request, seat, form)
    return desk.download(_drawn(request, seat, given), "image/png", "preview", inline=True)


@router.post("")
def change_wording(request: Request, seat: Member, form: Form) -> Response:
    """Keep the look, or show the page with it."""
    require(seat.actor, Role.ADMINISTER)
    try:
        given = _given(request, seat, form)
    except GakushoError as error:
        return _shown(request, seat, _kept(request, seat), error=error)
    try:
        if desk.text(form, "act", limit=10) != "save":
            drawn = base64.b64encode(_drawn(request, seat, given)).decode("ascii")
            return _shown(request, seat, given, picture=f"data:image/png;base64,{drawn}")
        with state_of(request).work() as work:
            look.change(work, seat.actor, given.kind, given.words, given.look)
    except InputError as error:
        return _shown(request, seat, given, error=error)
    address = f"/console/{seat.institution.slug}/settings/wording"
    return go(f"{address}?{urlencode({'kind': given.kind, 'language': given.language, 'done': 'saved'})}")


def _kept(request: Request, seat: Seat) -> Given:
    """Give the look as it is kept, of the document that is asked for."""
    settings = seat.institution.settings
    kind = _one_of(request.query_params.get("kind", ""), DOCUMENT_KINDS)
    return Given(
        kind=kind,
        language=_one_of(request.query_params.get("language", ""), DOCUMENT_LANGUAGES),
        words=wording.worded(settings, kind),
        look=look.look_of(settings, kind, state_of(request).workplace.files.get),
    )


def _given(request: Request, seat: Seat, form: FormData) -> Given:
    """Give the look of a form; what it does not speak of is as it is kept. Raises: InputError."""
    kind = _one_of(desk.text(form, "kind", limit=40), DOCUMENT_KINDS)
    before = look.look_of(seat.institution.settings, kind, state_of(request).workplace.files.get)
    words = Text.of({tag: desk.text(form, tag, limit=4 * _LONGEST) for tag in ("ja", "en")})
    language = _one_of(desk.text(form, "language", limit=10), DOCUMENT_LANGUAGES)
    if "paper" not in form:  # the words alone
        return Given(kind=kind, language=language, words=words, look=before)
    seal, coarse = _seal(request, form, before)
    said = Look(
        paper=desk.text(form, "paper", limit=20),
        orientation=desk.text(form, "orientation", limit=20),
        seal=seal,
        signatory_name=desk.text(form, "signatory_name", limit=200),
        signatory_name_en=desk.text(form, "signatory_name_en", limit=200),
        signatory_title=Text.of(
            {tag: desk.text(form, f"signatory_title_{tag}", limit=200) for tag in ("ja", "en")}
        ),
        language=desk.text(form, "document_language", limit=10) or before.language,
    )
    return Given(kind=kind, language=language, words=words, look=said, coarse=coarse)


def _seal(request: Request, form: FormData, before: Look) -> tuple[SealImage | None, bool]:
    """Give the seal of a form: chosen just now, looked at before, or kept. Raises: InputError."""
    if desk.text(form, "no_seal", limit=10):
        return None, False
    chosen = desk.upload(form, "seal", limit=_MOST_SEAL)
    looked_at = desk.text(form, "seal_file", limit=64)
    if chosen is None and not looked_at and before.seal is None:
        return None, False
    if chosen is not None:
        data = chosen[1]
    elif looked_at:
        data = state_of(request).workplace.files.get(looked_at)
    else:
        assert before.seal is not None
        data = before.seal.image.data
    image, coarse = look.check_seal(data)
    size = desk.text(form, "seal_size", limit=10)
    return SealImage(
        image=image,
        size=int(size) if size.isascii() and size.isdigit() else None,
        place=desk.text(form, "seal_place", limit=20) or "over",
    ), coarse


def _drawn(request: Request, seat: Seat, given: Given) -> bytes:
    look.check(seat.institution, given.kind, given.words, given.look)
    sample = wording.sample_award(seat.institution, given.kind, given.language, given.words)
    link = f"{state_of(request).settings.public_url}/v/{'0' * 22}"
    [pages, *_] = set_on_pages(formats())
    shown = given.look.on(sample)
    own = templates.own_templates(seat.institution.settings, state_of(request).workplace.files.get)
    shown = replace(shown, document=replace(shown.document, templates=own))
    return pages.preview(shown, verification_link=link)


def _one_of(given: str, known: tuple[str, ...]) -> str:
    return given if given in known else known[0]


def _shown(
    request: Request,
    seat: Seat,
    given: Given,
    *,
    error: GakushoError | None = None,
    picture: str | None = None,
) -> Response:
    say = words_of(request)
    address = f"/console/{seat.institution.slug}/settings/wording/preview.png"
    asked = urlencode({"kind": given.kind, "language": given.language, **given.words.as_dict()})
    seal = given.look.seal
    kept = state_of(request).workplace.files.put(seal.image.data) if seal and picture else ""
    context = {
        "kinds": [(one, say(f"console.document.{one}")) for one in DOCUMENT_KINDS],
        "written_in": [(one, say(f"console.document_language.{one}")) for one in DOCUMENT_LANGUAGES],
        "papers": [(one, say(f"console.look.paper.{one}")) for one in papers_for(given.kind)],
        "orientations": [
            (one, say(f"console.look.orientation.{one or 'usual'}")) for one in orientations_for(given.kind)
        ],
        "sizes": [("", say("console.look.size_usual")), *((size, f"{size} mm") for size in _SIZES)],
        "places": [(one, say(f"console.look.place.{one}")) for one in look.PLACES],
        "kind": given.kind,
        "written": given.language,
        "words": {"ja": given.words.get("ja") or "", "en": given.words.get("en") or ""},
        "look": given.look,
        "seal_file": kept,
        "coarse": given.coarse,
        "named": given.kind in wording.NAMES_IT,
        "version": wording.wording_version(seat.institution.settings),
        "preview": None if error else picture or f"{address}?{asked}",
        "longest": _LONGEST,
        "templates_version": templates.version(seat.institution.settings),
    }
    return page(request, seat, "console/wording.html", context, error=error)
