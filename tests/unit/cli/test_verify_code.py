# SPDX-License-Identifier: Apache-2.0
"""``gakusho verify https://HOST/verify#CODE``: the code from a paper, verified by whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.vectors.signed_pdf.making import issued

from gakusho.cli import verify as command
from gakusho.cli.main import run
from gakusho.fetch import Fetcher, MemoryFetcher
from gakusho.model import verification_code

CODE = verification_code.new_code()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the addresses that were asked; one has a paper."""
    seen: list[str] = []
    papers = {f"https://tohto.example/api/v1/verify/code/{CODE}/credential": issued()}
    known = MemoryFetcher(papers, now=lambda: datetime.now(UTC))

    class Watched:
        def fetch(self, url: str, *, max_bytes: int = 1_048_576) -> object:
            seen.append(url)
            return known.fetch(url, max_bytes=max_bytes)

    def watched(*_: object, **__: object) -> Fetcher:
        return Watched()  # type: ignore[return-value]  # gives what the other gives

    monkeypatch.setattr(command, "_fetcher", watched)
    return seen


def test_a_typed_code_leads_to_the_credential_which_is_verified_here(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed = verification_code.printed(CODE).lower()
    assert run(["verify", f"https://tohto.example/verify#{typed}", "--lang", "en"]) == 2
    assert asked[0] == f"https://tohto.example/api/v1/verify/code/{CODE}/credential"
    assert "東都学芸大学" in capsys.readouterr().out, "the keys could not be asked for; what it says was read"


def test_a_mistyped_code_is_told_without_asking_anybody(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    assert run(["verify", f"https://tohto.example/verify#{wrong}"]) == 64
    assert asked == []
    assert "mistyped" in capsys.readouterr().err
