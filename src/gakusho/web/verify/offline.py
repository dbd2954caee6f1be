# SPDX-License-Identifier: Apache-2.0
"""The page that verifies signed codes in the browser, also without a network once it was open.

It knows nobody: neither who is signed in nor what is put in. A service worker keeps the page, the reader of
codes and the issuers' keys; only a person's click sends a code to the server.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from gakusho.formats.paper_code import FORMAT
from gakusho.issuer import code_keys
from gakusho.model.achievement import ACHIEVEMENT_TYPES
from gakusho.version import __version__
from gakusho.web.pages import render, static_url, words_of
from gakusho.web.protection import WITH_COMPILED_CODE
from gakusho.web.state import state_of
from gakusho.web.verify import clients
from gakusho.web.words import LANGUAGES, catalog

router = APIRouter(include_in_schema=False)

PAGE = "/verify/paper"
PATIENCE = 4_000
"""Milliseconds that the kept page waits for the network."""
_CODE = "js/paper"
_LIBRARY = "vendor/zxing"
_SHEETS = ("css/tokens.css", "css/gakusho.css", "css/print.css", "img/seal.svg", f"{_CODE}/page.js")
_WORDS = "paper."


@router.get(PAGE)
def page(request: Request) -> Response:
    """Show the page; the same to everybody, so that it can be kept."""
    words = words_of(request)
    told = {
        key.removeprefix(_WORDS): words(key)
        for key in sorted(catalog(words.language))
        if key.startswith(_WORDS)
    }
    kinds = {
        kind: words(f"verify.type.{kind}") for kind in ACHIEVEMENT_TYPES if words.has(f"verify.type.{kind}")
    }
    data = {
        "tables": FORMAT.tables(),
        "words": told,
        "kinds": kinds,
        "language": words.language,
        "keys": f"{PAGE}/keys.json",
        "worker": f"{PAGE}/worker.js",
        "reader": _reader(),
    }
    return render(request, "verify/offline.html", {"data": data}, headers=WITH_COMPILED_CODE)


@router.get(f"{PAGE}/keys.json")
def keys(request: Request) -> Response:
    """Give the issuers' keys, as of now."""
    clients.count(request, "look")
    with state_of(request).work(read_only=True) as work:
        return JSONResponse(code_keys.directory(work), headers={"Cache-Control": "no-cache"})


@router.get(f"{PAGE}/worker.js")
def worker() -> Response:
    """Give the service worker, with the names of what it keeps."""
    kept = {
        "version": _version(),
        "page": PAGE,
        "languages": LANGUAGES,
        "keys": f"{PAGE}/keys.json",
        "files": _files(),
        "patience": PATIENCE,
    }
    body = f"const KEPT = {json.dumps(kept)};\n{_static(f'{_CODE}/worker.js').decode()}"
    return Response(
        body,
        media_type="text/javascript",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": PAGE},
    )


def _reader() -> dict[str, str] | None:
    """Give where the reader of codes lies; None where it was not installed."""
    if not _exists(f"{_LIBRARY}/zxing_reader.wasm"):
        return None
    return {
        "module": f"/static/{_LIBRARY}/reader/index.js",
        "binary": f"/static/{_LIBRARY}/zxing_reader.wasm",
    }


@cache
def _files() -> list[str]:
    """Give the addresses of all that the page loads."""
    loaded = [static_url(name) for name in _SHEETS]
    folder = resources.files("gakusho.web") / "static" / _CODE
    loaded += sorted(
        f"/static/{_CODE}/{one.name}" for one in folder.iterdir() if one.name not in ("page.js", "worker.js")
    )
    if _reader():
        loaded += [
            f"/static/{_LIBRARY}/{name}" for name in ("reader/index.js", "share.js", "zxing_reader.wasm")
        ]
    return loaded


@cache
def _version() -> str:
    """Give what changes when anything the page is made of does."""
    digest = hashlib.sha256(__version__.encode())
    for address in _files():
        digest.update(_static(address.removeprefix("/static/").partition("?")[0]))
    digest.update(_static(f"{_CODE}/worker.js"))
    for name in ("base.html", "components.html", "verify/offline.html"):
        digest.update((resources.files("gakusho.web") / "templates" / name).read_bytes())
    for language in LANGUAGES:
        digest.update(json.dumps(catalog(language), sort_keys=True).encode())
    digest.update(json.dumps(FORMAT.tables()).encode())
    return digest.hexdigest()[:16]


def _static(name: str) -> bytes:
    return (resources.files("gakusho.web") / "static" / name).read_bytes()


def _exists(name: str) -> bool:
    found: Any = resources.files("gakusho.web") / "static" / name
    return bool(found.is_file())
