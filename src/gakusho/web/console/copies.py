# SPDX-License-Identifier: Apache-2.0
"""Addressed copies of an award: to whom, for what, and under which number."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gakusho.errors import ConflictError, InputError
from gakusho.issuer import awards, copies
from gakusho.issuer.access import Role, require
from gakusho.model.document import ADDRESSED, DOCUMENT_KINDS, DOCUMENT_LANGUAGES
from gakusho.web.auth.session import Member, Seat, go
from gakusho.web.console import desk
from gakusho.web.console.desk import Form, an_id, page
from gakusho.web.pages import words_of
from gakusho.web.state import state_of

router = APIRouter(prefix="/console/{slug}/records/{id}/copies")

AT_ONCE = 3
"""Copies that the form has room for; more come by a table."""
_LONGEST = 200
_NAMES = [f"{name}_{place}" for place in range(AT_ONCE) for name in ("number", "addressee", "purpose")]


@router.get("")
def copies_page(request: Request, seat: Member, id: str) -> Response:  # noqa: A002  # the name in the address
    """Ask to whom and for what copies are to be issued."""
    require(seat.actor, Role.PREPARE)
    with state_of(request).work(read_only=True) as work:
        awards.award(work, seat.institution.id, an_id(id))
        document = awards.full(work, an_id(id)).document
    given = dict.fromkeys(_NAMES, "") | {
        "document_kind": copies.usual_kind(document.kind),
        "document_language": document.language,
    }
    return _page(request, seat, id, given)


@router.post("")
def prepare_copies(request: Request, seat: Member, id: str, form: Form) -> Response:  # noqa: A002
    """Make a batch of the copies that were asked for."""
    require(seat.actor, Role.PREPARE)
    given = {name: desk.text(form, name, limit=_LONGEST) for name in _NAMES}
    for name, known in (("document_kind", DOCUMENT_KINDS), ("document_language", DOCUMENT_LANGUAGES)):
        chosen = desk.text(form, name, limit=40)
        given[name] = chosen if chosen in known else known[0]
    asked = [
        copies.Asked(
            issue_number=given[f"number_{place}"],
            addressee=given[f"addressee_{place}"],
            purpose=given[f"purpose_{place}"],
        )
        for place in range(AT_ONCE)
        if any(given[f"{name}_{place}"] for name in ("number", "addressee", "purpose"))
    ]
    try:
        with state_of(request).work() as work:
            made = copies.prepare(
                work,
                seat.actor,
                an_id(id),
                asked,
                document_kind=given["document_kind"],
                document_language=given["document_language"],
                notify=bool(desk.text(form, "notify", limit=10)),
            )
    except (InputError, ConflictError) as error:
        return _page(request, seat, id, given, error=error)
    return go(f"/console/{seat.institution.slug}/batches/{made.id}")


def _page(
    request: Request,
    seat: Seat,
    id: str,  # noqa: A002
    given: dict[str, str],
    *,
    error: InputError | ConflictError | None = None,
) -> Response:
    say = words_of(request)
    with state_of(request).work(read_only=True) as work:
        view = awards.award(work, seat.institution.id, an_id(id))
    kinds = [kind for kind in DOCUMENT_KINDS if kind in ADDRESSED]
    context = {
        "award": view,
        "given": given,
        "places": range(AT_ONCE),
        "kinds": [(kind, say(f"console.document.{kind}")) for kind in kinds],
        "written_in": [(one, say(f"console.document_language.{one}")) for one in DOCUMENT_LANGUAGES],
        "longest": _LONGEST,
    }
    return page(request, seat, "console/copies.html", context, error=error)
