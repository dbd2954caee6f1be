# SPDX-License-Identifier: Apache-2.0
"""Makes a report into an evidence report with a code of its own."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request

from gakusho.holder import evidence
from gakusho.model.report import Report
from gakusho.verifier.report_json import as_json
from gakusho.verifier.report_pdf import evidence_pdf
from gakusho.web.pages import language_of
from gakusho.web.state import state_of
from gakusho.web.verify.show import shown
from gakusho.web.words import LANGUAGES, Words


def keep(request: Request, report: Report, *, share_id: str | None = None) -> str:
    """Keep a report with its PDF in the reader's language, and give its code."""
    state = state_of(request)
    report = replace(report, verified_at=report.verified_at.replace(microsecond=0))  # as it is printed
    code = evidence.new_code()
    pdf = evidence_pdf(
        report, code=code, link=f"{state.settings.public_url}/reports/{code}", language=language_of(request)
    )
    pages = {
        language: shown(report, Words(language, state.settings.zone)).as_json() for language in LANGUAGES
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
