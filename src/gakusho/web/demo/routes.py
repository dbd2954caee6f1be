# SPDX-License-Identifier: Apache-2.0
"""The front page, and the demo's mail inbox and files."""

from __future__ import annotations

import re

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup, escape

from gakusho.errors import NotFoundError
from gakusho.issuer import delivery
from gakusho.web.auth.session import current_person
from gakusho.web.demo.prepare import file
from gakusho.web.demo_people import SIGN_INS
from gakusho.web.pages import render
from gakusho.web.state import state_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_person)])

FILES = {"graduates.csv": "text/csv", "try-it.csv": "text/csv"}
_LINK = re.compile(r"https?://[^\s<>\"']+")


@router.get("/")
def front(request: Request) -> HTMLResponse:
    """Give the front page: three doors."""
    return render(request, "front.html", {"sign_ins": SIGN_INS})


def _only_in_demo(request: Request) -> None:
    if not state_of(request).settings.demo:
        raise NotFoundError("There is no such page.")


def with_links(text: str) -> Markup:
    """Give plain text with its addresses as links."""
    parts: list[Markup] = []
    end = 0
    for match in _LINK.finditer(text):
        url = match.group()
        parts += [escape(text[end : match.start()]), Markup('<a href="{0}">{0}</a>').format(url)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


@router.get("/demo/mail")
def inbox(request: Request, to: str = "") -> HTMLResponse:
    """Give every mail the product would send, the newest first."""
    _only_in_demo(request)
    with state_of(request).work(read_only=True) as work:
        mails = delivery.inbox(work, recipient=to.strip().lower() or None, limit=200)
        shown = [(mail, with_links(mail.body)) for mail in mails]
        return render(request, "demo/mail.html", {"mails": shown, "to": to})


@router.get("/demo/files/{name}")
def demo_file(request: Request, name: str) -> Response:
    """Give a file to try the upload with."""
    _only_in_demo(request)
    if name not in FILES:
        raise NotFoundError("There is no such file.")
    return Response(
        file(name), media_type=FILES[name], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
