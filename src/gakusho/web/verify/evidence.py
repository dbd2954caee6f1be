# SPDX-License-Identifier: Apache-2.0
"""Makes a report into an evidence report with a code of its own."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from fastapi import Request

from gakusho.holder import evidence
from gakusho.holder.evidence import ReportView
from gakusho.model.report import Report
from gakusho.verifier.report_json import as_json
from gakusho.verifier.report_pdf import evidence_pdf
from gakusho.web.pages import language_of
from gakusho.web.state import state_of
from gakusho.web.verify.picture import size_of
from gakusho.web.verify.show import shown
from gakusho.web.words import LANGUAGES, Words


def keep(request: Request, report: Report, picture: bytes | None, *, share_id: str | None = None) -> str:
    """Keep a report with its PDF in the reader's language, and give its code.

    ``picture`` is the first page of its signed document as PNG, for the PDF.
    """
    state = state_of(request)
    report = replace(report, verified_at=report.verified_at.replace(microsecond=0))  # as it is printed
    code = evidence.new_code()
    pdf = evidence_pdf(
        report,
        code=code,
        link=f"{state.settings.public_url}/reports/{code}",
        language=language_of(request),
        picture=(picture, *size) if picture and (size := size_of(picture)) else None,
    )
    pages = {
        language: _once(shown(report, Words(language, state.settings.zone)).as_json())
        for language in LANGUAGES
    }
    with state.work() as work:
        evidence.keep(
            work,
            code=code,
            report=as_json(report),
            pages=pages,
            pdf=pdf,
            input_digest=report.input_digest,
            share_id=share_id,
        )
    return code


def page_of(view: ReportView, language: str) -> Any:
    """Give the page of a kept report, with the words of its document, which are the same in each language."""
    page = copy.deepcopy(dict(view.pages[language]))
    text = ((view.report.get("document") or {}).get("text") or {}).get("pages", [])
    shown_text = (page.get("document") or {}).get("text") or []
    for one, kept in zip(shown_text, text, strict=False):
        one[1] = kept["words"] or ""
    return page


def _once(page: dict[str, Any]) -> dict[str, Any]:
    """Give a page without the words of its document, which are kept once, in the report itself."""
    document = page["document"]
    if document and document["text"]:
        document["text"] = [[heading, "", note] for heading, _, note in document["text"]]
    return page
