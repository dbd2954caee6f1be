# SPDX-License-Identifier: Apache-2.0
"""Evidence reports: looked up by their code, as a page, as JSON, as PDF."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from gakusho.errors import NotFoundError
from gakusho.holder import evidence
from gakusho.holder.evidence import ReportView
from gakusho.web.auth.session import current_person, go
from gakusho.web.downloads import attachment
from gakusho.web.pages import language_of, render
from gakusho.web.state import state_of
from gakusho.web.verify import clients
from gakusho.web.verify.box import not_found_counted
from gakusho.web.verify.evidence import page_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_person)])


@router.get("/reports")
def look_up(request: Request, code: str = "") -> Response:
    """Show the form that looks a report up, or go where the code leads."""
    if not code.strip():
        return render(request, "verify/reports.html", {"code": "", "unknown": False})
    clients.count(request, "look")
    clients.still_welcome(request, "unknown")
    known = evidence.read_code(code)
    if known is not None:
        with state_of(request).work(read_only=True) as work:
            try:
                return go(f"/reports/{evidence.report(work, known).code}")
            except NotFoundError:
                pass
    clients.count(request, "unknown")
    return render(request, "verify/reports.html", {"code": code[:80], "unknown": True}, status=404)


@router.get("/reports/{code}.json")
def as_json(request: Request, code: str) -> Response:
    """Give the report for programs, in the words of ``gakusho verify --json``."""
    view = _report(request, code)
    body = {
        "code": view.code,
        "made_at": view.created_at.isoformat(),
        "kept_until": view.expires_at.isoformat(),
        "input_sha256": view.input_digest,
        **view.report,
    }
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return JSONResponse(body, headers=headers)


@router.get("/reports/{code}.pdf")
def as_pdf(request: Request, code: str) -> Response:
    """Give the report as PDF."""
    view = _report(request, code)
    with state_of(request).work(read_only=True) as work:
        data = work.files.get(view.pdf_file or "")
    return attachment(data, "application/pdf", f"report {view.code}", "pdf")


@router.get("/reports/{code}")
def page(request: Request, code: str) -> Response:
    """Show what was found then."""
    view = _report(request, code)
    context = {"view": view, "shown": page_of(view, language_of(request))}
    return render(request, "verify/report.html", context)


def _report(request: Request, code: str) -> ReportView:
    clients.count(request, "look")
    clients.still_welcome(request, "unknown")
    with state_of(request).work(read_only=True) as work:
        try:
            return evidence.report(work, code)
        except NotFoundError:
            raise not_found_counted(request) from None
