# SPDX-License-Identifier: Apache-2.0
"""This project's documents: signed, set, both of them, kept for decades, verified."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import pdf_fixtures
from bench.engines import _clock
from gakusho.fetch import OfflineFetcher
from gakusho.formats import Level
from gakusho.formats._pdf import page
from gakusho.formats._pdf.pades_certify import Certifier
from gakusho.formats._pdf.typesetting import Attachment, typeset
from gakusho.model.report import Outcome, Report
from gakusho.verifier.verify import verify

Work = Callable[[int], object]


def main() -> None:
    """Do what is asked for, going round the documents."""
    folder, _, operation, count, warm_up = _clock.asked()
    work = _WORKS[operation](folder)

    def some(amount: int) -> None:
        for number in range(amount):
            work(number % pdf_fixtures.DOCUMENTS)

    _clock.timed(lambda: some(warm_up), lambda: some(count), count, "")


def _pages(folder: Path) -> list[bytes]:
    return [(folder / f"page-{number}.pdf").read_bytes() for number in range(pdf_fixtures.DOCUMENTS)]


def _signing(level: Level) -> Callable[[Path], Work]:
    def work(folder: Path) -> Work:
        pages = _pages(folder)
        certifier = Certifier(pdf_fixtures.document_key(folder, level))
        return lambda number: certifier.certify(pages[number], at=pdf_fixtures.NOW)

    return work


def _transcripts(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "transcripts.json").read_text("utf-8")))


def _typesetting(folder: Path) -> Work:
    data = _transcripts(folder)
    return lambda number: typeset("transcript", data[number], at=pdf_fixtures.NOW)


def _pipeline(folder: Path) -> Work:
    certifier = Certifier(pdf_fixtures.document_key(folder))
    carried = [each["carried"].encode() for each in _transcripts(folder)]
    awards = [
        pdf_fixtures.award("transcript", number, courses=60) for number in range(pdf_fixtures.DOCUMENTS)
    ]

    def work(number: int) -> bytes:
        attachment = Attachment(
            name="clr-2.json",
            media_type="application/vc",
            data=carried[number],
            description="Verifiable credential: the same award, readable by machines",
        )
        data = page.page_data(awards[number], link=pdf_fixtures.link(number))
        unsigned = typeset("transcript", data, at=pdf_fixtures.NOW, attachments=[attachment])
        return certifier.certify(unsigned, at=pdf_fixtures.NOW)

    return work


def _validating(folder: Path) -> Work:
    documents = [(folder / f"signed-{number}.pdf").read_bytes() for number in range(pdf_fixtures.DOCUMENTS)]

    def work(number: int) -> Report:
        report = verify(documents[number], now=pdf_fixtures.NOW, fetcher=OfflineFetcher())
        if report.outcome is not Outcome.VALID:
            wrong = [each for each in report.checks if each.outcome is not Outcome.VALID]
            raise RuntimeError(f"a fixture does not verify: {wrong}")
        return report

    return work


_WORKS: dict[str, Callable[[Path], Work]] = {
    "sign": _signing(Level.B_B),
    "sign-lt": _signing(Level.B_LT),
    "sign-lta": _signing(Level.B_LTA),
    "typeset": _typesetting,
    "pipeline": _pipeline,
    "validate": _validating,
}


if __name__ == "__main__":
    main()
