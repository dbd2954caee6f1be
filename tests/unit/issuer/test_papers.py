# SPDX-License-Identifier: Apache-2.0
"""Archives of PDFs: opened without trusting them."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gakusho.errors import InputError, LimitError, UnreadableError
from gakusho.issuer import papers
from gakusho.issuer.papers import papers_of_folder, read_papers

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def raw_zip(name: bytes, *, flags: int = 0, extra: bytes = b"", data: bytes = PDF) -> bytes:
    """Write a ZIP of one stored member by hand, so that its name is any bytes."""
    crc, size = zlib.crc32(data), len(data)
    common = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 0x21, crc, size, size, len(name), len(extra))
    local = b"PK\x03\x04" + common + name + extra + data
    central = (
        b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name + extra
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in read_papers(data).problems]


def test_papers_are_given_by_name_with_their_bytes() -> None:
    found = read_papers(zipped(("第1号.pdf", PDF), ("年度/第2号.PDF", PDF + b"2")))
    assert dict(found.files) == {"第1号.pdf": PDF, "年度/第2号.PDF": PDF + b"2"}
    assert found.problems == ()


@pytest.mark.parametrize(
    ("raw", "extra"),
    [
        ("表彰ソ_山田.pdf".encode("cp932"), b""),  # 表 and ソ hold the byte of a backslash
        ("表彰ソ_山田.pdf".encode(), b""),  # UTF-8 without saying so, as macOS writes it
        (
            b"fallback.pdf",
            struct.pack("<HHBI", 0x7075, 5 + len("表彰ソ_山田.pdf".encode()), 1, zlib.crc32(b"fallback.pdf"))
            + "表彰ソ_山田.pdf".encode(),
        ),
    ],
)
def test_names_of_japanese_windows_and_of_macs_are_read_as_they_were_meant(raw: bytes, extra: bytes) -> None:
    assert list(read_papers(raw_zip(raw, extra=extra)).files) == ["表彰ソ_山田.pdf"]


def test_decomposed_names_are_composed() -> None:
    assert list(read_papers(raw_zip("が.pdf".encode())).files) == ["が.pdf"]


def test_what_systems_leave_behind_is_passed_over() -> None:
    data = zipped(("__MACOSX/._a.pdf", b"x"), (".DS_Store", b"x"), ("d/Thumbs.db", b"x"), ("a.pdf", PDF))
    found = read_papers(data)
    assert (list(found.files), found.problems) == (["a.pdf"], ())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../a.pdf", "paper.unsafe-name"),
        ("d/../../a.pdf", "paper.unsafe-name"),
        ("/etc/a.pdf", "paper.unsafe-name"),
        ("C:\\a.pdf", "paper.unsafe-name"),
        ("d\\..\\a.pdf", "paper.unsafe-name"),
        ("CON.pdf", "paper.unsafe-name"),
        ("a\u202efdp.exe", "paper.unsafe-name"),
        ("あ" * 256, "paper.name-too-long"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str, code: str) -> None:
    found = read_papers(raw_zip(name.encode()))
    assert [problem.code for problem in found.problems] == [code]
    assert not found.files


def test_a_name_with_nul_is_refused_whole() -> None:
    assert codes(raw_zip(b"a.pdf\x00.exe")) == ["paper.unsafe-name"]


@pytest.mark.parametrize(
    ("data", "zeros", "code"),
    [
        (b"", 0, "paper.empty"),
        (b"hello", 0, "paper.not-a-pdf"),
        (zipped(("b.pdf", PDF)), 0, "paper.nested"),
        (b"%PDF-1.7\n", 5_000_000, "paper.bomb"),
        (b"%PDF-1.7\n", papers.LARGEST_PAPER, "paper.too-large"),
    ],
)
def test_members_that_are_no_honest_pdf_are_refused(data: bytes, zeros: int, code: str) -> None:
    assert codes(zipped(("a.pdf", data + b"0" * zeros))) == [code]


def test_an_archive_inside_is_known_by_its_name_too() -> None:
    assert codes(zipped(("a.zip", PDF))) == ["paper.nested"]


def test_links_locked_doubled_and_damaged_members_are_refused() -> None:
    link = zipfile.ZipInfo("link.pdf")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert codes(zipped((link, b"/etc/passwd"))) == ["paper.link"]
    assert codes(raw_zip(b"a.pdf", flags=0x1)) == ["paper.locked"]
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = zipped(("a.pdf", PDF), ("a.pdf", PDF))
    assert codes(doubled) == ["paper.duplicate"]
    damaged = raw_zip(b"a.pdf").replace(b"endobj", b"endobX", 1)
    assert codes(damaged) == ["paper.damaged"]


def test_a_member_damaged_behind_its_beginning_is_told_when_it_is_asked_for() -> None:
    data = raw_zip(b"a.pdf", data=PDF + b"x" * 100_000 + b"end").replace(b"xend", b"xEND", 1)
    found = read_papers(data)
    assert found.problems == ()
    with pytest.raises(UnreadableError) as caught:
        _ = found.files["a.pdf"]
    assert caught.value.code == "paper.damaged"


def test_what_is_no_zip_is_refused() -> None:
    for data in (b"", b"PK", PDF, zipped(("a.pdf", PDF))[:-30]):
        with pytest.raises(UnreadableError) as caught:
            read_papers(data)
        assert caught.value.code == "archive.unreadable"


def test_members_on_the_same_bytes_are_refused() -> None:
    data = bytearray(zipped(("a.pdf", PDF), ("b.pdf", PDF), how=zipfile.ZIP_STORED))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)  # the second member begins where the first does
    with pytest.raises(UnreadableError) as caught:
        read_papers(bytes(data))
    assert caught.value.code == "archive.overlap"


def test_too_many_and_too_much_are_refused_before_anything_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(papers, "MOST_MEMBERS", 2)
    monkeypatch.setattr(papers, "LARGEST_TOTAL", 2 * len(PDF))
    with pytest.raises(LimitError) as many:
        read_papers(zipped(*((f"{i}.pdf", PDF) for i in range(3))))
    assert many.value.code == "archive.members"
    with pytest.raises(LimitError) as much:
        read_papers(zipped(("a.pdf", PDF * 2), ("b.pdf", PDF)))
    assert much.value.code == "archive.total"
    monkeypatch.setattr(papers, "LARGEST_ARCHIVE", 10)
    with pytest.raises(LimitError):
        read_papers(zipped(("a.pdf", PDF)))


def test_memory_holds_one_member_at_a_time() -> None:
    content = PDF + zlib.compress(b"x") + bytes(i * 7 % 251 for i in range(1_000_000))
    data = zipped(*((f"{i}.pdf", content) for i in range(30)))
    tracemalloc.start()
    found = read_papers(data)
    sizes = {len(found.files[name]) for name in found.files}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sizes == {len(content)}
    assert peak < 5 * len(content)


def test_a_folder_goes_by_the_same_rules() -> None:
    found = papers_of_folder([("a.pdf", PDF), ("b.txt", b"x"), (".DS_Store", b"x"), ("a.pdf", PDF)])
    assert dict(found.files) == {"a.pdf": PDF}
    assert [(p.code, p.file) for p in found.problems] == [
        ("paper.not-a-pdf", "b.txt"),
        ("paper.duplicate", "a.pdf"),
    ]


@given(st.binary(max_size=200), st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_any_bytes_are_opened_or_refused(tail: bytes, place: int, patch: bytes) -> None:
    whole = zipped(("a.pdf", PDF))
    for data in (tail, whole[:place] + patch + whole[place + len(patch) :]):
        code = "archive.fine"
        try:
            found = read_papers(data)
            for name in found.files:
                _ = found.files[name]
        except InputError as error:
            code = error.code
        assert code.startswith(("archive.", "paper."))


def test_a_member_whose_name_is_empty_breaks_nothing() -> None:
    found = read_papers(zipped(("a.pdf", PDF), ("b.pdf", PDF)).replace(b"a.pdf", b"\x00.pdf"))
    assert list(found.files) == ["b.pdf"]
    assert [problem.code for problem in found.problems] == ["paper.unsafe-name"]
