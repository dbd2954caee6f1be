# SPDX-License-Identifier: Apache-2.0
"""Sets a page with typst: values go in as data, a page comes out as PDF/A-3a and PDF/UA-1, or as an image.

The same data give the same bytes. Only the package's own fonts and template files can be read.

This module and ``glyphs`` know nothing of credentials: they set any page. The verifier sets its evidence
report with them, one engine with one set of fonts for both; nothing else of this package is for others.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_jp
import typst
import zxingcpp

from gakusho.errors import InputError, MissingGlyphError
from gakusho.formats._pdf.templates import DIRECTORY

if TYPE_CHECKING:
    from typst import PDFStandard

_STANDARDS: list[PDFStandard] = ["a-3a", "ua-1"]
_MISSING = "could not be displayed with font"
_compiling = Lock()
_QUIET = 4
_DARK = re.compile(rb"\x00+")


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes inside a document (ISO 32000-2, section 14.13, Associated files)."""

    name: str
    media_type: str
    data: bytes
    description: str


def typeset(
    template: str,
    data: dict[str, Any],
    *,
    at: datetime,
    attachments: Sequence[Attachment] = (),
    own: Mapping[str, bytes] | None = None,
) -> bytes:
    """Give the document as PDF/A-3a, with ``at`` as its date.

    ``own`` are the files of a template of the institution's own, ``main.typ`` first; they were looked into.

    Raises:
        MissingGlyphError: a character has no glyph.
        InputError: the template cannot be set from these data, or an attachment is not UTF-8 text.
    """
    found = _compile(template, inputs(data, attachments), at=at, own=own)
    assert isinstance(found, bytes)
    return found


def draw(
    template: str,
    data: dict[str, Any],
    *,
    pixels_per_inch: float = 110,
    own: Mapping[str, bytes] | None = None,
) -> bytes:
    """Give the first page as PNG. Raises: as ``typeset``."""
    pages = _compile(template, inputs(data), at=None, pixels_per_inch=pixels_per_inch, own=own)
    return pages[0] if isinstance(pages, list) else pages


def inputs(data: dict[str, Any], attachments: Sequence[Attachment] = ()) -> dict[str, Any]:
    """Give all that a template gets: the data, the codes drawn, the files to attach. Raises: InputError."""
    carried = [
        {
            "name": attachment.name,
            "media_type": attachment.media_type,
            "text": _utf8(attachment),
            "description": attachment.description,
        }
        for attachment in attachments
    ]
    made = {**data, "attachments": carried}
    if data.get("link"):
        made["qr"] = qr_svg(data["link"])
    if data.get("signed_code"):
        made["signed_code"] = signed_code(data["signed_code"])
    return made


def qr_svg(link: str) -> str:
    """Give the QR code of an address as SVG, with the quiet zone of four modules (ISO/IEC 18004, 6.3.8)."""
    return _svg(_modules(link))


def signed_code(text: str) -> dict[str, Any]:
    """Give the QR code of a text that proves itself: its SVG, and its modules a side with the quiet zone.

    Error correction M and no more, so that the modules of a long text stay large (ISO/IEC 18004, 7.3.2).
    """
    modules = _modules(text)
    return {"svg": _svg(modules), "modules": len(modules) + 2 * _QUIET}


def _modules(text: str) -> list[bytes]:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    pixels = memoryview(code.to_image(scale=1, add_quiet_zones=False)).tobytes()  # type: ignore[arg-type]
    side = math.isqrt(len(pixels))
    return [pixels[row * side : (row + 1) * side] for row in range(side)]


def _svg(modules: list[bytes]) -> str:
    """Give modules as strokes: one for those that lie side by side; black is 0."""
    side = len(modules) + 2 * _QUIET
    strokes = "".join(
        f"M{run.start() + _QUIET} {row + _QUIET}.5h{len(run[0])}"
        for row, line in enumerate(modules)
        for run in _DARK.finditer(line)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 {side} {side}">'
        f'<path stroke="#000" d="{strokes}"/></svg>'
    )


def _compile(
    template: str,
    data: dict[str, Any],
    *,
    at: datetime | None,
    pixels_per_inch: float | None = None,
    own: Mapping[str, bytes] | None = None,
) -> bytes | list[bytes]:
    given = {"data": json.dumps(data, ensure_ascii=False)}
    # files in memory are one compiler's for one page; what is not among them lies with the built-in ones
    source: Any = {} if own else {"input": str(DIRECTORY / f"{template}.typ")}
    try:
        with _compiling:
            # a compiler keeps fonts and templates parsed; it can do one page at a time
            compiler = _compiler_of(own) if own else _compiler()
            if pixels_per_inch is not None:
                made = compiler.compile(**source, sys_inputs=given, format="png", ppi=pixels_per_inch)
            else:
                made = compiler.compile(
                    **source, sys_inputs=given, format="pdf", pdf_standards=_STANDARDS, timestamp=at
                )
    except typst.TypstError as error:
        raise _reason(error, data) from error
    assert made is not None
    return made


def _reason(error: typst.TypstError, data: dict[str, Any]) -> InputError:
    person = str(data.get("name", {}).get("full", "")) if isinstance(data.get("name"), dict) else ""
    if _MISSING in error.message:
        text = error.message.split("`", 2)[1] if "`" in error.message else error.message
        return MissingGlyphError(
            f"The document of {person} cannot be set: its font cannot write {text}.",
            facts={"person": person, "got": text},
        )
    return InputError(
        f"The page cannot be set: {error.message[:300]}",
        code="typesetting",
        facts={"got": error.message[:300]},
    )


def _utf8(attachment: Attachment) -> str:
    try:
        return attachment.data.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{attachment.name} cannot be put inside a document: it is not UTF-8 text.", code="attachment"
        ) from error


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(DIRECTORY), font_paths=_fonts(), ignore_system_fonts=True)


def _compiler_of(own: Mapping[str, bytes]) -> typst.Compiler:
    nowhere = str(DIRECTORY / "no-packages")
    files: Any = dict(own)
    return typst.Compiler(
        files,
        root=str(DIRECTORY),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        package_path=nowhere,
        package_cache_path=nowhere,
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(pylopdf_fonts_jp.serif_path().parent)],
    )
