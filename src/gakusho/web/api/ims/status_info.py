# SPDX-License-Identifier: Apache-2.0
"""Every error of the 1EdTech interfaces as ``Imsx_StatusInfo``. Open Badges 3.0, section B.8."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from gakusho import errors
from gakusho.issuer.error_sentences import error_action, error_sentence
from gakusho.web.errors import status_of

log = logging.getLogger(__name__)

_MINOR = {
    400: "invalid_data",
    401: "unauthorizedrequest",
    403: "forbidden",
    404: "not_found",
    405: "not_allowed",
    406: "not_acceptable",
    429: "server_busy",
    500: "internal_server_error",
    503: "server_busy",
}
_CODES = {"query-parameter": "invalid_query_parameter"}
_TOKEN = {401: "invalid_token", 403: "insufficient_scope"}


class StatusInfoRoute(APIRoute):
    """A route whose errors are ``Imsx_StatusInfo``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler, with its errors caught."""
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except errors.GakushoError as error:
                return of_error(error)
            except HTTPException as error:
                return answer(error.status_code, str(error.detail), headers=error.headers)
            except RequestValidationError:
                return answer(400, "The request cannot be used.")
            except Exception as error:  # noqa: BLE001  # the last place; elsewhere it would be another shape
                log.error("unexpected: %s", errors.trace_of(error))  # noqa: TRY400  # no words of the exception
                return answer(500, "Something went wrong here.")

        return told


def of_error(error: errors.GakushoError) -> Response:
    """Give an error of ours in the shape of the standard, in English: those who read it make programs."""
    if error.code == "oauth-token":
        status = 401
    elif isinstance(error, errors.LimitError):
        status = 400  # the standard has no 413
    else:
        status = status_of(error)
    headers = {}
    if error.code in {"oauth-token", "oauth-scope"}:
        headers = {"WWW-Authenticate": _challenge(status, error)}
    if status >= 500:
        log.error("%s: %s", error.code, errors.trace_of(error))
    words = f"{error_sentence(error, 'en')} {error_action(error, 'en')}"
    return answer(status, words, minor=_CODES.get(error.code), name=error.code, headers=headers)


def _challenge(status: int, error: errors.GakushoError) -> str:
    """Give the header of RFC 6750, section 3."""
    words = f'Bearer realm="gakusho", error="{_TOKEN[status]}"'
    scope = error.facts.get("expected")
    return f'{words}, scope="{scope}"' if scope else words


def answer(
    status: int,
    description: str,
    *,
    minor: str | None = None,
    name: str = "gakusho",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Give an ``Imsx_StatusInfo``."""
    value = minor or _MINOR.get(status, "unknown")
    body = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_codeMinor": {
            "imsx_codeMinorField": [{"imsx_codeMinorFieldName": name, "imsx_codeMinorFieldValue": value}]
        },
    }
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})
