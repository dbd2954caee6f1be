# SPDX-License-Identifier: Apache-2.0
"""Renders pages: templates, the reader's language, and what every page needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from gakusho.model.text import Text
from gakusho.web.state import state_of
from gakusho.web.words import LANGUAGES, Words

LANGUAGE_COOKIE = "gakusho_language"


@cache
def environment() -> Environment:
    """Give the template environment: escaped, and strict about what is not there."""
    env = Environment(
        loader=PackageLoader("gakusho.web", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["static"] = static_url
    return env


@cache
def static_url(path: str) -> str:
    """Give the address of a static file, with a digest so that it may be cached for good."""
    data = (resources.files("gakusho.web") / "static" / path).read_bytes()
    return f"/static/{path}?v={hashlib.sha256(data).hexdigest()[:12]}"


def language_of(request: Request) -> str:
    """Give the reader's language: chosen in the address, then kept, then asked for by the browser."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return "ja"


def words_of(request: Request) -> Words:
    """Give the words in the reader's language."""
    return Words(language_of(request), state_of(request).settings.zone)


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Give a page. ``t`` (words), ``language``, ``path`` and ``person`` are there in every template."""
    words = words_of(request)

    def text(value: Text) -> str:
        return value.best(words.language)

    html = (
        environment()
        .get_template(template)
        .render(
            {
                "t": words,
                "language": words.language,
                "languages": LANGUAGES,
                "text": text,
                "path": request.url.path,
                "query": [(k, v) for k, v in request.query_params.multi_items() if k != "lang"],
                "person": getattr(request.state, "person", None),
                "demo": state_of(request).settings.demo,
                **(context or {}),
            }
        )
    )
    response = HTMLResponse(html, status_code=status, headers=dict(headers or {}))
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Content-Language"] = words.language
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            words.language,
            max_age=31_536_000,
            samesite="lax",
            secure=state_of(request).settings.secure,
        )
    return response
