# SPDX-License-Identifier: Apache-2.0
"""A process that sets one page with typst and ends: ``python -m gakusho.issuer._typst_aside``.

It is told on its input, as JSON: ``root`` (the only folder it may read), ``main`` (a file in it), ``data``
(what the page gets), ``picture`` (dots an inch) or ``at`` (the date of a PDF), and ``seconds``. The page
comes out as bytes; a reason for none as text on the error output, with exit code 1.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

MEMORY = 3 * 1024**3
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
"""CLONE_NEWUSER and CLONE_NEWNET of unshare(2)."""


def _bound(seconds: int) -> None:
    """Take away what setting a page needs not: time, memory, large files, the network."""
    with suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        # where the system allows it there is no network at all; packages are refused in any case, below
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NET)


def _set(asked: dict[str, Any]) -> bytes:
    import pylopdf_fonts_jp
    import typst

    root = Path(asked["root"])
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(pylopdf_fonts_jp.serif_path().parent)],
    )
    nowhere = str(root / "no-packages")
    compiler = typst.Compiler(
        root=str(root),
        font_paths=fonts,
        ignore_system_fonts=True,
        package_path=nowhere,
        package_cache_path=nowhere,
    )
    inputs = {"data": json.dumps(asked["data"], ensure_ascii=False)}
    main = str(root / asked["main"])
    if asked.get("picture"):
        made = compiler.compile(input=main, sys_inputs=inputs, format="png", ppi=float(asked["picture"]))
        return made[0] if isinstance(made, list) else made or b""
    made = compiler.compile(
        input=main,
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=["a-3a", "ua-1"],
        timestamp=datetime.fromisoformat(asked["at"]),
    )
    assert isinstance(made, bytes)
    return made


def _main() -> int:
    asked = json.loads(sys.stdin.buffer.read())
    _bound(int(asked["seconds"]))
    try:
        page = _set(asked)
    except Exception as error:  # noqa: BLE001  # whatever it was, it is the reason
        sys.stderr.write(str(getattr(error, "message", error))[:2_000])
        return 1
    with os.fdopen(os.dup(1), "wb") as out:
        out.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
