# SPDX-License-Identifier: Apache-2.0
"""The offline twins, and what is built of fetchers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gakusho.errors import InputError, UnreachableError
from gakusho.fetch import (
    CachingFetcher,
    Fetched,
    FolderFetcher,
    LayeredFetcher,
    MemoryFetcher,
    OfflineFetcher,
    document_path,
)

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://aoba.example/.well-known/did.json", "aoba.example/.well-known/did.json"),
        ("https://aoba.example/status/revocation", "aoba.example/status/revocation.json"),
        ("https://aoba.example/status/1?x=1", "aoba.example/status/1%3Fx%3D1.json"),
        ("https://Aoba.example:8443/a", "aoba.example%3A8443/a.json".replace("%3A", "%3A")),
        ("https://aoba.example/", "aoba.example/index.json"),
        ("https://aoba.example", "aoba.example/index.json"),
        ("urn:uuid:3f2a", "urn%3Auuid%3A3f2a.json"),
        ("did:web:aoba.example", "did%3Aweb%3Aaoba.example.json"),
        ("https://aoba.example/大学", "aoba.example/%E5%A4%A7%E5%AD%A6.json"),
    ],
)
def test_a_document_has_one_place(url: str, path: str) -> None:
    assert document_path(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "https://aoba.example/../../etc/passwd",
        "https://aoba.example/%2e%2e/%2e%2e/etc/passwd",
        "https://../etc/passwd",
        "https://aoba.example/a//b",
        "https://aoba.example/" + "a" * 300,
        "..",
        "",
    ],
)
def test_an_address_that_climbs_names_no_file(url: str) -> None:
    with pytest.raises(InputError):
        document_path(url)


def test_an_encoded_slash_stays_inside_one_name(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "documents" / "aoba.example").mkdir(parents=True)
    fetcher = FolderFetcher(tmp_path / "documents", now=lambda: NOW)
    for url in ("https://aoba.example/..%2F..%2Fsecret", "https://aoba.example/..%2f..%2fsecret.json"):
        with pytest.raises(UnreachableError):
            fetcher.fetch(url)


def test_a_folder_answers(tmp_path: Path) -> None:
    (tmp_path / "aoba.example" / "status").mkdir(parents=True)
    (tmp_path / "aoba.example" / "status" / "1.json").write_text("{}")
    (tmp_path / "aoba.example" / "status" / "plain").write_text("[]")
    fetcher = FolderFetcher(tmp_path, now=lambda: NOW)
    assert fetcher.fetch("https://aoba.example/status/1").data == b"{}"
    assert fetcher.fetch("https://aoba.example/status/1").source == "documents/aoba.example/status/1.json"
    assert fetcher.fetch("https://aoba.example/status/plain").data == b"[]"
    with pytest.raises(UnreachableError):
        fetcher.fetch("https://aoba.example/status")
    with pytest.raises(UnreachableError):
        fetcher.fetch("https://aoba.example/status/1", max_bytes=1)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "documents"
    (folder / "aoba.example").mkdir(parents=True)
    (folder / "aoba.example" / "a.json").symlink_to(tmp_path / "secret")
    (folder / "other.example").symlink_to(tmp_path)
    fetcher = FolderFetcher(folder, now=lambda: NOW)
    for url in ("https://aoba.example/a", "https://other.example/secret"):
        with pytest.raises(UnreachableError):
            fetcher.fetch(url)


def test_offline_asks_nobody() -> None:
    with pytest.raises(UnreachableError):
        OfflineFetcher().fetch("https://aoba.example/")


def test_layers_give_the_first_answer() -> None:
    first = MemoryFetcher({"a": b"1"}, now=lambda: NOW)
    second = MemoryFetcher({"a": b"2", "b": b"3"}, now=lambda: NOW)
    layered = LayeredFetcher([first, second])
    assert layered.fetch("a").data == b"1"
    assert layered.fetch("b").data == b"3"
    with pytest.raises(UnreachableError):
        layered.fetch("c")
    with pytest.raises(UnreachableError):
        LayeredFetcher([]).fetch("a")


class Counting:
    def __init__(self) -> None:
        self.now = NOW
        self.asked: list[str] = []

    def fetch(self, url: str, *, max_bytes: int = 100) -> Fetched:
        self.asked.append(url)
        return Fetched(url=url, data=b"x" * 10, media_type="", time=self.now, source=url)


def test_a_cache_remembers_for_its_time_and_within_its_size() -> None:
    inner = Counting()
    cache = CachingFetcher(inner, now=lambda: inner.now, age=timedelta(minutes=5), entries=2, total_bytes=25)
    for url in ("a", "a", "b", "a"):
        cache.fetch(url)
    assert inner.asked == ["a", "b"]
    cache.fetch("c")  # b is the one not used for longest
    cache.fetch("a")
    assert inner.asked == ["a", "b", "c"]
    cache.fetch("b")
    assert inner.asked == ["a", "b", "c", "b"]
    inner.now += timedelta(minutes=5)
    assert cache.fetch("b").time == inner.now
    assert inner.asked[-1] == "b"
    assert len(inner.asked) == 5
