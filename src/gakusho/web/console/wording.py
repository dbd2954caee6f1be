# SPDX-License-Identifier: Apache-2.0
"""The institution's own words on its documents, with a look at the page before they are kept."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.errors import InputError, NotFoundError
from gakusho.formats import formats, set_on_pages
from gakusho.issuer import wording
from gakusho.issuer.access import Role, require
from gakusho.model.document import DOCUMENT_KINDS, DOCUMENT_LANGUAGES
from gakusho.model.text import Text
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, page
from gakusho.web.pages import words_of
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/settings/wording")

_LONGEST = wording.MOST_LINES * (wording.LONGEST + 1)


@router.get("")
def wording_page(request: Request, seat: Member) -> Response:
    """Show the words of one kind of document, and the page."""
    kind = _one_of(request.query_params.get("kind", ""), DOCUMENT_KINDS)
    language = _one_of(request.query_params.get("language", ""), DOCUMENT_LANGUAGES)
    return _shown(request, seat, kind, language, wording.worded(seat.institution.settings, kind))


@router.get("/preview.png")
def wording_preview(request: Request, seat: Member) -> Response:
    """Draw a made-up document with the words that are given, unsigned; nothing is kept."""
    asked = request.query_params
    kind, language = asked.get("kind", ""), asked.get("language", "")
    if kind not in DOCUMENT_KINDS or language not in DOCUMENT_LANGUAGES:
        raise NotFoundError("There is no such document.")
    words = Text.of({tag: asked.get(tag, "")[: 2 * _LONGEST].strip() for tag in ("ja", "en")})
    wording.check_wording(seat.institution, kind, words)
    sample = wording.sample_award(seat.institution, kind, language, words)
    link = f"{state_of(request).settings.public_url}/v/{'0' * 22}"
    [pages, *_] = set_on_pages(formats())
    return desk.download(pages.preview(sample, verification_link=link), "image/png", "preview", inline=True)


@router.post("")
def change_wording(request: Request, seat: Member, form: Form) -> Response:
    """Keep the words, or show the page with them."""
    require(seat.actor, Role.ADMINISTER)
    kind = _one_of(desk.text(form, "kind", limit=40), DOCUMENT_KINDS)
    language = _one_of(desk.text(form, "language", limit=10), DOCUMENT_LANGUAGES)
    words = Text.of({tag: desk.text(form, tag, limit=4 * _LONGEST) for tag in ("ja", "en")})
    try:
        if desk.text(form, "act", limit=10) != "save":
            wording.check_wording(seat.institution, kind, words)
            return _shown(request, seat, kind, language, words)
        with state_of(request).work() as work:
            wording.change_wording(work, seat.actor, kind, words)
    except InputError as error:
        return _shown(request, seat, kind, language, words, error=error)
    address = f"/console/{seat.institution.slug}/settings/wording"
    return go(f"{address}?{urlencode({'kind': kind, 'language': language, 'done': 'saved'})}")


def _one_of(given: str, known: tuple[str, ...]) -> str:
    return given if given in known else known[0]


def _shown(
    request: Request,
    seat: Seat,
    kind: str,
    language: str,
    words: Text,
    *,
    error: InputError | None = None,
) -> Response:
    say = words_of(request)
    asked = {"kind": kind, "language": language, **words.as_dict()}
    context = {
        "kinds": [(one, say(f"console.document.{one}")) for one in DOCUMENT_KINDS],
        "written_in": [(one, say(f"console.document_language.{one}")) for one in DOCUMENT_LANGUAGES],
        "kind": kind,
        "written": language,
        "words": {"ja": words.get("ja") or "", "en": words.get("en") or ""},
        "named": kind in wording.NAMES_IT,
        "version": wording.wording_version(seat.institution.settings),
        "preview": None if error else urlencode(asked),
        "longest": _LONGEST,
    }
    return page(request, seat, "console/wording.html", context, error=error)
