# SPDX-License-Identifier: Apache-2.0
"""The standards bodies' JSON Schemas that lie here, by address."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from gakusho.proof import json


@cache
def manifest() -> tuple[dict[str, Any], ...]:
    """Give the entries of the manifest: url, file, sha256, bytes, license, source."""
    file = resources.files(__package__) / "MANIFEST.json"
    return tuple(json.loads(file.read_bytes())["schemas"]) if file.is_file() else ()


@cache
def _schemas() -> dict[str, dict[str, Any]]:
    return {
        entry["url"]: json.loads((resources.files(__package__) / entry["file"]).read_bytes())
        for entry in manifest()
    }


def schema(url: str) -> dict[str, Any] | None:
    """Give the schema that is published at the address, or None where it does not lie here."""
    return _schemas().get(url)
