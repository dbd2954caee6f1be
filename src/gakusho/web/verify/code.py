# SPDX-License-Identifier: Apache-2.0
"""Verification codes (確認番号) typed from a paper: they lead where its QR code leads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import Response

from gakusho.errors import GakushoError, InputError, NotFoundError
from gakusho.issuer import codes
from gakusho.web.auth.session import current_person, go
from gakusho.web.errors import error_words, status_of
from gakusho.web.pages import render
from gakusho.web.state import state_of
from gakusho.web.verify import clients

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_person)])


@router.get("/verify/code")
def back(request: Request) -> Response:  # noqa: ARG001  # a route
    """Lead from the address of a refused form back to the first page."""
    return go("/verify#code")


@router.post("/verify/code")
def open_code(request: Request, code: Annotated[str, Form(max_length=2_000)] = "") -> Response:
    """Open the page of the paper with this code, or say what is wrong with it."""
    try:
        return go(f"/v/{link_code(request, code)}")
    except (InputError, NotFoundError) as error:
        return refused(request, code, error)


def refused(request: Request, code: str, error: GakushoError) -> Response:
    """Give the first page with what is wrong with the code beside its field."""
    context = {
        "text": "",
        "error": None,
        "limit": 50,
        "code": code[:60],
        "code_error": error_words(request, error),
    }
    return render(request, "verify/box.html", context, status=status_of(error))


def link_code(request: Request, typed: str) -> str:
    """Give the link's own code that a typed code leads to.

    A mistyped code is told without looking anything up, and counts for nothing. Codes that no paper has
    are counted by visitor and in all: whoever guesses, from one address or from many, is stopped.

    Raises: InputError, NotFoundError; HTTPException 429 above a bound.
    """
    clients.count(request, "look")
    codes.read(typed)
    clients.still_welcome(request, "code")
    clients.all_still_welcome(request, "codes")
    with state_of(request).work(read_only=True) as work:
        try:
            return codes.opened_by(work, typed)
        except NotFoundError:
            clients.count(request, "code")
            clients.count_for_all(request, "codes")
            raise


def refuse_withdrawn(withdrawn: bool) -> None:  # noqa: FBT001  # what it is about
    """Let what was not withdrawn pass. Raises: HTTPException 410."""
    if withdrawn:
        raise HTTPException(410)
