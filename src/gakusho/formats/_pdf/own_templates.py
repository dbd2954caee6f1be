# SPDX-License-Identifier: Apache-2.0
"""Templates of an institution's own: what they may be, and what a page set from them must hold.

They are text in memory; where one is not replaced the built-in one of that name is used. A page may ask for
no other file, package or address: ``import`` and ``include`` name a file of the set, and nothing is run that
was put together from words (``eval``) or brought along (``plugin``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import orjson
import pikepdf

from gakusho.errors import GakushoError, InputError
from gakusho.formats import _svg
from gakusho.formats._pdf import contents
from gakusho.formats._pdf.printed import matching_check
from gakusho.formats._pdf.templates import DIRECTORY, KINDS
from gakusho.formats._pdf.text import folded, shown_text
from gakusho.model.award import Award
from gakusho.model.problem import Problem, Severity
from gakusho.model.report import Outcome

MOST_FILES = 60
MAX_BYTES = 1_000_000
"""Of all files together."""
MAX_PAGE = 4_000_000
"""Bytes of one document: each award keeps its own."""
MOST_FAULTS = 20
"""Of one file, or of one page."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(?:typ|svg)\Z")
_NOT_OURS = frozenset({"report.typ"})
"""Set for verifiers, not by an institution."""
_BRINGS_IN = re.compile(r"\b(?:import|include)\b(?!\s+\"([A-Za-z0-9_-]+\.typ)\")")
_NAMED = re.compile(r"\b(?:import|include)\s+\"([A-Za-z0-9_-]+\.typ)\"")
_RUNS = re.compile(r"\b(?:eval|plugin)\b")
_AT = re.compile(r"┌─ (.{1,400}):(\d{1,7}):(\d{1,7})\s*$")
"""Where typst found it; it counts lines from 1 and columns from 0."""
_HINT = re.compile(r"\s*= hint: (.{1,400})")
_MISSING = re.compile(r"`(.{1,40}?)` could not be displayed with font")
_SEARCHED = re.compile(r" \(searched at [^)]{0,400}\)")
"""Where on this machine, which is nobody's concern."""
_PRINTED_AS = {
    "learner.name": "data.name",
    "achievement.name": "data.achievement",
    "issuer.name": "data.institution",
    "awarded_on": "data.awarded",
    "issue_number": "data.issue_number",
    "results": "data.results",
    "addressee": "data.addressee",
    "purpose": "data.purpose",
}
"""What a template calls what the verifier compares."""
_COMMENT = re.compile(r"(?m)(?<!:)//[^\n]*$")


