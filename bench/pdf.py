# SPDX-License-Identifier: Apache-2.0
"""``pdf-…``: documents set, signed, kept for decades and verified, beside others and beside RSA itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import pdf_fixtures
from bench.jobs import Job, Rate, run
from bench.measurement import Measurement, ratio
from gakusho.formats._pdf.pades_certify import Certifier

OURS, LIMIT = "gakusho (documents)", "openssl speed"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measurement: our work, and what stands beside it."""

    operation: str
    count: int
    beside: tuple[tuple[str, str, int, str], ...]
    """Engine, its operation, how often, and what the ratio is to reach."""
    how: str
    slower: bool = False
    """The ratio is told the other way round: how many times as long as what stands beside."""


LINES = {
    "pdf-sign": Line(
        operation="sign",
        count=400,
        beside=(("pyHanko SimpleSigner", "sign", 20, "≥ 15"), ("endesive", "sign", 100, "≥ 6")),
        how=(
            "A one-page degree certificate (PDF/A-3a, 50 kB, an Open Badges 3.0 credential inside) certified "
            "at PAdES B-B with RSA-3072, DocMDP no changes, invisible. pyHanko: one `PdfSigner` on one "
            "`SimpleSigner`, all as it comes. endesive: key and certificates loaded once."
        ),
    ),
    "pdf-typeset": Line(
        operation="typeset",
        count=60,
        beside=(("WeasyPrint", "typeset", 10, "≥ 8"),),
        how=(
            "A transcript of 60 courses set on one page, from data to an unsigned PDF/A-3a that is PDF/UA-1 "
            "too, in Japanese and English. WeasyPrint: from HTML with the same font, PDF/A-3a, labels in "
            "Japanese only."
        ),
    ),
    "pdf-pipeline": Line(
        operation="pipeline",
        count=60,
        beside=((LIMIT, "sign", 1, "≥ 0.04"),),
        how=(
            "A transcript of 60 courses from the award's data: set, its CLR 2.0 credential (35 kB) attached, "
            "certified at B-B with RSA-3072. Against the RSA-3072 signatures a second of `openssl speed`."
        ),
    ),
    "pdf-lta": Line(
        operation="sign-lta",
        count=100,
        beside=((OURS, "sign-lt", 100, "≤ 1.7"),),
        slower=True,
        how=(
            "The one-page document at B-LTA beside the same at B-LT, revocation lists shared by the batch, "
            "the time-stamping authority in the same process (its P-256 signatures count). The ratio is "
            "of times."
        ),
    ),
    "pdf-validate": Line(
        operation="validate",
        count=200,
        beside=(("pdfsig", "validate", 60, "≥ 1"),),
        how=(
            "The one-page document at B-B verified, bytes in, report out: all points of the acceptance rule, "
            "the page compared with the credential inside, the credential verified. pdfsig: a process a "
            "file, as it is used; it judges the signature alone."
        ),
    ),
}
NAMES = tuple(LINES)


def write(folder: Path) -> None:
    """Put the documents into the folder, signed ones too."""
    pdf_fixtures.write(folder)
    certifier = Certifier(pdf_fixtures.document_key(folder))
    for number in range(pdf_fixtures.DOCUMENTS):
        page = (folder / f"page-{number}.pdf").read_bytes()
        (folder / f"signed-{number}.pdf").write_bytes(certifier.certify(page, at=pdf_fixtures.NOW))


def measure(wanted: Collection[str]) -> Iterator[Measurement]:
    """Measure what is wanted, all of it in the same rounds."""
    jobs = {
        name: [
            Job(engine=engine, fixture="pdf", operation=operation, count=count, warm_up=max(2, count // 10))
            for engine, operation, count in (
                (OURS, line.operation, line.count),
                *(each[:3] for each in line.beside),
            )
        ]
        for name, line in LINES.items()
        if name in wanted
    }
    rates = run([job for listed in jobs.values() for job in listed], write=write)
    for name, (ours, *others) in jobs.items():
        for other, beside in zip(others, LINES[name].beside, strict=True):
            yield _measured(name, rates[ours], rates[other], against=beside[0], target=beside[3])


def _measured(name: str, ours: Rate, theirs: Rate, *, against: str, target: str) -> Measurement:
    line = LINES[name]
    first, second = (theirs, ours) if line.slower else (ours, theirs)
    return Measurement(
        name=name,
        value=ours.median,
        unit="documents/s",
        against="B-LT" if line.slower else "RSA-3072 (openssl speed)" if against == LIMIT else against,
        against_value=theirs.median,
        ratio=ratio(first.wall, second.wall),
        cpu_ratio=ratio(first.cpu, second.cpu),
        how=line.how,
        target=target,
    )
