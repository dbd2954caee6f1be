# SPDX-License-Identifier: Apache-2.0
"""The standards bodies' JSON-LD contexts that lie in ``_documents/``, by address."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from gakusho.proof import json
from gakusho.proof.contexts import Contexts


@cache
def manifest() -> tuple[dict[str, Any], ...]:
    """Give the entries of the manifest: url, file, sha256, bytes, license, source; newest first by url."""
    return tuple(json.loads(_read("MANIFEST.json"))["documents"])


def document(url: str) -> bytes:
    """Give the newest pinned bytes of an address. Raises: KeyError."""
    return _by_url()[url][0]


def contents(url: str) -> tuple[bytes, ...]:
    """Give every content the address is known to have had, newest first; none for an unknown address."""
    return _by_url().get(url, ())


@cache
def _by_url() -> dict[str, tuple[bytes, ...]]:
    """Give all contents there are: what is remembered must not be keyed by the addresses strangers name."""
    found: dict[str, tuple[bytes, ...]] = {}
    for entry in manifest():
        found[entry["url"]] = (*found.get(entry["url"], ()), _read(entry["file"]))
    return found


@cache
def contexts() -> Contexts:
    """Give all pinned contexts, each with its newest content, compiled as they are used."""
    return Contexts({entry["url"]: document(entry["url"]) for entry in manifest()})


def _read(name: str) -> bytes:
    return (resources.files("gakusho.formats") / "_documents" / name).read_bytes()