def builtin() -> dict[str, bytes]:
    """Give the built-in templates by file name."""
    found = sorted(DIRECTORY.glob("*.typ"))
    return {file.name: file.read_bytes() for file in found if file.name not in _NOT_OURS}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Give files as one, the same bytes for the same files. Raises: InputError naming every fault."""
    if found := unfit(files):
        told = "; ".join(
            f"{each.file}:{each.row or 1}: {each.code} {dict(each.facts).get('got', '')}" for each in found
        )
        raise InputError(
            f"The templates cannot be taken: {told[:2_000]}.",
            code="templates-unfit",
            facts={"got": told[:2_000]},
        )
    texts = {name: content.decode() for name, content in files.items()}
    return orjson.dumps(texts, option=orjson.OPT_SORT_KEYS)


def unpacked(data: bytes) -> dict[str, bytes]:
    """Give the files back."""
    return {str(name): str(text).encode() for name, text in orjson.loads(data).items()}


def unfit(files: Mapping[str, bytes]) -> list[Problem]:
    """Give every fault of files that are to be templates: file, line, column; [] where there is none."""
    if not 0 < len(files) <= MOST_FILES:
        return [_fault("template.count", got=str(len(files)), expected=f"1–{MOST_FILES}")]
    if (total := sum(map(len, files.values()))) > MAX_BYTES:
        return [_fault("template.total", got=f"{total:,}", expected=f"{MAX_BYTES:,}")]
    known = set(files) | set(builtin())
    return [fault for name in sorted(files) for fault in _faults(name, files[name], known)]


def _faults(name: str, content: bytes, known: set[str]) -> list[Problem]:
    if not _NAME.match(name) or name in _NOT_OURS:
        return [_fault("template.name", name[:100])]
    try:
        text = content.decode()
        if name.endswith(".svg"):
            _svg.check(content)
            return []
    except UnicodeDecodeError:
        return [_fault("template.encoding", name)]
    except GakushoError as error:
        return [_fault("template.drawing", name, got=str(error)[:300])]
    # as long as it was, so that a place in it is a place in the file
    said = _COMMENT.sub(lambda comment: " " * len(comment[0]), text)
    found = [(match, "template.import") for match in _BRINGS_IN.finditer(said)]
    found += [(match, "template.no-file") for match in _NAMED.finditer(said) if match[1] not in known]
    found += [(match, "template.runs") for match in _RUNS.finditer(said)]
    return [
        _fault(code, name, _place(said, match.start()), got=match[match.lastindex or 0].strip()[:100])
        for match, code in sorted(found, key=lambda one: one[0].start())[:MOST_FAULTS]
    ]


def _place(text: str, at: int) -> tuple[int, int]:
    """Give line and column, both from 1, as an editor counts them."""
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _fault(code: str, file: str | None = None, place: tuple[int, int] | None = None, **facts: str) -> Problem:
    line, column = place or (None, None)
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=file,
        row=line,
        column=str(column) if column else None,
        facts=tuple(facts.items()),
    )


def set_fault(diagnostic: str, own: Collection[str]) -> list[Problem]:
    """Give what typst says of a page that cannot be set, each with its place.

    The place is in a file of the institution's own (``own``), where one led to it.
    """
    found = []
    for told in re.split(r"(?m)^error: ", diagnostic)[1 : MOST_FAULTS + 1]:
        message, *rest = told.split("\n")
        places = [
            (PurePosixPath(place[1]).name, int(place[2]), int(place[3]) + 1)
            for place in map(_AT.search, rest)
            if place
        ]
        file, line, column = next((place for place in places if place[0] in own), (places or [("", 0, 0)])[0])
        glyph = _MISSING.search(message)
        found.append(
            _fault(
                "template.glyph" if glyph else "template.set",
                file or None,
                (line, column) if line else None,
                got=glyph[1].strip('"') if glyph else _SEARCHED.sub("", message)[:300],
                hint=" ".join(hint[1] for hint in map(_HINT.match, rest) if hint)[:300],
            )
        )
    return found or [_fault("template.set", got=diagnostic[:300], hint="")]


@lru_cache(maxsize=4)
def world(own: bytes, kind: str) -> dict[str, bytes]:
    """Give all files of a page by name, the page itself as ``main.typ``; own ones before built-in ones."""
    files = {**builtin(), **unpacked(own)}
    return {"main.typ": files[f"{kind}.typ"], **files}


def faults(page: bytes, award: Award, data: Mapping[str, Any]) -> list[Problem]:
    """Give what a page set from own templates lacks that the signed document must have; [] if nothing."""
    kind, language = award.document.kind, award.document.language
    found = []
    if len(page) > MAX_PAGE:
        return [_fault("template.page-size", got=f"{len(page):,}", expected=f"{MAX_PAGE:,}")]
    try:
        with pikepdf.open(io.BytesIO(page)) as document:
            found += [_fault("template.lacks", got=name) for name in _structure(document)]
            held = award.document.orientation
            if held and held != _held(document):
                found.append(_fault("template.orientation", got=_held(document), expected=held))
            if contents.template_of(document) != (kind, language):
                found.append(_fault("template.keywords"))
            names = {file.name for file in contents.attached_files(document)}
            if {file["name"] for file in data["attachments"]} - names:
                found.append(_fault("template.attachment"))
            words = shown_text(document)
    except Exception as error:  # noqa: BLE001  # what a template makes may be anything
        return [_fault("template.unreadable", got=str(error)[:200])]
    for code, value in (("template.address", data["link"]), ("template.code", data.get("code"))):
        if value and folded(str(value)) not in words:
            found.append(_fault(code, got=str(value)))
    check = matching_check(page, award, (kind, language))
    if check.outcome is not Outcome.VALID:
        absent = str(check.facts.get("got") or check.facts.get("reason", "")).split(", ")
        found += [_fault("template.says", got=_PRINTED_AS.get(where, where)) for where in absent]
    return found


def _held(document: pikepdf.Pdf) -> str:
    left, low, right, high = (float(edge) for edge in document.pages[0].mediabox)
    return "landscape" if right - left > high - low else "portrait"


def _structure(document: pikepdf.Pdf) -> list[str]:
    with document.open_metadata() as metadata:
        marks = {
            "PDF/A-3a": (str(metadata.get("pdfaid:part")), str(metadata.get("pdfaid:conformance")))
            == ("3", "A"),
            "PDF/UA-1": str(metadata.get("pdfuaid:part")) == "1",
            "/Title": bool(metadata.get("dc:title")),
        }
    root = document.Root
    marks["/StructTreeRoot"] = "/StructTreeRoot" in root and bool(
        root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False)
    )
    marks["/Lang"] = bool(str(root.get("/Lang", "")))
    return [name for name, there in marks.items() if not there]


def kinds_with(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Give the kinds of document that these templates change: one by itself, or all by what they share."""
    own = {name.removesuffix(".typ") for name in files}
    return tuple(kind for kind in KINDS if kind in own) if own <= set(KINDS) else KINDS
