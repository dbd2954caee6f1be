# SPDX-License-Identifier: Apache-2.0
"""Pages that are not our own are set by a process that can be stopped and that sees one folder only."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from gakusho.errors import InputError
from gakusho.issuer._codec import award_to_json, problems_from_json
from gakusho.issuer._typst_aside import PAGE
from gakusho.model.award import Award
from gakusho.model.problem import Problem

SECONDS = 60
"""Of computing, for all pages together."""
_PATIENCE = 4
"""How many times as long is waited: a machine that does much else lets a process compute now and then."""
TRIAL_SECONDS = 120
"""For a trial: up to ninety pages on a server that does much else."""
_KEPT = frozenset({"PATH", "PYTHONPATH", "LD_LIBRARY_PATH"})
_NOWHERE = "http://127.0.0.1:9"
_PAPER = """#set page(width: auto, height: auto, margin: 0pt)
#let data = json(bytes(sys.inputs.data))
#image("paper.pdf", page: data.page)
"""
_FITTED = """#set page(width: auto, height: auto, margin: 0pt)
#let page = json(bytes(sys.inputs.data)).page
#let whole = image("paper.pdf", page: page)
#context {
  let size = measure(whole)
  let smaller = calc.min(595pt / size.width, 842pt / size.height)
  image("paper.pdf", page: page, width: size.width * smaller, height: size.height * smaller)
}
"""
"""No larger than A4, however large the page says it is: a picture is bounded before it is drawn."""
MEMORY = 3 * 1024**3


def set_all_aside(
    files: Mapping[str, bytes],
    pages: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    at: datetime | None = None,
    picture: float | None = None,
    seconds: int = SECONDS,
    memory: int = MEMORY,
) -> list[bytes | str]:
    """Give each page set from its file and data: a PDF dated ``at``, or a picture in dots an inch.

    In the place of one that cannot be set stands the reason. Only these files can be read, no package, no
    address, no system font. Raises: InputError (``template-page``) because it took too long or was stopped.
    """
    asked = {"at": at.isoformat() if at else None, "picture": picture, "seconds": seconds, "memory": memory}
    answered = _in_one_folder(files, pages, asked)
    if len(answered) != len(pages):
        raise _not_set("it was stopped")
    return [content if kind == PAGE else content.decode("utf-8", "replace") for kind, content in answered]


def try_aside(
    files: Mapping[str, bytes],
    pages: Sequence[tuple[str, Mapping[str, Any]]],
    awards: Sequence[Award],
    *,
    own: Collection[str],
    pictured: Collection[int] = (),
    pixels_per_inch: float = 50,
) -> list[tuple[tuple[Problem, ...], bytes]]:
    """Give what each page lacks that the document of its award must have, and a picture if ``pictured``.

    Setting, looking and drawing are all done in the process: what templates make comes from outside.
    ``own`` names the files that are the institution's. Raises: InputError (``template-page``) as above.
    """
    bare = [replace(each, document=replace(each.document, templates=None)) for each in awards]
    asked: dict[str, Any] = {
        "at": awards[0].valid_from.isoformat(),
        "awards": [award_to_json(each) for each in bare],
        "own": sorted(own),
        "picture": pixels_per_inch,
        "pictured": sorted(pictured),
        "seconds": TRIAL_SECONDS,
        "memory": MEMORY,
    }
    answered = _in_one_folder(files, pages, asked)
    if len(answered) != len(pages) + len(asked["pictured"]):
        raise _not_set("it was stopped")
    answers = iter(answered)
    found = []
    for number in range(len(pages)):
        problems = problems_from_json(json.loads(next(answers)[1]))
        found.append((problems, next(answers)[1] if number in pictured else b""))
    return found


def _in_one_folder(
    files: Mapping[str, bytes], pages: Sequence[tuple[str, Mapping[str, Any]]], asked: Mapping[str, Any]
) -> list[tuple[bytes, bytes]]:
    with tempfile.TemporaryDirectory(prefix="gakusho-page-") as folder:
        root = Path(folder).resolve()
        for name, content in files.items():
            (root / name).write_bytes(content)
        told = {**asked, "root": str(root), "pages": [(main, dict(data)) for main, data in pages]}
        return _answered(json.dumps(told).encode(), int(asked["seconds"]), some=bool(asked.get("some")))


def paper_picture(paper: bytes, page: int, *, pixels_per_inch: float = 60) -> bytes:
    """Give a page (from 1) of the institution's own PDF as PNG. Raises: InputError (``template-page``)."""
    files = {"paper.pdf": paper, "main.typ": _PAPER.encode()}
    [made] = set_all_aside(files, [("main.typ", {"page": page})], picture=pixels_per_inch)
    if isinstance(made, str):
        raise _not_set(made)
    return made


def stranger_pictures(
    paper: bytes, pages: Sequence[int], *, seconds: int, memory: int, pixels_per_inch: float = 96
) -> dict[int, bytes]:
    """Give pages (from 1) of a PDF from anywhere as PNG, each fitted into A4.

    Those are left out that cannot be drawn, or not within ``seconds`` and ``memory`` bytes for all of them.
    """
    files = {"paper.pdf": paper, "main.typ": _FITTED.encode()}
    asked = {"at": None, "picture": pixels_per_inch, "seconds": seconds, "memory": memory, "some": True}
    made = _in_one_folder(files, [("main.typ", {"page": page}) for page in pages], asked)
    return {page: drawn for page, (kind, drawn) in zip(pages, made, strict=False) if kind == PAGE}


def _answered(asked: bytes, seconds: int, *, some: bool) -> list[tuple[bytes, bytes]]:
    """Give what the process gave before it ended; ``some``: also where it had to be stopped."""
    away = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"), _NOWHERE)
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    try:
        done = subprocess.run(  # our own module
            [sys.executable, "-m", "gakusho.issuer._typst_aside"],
            input=asked,
            capture_output=True,
            env={**kept, **away},
            timeout=seconds * _PATIENCE,
            check=False,
        )
        data = done.stdout
    except subprocess.TimeoutExpired as stopped:
        if not some:
            raise _not_set(f"it took longer than {seconds} seconds") from None
        data = stopped.output or b""
    found: list[tuple[bytes, bytes]] = []
    place = 0
    while place + 9 <= len(data):
        kind, (length,) = data[place : place + 1], struct.unpack_from(">Q", data, place + 1)
        content = data[place + 9 : place + 9 + length]
        if len(content) < length:
            break
        found.append((kind, content))
        place += 9 + length
    return found


def _not_set(reason: str) -> InputError:
    return InputError(
        f"The page cannot be set: {reason[:500]}.", code="template-page", facts={"got": reason[:500]}
    )
