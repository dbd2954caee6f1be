# SPDX-License-Identifier: Apache-2.0
"""The evidence report on paper: the headline, all that was signed, and what the answer rests on."""

from __future__ import annotations

import base64
from datetime import UTC
from typing import Any

from gakusho.formats._pdf import glyphs
from gakusho.formats._pdf.typesetting import typeset
from gakusho.model.report import Check, Outcome, Report
from gakusho.verifier import _report_content as rows
from gakusho.verifier import document_words, sentences
from gakusho.verifier._report_words import COLUMNS, LABELS
from gakusho.verifier.badge_words import endorsements
from gakusho.verifier.format_names import format_name

_LONGEST = 20_000
_ORDER = {Outcome.INVALID: 0, Outcome.UNKNOWN: 1, Outcome.VALID: 2}


def evidence_pdf(
    report: Report, *, code: str, link: str, language: str, picture: tuple[bytes, int, int] | None = None
) -> bytes:
    """Give a report as PDF/A, in Japanese (``ja``) or English.

    ``picture`` is the first page of its signed document: a PNG, its width and height. ``code`` and ``link``
    are those under which the report can be looked up again. The same report and picture give the same bytes.
    What the report's font cannot write is printed as its code point, such as ``[U+13000]``:
    a report on a hostile file must still be made.
    """
    chosen = "ja" if language.startswith("ja") else "en"
    words = LABELS[chosen]
    award = report.credential
    data = {
        "language": chosen,
        "words": _words(report, chosen),
        "document_title": f"{words['title']} {code}",
        "code": code,
        "link": link,
        "verified": rows.moment(report.verified_at, chosen),
        "outcome": report.outcome.value,
        "headline": sentences.headline(report, chosen),
        "explanation": sentences.explanation(report, chosen),
        "identity": " ".join(
            (
                sentences.identity_sentence(report.issuer, chosen),
                *(sentences.sentence(one, chosen) for one in report.warnings),
            )
        ),
        "issuer": rows.issuer(report.issuer, award, chosen),
        "next": sentences.next_step(report, chosen),
        "content": rows.content(award, chosen) if award else [],
        "results": rows.results(award, chosen) if award else [],
        "prose": rows.prose(award, chosen, endorsements(report)) if award else [],
        "document": _document(report, chosen),
        "document_cautions": document_words.cautions(report, chosen),
        "fine": rows.fine_print(award, chosen) if award else [],
        "checks": _checks(report, chosen),
        "carried": _carried(report, chosen),
        "input": report.input_digest,
    }
    covered = report.document is not None and report.document.covered
    drawing = {"picture": _drawing(*picture) if picture and covered else None}
    # The compiler takes whole seconds of UTC only.
    return typeset(
        "report", {**_writable(data), **drawing}, at=report.verified_at.astimezone(UTC).replace(microsecond=0)
    )


def _document(report: Report, language: str) -> list[dict[str, Any]]:
    if report.document is None:
        return []
    found = document_words.facts(report.document, language, lambda time: rows.moment(time, language))
    return [{"label": label, "value": words, "plain": True} for label, words in found]


def _drawing(picture: bytes, width: int, height: int) -> str:
    """Give a picture as SVG, which can be given to a template as text."""
    held = base64.b64encode(picture).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{held}"/></svg>'
    )


def _words(report: Report, language: str) -> dict[str, Any]:
    """Give the headings; content that is not believed is called a claim, as on the pages."""
    words: dict[str, Any] = {**LABELS[language], "columns": list(COLUMNS[language]), "caution": ""}
    if not report.headline.is_genuine:
        words |= {
            "content": words["claimed"],
            "fine": words["fine.claimed"],
            "caution": words["claimed.why"],
        }
    return words


def _carried(report: Report, language: str) -> list[dict[str, Any]]:
    title = LABELS[language]["carried"] + ("：" if language == "ja" else ": ")
    return [
        {
            "title": " · ".join(
                (title + format_name(inner.format or "", language), sentences.headline(inner, language))
            ),
            "checks": _checks(inner, language),
        }
        for inner in report.carried
        if inner.checks
    ]


def _checks(report: Report, language: str) -> list[dict[str, str]]:
    return [_check(check, language) for check in sorted(report.checks, key=lambda each: _ORDER[each.outcome])]


def _check(check: Check, language: str) -> dict[str, str]:
    words, origin, colon = LABELS[language], [], "：" if language == "ja" else ": "
    if source := rows.source(check.source, language):
        origin.append(f"{words['source']}{colon}{source}")
    if check.time:
        origin.append(rows.moment(check.time, language))
    if detail := sentences.technical(check, language):
        origin.append(f"{words['technical']}{colon}{detail}")
    return {
        "outcome": check.outcome.value,
        "word": words[check.outcome.value],
        "sentence": sentences.sentence(check, language),
        "origin": " · ".join(origin),
    }


def _writable(value: Any) -> Any:
    """Give the same data with every string cut to a bound and free of what the fonts cannot write."""
    if isinstance(value, dict):
        return {key: _writable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if not isinstance(value, str):
        return value
    words = "\n".join(" ".join(line.split()) for line in value.split("\n")).strip("\n")
    if len(words) > _LONGEST:
        words = f"{words[:_LONGEST]}… (+{len(words) - _LONGEST:,})"
    for absent in glyphs.missing(words):
        numbers = " ".join(f"U+{ord(part):04X}" for part in absent)
        words = words.replace(absent, f"[{numbers}]")
    return words
