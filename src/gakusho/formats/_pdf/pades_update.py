# SPDX-License-Identifier: Apache-2.0
"""Incremental updates that depend on the document alone, and signature fields in them."""

from __future__ import annotations

import hashlib
import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader


class Update(IncrementalPdfFileWriter):
    """An incremental update that depends on the document alone: no chance, no clock."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        stream = prev.stream
        stream.seek(0)
        changed = generic.ByteStringObject(hashlib.sha256(stream.read()).digest()[:16])
        try:
            first = prev.trailer["/ID"][0]
            original = first.original_bytes if isinstance(first, generic.TextStringObject) else first
        except (KeyError, IndexError):
            original = bytes(changed)
        return generic.ArrayObject([generic.ByteStringObject(original), changed])

    def _update_meta(self) -> None:
        """Leave title, dates and XMP as the page has them: pyHanko would write the clock's time into them."""


def update_of(document: bytes) -> Update:
    """Give an update to be written behind a document. Raises: whatever pyHanko does for a broken one."""
    # without the line end the first new object would follow %%EOF directly (PDF/A, 6.1.9)
    return Update(io.BytesIO(document.rstrip(b"\r\n") + b"\n"))


def said(error: Exception) -> str:
    """Give what an error of pyHanko's says, in short."""
    return (str(error) or type(error).__name__)[:200]
