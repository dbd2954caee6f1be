# SPDX-License-Identifier: Apache-2.0
"""A table in pieces holds the same cells in the same lines as the table read at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gakusho.errors import LimitError, UnreadableError
from gakusho.issuer import pieces as module
from gakusho.issuer.pieces import is_large, pieces
from gakusho.issuer.table import read_table

HEADER = "氏名,学籍番号,備考\r\n"
ROWS = (
    "青葉 みなと,S1,one\r\n"
    '"春野, さくら",S2,"two\r\nlines, ""quoted"""\r\n'
    "\r\n"
    "能登 ソ表,S3,\r\n"
    '秋山 かえで,S4,"a\nb\nc"\r\n'
    "冬木 しずく,S5,last"
)


def table(folder: Path, data: bytes) -> Path:
    file = folder / "rows.csv"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("records", [1, 2, 3, 100])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp"])
def test_pieces_hold_what_the_table_holds(encoding: str, records: int, tmp_path: Path) -> None:
    data = (HEADER + ROWS).encode(encoding)
    whole = read_table(data)
    found = []
    for piece in pieces(table(tmp_path, data), records=records):
        try:
            part = read_table(piece.data, encoding=piece.encoding)
        except UnreadableError as error:
            if error.code != "table.no-rows":  # the empty line alone
                raise
            continue
        assert part.header == whole.header
        found += [(line + piece.before, cells) for line, cells in part.rows]
    assert tuple(found) == whole.rows


def test_what_is_before_the_header_is_left_out(tmp_path: Path) -> None:
    (piece,) = pieces(table(tmp_path, ("\r\n,,\r\n" + HEADER + ROWS).encode()))
    assert read_table(piece.data).header == ("氏名", "学籍番号", "備考")


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_a_table_of_nothing_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        list(pieces(table(tmp_path, data)))


def test_a_quotation_mark_that_never_closes_is_refused_before_it_fills_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_RECORD", 1_000)
    with pytest.raises(LimitError):
        list(pieces(table(tmp_path, HEADER.encode() + b'"' + b"x,y\n" * 1_000)))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    data = (HEADER + ROWS).encode("iso2022_jp")
    with pytest.raises(UnreadableError) as caught:
        list(pieces(table(tmp_path, data)))
    assert caught.value.code == "table.encoding"


def test_large_is_what_is_not_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = table(tmp_path, (HEADER + ROWS).encode())
    assert not is_large(file)
    monkeypatch.setattr(module, "MOST_AT_ONCE", 5)
    assert is_large(file)
    monkeypatch.undo()
    monkeypatch.setattr(module, "LARGEST_AT_ONCE", 50)
    assert is_large(file)


def test_a_table_of_courses_is_read_at_once_for_its_learners_lie_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    assert not is_large(
        table(tmp_path, "学籍番号,氏名,科目名,評価\n".encode() + "1,青葉,線形代数,優\n".encode() * 5)
    )
    assert is_large(table(tmp_path, "学籍番号,氏名,備考\n".encode() + "1,青葉,\n".encode() * 5))
