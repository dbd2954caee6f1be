# SPDX-License-Identifier: Apache-2.0
"""Templates come in as files or as a ZIP that is not trusted, and go out as one that is always the same."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

import gakusho.formats._pdf.own_templates as own
from gakusho.issuer import _zip, template_files, template_sentences, template_trial
from gakusho.issuer.problem_sentences import problem_mend, problem_sentence
from gakusho.issuer.template_files import LARGEST, LARGEST_FILES, files_sent, zipped
from gakusho.model.problem import Problem, Severity

FILES = {"diploma.typ": b"= A", "mark.svg": b"<svg/>"}
LINK = 0o120777 << 16


def a_zip(*members: tuple[str, bytes], attributes: int = 0, packed: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = attributes
            archive.writestr(member, data, zipfile.ZIP_DEFLATED if packed else None)
    return out.getvalue()


def codes(*sent: tuple[str, bytes]) -> list[str]:
    return [each.code for each in files_sent(sent)[1]]


def test_what_goes_out_comes_in_and_is_the_same_bytes_every_time() -> None:
    given = zipped(FILES)
    assert given == zipped(dict(reversed(FILES.items())))
    assert files_sent([("set.zip", given)]) == (FILES, [])


def test_a_folder_around_them_and_what_file_managers_add_are_left_out() -> None:
    sent = a_zip(
        ("pages/diploma.typ", b"= A"),
        ("pages/mark.svg", b"<svg/>"),
        ("pages/.DS_Store", b"x"),
        ("__MACOSX/pages/._diploma.typ", b"x"),
    )
    assert files_sent([("set.zip", sent)]) == (FILES, [])
    assert files_sent(list(FILES.items())) == (FILES, [])
    assert files_sent([("C:\\Users\\a\\diploma.typ", b"= A")])[0] == {"diploma.typ": b"= A"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (a_zip(("../diploma.typ", b"x")), "template.outside"),
        (a_zip(("/etc/diploma.typ", b"x")), "template.outside"),
        (a_zip(("..\\diploma.typ", b"x")), "template.outside"),
        (a_zip(("a/diploma.typ", b"x"), ("b/diploma.typ", b"x")), "template.folder"),
        (a_zip(("pages/deep/diploma.typ", b"x")), "template.folder"),
        (a_zip(("diploma.typ", b"/etc/passwd"), attributes=LINK), "template.link"),
        (a_zip(("diploma.typ", b" " * (LARGEST_FILES + 1)), packed=True), "template.total"),
        (a_zip(*((f"a{n}.typ", b"") for n in range(500))), "template.count"),
        (a_zip(("font.ttf", b"x")), "template.other"),
        (a_zip(("inner.zip", b"PK\x03\x04")), "template.other"),
        (b"PK\x03\x04 but no ZIP", "template.zip"),
        (zipped(FILES)[:-30], "template.zip"),
    ],
)
def test_a_zip_that_is_not_what_it_should_be_is_refused(sent: bytes, code: str) -> None:
    assert code in codes(("set.zip", sent))


def test_a_bomb_is_never_unpacked_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    unpacked = _zip.unpacked

    def watched(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | None:
        content = unpacked(archive, member, most)
        seen.append(len(content or b""))
        return content

    monkeypatch.setattr(_zip, "unpacked", watched)
    bomb = a_zip(*((f"a{n}.typ", b" " * (LARGEST_FILES // 2)) for n in range(100)), packed=True)
    assert len(bomb) < LARGEST
    assert codes(("set.zip", bomb)) == ["template.total"]
    assert sum(seen) <= 2 * LARGEST_FILES


def test_encrypted_damaged_double_and_large_files_are_told() -> None:
    locked = bytearray(a_zip(("diploma.typ", b"= A")))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert codes(("set.zip", bytes(locked))) == ["template.locked"]
    damaged = zipped(FILES).replace(b"= A", b"= B")
    assert codes(("set.zip", damaged)) == ["template.damaged"]
    assert codes(("diploma.typ", b"= A"), ("diploma.typ", b"= B")) == ["template.twice"]
    assert codes(("diploma.typ", b" " * (LARGEST + 1))) == ["template.total"]
    overlapping = bytearray(zipped(FILES))
    second = overlapping.index(b"PK\x01\x02", overlapping.index(b"PK\x01\x02") + 4)
    overlapping[second + 42 : second + 46] = b"\0\0\0\0"
    assert codes(("set.zip", bytes(overlapping))) == ["template.zip"]


def test_every_fault_is_told_in_both_languages_with_what_to_do() -> None:
    sources = [Path(str(each.__file__)) for each in (own, template_files, template_trial)]
    said = {code for file in sources for code in re.findall(r'"(template\.[a-z-]+)"', file.read_text())}
    assert said | {"template.none"} == set(template_sentences.ENGLISH) == set(template_sentences.JAPANESE)
    for code in said:
        problem = Problem(code=code, severity=Severity.ERROR, file="diploma.typ", facts=(("got", "a"),))
        for language in ("ja", "en"):
            words = problem_sentence(problem, language) + problem_mend(problem, language)
            assert ("。" in words) == (language == "ja"), code
        places = [re.findall(r"\{(\w+)\}", "".join(words[code])) for words in (
            template_sentences.ENGLISH, template_sentences.JAPANESE)]  # fmt: skip
        assert sorted(places[0]) == sorted(places[1]), code
