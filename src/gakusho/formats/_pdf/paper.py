# SPDX-License-Identifier: Apache-2.0
"""The institution's own PDF: checked before it is signed, then given the QR code and the credential."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pikepdf
import segno

from gakusho.errors import GakushoError, InputError, LimitError, UnreadableError
from gakusho.formats._pdf import contents, stamp
from gakusho.formats._pdf.typesetting import Attachment
from gakusho.model.document import CodePlace
from gakusho.model.problem import Problem, Severity

MAX_BYTES = 20_000_000
MAX_PAGES = 100
MAX_SIDE = 14_400
"""Points (200 inches): the largest page that readers must take. ISO 32000-2, Annex C.2."""
_REFUSED = {
    "javascript": "paper.javascript",
    "open-action": "paper.open-action",
    "additional-actions": "paper.actions",
    "launch": "paper.actions",
    "xfa": "paper.xfa",
    "form-fields": "paper.form-fields",
    "multimedia": "paper.multimedia",
    "optional-content": "paper.optional-content",
    "external-content": "paper.external-content",
}


def check_paper(data: bytes, place: CodePlace | None = None) -> list[Problem]:
    """Give everything that is wrong with a PDF that is to be signed; never raises.

    ``place`` is where the QR code is to stand; None: where it usually does.

    Errors (it cannot be signed): paper.too-large, paper.not-a-pdf, paper.encrypted, paper.broken,
    paper.hybrid-xref, paper.already-signed, paper.too-many-pages, paper.no-pages, paper.page-size,
    paper.javascript, paper.open-action, paper.actions, paper.xfa, paper.form-fields, paper.multimedia,
    paper.optional-content, paper.external-content, paper.embedded-files, paper.template-keyword (it says
    that it was set from a template), paper.code-page (there is no such page), paper.code-off-page.
    Warnings: paper.fonts-not-embedded, paper.not-pdf-a, paper.code-covers (words stand there).
    """
    if problem := _unfit_bytes(data):
        return [problem]
    try:
        return _problems(data, place or stamp.USUAL)
    except LimitError as error:
        return [_error("paper.too-complex", reason=str(error))]
    except Exception as error:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
        return [_error("paper.broken", reason=str(error)[:200])]


def _unfit_bytes(data: bytes) -> Problem | None:
    if len(data) > MAX_BYTES:
        return _error("paper.too-large", got=str(len(data)), expected=str(MAX_BYTES))
    if not data.startswith(b"%PDF-"):
        return _error("paper.not-a-pdf", got=repr(data[:8])[2:-1], expected="%PDF-")
    return None


def _problems(data: bytes, place: CodePlace) -> list[Problem]:
    if b"/XRefStm" in data:
        return [_error("paper.hybrid-xref")]
    try:
        document = contents.open_document(data)
    except UnreadableError as error:
        if isinstance(error.__cause__, pikepdf.PasswordError):
            return [_error("paper.encrypted")]
        return [_error("paper.broken", reason=str(error)[:200])]
    with document:
        found = _of_document(document)
        if not any(problem.severity is Severity.ERROR for problem in found):
            found.extend(_of_place(document, place))
        return found


def _of_document(document: pikepdf.Pdf) -> list[Problem]:
    found: list[Problem] = []
    if document.is_encrypted:
        found.append(_error("paper.encrypted"))
    if _has_signature(document):
        found.append(_error("paper.already-signed"))
    pages = _page_count(document.Root)
    if pages > MAX_PAGES:
        found.append(_error("paper.too-many-pages", got=str(pages), expected=str(MAX_PAGES)))
    elif pages < 1:
        found.append(_error("paper.no-pages"))
    elif not all(_is_of_size(page) for page in document.pages):
        found.append(_error("paper.page-size"))
    codes = {_REFUSED[word] for word in contents.active_content(document)}
    if any(isinstance(item, pikepdf.Dictionary) and _is_widget(item) for item in document.objects):
        codes.add("paper.form-fields")
    found.extend(_error(code) for code in sorted(codes))
    if "/EmbeddedFiles" in document.Root.get("/Names", {}) or "/AF" in document.Root:
        found.append(_error("paper.embedded-files"))
    if template := contents.template_of(document):
        # not taken out: the same words may stand in the XMP metadata, which must agree in an archive's PDF
        found.append(_error("paper.template-keyword", got=" ".join(template)[:100]))
    if fonts := _fonts_not_embedded(document):
        found.append(
            Problem(
                code="paper.fonts-not-embedded",
                severity=Severity.WARNING,
                facts=(("got", ", ".join(fonts)[:200]),),
            )
        )
    if not _is_archival(document):
        found.append(Problem(code="paper.not-pdf-a", severity=Severity.WARNING))
    return found


def _is_archival(document: pikepdf.Pdf) -> bool:
    """Tell whether the document says that it is PDF/A (ISO 19005-3, section 6.6.4)."""
    try:
        return "pdfaid:part" in document.open_metadata(set_pikepdf_as_editor=False)
    except Exception:  # noqa: BLE001  # whatever is wrong with metadata, they then say nothing
        return False


def _of_place(document: pikepdf.Pdf, place: CodePlace) -> Iterator[Problem]:
    """Tell what is wrong with the place of the QR code on a paper that is well in itself."""
    index = stamp.page_index(place, len(document.pages))
    if index is None:
        yield _error("paper.code-page", got=str(place.page), expected=str(len(document.pages)))
        return
    page = document.pages[index]
    spot = stamp.spot_on(page, place)
    if spot is None:
        yield _error(
            "paper.code-off-page", got=f"{place.corner} {place.across:g} {place.down:g} {place.size:g}"
        )
        return
    try:
        covered = stamp.covers_words(document, page, spot)
    except (GakushoError, ValueError, TypeError, IndexError, pikepdf.PdfError):
        return  # a page whose drawing is not understood is signed as it is; only this warning is lost
    if covered:
        yield Problem(code="paper.code-covers", severity=Severity.WARNING)


def _is_of_size(page: pikepdf.Page) -> bool:
    unit = float(page.obj.get("/UserUnit", 1))
    for box in (page.mediabox, page.cropbox):
        left, bottom, right, top = (float(edge) for edge in box)
        if not all(0 < abs(side) * unit <= MAX_SIDE for side in (right - left, top - bottom)):
            return False
    return True


def complete(
    data: bytes,
    *,
    link: str | None,
    attachments: Sequence[Attachment],
    at: datetime,
    place: CodePlace | None = None,
) -> bytes:
    """Give a checked paper with the QR code on it and the files inside.

    Raises:
        InputError: the paper has errors (``check_paper``); all their codes are in the facts.
    """
    _refuse_errors(data, place)
    with contents.open_document(data) as document:
        if link:
            _stamp(document, link, place or stamp.USUAL)
        for attachment in attachments:
            _attach(document, attachment, at=at)
        return _saved(document)


def stamped(data: bytes, link: str, place: CodePlace | None) -> tuple[bytes, int]:
    """Give a paper with the QR code on it, and the number of that page, from 1. Raises: InputError."""
    _refuse_errors(data, place)
    with contents.open_document(data) as document:
        index = _stamp(document, link, place or stamp.USUAL)
        return _saved(document), index + 1


def _refuse_errors(data: bytes, place: CodePlace | None) -> None:
    errors = [problem.code for problem in check_paper(data, place) if problem.severity is Severity.ERROR]
    if errors:
        raise InputError(
            f"The institution's PDF cannot be signed: {', '.join(errors)}.",
            code=errors[0],
            facts={"got": ", ".join(errors)},
        )


def _saved(document: pikepdf.Pdf) -> bytes:
    output = io.BytesIO()
    document.save(output, deterministic_id=True)
    return output.getvalue()


def _stamp(document: pikepdf.Pdf, link: str, place: CodePlace) -> int:
    """Draw the QR code into its place on the page as it is seen, on white; give the page's index."""
    index = stamp.page_index(place, len(document.pages)) or 0
    page = document.pages[index]
    spot = stamp.spot_on(page, place)
    assert spot is not None, "the place was checked"
    drawn = " ".join(f"{number:g}" for number in spot.matrix)
    before = document.make_stream(b"q\n")
    after = document.make_stream(
        b"\nQ\n/Artifact BMC\nq " + drawn.encode() + b" cm\n" + _modules(link, spot.side) + b"Q\nEMC\n"
    )
    page.contents_add(before, prepend=True)
    page.contents_add(after)
    return index


