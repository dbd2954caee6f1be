# SPDX-License-Identifier: Apache-2.0
"""Tables: any encoding a registrar has, real CSV, and a reason for whatever is refused."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.errors import InputError, LimitError, UnreadableError
from gakusho.issuer import table as module
from gakusho.issuer.table import LARGEST_TABLE, LONGEST_CELL, MOST_COLUMNS, read_table

UPLOADS = Path(__file__).parents[2] / "vectors" / "uploads"
MATRIX = {
    "utf-8": ("utf-8", "髙﨑 花子", "森 鷗外"),
    "utf-8-bom": ("utf-8-sig", "髙﨑 花子", "森 鷗外"),
    "cp932": ("cp932", "髙﨑 花子", "森 鴎外"),
    "utf-16-le-bom": ("utf-16", "髙﨑 花子", "森 鷗外"),
    "utf-16-be-bom": ("utf-16", "髙﨑 花子", "森 鷗外"),
    "iso-2022-jp": ("iso2022_jp", "高崎 花子", "森 鴎外"),
    "euc-jp": ("euc_jp", "高崎 花子", "森 鴎外"),
}


def refused(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read_table(data)
    return caught.value


@pytest.mark.parametrize("name", MATRIX)
def test_each_encoding_is_found_and_read(name: str) -> None:
    encoding, first, second = MATRIX[name]
    table = read_table((UPLOADS / f"graduates-{name}.csv").read_bytes())
    assert table.encoding == encoding
    assert table.header == ("氏名", "氏名カナ", "学籍番号", "授与年月日")
    assert [cells[0] for _, cells in table.rows] == [first, second]


def test_a_file_of_a_few_letters_is_not_guessed_wrong() -> None:
    kana = read_table((UPLOADS / "half-width-kana-cp932.csv").read_bytes())
    assert (kana.encoding, kana.rows[0][1]) == ("cp932", ("ﾐｱ", "ﾔﾏﾀﾞ ﾊﾅｺ"))
    letters = read_table((UPLOADS / "two-letters-cp932.csv").read_bytes())
    assert (letters.encoding, letters.header) == ("cp932", ("no", "名"))


def test_accents_in_utf_8_are_not_taken_for_half_width_kana() -> None:
    table = read_table("name,degree\nMáire García,Müllerei\n".encode())
    assert (table.encoding, table.rows[0][1][0]) == ("utf-8", "Máire García")


def test_a_person_may_say_what_the_encoding_is() -> None:
    data = "name,x\nﾃｩ,1\n".encode("cp932")
    assert read_table(data).encoding == "utf-8"  # C3 A9 is é as well
    assert read_table(data, encoding="cp932").rows[0][1][0] == "ﾃｩ"
    with pytest.raises(UnreadableError):
        read_table("氏名\n見本".encode("cp932"), encoding="utf-8")
    with pytest.raises(UnreadableError):
        read_table(b"name\nx", encoding="utf-7")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_line_end_and_delimiter_is_read(end: str, delimiter: str) -> None:
    text = end.join(["氏名|学籍番号|備考", '見本|1|"a|b,;\t"', '花子|2|"二行|の備考"', ""]).replace(
        "|", delimiter
    )
    table = read_table(text.encode())
    assert table.delimiter == delimiter
    assert [line for line, _ in table.rows] == [2, 3]
    assert table.rows[0][1] == ("見本", "1", f"a{delimiter}b,;\t")


def test_line_ends_may_be_mixed() -> None:
    table = read_table("氏名,x\r\n見本,1\n花子,2\r太郎,3".encode())
    assert [cells for _, cells in table.rows] == [("見本", "1"), ("花子", "2"), ("太郎", "3")]


def test_kana_of_euc_are_not_taken_for_half_width_kana() -> None:
    table = read_table("だれ,いつ\nみほん,きょう\n".encode("euc_jp"))
    assert (table.encoding, table.header) == ("euc_jp", ("だれ", "いつ"))


def test_lines_are_counted_as_a_spreadsheet_does() -> None:
    data = '氏名,備考\r\n見本,"一行目\r\n二行目\r\n三行目"\r\n\r\n花子,x\r\n'.encode()
    table = read_table(data)
    assert [(line, cells[0]) for line, cells in table.rows] == [(2, "見本"), (4, "花子")]
    assert table.rows[0][1][1] == "一行目\r\n二行目\r\n三行目"


def test_columns_with_neither_header_nor_cells_are_dropped_and_others_get_a_name() -> None:
    table = read_table("氏名,,学籍番号,,\n見本,x,1,,\n".encode())
    assert table.header == ("氏名", "#2", "学籍番号")
    assert table.rows == ((2, ("見本", "x", "1")),)


@pytest.mark.parametrize(
    ("data", "code", "row"),
    [
        (b"", "table.empty", None),
        (b"\xef\xbb\xbf\r\n,,\r\n", "table.empty", None),
        ("氏名,学籍番号\n".encode(), "table.no-rows", "1"),
        ("氏名,氏名\n見本,1\n".encode(), "table.duplicate-header", "1"),
        ('氏名,備考\n見本,x\n花子,"開いたまま\n次,の行\n'.encode(), "table.unclosed-quote", "3"),
        ('氏名,備考\n見本,"x"y\n'.encode(), "table.quote", "2"),
        (b"name,x\nA,\x00\n", "table.nul", "2"),
        ("name\n\x00\n".encode("utf-16"), "table.nul", "2"),
        (b"\xff\xfea\x00\x00\xd8", "table.damaged", "1"),
        (b"\xef\xbb\xbfname\n\xff\n", "table.damaged", "2"),
        (b"name\nx\n\xff\xfe\xfd\n", "table.encoding-unknown", "3"),
        ("name\nx".encode("utf-32"), "table.encoding", None),
        (b"PK\x03\x04....[Content_Types].xml....xl/workbook.xml", "table.excel", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table.excel", None),
        (b"PK\x03\x04....a.pdf", "table.kind", None),
        (b"%PDF-1.7", "table.kind", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason_and_place(
    data: bytes, code: str, row: str | None
) -> None:
    error = refused(data)
    assert (error.code, error.facts.get("row")) == (code, row)
    assert error.action


@pytest.mark.parametrize(
    ("header", "letters", "code"),
    [
        (b"name\n", LARGEST_TABLE, "table.bytes"),
        (b"a," * MOST_COLUMNS + b"b\n", 1, "table.columns"),
        (b"name\n", LONGEST_CELL + 1, "table.cell"),
        (b"name\n", 1_000_000, "table.cell"),
    ],
)
def test_every_bound_holds(header: bytes, letters: int, code: str) -> None:
    error = refused(header + b"x" * letters)
    assert isinstance(error, LimitError)
    assert error.code == code
    assert error.facts["expected"]


@pytest.mark.parametrize(("bound", "code"), [("MOST_ROWS", "table.rows"), ("MOST_CELLS", "table.cells")])
def test_there_are_so_many_rows_and_cells_and_no_more(
    bound: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, bound, 6 if bound == "MOST_CELLS" else 3)
    assert len(read_table(b"a,b\n" + b"x,y\n" * 3).rows) == 3
    error = refused(b"a,b\n" + b"x,y\n" * 4)
    assert (type(error), error.code) == (LimitError, code)


def test_a_large_table_takes_bounded_memory() -> None:
    line = "見本 花子,22A0001,2026-03-25,hanako@mihon.example\n".encode("cp932")
    data = "氏名,学籍番号,授与年月日,メールアドレス\n".encode("cp932") + line * 50_000
    tracemalloc.start()
    table = read_table(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(table.rows) == 50_000
    # a line of 50 characters in cp932: the bytes, the text, and a tuple of words held once
    assert peak < 30 * 1024 * 1024


CELLS = st.text(st.characters(exclude_characters="\x00\ufeff", exclude_categories=["Cs"]), max_size=40)
JAPANESE = st.text(
    st.sampled_from('見本花子髙﨑斎藤あいうえおアイウエオー・々〇ヶ①㈱Ⅲ ABCxyz019,"\n;\t'), max_size=40
)


def written(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([["氏名", "備考"], *rows])
    return out.getvalue()


def cells_of(data: bytes) -> list[list[str]]:
    return [list(cells) for _, cells in read_table(data).rows]


@given(st.lists(st.tuples(CELLS.filter(bool), CELLS).map(list), min_size=1, max_size=5))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_text_survives_in_unicode(encoding: str, rows: list[list[str]]) -> None:
    assert cells_of(written(rows).encode(encoding)) == rows


@given(st.lists(st.tuples(JAPANESE.filter(bool), JAPANESE).map(list), min_size=1, max_size=5))
def test_any_japanese_text_survives_in_cp932(rows: list[list[str]]) -> None:
    data = written(rows).encode("cp932")
    assert read_table(data).encoding == "cp932"
    assert cells_of(data) == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    table, code = None, "table.fine"
    try:
        table = read_table(data)
    except InputError as error:
        code = error.code
    assert code.startswith("table.")
    assert table is None or (table.rows and len(set(table.header)) == len(table.header))
