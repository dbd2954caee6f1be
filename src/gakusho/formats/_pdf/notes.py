# SPDX-License-Identifier: Apache-2.0
"""What stands on a page beside its content: annotations, of whose look no word is read. ISO 32000-2, 12.5."""

from __future__ import annotations

from typing import Any

import pikepdf

from gakusho.formats._pdf.seen import box_of

_THICKEST = 2.0
"""Points of the border around a link."""
_AREAS = ("/ViewArea", "/ViewClip", "/PrintArea", "/PrintClip")
"""Which part of a page is shown or printed, where that is not the usual one. ISO 32000-2, table 147."""


def show_more(document: pikepdf.Pdf) -> bool:
    """Tell whether a page shows an annotation that is no plain link, and not where its signature is seen.

    Of fields there is none but of signatures: others are active content.
    """
    notes = (note for page in document.pages for note in page.obj.get("/Annots", ()))
    return any(shows(note) for note in notes if str(note.get("/Subtype", "")) != "/Widget")


def shows(note: Any) -> bool:
    """Tell whether an annotation can be seen: also without a look of its own programs make one up."""
    kind = str(note.get("/Subtype", ""))
    if kind == "/Widget":
        box = box_of(note.get("/Rect"))
        return box is None or (box[0] < box[2] and box[1] < box[3])
    return kind != "/Link" or "/AP" in note or _border(note) > _THICKEST


def _border(note: Any) -> float:
    style, border = note.get("/BS"), note.get("/Border")
    if isinstance(style, pikepdf.Dictionary):
        return float(style.get("/W", 1))
    return float(border[2]) if isinstance(border, pikepdf.Array) and len(border) > 2 else 1.0


def cut_otherwise(document: pikepdf.Pdf) -> bool:
    """Tell whether programs are asked to show or print another part of the pages than that which is read."""
    wishes = document.Root.get("/ViewerPreferences")
    if not isinstance(wishes, pikepdf.Dictionary):
        return False
    return any(str(wishes.get(name, "/CropBox")) != "/CropBox" for name in _AREAS)
