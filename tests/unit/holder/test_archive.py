# SPDX-License-Identifier: Apache-2.0
"""The archive is laid out as the command line reads it, and the same every time."""

from __future__ import annotations

import io
import zipfile

import pytest

from gakusho.errors import InputError
from gakusho.holder.archive import Packed, archive, file_stem
from gakusho.model.sealed import Sealed


def _sealed(data: bytes = b"{}", extension: str = "json") -> Sealed:
    return Sealed(
        award_id="1", format="open-badges-3", media_type="application/vc", extension=extension, data=data
    )


def _files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert pack.testzip() is None
        return {name: pack.read(name) for name in pack.namelist()}


def test_the_same_content_gives_the_same_bytes() -> None:
    items = [Packed(name="学士 佐藤", sealed=(_sealed(),))]
    documents = {"https://a.example/x/did.json": b"1", "https://a.example/status/1": b"2"}
    assert archive(items, documents) == archive(items, dict(reversed(documents.items())))


def test_files_are_where_they_are_looked_for() -> None:
    documents = {"https://a.example/i/x/did.json": b"1", "https://a.example/i/x/status/1/revocation": b"2"}
    files = _files(
        archive(
            [Packed(name="学士（工学） 佐藤 葵", sealed=(_sealed(),), badge=(b"<svg/>", "svg"))], documents
        )
    )
    assert set(files) == {
        "README.txt",
        "credentials/学士（工学）_佐藤_葵.open-badges-3.json",
        "credentials/学士（工学）_佐藤_葵.badge.svg",
        "documents/a.example/i/x/did.json",
        "documents/a.example/i/x/status/1/revocation.json",
    }
    assert "gakusho verify credentials/* --documents documents --offline" in files["README.txt"].decode()


def test_two_of_one_name_both_stay() -> None:
    items = [Packed(name="A. B", sealed=(_sealed(b"1"),)), Packed(name="A. B", sealed=(_sealed(b"2"),))]
    assert {b"1", b"2"} <= set(_files(archive(items, {})).values())


@pytest.mark.parametrize("url", ["https://a.example/../../etc/passwd", "https://a.example/a/%2e%2e/b"])
def test_an_address_that_climbs_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        archive([], {url: b""})


@pytest.mark.parametrize(
    "words", ["../../x", "a/b\\c", "con:", "\u202egnp.exe", "", "...", "x" * 300, "a\nb"]
)
def test_a_name_is_a_name_on_any_system(words: str) -> None:
    stem = file_stem(words)
    assert stem
    assert len(stem) <= 80
    assert not set(stem) & set('/\\:*?"<>|\n\u202e')
    assert stem not in {".", ".."}
    assert not stem.startswith(".")
