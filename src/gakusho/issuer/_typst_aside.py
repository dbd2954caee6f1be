# SPDX-License-Identifier: Apache-2.0
"""A process that sets pages with typst and ends: ``python -m gakusho.issuer._typst_aside``.

It is told on its input, as JSON: ``root`` (the only folder it may read), ``pages`` (each a file there and the
data it gets), ``picture`` (dots an inch) or ``at`` (the date of a PDF), ``seconds`` and ``memory`` (bytes).
For each page comes out its bytes, or the reason for none.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

PAGE, REASON = b"P", b"R"
MEMORY = 3 * 1024**3
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
"""CLONE_NEWUSER and CLONE_NEWNET of unshare(2)."""


def _bound(seconds: int, memory: int) -> None:
    """Take away what setting a page needs not: time, memory, large files, the network."""
    with suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        # where the system allows it there is no network at all; packages are refused in any case, below
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NET)


def _compiler(root: Path) -> Any:
    import pylopdf_fonts_jp
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(pylopdf_fonts_jp.serif_path().parent)],
    )
    nowhere = str(root / "no-packages")
    return typst.Compiler(
        root=str(root),
        font_paths=fonts,
        ignore_system_fonts=True,
        package_path=nowhere,
        package_cache_path=nowhere,
    )


def _page(compiler: Any, main: str, data: Any, asked: dict[str, Any]) -> bytes:
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    if asked.get("picture"):
        made = compiler.compile(input=main, sys_inputs=inputs, format="png", ppi=float(asked["picture"]))
    else:
        made = compiler.compile(
            input=main,
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=datetime.fromisoformat(asked["at"]),
        )
    return bytes(made[0] if isinstance(made, list) else made)


def _answers(asked: dict[str, Any]) -> Iterator[bytes]:
    """Give each page, or the reason for none, with its kind and length before it."""
    root = Path(asked["root"])
    compiler = _compiler(root)
    for main, data in asked["pages"]:
        kind = PAGE
        try:
            made = _page(compiler, str(root / main), data, asked)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is the reason
            kind, made = REASON, str(getattr(error, "message", error))[:2_000].encode()
        yield kind + struct.pack(">Q", len(made)) + made


def _main() -> int:
    asked = json.loads(sys.stdin.buffer.read())
    _bound(int(asked["seconds"]), min(int(asked.get("memory", MEMORY)), MEMORY))
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # what a library prints does not mix with the pages
        for answer in _answers(asked):
            out.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
