# SPDX-License-Identifier: Apache-2.0
"""Writes the reference pages that are read off the code: docs/reference/errors.md and http.md.

Usage: make docs
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gakusho import errors
from gakusho.issuer.problem_sentences_en import SENTENCES as PROBLEMS
from gakusho.verifier import sentences
from gakusho.verifier._sentences_en import SENTENCES as CHECKS

ROOT = Path(__file__).parent.parent
_CODE = re.compile(r"""\bcode=["']([a-z0-9][a-z0-9._-]*)["']""")
_PATHS_OF_PEOPLE = "Pages for people"
_SECTIONS = (
    ("/api/", "REST API"),
    ("/vc-api/", "W3C VC-API (only with `GAKUSHO_VC_API=1`)"),
    ("/i/", "What an institution publishes"),
    ("/.well-known/", "What an institution publishes"),
)


def codes() -> set[str]:
    """Give every code there is: of errors, of rows' problems and of checks."""
    return codes_raised() | {kind.code for kind in error_classes()} | set(PROBLEMS) | set(sentences.CODES)


def error_classes() -> Iterator[type[errors.GakushoError]]:
    """Give every class of the tree, the root first."""
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.GakushoError):
            yield value


def codes_raised() -> set[str]:
    """Give every code that stands literally in the sources: of errors, of checks and of rows' problems."""
    found: set[str] = set()
    for file in sorted((ROOT / "src").rglob("*.py")):
        found |= set(_CODE.findall(file.read_text("utf-8")))
    return found


def errors_page() -> str:
    """Give docs/reference/errors.md."""
    lines = [
        "# Errors, problems and checks",
        "",
        "Written from the code by `make docs`. The codes are stable; sentences may be bettered.",
        "",
        "## Errors",
        "",
        "A command prints the sentence and what to do; with `--json` an object with `code`, `message`,",
        "`action` and `facts`. HTTP answers with problem+json (RFC 9457) with the same `code` and `action`.",
        "",
        "| code | class | means | what to do |",
        "| --- | --- | --- | --- |",
    ]
    own = set()
    for kind in error_classes():
        own.add(kind.code)
        means = (kind.__doc__ or "").split("\n\n")[0].replace("\n", " ").strip()
        lines.append(f"| `{kind.code}` | {kind.__name__} | {means} | {kind.action.replace('|', '/')} |")
    checks = set(sentences.CODES)
    others = sorted(codes_raised() - own - set(PROBLEMS) - checks)
    lines += ["", "More precise codes of these, each with its own sentence:", ""]
    lines += [", ".join(f"`{code}`" for code in others) + ".", ""]
    lines += [
        "## Problems of a row",
        "",
        "What a dry run finds; `error` stops the batch, `warning` does not.",
        "",
        "| code | says | how to mend it |",
        "| --- | --- | --- |",
    ]
    for code, (says, mend) in PROBLEMS.items():
        lines.append(f"| `{code}` | {_cell(says)} | {_cell(mend)} |")
    lines += ["", "## Checks of a verification", ""]
    lines += ["| code | valid | invalid | unknown |", "| --- | --- | --- | --- |"]
    for code in sorted(checks):
        cells = [_cell(CHECKS.get(f"{code}.{outcome}", "–")) for outcome in ("valid", "invalid", "unknown")]
        lines.append(f"| `{code}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def routes() -> list[tuple[str, str, str]]:
    """Give every route of the server: methods, path and what it gives."""
    from gakusho.settings import Settings
    from gakusho.web.app import build

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = Settings(
            data=place,
            database=f"sqlite:///{place / 'x.sqlite'}",
            files=(place / "files").as_uri(),
            secret=bytes(32),
            public_url="http://localhost:8000",
            vc_api=True,
        )
        return sorted(set(_walk(build(settings).routes)), key=lambda each: (each[1], each[0]))


def _walk(items: list[Any]) -> Iterator[tuple[str, str, str]]:
    for item in items:
        if effective := getattr(
            item, "effective_route_contexts", None
        ):  # an included router, prefixes applied
            yield from _walk(list(effective()))
            continue
        route = getattr(item, "starlette_route", None) or item
        methods = ", ".join(sorted(set(getattr(route, "methods", None) or ()) - {"HEAD"}))
        endpoint = getattr(route, "endpoint", None)
        if methods and endpoint is not None:
            # FastAPI's own routes (the OpenAPI document) say nothing of themselves
            says = (endpoint.__doc__ or "The OpenAPI document.").strip().split("\n")[0]
            yield methods, route.path, says


def http_page() -> str:
    """Give docs/reference/http.md."""
    sections: dict[str, list[str]] = {}
    for methods, path, says in routes():
        title = next((title for start, title in _SECTIONS if path.startswith(start)), _PATHS_OF_PEOPLE)
        sections.setdefault(title, []).append(f"| {methods} | `{path}` | {_cell(says)} |")
    introduction = (ROOT / "docs" / "reference" / "_http.md").read_text("utf-8")
    lines = [introduction.rstrip(), ""]
    for title in (*dict.fromkeys(title for _, title in _SECTIONS), _PATHS_OF_PEOPLE):
        if rows := sections.get(title):
            lines += [f"## {title}", "", "| method | path | |", "| --- | --- | --- |", *rows, ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|").replace("<", "&lt;")


def main() -> int:
    """Write the pages."""
    folder = ROOT / "docs" / "reference"
    (folder / "errors.md").write_text(errors_page(), "utf-8")
    (folder / "http.md").write_text(http_page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
