# SPDX-License-Identifier: Apache-2.0
"""Evidence reports: what a verification found, kept under a code of its own."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gakusho.errors import NotFoundError
from gakusho.store.tables import EvidenceReport
from gakusho.store.work import Work

KEPT_FOR = timedelta(days=5 * 365 + 2)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is read for another
_GROUPS, _GROUP = 7, 4


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """A kept report."""

    code: str
    report: Mapping[str, Any]
    """For programs: the same object as ``gakusho verify --json``."""
    pages: Mapping[str, Any]
    """For people, by language: the sentences as they were said then."""
    pdf_file: str | None
    input_digest: str
    created_at: datetime
    expires_at: datetime


def new_code() -> str:
    """Give 140 random bits as seven groups of four that can be read out: ``7KQ2-…``."""
    letters = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(letters[n : n + _GROUP]) for n in range(0, len(letters), _GROUP))


def read_code(text: str) -> str | None:
    """Give the code somebody typed or read out, or None where it cannot be one."""
    plain = unicodedata.normalize("NFKC", text[:200]).upper().translate(str.maketrans("OIL", "011"))
    letters = "".join(c for c in plain if c not in " -\t\r\n‐–—−")
    if len(letters) != _GROUPS * _GROUP or any(c not in _ALPHABET for c in letters):
        return None
    return "-".join(letters[n : n + _GROUP] for n in range(0, len(letters), _GROUP))


def keep(
    work: Work,
    *,
    code: str,
    report: Mapping[str, Any],
    pages: Mapping[str, Any],
    pdf: bytes,
    input_digest: str,
    share_id: str | None = None,
) -> ReportView:
    """Keep a report for five years and give it."""
    row = EvidenceReport(
        code=code,
        report={"report": dict(report), "pages": dict(pages)},
        pdf_file=work.files.put(pdf),
        input_digest=input_digest,
        share_id=share_id,
        created_at=work.now,
        expires_at=work.now + KEPT_FOR,
    )
    work.session.add(row)
    return _view(row)


def report(work: Work, code: str) -> ReportView:
    """Give a kept report by its code. Raises: NotFoundError."""
    known = read_code(code)
    row = work.session.get(EvidenceReport, known) if known else None
    if row is None or row.expires_at <= work.now:
        raise NotFoundError("There is no report with this code.", code="no-report")
    return _view(row)


def _view(row: EvidenceReport) -> ReportView:
    return ReportView(
        code=row.code,
        report=row.report["report"],
        pages=row.report["pages"],
        pdf_file=row.pdf_file,
        input_digest=row.input_digest,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