def _modules(link: str, side: float) -> bytes:
    """Give the drawing operators of a QR code of ``side`` points, dark modules joined along each row."""
    quiet = 4
    rows = [list(row) for row in segno.make(link, error="m", micro=False).matrix]
    module = side / (len(rows) + 2 * quiet)
    drawing = [f"1 g 0 0 {side:g} {side:g} re f 0 g"]
    for index, row in enumerate(rows):
        y = side - (index + quiet + 1) * module
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:
                x, width = (start + quiet) * module, (end - start) * module
                drawing.append(f"{x:.3f} {y:.3f} {width:.3f} {module:.3f} re")
            start = end + 1
    drawing.append("f\n")
    return "\n".join(drawing).encode()


def _attach(document: pikepdf.Pdf, attachment: Attachment, *, at: datetime) -> None:
    stamped = at.strftime("D:%Y%m%d%H%M%SZ")
    file = document.make_stream(attachment.data)
    file.Type = pikepdf.Name.EmbeddedFile
    file.Subtype = pikepdf.Name("/" + attachment.media_type)
    file.Params = pikepdf.Dictionary(Size=len(attachment.data), ModDate=stamped)
    specification = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec,
            F=attachment.name,
            UF=attachment.name,
            Desc=attachment.description,
            AFRelationship=pikepdf.Name.Data,
            EF=pikepdf.Dictionary(F=file, UF=file),
        )
    )
    names = document.Root.get("/Names")
    if names is None:
        document.Root.Names = pikepdf.Dictionary()
    if "/EmbeddedFiles" not in document.Root.Names:
        document.Root.Names.EmbeddedFiles = document.make_indirect(pikepdf.Dictionary(Names=pikepdf.Array()))
    pikepdf.NameTree(document.Root.Names.EmbeddedFiles)[attachment.name] = specification
    if "/AF" not in document.Root:
        document.Root.AF = pikepdf.Array()
    document.Root.AF.append(specification)


