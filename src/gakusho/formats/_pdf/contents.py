# SPDX-License-Identifier: Apache-2.0
"""What lies inside a document: attached files, active content, its template's name.

Read with bounds: a stream is decoded only up to a limit, and nothing is repaired.
"""

from __future__ import annotations

import io
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from gakusho.errors import LimitError, UnreadableError
from gakusho.formats._pdf.page import KEYWORD

MAX_OBJECTS = 200_000
MAX_ATTACHMENTS = 16
MAX_ATTACHMENT_BYTES = 5_000_000
_STREAM = re.compile(r"stream <[^>]*>,? ?")
_SIZE = re.compile(
    r"reported number of objects \((\d+)\) is not one plus the highest object number \((\d+)\)$"
)
_MAX_NODES = 2_000_000
_MAX_RAW_BYTES = 50_000_000
_MAX_UNPACKED = 64_000_000

# for the whole process, before any PDF is opened: an object stream may not unpack to gigabytes
pikepdf.settings.set_qpdf_limits(flate_max_memory=_MAX_UNPACKED, parser_max_container_size=1_000_000)

_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/Rendition",
        "/RichMediaExecute",
        "/GoToE",
        "/GoToR",
        "/SetOCGState",
        "/Hide",
        "/Movie",
        "/Sound",
    }
)
_SUSPECT = re.compile(
    # all of it begins with the slash, which is what is looked for first
    rb"/(?:(?:JS|AA|JavaScript|Launch|SubmitForm|ImportData|Rendition|RichMedia|RichMediaExecute|GoToE|GoToR"
    rb"|SetOCGState|Hide|Movie|Sound|3D|Screen)(?![A-Za-z0-9])"
    rb"|FT (?!/Sig )|F (?=.* stream\Z)|(?<!/S /)URI (?!\()|URI \(\s*[jJ\\])",
    re.DOTALL,
)
"""What may be active, in an object as it is written: only where this is found it is looked at closely."""
Parts = list[tuple[Any, bytes]]
"""All objects of a document, each as it would be written."""
_MEDIA = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})


@dataclass(frozen=True, kw_only=True)
class AttachedFile:
    """A file inside a document."""

    name: str
    media_type: str
    relationship: str
    data: bytes


def open_document(data: bytes) -> pikepdf.Pdf:
    """Give the document as it is, unrepaired. Raises: UnreadableError, LimitError."""
    document, damaged = opened(data)
    if damaged:
        raise UnreadableError(f"The PDF is damaged: {damaged}")
    return document


def opened(data: bytes) -> tuple[pikepdf.Pdf, str]:
    """Give the document as it is, and what is damaged in it. Raises: UnreadableError, LimitError."""
    if len(data) > _MAX_RAW_BYTES:
        raise LimitError(
            f"The PDF has {len(data):,} bytes; at most {_MAX_RAW_BYTES:,} are read.",
            facts={"got": len(data), "expected": _MAX_RAW_BYTES},
        )
    try:
        document = _open(data)
        objects = len(document.objects)
    except Exception as error:
        said = _STREAM.sub("", str(error))[:200]
        raise UnreadableError(f"The PDF cannot be read: {said}") from error
    if objects > MAX_OBJECTS:
        raise LimitError(
            f"The PDF has {objects:,} objects; at most {MAX_OBJECTS:,} are read.",
            facts={"got": objects, "expected": MAX_OBJECTS},
        )
    return document, damage(document)


def seen(data: bytes) -> pikepdf.Pdf:
    """Give a document anew that was opened before and found whole. Raises: UnreadableError."""
    try:
        return _open(data)
    except Exception as error:
        raise UnreadableError(f"The PDF cannot be read: {str(error)[:200]}") from error


def _open(data: bytes) -> pikepdf.Pdf:
    """Open bytes as a file that is nowhere but in memory, which the parser maps.

    Of a stream it asks for each few bytes anew, through the interpreter: that takes longer than parsing them.
    """
    try:
        with os.fdopen(os.memfd_create("pdf"), "w+b", buffering=0) as file:
            if file.write(data) == len(data):
                return pikepdf.open(file, attempt_recovery=False, access_mode=pikepdf.AccessMode.mmap_only)
    except (AttributeError, OSError, ValueError):
        pass  # another system, or too much is open: read as a stream
    return pikepdf.open(io.BytesIO(data), attempt_recovery=False)


