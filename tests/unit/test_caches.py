# SPDX-License-Identifier: Apache-2.0
"""No memory of what strangers send grows without bound: every cache there is has one, and keeps to it."""

from __future__ import annotations

import ast
import functools
import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fakes.university import NOW, University

import gakusho
from gakusho.fetch import MemoryFetcher
from gakusho.formats import _contexts
from gakusho.model.report import Outcome
from gakusho.verifier.newest import NewestLists
from gakusho.verifier.verify import verify

ROOT = Path(gakusho.__file__).parent
AT_MOST = 100_000

# `cache` keeps everything. These are asked for by what lies in this source alone: a file of it, a package of
# it, one of the languages there are.
KEPT = {
    "formats/_data_schema.py": {"_validator(url)"},
    "formats/_pdf/glyphs.py": {"_coverage(path)"},
    "issuer/letters/__init__.py": {"_template(kind, language)"},
    "plugins.py": {"_modules(package)"},
    "web/pages.py": {"static_url(path)"},
    "web/words.py": {"catalog(language)"},
}


def sources() -> Iterator[tuple[str, ast.AST]]:
    for file in sorted(ROOT.rglob("*.py")):
        text = file.read_text("utf-8")
        if "cache" in text:
            for node in ast.walk(ast.parse(text)):
                yield str(file.relative_to(ROOT)), node


def test_what_is_kept_for_ever_is_asked_for_by_nothing_from_outside() -> None:
    found: dict[str, set[str]] = {}
    for file, node in sources():
        if isinstance(node, ast.FunctionDef):
            marks = {ast.unparse(mark) for mark in node.decorator_list}
            taken = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
            if taken and marks & {"cache", "functools.cache", "lru_cache(maxsize=None)"}:
                found.setdefault(file, set()).add(f"{node.name}({', '.join(taken)})")
    strange = {file: names - KEPT.get(file, set()) for file, names in found.items()}
    assert {file: names for file, names in strange.items() if names} == {}


def test_every_other_cache_has_its_bound_spelled_out() -> None:
    for file, node in sources():
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"lru_cache", "functools.lru_cache"}:
            size = {one.arg: one.value for one in node.keywords}.get("maxsize")
            assert isinstance(size, (ast.Constant, ast.Name)), f"{file}:{node.lineno}"
            if isinstance(size, ast.Constant):
                assert isinstance(size.value, int), f"{file}:{node.lineno}"
                assert size.value <= AT_MOST, f"{file}:{node.lineno}"
        if isinstance(node, ast.FunctionDef):
            assert "lru_cache" not in {ast.unparse(mark) for mark in node.decorator_list}, file


def remembering() -> dict[str, functools._lru_cache_wrapper[Any]]:
    gc.unfreeze()  # what was there before the first test is not among the collector's objects
    return {
        f"{one.__module__}.{one.__qualname__}": one
        for one in gc.get_objects()
        if isinstance(one, functools._lru_cache_wrapper) and str(one.__module__).startswith("gakusho.")
    }


UNIVERSITY = University()
BADGE = json.loads(UNIVERSITY.sealed())
FETCHER = MemoryFetcher(UNIVERSITY.documents, now=lambda: NOW, source="documents")
NEWEST = NewestLists(most=50)


def strange(number: int) -> None:
    """Verify what nobody has ever sent: new names, types, addresses, keys, shapes."""
    did = f"did:key:z6Mk{number:044}"
    document = {
        **BADGE,
        "id": f"urn:a:{number}",
        "@context": [*BADGE["@context"], {f"w{number}": f"https://x{number}.example/w"}],
        "type": [*BADGE["type"], f"https://x{number}.example/Type"],
        f"w{number}": "x",
        f"undefined{number}": "x",
        "relatedResource": [{"id": f"https://x{number}.example/r", "digestSRI": "sha256-" + "A" * 43 + "="}],
        "credentialSchema": {"id": f"https://x{number}.example/s", "type": "JsonSchema"},
        "proof": {**BADGE["proof"], "verificationMethod": f"{did}#z{number}"},
    }
    if number % 2:
        del document[f"undefined{number}"]
    for data in (json.dumps(document).encode(), University.by_key(number.to_bytes(32, "big")).sealed()):
        verify(data, now=NOW, fetcher=FETCHER, newest=NEWEST)


def test_nothing_grows_with_the_number_of_strange_documents() -> None:
    for number in range(15):
        strange(number)
    before = {name: one.cache_info() for name, one in remembering().items()}
    assert len(before) > 10
    for number in range(15, 40):
        strange(number)
    for name, one in remembering().items():
        info = one.cache_info()
        if info.maxsize is None:
            assert info.currsize == before.get(name, info).currsize, f"{name} grows"
        else:
            assert info.currsize <= info.maxsize


def test_what_contexts_keep_is_bounded() -> None:
    pinned = _contexts.contexts()
    for number in range(5):
        strange(number)

    def kept() -> int:
        sizes = [len(one) for one in vars(pinned).values() if isinstance(one, (dict, list, set))]
        return sum(sizes)

    before = kept()
    for number in range(200, 220):
        strange(number)
    assert kept() <= before + 20 * 2, "what is remembered of shapes grows with the documents"
    assert UNIVERSITY.verify(json.dumps(BADGE).encode()).outcome is Outcome.VALID