def _has_signature(document: pikepdf.Pdf) -> bool:
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and (
            str(item.get("/FT", "")) == "/Sig" or "/ByteRange" in item
        ):
            return True
    return False


def _is_widget(item: Any) -> bool:
    return str(item.get("/Subtype", "")) == "/Widget" and str(item.get("/FT", "")) != "/Sig"


def _page_count(root: Any) -> int:
    """Count the pages of the tree, each node once, so that a tree in a circle ends."""
    pending, seen, pages = [root.get("/Pages")], set(), 0
    while pending and pages <= MAX_PAGES:
        node = pending.pop()
        if not isinstance(node, pikepdf.Dictionary) or node.objgen in seen:
            continue
        seen.add(node.objgen)
        if "/Kids" in node:
            pending.extend(node.Kids)
        else:
            pages += 1
    return pages


def _fonts_not_embedded(document: pikepdf.Pdf) -> list[str]:
    missing = set()
    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary) or str(item.get("/Type", "")) != "/Font":
            continue
        if str(item.get("/Subtype", "")) in {"/Type0", "/Type3"}:
            continue
        descriptor: Any = item.get("/FontDescriptor", {})
        if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            missing.add(str(item.get("/BaseFont", "?")).lstrip("/"))
    return sorted(missing)


def _error(code: str, **facts: str) -> Problem:
    return Problem(code=code, severity=Severity.ERROR, facts=tuple(facts.items()))
