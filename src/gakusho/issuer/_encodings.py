# SPDX-License-Identifier: Apache-2.0
"""Which encoding the bytes of a table are in: strict trials first, plausibility only between those that pass.

A short Japanese file gives statistics nothing to count, so nothing is guessed from byte frequencies: each
encoding is tried strictly, and where several decode, the one whose text has known column headers wins,
then the one whose characters are such as tables hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gakusho.errors import UnreadableError

Known = Callable[[str], bool]

_BOMS = (
    # the longer first: the UTF-32 mark begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_JIS_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp932", "iso2022_jp", "euc_jp")
"""What a table may be in; the order decides between equals."""

_CP932_LEFTOVERS = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
"""What Python decodes from bytes that Shift_JIS does not have."""
_MOJIBAKE = frozenset("縺繧繝譁蟄蜷荳髮逕驥髢")
"""What the first bytes of Japanese UTF-8 look like when read as Shift_JIS."""
_WEIGHTS = (
    (re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f\uff01-\uff60\uffe0-\uffe6々]"), 1.0),
    (re.compile(r"[\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0003ffff\U000e0100-\U000e01ef]"), 1.0),
    (re.compile(r"[\u00c0-\u024f\u1e00-\u1eff\uac00-\ud7a3\u0300-\u036f\u2010-\u203b\u2150-\u218f]"), 1.0),
    (re.compile(r"[\u2460-\u24ff\u3200-\u33ff\u25a0-\u26ff\U0001f300-\U0001faff]"), 0.8),
    (re.compile(r"[\uff61-\uff9f]"), 0.3),
)
_ELSE = 0.2
"""Weight of letters that such tables seldom hold (Greek, Cyrillic, controls)."""


@dataclass(frozen=True)
class _Trial:
    encoding: str
    text: str
    known_headers: int
    plausibility: float


def decoded(data: bytes, known: Known, encoding: str | None = None) -> tuple[str, str]:
    """Give the text, without byte order mark, and the encoding it was in.

    ``known`` tells whether a header is one that such tables have. ``encoding`` (one of ``ENCODINGS``)
    is what a person says it is; nothing else is tried then.

    Raises:
        UnreadableError: no encoding decodes the bytes, or they hold NUL.
    """
    if encoding is not None:
        return _said(data, encoding), encoding
    for mark, found in _BOMS:
        if data.startswith(mark):
            if found not in ENCODINGS:
                raise _unreadable("table.encoding", f"The table is in {found.upper()}.", got=found.upper())
            return _without_nul(_strict(data, found)), found
    if b"\x00" in data:
        raise _unreadable(
            "table.nul",
            f"The table holds a NUL byte (line {_line(data, data.index(0))}).",
            row=str(_line(data, data.index(0))),
        )
    if any(escape in data for escape in _JIS_ESCAPES):
        return _strict(data, "iso2022_jp"), "iso2022_jp"
    trials = [trial for each in ("utf-8", "cp932", "euc_jp") if (trial := _tried(data, each, known))]
    if not trials:
        raise _undecodable(data)
    best = max(trials, key=lambda trial: (trial.known_headers, trial.plausibility))
    return best.text, best.encoding


def _tried(data: bytes, encoding: str, known: Known) -> _Trial | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if encoding != "utf-8" and (data.isascii() or _CP932_LEFTOVERS.search(text)):
        return None
    cells = re.split(r"[,;\t]", text.splitlines()[0]) if text else []
    headers = sum(1 for cell in cells if not cell.isascii() and known(cell.strip().strip('"')))
    if encoding == "euc_jp" and not headers and _share_of_kana(text) < 0.3:
        # half-width kana of Shift_JIS often pass for kanji of EUC, but hardly ever for its kana
        return None
    return _Trial(encoding, text, headers, _plausibility(text[:20_000], encoding))


def _plausibility(text: str, encoding: str) -> float:
    total = weighed = 0.0
    for each in text:
        if each.isascii():
            continue
        size = len(each.encode(encoding))
        total += size
        weighed += size * (0.0 if each in _MOJIBAKE else _weight(each))
    return weighed / total if total else 1.0


def _share_of_kana(text: str) -> float:
    letters = [each for each in text[:20_000] if not each.isascii()]
    return sum("\u3041" <= each <= "\u30f6" for each in letters) / len(letters) if letters else 0.0


def _weight(each: str) -> float:
    return next((weight for pattern, weight in _WEIGHTS if pattern.match(each)), _ELSE)


def _said(data: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise _unreadable("table.encoding", f"Tables in {encoding!r} are not read.", got=encoding[:40])
    return _without_nul(_strict(data, encoding).removeprefix("\ufeff"))


def _without_nul(text: str) -> str:
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise _unreadable("table.nul", f"The table holds a NUL character (line {line}).", row=str(line))
    return text


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line(error.object, error.start)  # without the mark that the codec took off
        raise _unreadable(
            "table.damaged",
            f"The table says it is in {encoding.upper()}, but byte {error.start} (line {line}) is not.",
            got=data[error.start : error.start + 4].hex(" "),
            expected=encoding.upper(),
            row=str(line),
        ) from None


def _undecodable(data: bytes) -> UnreadableError:
    try:
        data.decode("utf-8")
        start = 0
    except UnicodeDecodeError as error:
        start = error.start
    try:
        data.decode("cp932")
    except UnicodeDecodeError as error:
        start = max(start, error.start)
    line = _line(data, start)
    return _unreadable(
        "table.encoding-unknown",
        f"The table is neither in UTF-8 nor in Shift_JIS (CP932): line {line} fits neither.",
        got=data[start : start + 4].hex(" "),
        expected="UTF-8, CP932",
        row=str(line),
    )


def _line(data: bytes, position: int) -> int:
    before = data[:position]
    return max(before.count(b"\n"), before.count(b"\r")) + 1


def _unreadable(code: str, message: str, **facts: str) -> UnreadableError:
    return UnreadableError(
        message, code=code, facts=facts, action="In Excel, save it as “CSV UTF-8 (Comma delimited)”."
    )
