# SPDX-License-Identifier: Apache-2.0
"""A process that sets pages with typst and ends: ``python -m gakusho.issuer._typst_aside``.

It is told on its input, as JSON: ``root`` (the only folder it may read), ``pages`` (each a file there and the
data it gets), ``picture`` (dots an inch) or ``at`` (the date of a PDF), ``seconds`` and ``memory`` (bytes).
For each page comes out its bytes, or the reason for none.

With ``awards``, one for each page, templates are tried: what each page lacks comes out as JSON, and after it
the picture of those that have a number in ``pictured``.
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

PAGE, REASON, FAULTS = b"P", b"R", b"F"
MEMORY = 3 * 1024**3
LARGEST_PICTURE = 1_000_000
"""Bytes of one: it is kept, and shown with thirty others."""
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


def _page(compiler: Any, main: str, data: Any, asked: dict[str, Any], *, drawn: bool) -> bytes:
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    if drawn:
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
            made = _page(compiler, str(root / main), data, asked, drawn=bool(asked.get("picture")))
        except Exception as error:  # noqa: BLE001  # whatever it was, it is the reason
            kind, made = REASON, str(getattr(error, "message", error))[:2_000].encode()
        yield _told(kind, made)


def _told(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack(">Q", len(content)) + content


def _tried(asked: dict[str, Any]) -> Iterator[bytes]:
    """Give what each page lacks, and the picture of some of those that lack nothing."""
    from gakusho.formats import formats
    from gakusho.formats._templated import Templated
    from gakusho.issuer import _codec
    from gakusho.model.problem import Problem, Severity

    root = Path(asked["root"])
    compiler = _compiler(root)
    form = next(one for one in formats().values() if isinstance(one, Templated))
    for number, ((main, data), award) in enumerate(zip(asked["pages"], asked["awards"], strict=True)):
        drawn = b""
        try:
            made = _page(compiler, str(root / main), data, asked, drawn=False)
            found = form.page_faults(made, _codec.award_from_json(award), data)
            if not found and number in asked["pictured"]:
                drawn = _page(compiler, str(root / main), data, asked, drawn=True)
                if len(drawn) > LARGEST_PICTURE:
                    sizes = (("got", f"{len(drawn):,}"), ("expected", f"{LARGEST_PICTURE:,}"))
                    found = [Problem(code="template.page-size", severity=Severity.ERROR, facts=sizes)]
                    drawn = b""
        except Exception as error:  # noqa: BLE001  # whatever it was, it is the reason
            found = form.setting_faults(str(getattr(error, "diagnostic", error))[:20_000], asked["own"])
        yield _told(FAULTS, json.dumps(_codec.problems_to_json(found)).encode())
        if number in asked["pictured"]:
            yield _told(PAGE, drawn)


def _main() -> int:
    asked = json.loads(sys.stdin.buffer.read())
    _bound(int(asked["seconds"]), min(int(asked.get("memory", MEMORY)), MEMORY))
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # what a library prints does not mix with the pages
        for answer in _tried(asked) if "awards" in asked else _answers(asked):
            out.write(answer)
            out.flush()  # what is done is done, also where the next page is one too many
    return 0


if __name__ == "__main__":
    sys.exit(_main())
