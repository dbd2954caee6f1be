# SPDX-License-Identifier: Apache-2.0
"""The one place where errors become pages and problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from gakusho import errors
from gakusho.issuer.problem_sentences import problem_mend, problem_sentence
from gakusho.web.pages import language_of, render, words_of

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[errors.GakushoError], int], ...] = (
    (errors.LimitError, 413),
    (errors.RowsError, 422),
    (errors.InputError, 400),
    (errors.ConflictError, 409),
    (errors.NotFoundError, 404),
    (errors.ForbiddenError, 403),
    (errors.UnreachableError, 503),
    (errors.GakushoError, 500),
)


def status_of(error: errors.GakushoError) -> int:
    """Give the HTTP status of an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def wants_json(request: Request) -> bool:
    """Tell whether a program asked, not a person."""
    path = request.url.path
    return path.startswith(("/api/", "/vc-api/", "/i/", "/.well-known/")) or "application/json" in (
        request.headers.get("accept", "")
    )


def problem_json(
    status: int, code: str, title: str, *, detail: str = "", action: str = "", **more: Any
) -> JSONResponse:
    """Give an error as problem+json. RFC 9457."""
    body = {"type": f"urn:gakusho:error:{code}", "title": title, "status": status, "code": code}
    body |= {k: v for k, v in {"detail": detail, "action": action, **more}.items() if v}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def error_words(request: Request, error: errors.GakushoError) -> tuple[str, str]:
    """Give the sentence and the action of an error in the reader's language."""
    words = words_of(request)
    facts = {k: str(v) for k, v in error.facts.items()}
    sentence, action = str(error), error.action
    if words.has(f"error.{error.code}"):
        try:
            sentence = words(f"error.{error.code}", **facts)
        except (KeyError, TypeError, ValueError):
            sentence = str(error)
    if words.has(f"error.{error.code}.action"):
        action = words(f"error.{error.code}.action")
    return sentence, action


async def _gakusho_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.GakushoError)
    status = status_of(error)
    if status >= 500:
        log.error("%s: %s", error.code, error)
    sentence, action = error_words(request, error)
    if wants_json(request):
        more: dict[str, Any] = {}
        if isinstance(error, errors.RowsError):
            more["problems"] = [_problem(p, language_of(request)) for p in error.problems]
        return problem_json(
            status, error.code, type(error).__doc__ or "", detail=sentence, action=action, **more
        )
    return render(
        request, "error.html", {"status": status, "sentence": sentence, "action": action}, status=status
    )


def _problem(problem: Any, language: str) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "file": problem.file,
        "pointer": f"/rows/{problem.row - 2}" if problem.row else None,
        "message": problem_sentence(problem, language),
        "mend": problem_mend(problem, language),
    }


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = words_of(request)
    key = f"error.http.{error.status_code}"
    sentence = words(key) if words.has(key) else str(error.detail)
    headers = dict(error.headers or {})
    if wants_json(request):
        answer = problem_json(error.status_code, f"http-{error.status_code}", sentence)
        answer.headers.update(headers)
        return answer
    return render(
        request,
        "error.html",
        {"status": error.status_code, "sentence": sentence, "action": words("error.http.action")},
        status=error.status_code,
        headers=headers,
    )


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    words = words_of(request)
    found = [
        {"pointer": "/" + "/".join(str(part) for part in e["loc"][1:]), "message": e["msg"]}
        for e in error.errors()
    ]
    if wants_json(request):
        return problem_json(400, "request", words("error.request"), errors=found)
    return render(
        request,
        "error.html",
        {"status": 400, "sentence": words("error.request"), "action": words("error.http.action")},
        status=400,
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected: %s", type(error).__name__, exc_info=error)
    words = words_of(request)
    if wants_json(request):
        return problem_json(500, "unexpected", words("error.unexpected"))
    return render(
        request,
        "error.html",
        {"status": 500, "sentence": words("error.unexpected"), "action": words("error.http.action")},
        status=500,
    )


def install(app: FastAPI) -> None:
    """Hang the mapping into an application."""
    app.add_exception_handler(errors.GakushoError, _gakusho_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(Exception, _unexpected)
