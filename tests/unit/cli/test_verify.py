# SPDX-License-Identifier: Apache-2.0
"""What is fetched when an address is to be verified, and the moment it is verified at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gakusho.cli.terminal import UsageError
from gakusho.cli.verify import _fetched, _moment
from gakusho.fetch import MemoryFetcher

PAGE = "https://asanagi.example/v/abc"


def fetched(page: str) -> bytes:
    documents = {
        PAGE: page.encode(),
        "https://asanagi.example/v/abc.json": b"{}",
        "https://other.example/evil.json": b"evil",
    }
    return _fetched(PAGE, MemoryFetcher(documents, now=lambda: datetime.now(UTC)))


def test_what_is_no_page_is_taken_as_it_is() -> None:
    assert fetched('{"id": "<html>"}') == b'{"id": "<html>"}'


def test_of_a_page_the_credential_it_points_at_is_taken() -> None:
    link = '<link href="/v/abc.json" rel="alternate" type="application/vc">'
    assert fetched(f"<!doctype html><head>{link}</head>") == b"{}"


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/vc" href="https://other.example/evil.json">',
        '<link rel="alternate" type="application/vc" href="//other.example/evil.json">',
        '<link rel="alternate" type="application/rss+xml" href="/v/abc.json">',
        '<link rel="stylesheet" type="application/vc" href="/v/abc.json">',
        "",
    ],
)
def test_a_page_cannot_send_its_reader_elsewhere(link: str) -> None:
    page = f"<!doctype html><head>{link}</head>"
    assert fetched(page) == page.encode()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-25", datetime(2026, 3, 25, tzinfo=UTC)),
        ("2026-03-25T09:00:00Z", datetime(2026, 3, 25, 9, tzinfo=UTC)),
        ("2026-03-25T09:00:00+09:00", datetime(2026, 3, 25, tzinfo=UTC)),
    ],
)
def test_a_time_to_verify_at_is_read(text: str, moment: datetime) -> None:
    assert _moment(text) == moment


@pytest.mark.parametrize("text", ["", "now", "2026-02-30", "2026-03-25T09:00:00", "25.3.2026"])
def test_a_time_that_could_mean_two_things_is_not_guessed(text: str) -> None:
    with pytest.raises(UsageError, match="expected a time with its zone"):
        _moment(text)
