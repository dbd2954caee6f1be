# SPDX-License-Identifier: Apache-2.0
"""Downloads: the right media type, a name in any script, and nothing a browser would run."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

from gakusho.holder.archive import file_stem


def attachment(data: bytes, media_type: str, name: str, extension: str) -> Response:
    """Give bytes as a file to keep, named in UTF-8 with a plain name beside it (RFC 6266, section 4.3)."""
    stem = file_stem(name)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in stem).strip("_")
    disposition = (
        f'attachment; filename="{plain or "credential"}.{extension}"; '
        f"filename*=UTF-8''{quote(f'{stem}.{extension}', safe='')}"
    )
    headers = {
        "Content-Disposition": disposition,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type=media_type, headers=headers)