def damage(document: pikepdf.Pdf) -> str:
    """Give what was found damaged in a document since this was last asked; nothing when it is whole.

    What this parser passes over, another one may show.
    """
    said = (str(warning) for warning in document.get_warnings())
    return next((_STREAM.sub("", one)[:200] for one in said if not _harmless(one)), "")


def _harmless(warning: str) -> bool:
    """Tell whether it only says that ``/Size`` leaves room for objects that are not there."""
    found = _SIZE.search(warning)
    return found is not None and int(found.group(1)) > int(found.group(2)) + 1


def decoded(stream: Any, *, limit: int) -> bytes:
    """Give a stream's bytes, uncompressed or Flate only.

    Raises:
        LimitError: more than ``limit`` bytes.
        UnreadableError: another filter, or broken data.
    """
    raw = bytes(stream.read_raw_bytes())
    filters = stream.get("/Filter")
    names = [] if filters is None else [str(f) for f in filters] if _is_array(filters) else [str(filters)]
    if names == ["/FlateDecode"] and "/DecodeParms" not in stream:
        unpacker = zlib.decompressobj()
        try:
            raw = unpacker.decompress(raw, limit + 1)
        except zlib.error as error:
            raise UnreadableError("A stream of the PDF cannot be unpacked.") from error
    elif names:
        raise UnreadableError(f"A stream of the PDF is packed in a way that is not read: {', '.join(names)}.")
    if len(raw) > limit:
        raise LimitError(f"A stream of the PDF has more than {limit:,} bytes.", facts={"expected": limit})
    return raw


def all_written(document: pikepdf.Pdf) -> Parts:
    """Give each object, and how it would be written: names and strings in one form whatever they had."""
    return [(thing, _written(thing)) for thing in document.objects]


def attached_files(document: pikepdf.Pdf, parts: Parts | None = None) -> list[AttachedFile]:
    """Give the files inside, those of the catalog's ``/AF`` first, also those that a page or a note has.

    ``parts`` is what ``all_written`` gives, where it is known. Raises: LimitError, UnreadableError.
    """
    specifications: dict[tuple[int, int], Any] = {}
    for specification in _specifications(document, all_written(document) if parts is None else parts):
        # those that stand in another object have no number of their own
        key = specification.objgen if specification.is_indirect else (0, len(specifications))
        specifications.setdefault(key, specification)
        if len(specifications) > MAX_ATTACHMENTS:
            raise LimitError(f"The PDF has more than {MAX_ATTACHMENTS} files inside.")
    return [_attached(specification) for specification in specifications.values()]


def _specifications(document: pikepdf.Pdf, parts: Parts) -> Iterator[Any]:
    """Give all that says of a file where it is inside. ISO 32000-2, sections 7.11.4, 12.5.6.15 and 14.13."""
    yield from document.Root.get("/AF", ())
    names = document.Root.get("/Names", pikepdf.Dictionary()).get("/EmbeddedFiles")
    if names is not None:
        yield from pikepdf.NameTree(names).values()
    for thing, written in parts:
        if b"/EF " in written:
            yield from _in(thing)


def _in(thing: Any) -> Iterator[Any]:
    if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    if _is_specification(thing):
        yield thing
    for name in ("/AF", "/FS"):
        held: Any = thing.get(name)
        # those with a number of their own are met by themselves
        parts = [one for one in (held if _is_array(held) else [held]) if _is_direct_container(one)]
        yield from (one for one in parts if _is_specification(one))


def _is_specification(thing: Any) -> bool:
    """Tell whether a dictionary has a file: others may have something of that name, too."""
    held = thing.get("/EF") if isinstance(thing, pikepdf.Dictionary) else None
    return isinstance(held, pikepdf.Dictionary) and all(
        isinstance(one, pikepdf.Stream) for one in held.values()
    )


