# SPDX-License-Identifier: Apache-2.0
"""The one box: a file, a text, a link or a code goes in, an answer comes out."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from gakusho.errors import GakushoError, InputError, LimitError, UnreachableError
from gakusho.holder.evidence import read_code
from gakusho.model import verification_code
from gakusho.model.report import Report
from gakusho.web.auth.session import current_person, go
from gakusho.web.errors import error_words
from gakusho.web.pages import render, words_of
from gakusho.web.state import State, state_of
from gakusho.web.verify import clients, evidence
from gakusho.web.verify.code import link_code
from gakusho.web.verify.judge import KEPT, judge_stranger, with_words
from gakusho.web.verify.picture import data_address, page_pictures
from gakusho.web.verify.show import shown

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_person)])

MAX_FILE = 50 * 1024 * 1024
"""Bytes of a file; what an address answers and what is typed in are smaller."""
MAX_TEXT = 2 * 1024 * 1024
MAX_FETCHED = 5 * 1024 * 1024

_OWN_PATHS = ("/s/", "/v/", "/reports/", "/claim/")
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*(~[\w.~-]*)?|0oR[\w+/]+={0,2}")
"""A token, of which parts may be held back, or a COSE message in base64."""
_CODE = re.compile(r"GK[0-9]:[0-9A-Z $%*+./:-]{1,4300}")
"""What a signed code on paper says."""
_NO_SIGNED_CODE = "picture-no-credential"


@router.get("/verify")
def box(request: Request) -> Response:
    """Show the box."""
    return _box(request)


def _box(request: Request, *, text: str = "", error: tuple[str, str] | None = None) -> Response:
    return render(
        request,
        "verify/box.html",
        {
            "text": text[:4000],
            "error": error,
            "limit": MAX_FILE // 1024 // 1024,
            "code": "",
            "code_error": None,
        },
        status=400 if error else 200,
    )


@router.post("/verify")
async def check(request: Request) -> Response:
    """Verify what was put into the box, and show the answer."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MAX_FILE + MAX_TEXT:
        return _refused(request, _too_large())
    async with request.form(max_files=2, max_fields=6, max_part_size=MAX_TEXT) as form:
        file, text = form.get("file"), form.get("text")
        data = b""
        if isinstance(file, UploadFile):
            data = await file.read(MAX_FILE + 1)
        words = text if isinstance(text, str) else ""
    return await run_in_threadpool(_check, request, data, words.strip())


def _check(request: Request, data: bytes, text: str) -> Response:
    clients.count(request, "verify")
    state = state_of(request)
    try:
        if len(data) > MAX_FILE:
            raise _too_large()
        if not data:
            if verification_code.looks_like(text):
                return go(f"/v/{link_code(request, text)}")
            own = _own_address(text, state)
            if own is not None:
                return go(own)
            data = _said(text, state)
        report = judge_stranger(state, data)
    except GakushoError as error:
        return _box(request, text=text, error=error_words(request, error))
    own = _own_address(_seen_in_picture(report), state)
    if own is not None:
        return go(own)
    report, pictures = with_words(report, data), page_pictures(report, data)
    held = {page: data_address(picture) for page, picture in pictures.items()}
    context: dict[str, Any] = {
        "shown": shown(report, words_of(request), held),
        "report_action": "/verify/report",
        "report_key": KEPT.keep(report, pictures.get(1)),
    }
    return render(request, "verify/result.html", context)


@router.post("/verify/report")
async def make_report(request: Request) -> Response:
    """Make the answer just given into an evidence report."""
    async with request.form(max_files=0, max_fields=4, max_part_size=1000) as form:
        key = str(form.get("key", ""))[:200]
    return await run_in_threadpool(_make_report, request, key)


def _make_report(request: Request, key: str) -> Response:
    clients.count(request, "verify")
    report, picture = KEPT.take(key)
    return go(f"/reports/{evidence.keep(request, report, picture)}")


def _refused(request: Request, error: GakushoError) -> Response:
    return _box(request, error=error_words(request, error))


def _too_large() -> LimitError:
    return LimitError(
        "The file is too large.", code="verify-too-large", facts={"expected": MAX_FILE // 1024 // 1024}
    )


def _own_address(text: str, state: State) -> str | None:
    """Give the path where the answer stands, when the text is an address or a code of this server."""
    code = read_code(text)
    if code is not None:
        return f"/reports/{code}"
    parts = _address(text)
    if parts is None:
        return None
    here = urlsplit(state.settings.public_url)
    if parts.netloc.lower() != here.netloc.lower() or not parts.path.startswith(_OWN_PATHS):
        return None
    return parts.path if re.fullmatch(r"[\w/-]{1,300}", parts.path) else None


def _seen_in_picture(report: Report) -> str:
    """Give what a QR code says in a picture without a signed one: the link of a paper leads to its page."""
    told = (check.facts for check in report.checks if check.code == "format.recognized")
    return next((facts.get("got", "") for facts in told if facts.get("reason") == _NO_SIGNED_CODE), "")


def _address(text: str) -> Any:
    if len(text) > 2000 or re.search(r"\s", text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.netloc else None


def _said(text: str, state: State) -> bytes:
    """Give the bytes that the text is, or that its address holds. Raises: InputError, UnreachableError."""
    if not text:
        raise InputError("There is nothing to check yet.", code="verify-nothing")
    if len(text) > MAX_TEXT:
        raise _too_large()
    if _address(text) is not None:
        return _fetched(text, state)
    if text.startswith("{") or _TOKEN.fullmatch(text) or _CODE.fullmatch(text):
        return text.encode("utf-8", "surrogatepass")
    raise InputError("This is neither a credential nor a link.", code="verify-unknown-text")


def _fetched(url: str, state: State) -> bytes:
    try:
        return state.fetcher.fetch(url, max_bytes=MAX_FETCHED).data
    except UnreachableError as error:
        raise UnreachableError(
            str(error), code="verify-unreachable", facts={"got": urlsplit(url).hostname or ""}
        ) from error


def not_found_counted(request: Request) -> HTTPException:
    """Count an address that leads nowhere, and give the same answer for each of them."""
    clients.count(request, "unknown")
    return HTTPException(404)
