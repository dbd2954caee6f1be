# SPDX-License-Identifier: Apache-2.0
"""The pages of a signed document as pictures, drawn aside from the signed revision alone."""

from __future__ import annotations

import base64
import struct
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import HTTPException
from fastapi.responses import Response

from gakusho.issuer import aside
from gakusho.model.report import Report
from gakusho.verifier.document_text import signed_revision

MAX_PAGES = 5
"""The first pages; who needs more has the file."""
SECONDS = 10
"""Of computing, for drawing; longer takes no page that a reader could look at."""
WAIT = 15.0
"""Seconds to wait for others' pictures."""
MEMORY = 1536 * 1024**2
"""Bytes of address space that drawing may take."""
MAX_PICTURE = 3_000_000
"""Bytes of one page; a larger one is not shown."""
MAX_PICTURES = 6_000_000
"""Bytes of all pictures that stand in one answer."""
MAX_SIDE = 1_200
"""Pixels; A4 has 794 by 1123."""
KEEP = 32 * 1024**2
"""Bytes of pictures kept in memory for who looks at the same page again."""
AT_ONCE = 2

_free = threading.BoundedSemaphore(AT_ONCE)


@dataclass
class _Drawn:
    """Pictures that were drawn last, by the digest of what was drawn and the page."""

    _pictures: OrderedDict[tuple[str, int], bytes] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key: tuple[str, int]) -> bytes | None:
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
            return self._pictures.get(key)

    def keep(self, key: tuple[str, int], picture: bytes) -> None:
        with self._lock:
            self._size += len(picture) - len(self._pictures.pop(key, b""))
            self._pictures[key] = picture
            while self._size > KEEP:
                self._size -= len(self._pictures.popitem(last=False)[1])


_drawn = _Drawn()


def page_numbers(report: Report) -> list[int]:
    """Give the pages (from 1) that may be looked at: of what a signature covers, and the first ones."""
    document = report.document
    if document is None or not document.covered:
        return []
    return list(range(1, min(document.pages or 1, MAX_PAGES) + 1))


def page_pictures(report: Report, data: bytes) -> dict[int, bytes]:
    """Give the first pages of the revision that a signature covers, as PNG; without those that took too much.

    Nothing of it is kept: the bytes are a stranger's.
    """
    revision = signed_revision(report, data)
    if revision is None:
        return {}
    left, found = MAX_PICTURES, {}
    for page, picture in _draw(revision, page_numbers(report)).items():
        left -= len(picture)
        if left >= 0:
            found[page] = picture
    return found


def page_picture(report: Report, data: bytes, page: int) -> bytes | None:
    """Give one page of such a revision; what was drawn just now is not drawn again."""
    revision = signed_revision(report, data)
    if revision is None or page not in page_numbers(report) or report.document is None:
        return None
    key = report.document.digest or "", page
    found = _drawn.find(key)
    if found is None and (picture := _draw(revision, [page], key=key).get(page)):
        _drawn.keep(key, picture)
        return picture
    return found


def addresses(report: Report, under: str | None) -> dict[int, str] | None:
    """Give the addresses of the pages that may be looked at; None without one that they stand ``under``."""
    return None if under is None else {page: f"{under}/pages/{page}.png" for page in page_numbers(report)}


def picture_answer(picture: bytes | None) -> Response:
    """Give a picture to the browser that asked for it, and to nobody after it. Raises: HTTPException 404."""
    if picture is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Robots-Tag": "noindex",
    }
    return Response(picture, media_type="image/png", headers=headers)


def data_address(picture: bytes) -> str:
    """Give a picture as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"


def size_of(picture: bytes) -> tuple[int, int] | None:
    """Give the width and height in pixels of a PNG (ISO/IEC 15948, section 11.2.1); None of anything else."""
    if not picture.startswith(b"\x89PNG\r\n\x1a\n") or picture[12:16] != b"IHDR" or len(picture) < 33:
        return None
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def _draw(revision: bytes, pages: Sequence[int], *, key: tuple[str, int] | None = None) -> dict[int, bytes]:
    if not _free.acquire(timeout=WAIT):
        return {}
    try:
        if key is not None and (found := _drawn.find(key)):  # somebody else asked for it while we waited
            return {key[1]: found}
        made = aside.stranger_pictures(revision, pages, seconds=SECONDS, memory=MEMORY)
    finally:
        _free.release()
    return {page: picture for page, picture in made.items() if _is_fit(picture)}


def _is_fit(picture: bytes) -> bool:
    size = size_of(picture)
    return size is not None and len(picture) <= MAX_PICTURE and max(size) <= MAX_SIDE