def _attached(specification: Any) -> AttachedFile:
    streams = list(specification["/EF"].values())
    held = [decoded(stream, limit=MAX_ATTACHMENT_BYTES) for stream in _different(streams)]
    if len(set(held)) > 1:
        # one name for several programs' files, of which each shows another (ISO 32000-2, table 44)
        raise UnreadableError("A file inside the PDF is another one for each program.")
    return AttachedFile(
        name=str(specification.get("/UF", specification.get("/F", ""))),
        media_type=str(streams[0].get("/Subtype", "")).lstrip("/"),
        relationship=str(specification.get("/AFRelationship", "")).lstrip("/"),
        data=held[0],
    )


def _different(streams: list[Any]) -> list[Any]:
    return list({stream.objgen: stream for stream in streams}.values())


def template_of(document: pikepdf.Pdf) -> tuple[str, str] | None:
    """Give kind and language of the template the document says it was set with, if it says so."""
    keywords = str(document.docinfo.get("/Keywords", "")) if "/Info" in document.trailer else ""
    for keyword in keywords.replace(";", ",").split(","):
        parts = keyword.strip().split(":")
        if parts[0] == KEYWORD and len(parts) == 4:
            return parts[1], parts[2]
    return None


def active_content(document: pikepdf.Pdf, parts: Parts | None = None) -> list[str]:
    """Give what could act or change its look when the document is opened, each by a stable word, sorted.

    Words: javascript, open-action, additional-actions, xfa, form-fields, launch, multimedia,
    optional-content, external-content. ``parts`` is what ``all_written`` gives, where it is known.
    Raises: LimitError.
    """
    found = _in_catalog(document.Root)
    known = all_written(document) if parts is None else parts
    if not any(_SUSPECT.search(written) for _, written in known):
        return sorted(found)
    budget = _MAX_NODES
    for thing in document.objects:
        pending = [thing]
        while pending:
            budget -= 1
            if budget < 0:
                raise LimitError("The PDF has too many parts to look through.")
            item = pending.pop()
            if _is_array(item):
                pending.extend(part for part in item if _is_direct_container(part))
            elif isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
                found |= _in_dictionary(item)
                pending.extend(part for _, part in item.items() if _is_direct_container(part))
    return sorted(found)


def _written(thing: Any) -> bytes:
    if isinstance(thing, pikepdf.Stream):
        return thing.stream_dict.unparse(resolved=True) + b" stream"
    return thing.unparse(resolved=True) if isinstance(thing, pikepdf.Object) else b""


def _in_catalog(root: Any) -> set[str]:
    found = set()
    opening = root.get("/OpenAction")
    if opening is not None and not _is_array(opening) and str(opening.get("/S", "")) != "/GoTo":
        found.add("open-action")
    form = root.get("/AcroForm")
    if form is not None and "/XFA" in form:
        found.add("xfa")
    if "/OCProperties" in root:
        found.add("optional-content")
    if "/JavaScript" in root.get("/Names", {}):
        found.add("javascript")
    return found


def _in_dictionary(item: Any) -> set[str]:
    found = set()
    if "/JS" in item:
        found.add("javascript")
    if "/AA" in item:
        found.add("additional-actions")
    action = item.get("/S")
    if isinstance(action, pikepdf.Name) and str(action) in _ACTIONS:
        found.add({"/JavaScript": "javascript", "/Launch": "launch"}.get(str(action), "additional-actions"))
    if "/URI" in item and str(item["/URI"]).strip().lower().startswith("javascript:"):
        found.add("javascript")
    kind = item.get("/Subtype")
    if isinstance(kind, pikepdf.Name) and str(kind) in _MEDIA:
        found.add("multimedia")
    field = item.get("/FT")
    if isinstance(field, pikepdf.Name) and str(field) != "/Sig":
        found.add("form-fields")
    if isinstance(item, pikepdf.Stream) and "/F" in item:
        found.add("external-content")
    return found


def _is_array(item: Any) -> bool:
    return isinstance(item, pikepdf.Array)


def _is_direct_container(item: Any) -> bool:
    return isinstance(item, (pikepdf.Array, pikepdf.Dictionary)) and not item.is_indirect
