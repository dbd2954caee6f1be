# SPDX-License-Identifier: Apache-2.0
"""Pages that are not our own are set by a process that can be stopped and that sees one folder only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gakusho.errors import InputError

SECONDS = 20
"""For one page, of computing and of waiting."""
MAX_PAGE = 50_000_000
_KEPT = frozenset({"PATH", "PYTHONPATH", "LD_LIBRARY_PATH"})
_NOWHERE = "http://127.0.0.1:9"
_PAPER = """#set page(width: auto, height: auto, margin: 0pt)
#let data = json(bytes(sys.inputs.data))
#image("paper.pdf", page: data.page)
"""


def set_aside(
    files: Mapping[str, bytes],
    main: str,
    data: Mapping[str, Any],
    *,
    at: datetime | None = None,
    picture: float | None = None,
    seconds: int = SECONDS,
) -> bytes:
    """Give a page set from these files and data: a PDF dated ``at``, or a picture in dots an inch.

    Only these files can be read, no package, no address, no system font.
    Raises: InputError (``template-page``) with the reason for none, or because it took too long.
    """
    with tempfile.TemporaryDirectory(prefix="gakusho-page-") as folder:
        root = Path(folder).resolve()
        for name, content in files.items():
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        asked = {
            "root": str(root),
            "main": main,
            "data": dict(data),
            "at": at.isoformat() if at else None,
            "picture": picture,
            "seconds": seconds,
        }
        return _done(json.dumps(asked).encode(), seconds)


def paper_picture(paper: bytes, page: int, *, pixels_per_inch: float = 60) -> bytes:
    """Give a page (from 1) of the institution's own PDF as PNG. Raises: InputError (``template-page``)."""
    files = {"paper.pdf": paper, "main.typ": _PAPER.encode()}
    return set_aside(files, "main.typ", {"page": page}, picture=pixels_per_inch)


def _done(asked: bytes, seconds: int) -> bytes:
    away = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"), _NOWHERE)
    kept = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ
    }
    try:
        made = subprocess.run(  # our own module
            [sys.executable, "-m", "gakusho.issuer._typst_aside"],
            input=asked,
            capture_output=True,
            env={**kept, **away},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _not_set(f"it took longer than {seconds} seconds") from None
    if made.returncode != 0 or not 0 < len(made.stdout) <= MAX_PAGE:
        raise _not_set(made.stderr.decode("utf-8", "replace").strip()[:500] or "it was stopped")
    return made.stdout


def _not_set(reason: str) -> InputError:
    return InputError(f"The page cannot be set: {reason}.", code="template-page", facts={"got": reason})
