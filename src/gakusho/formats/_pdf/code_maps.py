# SPDX-License-Identifier: Apache-2.0
"""What the codes of a font mean, as its ToUnicode map says. ISO 32000-2, section 9.10.3."""

from __future__ import annotations

import re

from gakusho.errors import LimitError

_MAX_CODES = 200_000
"""Of one font: as many as two bytes can say, several times over."""
_BFCHAR = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_BFRANGE = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(<[0-9A-Fa-f\s]+>|\[[^\]]*\])")

CodeMap = dict[int, str]
"""The text of each code."""


def code_map(cmap: bytes) -> CodeMap:
    """Give what the codes of a font mean (ISO 32000-2, section 9.10.3). Raises: LimitError, ValueError."""
    codes: CodeMap = {}
    for block in _BFCHAR.findall(cmap):
        values = _HEX.findall(block)
        codes.update(zip((int(source, 16) for source in values[::2]), _all_utf16(values[1::2]), strict=False))
    for block in _BFRANGE.findall(cmap):
        for first, last, target in _RANGE.findall(block):
            low, high = int(first, 16), int(last, 16)
            if high - low > 0xFFFF:
                continue
            if len(codes) > _MAX_CODES:
                raise LimitError(f"A font of the PDF names more than {_MAX_CODES:,} codes.")
            if target.startswith(b"["):
                for offset, one in enumerate(_HEX.findall(target)[: high - low + 1]):
                    codes[low + offset] = _utf16(one)
            else:
                start = _utf16(target.strip(b"<>"))
                for offset in range(high - low + 1):
                    codes[low + offset] = start[:-1] + chr(ord(start[-1:] or "\ufffd") + offset)
    return codes


def _all_utf16(written: list[bytes]) -> list[str]:
    """Give what several say, all of them read at once where that is plain."""
    together = b"0000".join(written)
    if together.isalnum() and all(len(one) % 4 == 0 for one in written):
        said = bytes.fromhex(together.decode()).decode("utf-16-be", errors="replace")
        found = said.split("\0")
        if len(found) == len(written) and "\ufffd" not in said:
            return found
    return [_utf16(one) for one in written]


def _utf16(digits: bytes) -> str:
    if len(digits) == 4 and digits.isalnum() and (code := int(digits, 16)) >> 11 != 0xD800 >> 11:
        return chr(code)
    return bytes.fromhex(b"".join(digits.split()).decode()).decode("utf-16-be", errors="replace")
