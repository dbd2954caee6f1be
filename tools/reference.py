# SPDX-License-Identifier: Apache-2.0
"""Writes the reference pages that are read off the code: docs/reference/errors.md and http.md.

Usage: make docs
"""

from __future__ import annotations

import ast
import re
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gakusho import errors
from gakusho.issuer.problem_sentences_en import SENTENCES as PROBLEMS
from gakusho.issuer.template_sentences import ENGLISH as OF_TEMPLATES
from gakusho.verifier import sentences
from gakusho.verifier._sentences_en import SENTENCES as CHECKS

ROOT = Path(__file__).parent.parent
_CODE = re.compile(r"""\bcode=["']([a-z0-9][a-z0-9._-]*)["']""")
_Node = ast.FunctionDef | ast.ClassDef | ast.Call  # what the codes are found by
_PATHS_OF_PEOPLE = "Pages for people"
_SECTIONS = (
    ("/api/kiosk/", "Certificate machines"),
    ("/api/", "REST API"),
    ("/vc-api/", "W3C VC-API (only with `GAKUSHO_VC_API=1`)"),
    ("/1.0/", "DID resolver"),
    ("/ims/ob/", "1EdTech Open Badges 3.0 API"),
    ("/ims/clr/", "1EdTech CLR 2.0 API"),
    ("/oauth/", "OAuth 2.0, for applications of learners"),
    ("/.well-known/oauth", "OAuth 2.0, for applications of learners"),
    ("/i/", "What an institution publishes"),
    ("/.well-known/", "What an institution publishes"),
)


def codes() -> set[str]:
    """Give every code there is: of errors, of rows' problems and of checks."""
    told = {*PROBLEMS, *OF_TEMPLATES, *sentences.CODES}
    return codes_raised() | {kind.code for kind in error_classes()} | told


def error_classes() -> Iterator[type[errors.GakushoError]]:
    """Give every class of the tree, the root first."""
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.GakushoError):
            yield value


def codes_raised() -> set[str]:
    """Give every code that stands literally in the sources: of errors, of checks and of rows' problems."""
    found = set(codes_of_errors())
    for file in sorted((ROOT / "src").rglob("*.py")):
        found |= set(_CODE.findall(file.read_text("utf-8")))
    return found


@cache
def codes_of_errors() -> dict[str, list[frozenset[str] | None]]:
    """Give every code an error is raised with in the sources, and the names of its facts at each place.

    None stands for facts that are not spelled out there. Codes that are handed to a function that makes
    the error, and those chosen by a condition, are found too.
    """
    trees = [
        [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, _Node)]
        for file in sorted((ROOT / "src").rglob("*.py"))
    ]
    kinds = {kind.__name__ for kind in error_classes()} | {
        node.name
        for tree in trees
        for node in tree
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    }
    shared = _makers(trees, kinds, private=False)
    found: dict[str, list[frozenset[str] | None]] = {}
    for code in (code for tree in trees for node in tree for code in _class_codes(node)):
        found.setdefault(code, []).append(None)
    for tree in trees:
        makers = shared | _makers([tree], kinds, private=True)
        for call in (node for node in tree if isinstance(node, ast.Call)):
            name = _called(call)
            if name in kinds:
                told = next((k.value for k in call.keywords if k.arg == "code"), None)
                facts = _fact_names(next((k.value for k in call.keywords if k.arg == "facts"), None))
            elif name in makers and len(call.args) > makers[name]:
                told, facts = call.args[makers[name]], None
            else:
                continue
            for code in _literals(told):
                found.setdefault(code, []).append(facts)
    return found


def _makers(trees: list[list[_Node]], kinds: set[str], *, private: bool) -> dict[str, int]:
    """Give the functions that make an error with the code handed to them, and at which place it stands."""
    found = {}
    for function in (node for tree in trees for node in tree if isinstance(node, ast.FunctionDef)):
        names = [argument.arg for argument in function.args.args]
        if "code" not in names or function.name.startswith("_") is not private:
            continue
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            handed = any(k.arg == "code" and isinstance(k.value, ast.Name) for k in call.keywords)
            if handed and _called(call) in kinds:
                found[function.name] = names.index("code")
    return found


def _class_codes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
        for line in node.body:
            if isinstance(line, ast.Assign) and any(getattr(t, "id", "") == "code" for t in line.targets):
                yield from _literals(line.value)


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literals(value: ast.expr | None) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _literals(value.body)
        yield from _literals(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def _fact_names(facts: ast.expr | None) -> frozenset[str] | None:
    if facts is None:
        return frozenset()
    if isinstance(facts, ast.Dict) and all(isinstance(key, ast.Constant) for key in facts.keys):
        return frozenset(str(key.value) for key in facts.keys if isinstance(key, ast.Constant))
    return None


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
        "Both speak the language asked for; where the Japanese sentence leaves out a reason that is there in",
        "English only, `reason` has it. `title` names the class of the error and never changes.",
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
    others = sorted(codes_raised() - own - set(PROBLEMS) - set(OF_TEMPLATES) - checks)
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
    lines += ["", "## Problems of page templates", ""]
    lines += ["What a trial finds, with file, line and column where there are any.", ""]
    lines += ["| code | says | how to mend it |", "| --- | --- | --- |"]
    for code, (says, mend) in OF_TEMPLATES.items():
        lines.append(f"| `{code}` | {_cell(says)} | {_cell(mend)} |")
    lines += ["", "## Checks of a verification", ""]
    lines += ["| code | valid | invalid | unknown |", "| --- | --- | --- | --- |"]
    for code in sorted(checks):
        cells = [_cell(CHECKS.get(f"{code}.{outcome}", "–")) for outcome in ("valid", "invalid", "unknown")]
        lines.append(f"| `{code}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


@cache
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
