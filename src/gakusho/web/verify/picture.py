# SPDX-License-Identifier: Apache-2.0
"""The first page of a signed document as a picture, drawn aside from the signed revision alone."""

from __future__ import annotations

import base64
import threading

from gakusho.errors import InputError
from gakusho.issuer import aside
from gakusho.model.report import Report

SECONDS = 10
"""For drawing, of computing and of waiting; longer takes no page that a reader could look at."""
WAIT = 5.0
"""Seconds to wait for others' pictures."""
MEMORY = 1536 * 1024**2
"""Bytes of address space that drawing may take."""
MAX_PICTURE = 3_000_000
"""Bytes; a larger one is not put into the page."""
AT_ONCE = 2

_free = threading.BoundedSemaphore(AT_ONCE)


def page_picture(report: Report, data: bytes) -> str | None:
    """Give the first page of the revision that a signature covers, as a ``data:`` address of a PNG.

    An empty string where there is something to draw that could not be drawn, None where there is nothing.
    """
    document = report.document
    if document is None or not document.covered or not 0 < document.length <= len(data):
        return None
    if not _free.acquire(timeout=WAIT):
        return ""
    try:
        made = aside.stranger_picture(data[: document.length], seconds=SECONDS, memory=MEMORY)
    except InputError:
        return ""
    finally:
        _free.release()
    if len(made) > MAX_PICTURE or not made.startswith(b"\x89PNG\r\n\x1a\n"):
        return ""
    return f"data:image/png;base64,{base64.b64encode(made).decode('ascii')}"
