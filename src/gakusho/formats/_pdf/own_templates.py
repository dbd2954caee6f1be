# SPDX-License-Identifier: Apache-2.0
"""Templates of an institution's own: what they may be, and what a page set from them must hold.

They are text in memory; where one is not replaced the built-in one of that name is used. A page may ask for
no other file, package or address: ``import`` and ``include`` name a file of the set, and nothing is run that
was put together from words (``eval``) or brought along (``plugin``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import lru_cache
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
from gakusho.model.report import Outcome

MOST_FILES = 60
MAX_BYTES = 1_000_000
"""Of all files together."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(?:typ|svg)\Z")
_NOT_OURS = frozenset({"report.typ"})
"""Set for verifiers, not by an institution."""
_BRINGS_IN = re.compile(r"\b(?:import|include)\b(?!\s+\"([A-Za-z0-9_-]+\.typ)\")")
_NAMED = re.compile(r"\b(?:import|include)\s+\"([A-Za-z0-9_-]+\.typ)\"")
_RUNS = re.compile(r"\b(?:eval|plugin)\b")
_COMMENT = re.compile(r"(?m)(?<!:)//[^\n]*$")


def builtin() -> dict[str, bytes]:
    """Give the built-in templates by file name."""
    found = sorted(DIRECTORY.glob("*.typ"))
    return {file.name: file.read_bytes() for file in found if file.name not in _NOT_OURS}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Give files as one, the same bytes for the same files. Raises: InputError naming every fault."""
    if faults := unfit(files):
        raise InputError(
            f"The templates cannot be taken: {'; '.join(faults)[:2_000]}.",
            code="templates-unfit",
            facts={"got": "; ".join(faults)[:2_000]},
        )
    texts = {name: content.decode() for name, content in files.items()}
    return orjson.dumps(texts, option=orjson.OPT_SORT_KEYS)


def unpacked(data: bytes) -> dict[str, bytes]:
    """Give the files back."""
    return {str(name): str(text).encode() for name, text in orjson.loads(data).items()}


def unfit(files: Mapping[str, bytes]) -> list[str]:
    """Give every fault of files that are to be templates, each as a sentence; [] where there is none."""
    if not 0 < len(files) <= MOST_FILES:
        return [f"there are {len(files)} files, of 1 to {MOST_FILES}"]
    if sum(map(len, files.values())) > MAX_BYTES:
        return [f"they have more than {MAX_BYTES:,} bytes together"]
    known = set(files) | set(builtin())
    return [f"{name}: {fault}" for name in sorted(files) for fault in _faults(name, files[name], known)]


def _faults(name: str, content: bytes, known: set[str]) -> list[str]:
    if not _NAME.match(name) or name in _NOT_OURS:
        return ["no name of a template"]
    try:
        text = content.decode()
        if name.endswith(".svg"):
            _svg.check(content)
            return []
    except UnicodeDecodeError:
        return ["not UTF-8"]
    except GakushoError as error:
        return [str(error)]
    said = _COMMENT.sub("", text)
    found = [f'`{match[0].strip()}` without a file of the set, as in import "common.typ"' for match in
             _BRINGS_IN.finditer(said)]  # fmt: skip
    found += [f"there is no {match[1]}" for match in _NAMED.finditer(said) if match[1] not in known]
    found += [f"`{match[0]}` is not for templates" for match in _RUNS.finditer(said)]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=4)
def world(own: bytes, kind: str) -> dict[str, bytes]:
    """Give all files of a page by name, the page itself as ``main.typ``; own ones before built-in ones."""
    files = {**builtin(), **unpacked(own)}
    return {"main.typ": files[f"{kind}.typ"], **files}


def faults(page: bytes, award: Award, data: Mapping[str, Any]) -> list[str]:
    """Give what a page set from own templates lacks that the signed document must have; [] if nothing."""
    kind, language = award.document.kind, award.document.language
    try:
        with pikepdf.open(io.BytesIO(page)) as document:
            found = _structure(document)
            if contents.template_of(document) != (kind, language):
                found.append("its keywords do not name the template (document-page does)")
            names = {file.name for file in contents.attached_files(document)}
            lacking = {file["name"] for file in data["attachments"]} - names
            if lacking:
                found.append("it does not attach the credential (document-page does)")
            words = shown_text(document)
    except Exception as error:  # noqa: BLE001  # what a template makes may be anything
        return [f"it cannot be read: {str(error)[:200]}"]
    for what, value in (("address", data["link"]), ("verification code", data.get("code"))):
        if value and folded(str(value)) not in words:
            found.append(f"it does not print the {what} (verification does)")
    check = matching_check(page, award, (kind, language))
    if check.outcome is not Outcome.VALID:
        told = f"{check.facts.get('got', '')}: {check.facts.get('expected', '')}".strip(": ")
        found.append(f"it does not print what the credential says: {told or check.facts.get('reason', '')}")
    return found


def _structure(document: pikepdf.Pdf) -> list[str]:
    with document.open_metadata() as metadata:
        marks = {
            "PDF/A-3a": (str(metadata.get("pdfaid:part")), str(metadata.get("pdfaid:conformance")))
            == ("3", "A"),
            "PDF/UA-1": str(metadata.get("pdfuaid:part")) == "1",
            "a title": bool(metadata.get("dc:title")),
        }
    root = document.Root
    marks["tags"] = "/StructTreeRoot" in root and bool(
        root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False)
    )
    marks["a language"] = bool(str(root.get("/Lang", "")))
    return [f"it lacks {name}" for name, there in marks.items() if not there]


def kinds_with(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Give the kinds of document that these templates change: one by itself, or all by what they share."""
    own = {name.removesuffix(".typ") for name in files}
    return tuple(kind for kind in KINDS if kind in own) if own <= set(KINDS) else KINDS
