# SPDX-License-Identifier: Apache-2.0
"""The one place where errors become pages and problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gakusho import errors
from gakusho.issuer.error_sentences import error_action, error_detail, error_sentence
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

TITLES: tuple[tuple[type[errors.GakushoError], str], ...] = (
    (errors.UnreadableError, "Unreadable content"),
    (errors.LimitError, "Too large"),
    (errors.TemplatesError, "Templates with problems"),
    (errors.RowsError, "Rows with problems"),
    (errors.UndefinedTermError, "Undefined term"),
    (errors.TooComplexError, "Too complex"),
    (errors.MissingGlyphError, "Missing glyph"),
    (errors.UnknownFormatError, "Unknown format"),
    (errors.InputError, "Unusable input"),
    (errors.ConflictError, "Conflict with the present state"),
    (errors.NotFoundError, "Not found"),
    (errors.SamePersonError, "Second person needed"),
    (errors.ForbiddenError, "Not allowed"),
    (errors.KeyMaterialError, "Unusable key"),
    (errors.UnreachableError, "Could not be asked"),
    (errors.SettingsError, "Faulty settings"),
    (errors.PluginError, "Faulty implementation"),
    (errors.GakushoError, "Error"),
)
"""The ``title`` of problem+json: narrower kinds before wider ones; never in the reader's language."""


_PLACE_SAID_NO = frozenset(
    {
        *("signature-wrong", "signing-service-refused", "token-key", "token-keys"),
        *("token-pin", "token-pin-kept", "token-pin-last", "token-pin-other"),
    }
)
"""A service or a token did not do what somebody asked of it: no fault of this server."""


def status_of(error: errors.GakushoError) -> int:
    """Give the HTTP status of an error."""
    if error.code in _PLACE_SAID_NO:
        return 409
    if error.code == "body-slow":
        return 408
    return next(status for kind, status in STATUS if isinstance(error, kind))


def wants_json(request: Request) -> bool:
    """Tell whether a program asked, not a person."""
    path = request.url.path
    return path.startswith(("/api/", "/vc-api/", "/1.0/", "/i/", "/.well-known/")) or "application/json" in (
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
    """Give the sentence and the action of an error in the reader's language.

    A page's own words for it (``error.<code>`` in the catalogs) go before those of the program.
    """
    words = words_of(request)
    facts = {"code": error.code, **{k: str(v) for k, v in error.facts.items()}}
    sentence, action = error_sentence(error, words.language), error_action(error, words.language)
    if words.has(f"error.{error.code}"):
        with suppress(KeyError, TypeError, ValueError):  # facts that this error does not have
            sentence = words(f"error.{error.code}", **facts)
    if words.has(f"error.{error.code}.action"):
        action = words(f"error.{error.code}.action")
    return sentence, action


def title_of(error: errors.GakushoError) -> str:
    """Give the short name of the kind of error, always the same one. RFC 9457, section 3.1.3."""
    return next(title for kind, title in TITLES if isinstance(error, kind))


def failure_words(failure: Mapping[str, Any] | None, language: str) -> tuple[str, str, str] | None:
    """Give why issuing stopped, what to do, and the English reason apart, of what a batch keeps of it."""
    if not failure:
        return None
    error = errors.GakushoError(
        failure.get("message", ""),
        code=failure.get("code"),
        action=failure.get("action"),
        facts=failure.get("facts"),
    )
    return error_sentence(error, language), error_action(error, language), error_detail(error, language)


async def answer(request: Request, error: Exception) -> Response:
    """Give an error of ours as a page, or as problem+json."""
    assert isinstance(error, errors.GakushoError)
    status = status_of(error)
    if status >= 500:
        log.error("%s: %s", error.code, errors.trace_of(error))
    sentence, action = error_words(request, error)
    if wants_json(request):
        more: dict[str, Any] = {"reason": error_detail(error, language_of(request))}
        if isinstance(error, errors.RowsError):
            more["problems"] = [_problem(p, language_of(request)) for p in error.problems]
        return problem_json(status, error.code, title_of(error), detail=sentence, action=action, **more)
    return render(
        request, "error.html", {"status": status, "sentence": sentence, "action": action}, status=status
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "HTTP error"


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
        answer = problem_json(
            error.status_code, f"http-{error.status_code}", _phrase(error.status_code), detail=sentence
        )
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
        return problem_json(400, "request", "Unusable request", detail=words("error.request"), errors=found)
    return render(
        request,
        "error.html",
        {"status": 400, "sentence": words("error.request"), "action": words("error.http.action")},
        status=400,
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected: %s", errors.trace_of(error))
    words = words_of(request)
    if wants_json(request):
        return problem_json(500, "unexpected", "Internal error", detail=words("error.unexpected"))
    return render(
        request,
        "error.html",
        {"status": 500, "sentence": words("error.unexpected"), "action": words("error.http.action")},
        status=500,
    )


class BrokenOffError(RuntimeError):
    """An answer that had begun could not be ended; says nothing of why."""


class Faults:
    """Middleware: what nobody foresaw becomes an answer here.

    Farther out it would be raised on to the server, which writes the exception's words into its log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer for it where that fails. Raises: BrokenOffError."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - the last place before the server's own log
            if begun:
                log.error("broken off: %s", errors.trace_of(error))  # noqa: TRY400 - no words of the exception
                raise BrokenOffError("The answer broke off.") from None
            answer = await _unexpected(Request(scope, receive), error)
            await answer(scope, receive, send)


def install(app: FastAPI) -> None:
    """Hang the mapping into an application, inside every middleware that is added after it."""
    app.add_exception_handler(errors.GakushoError, answer)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_middleware(Faults)
