# SPDX-License-Identifier: Apache-2.0
"""The words of a signed document, read from what its signature covers, for those who ask for them."""

from __future__ import annotations

from dataclasses import replace

from gakusho import plugins
from gakusho.formats import Shows, formats
from gakusho.model.report import Report
from gakusho.model.signed_document import UNREAD, DocumentText


def signed_revision(report: Report, data: bytes) -> bytes | None:
    """Give the part of the verified bytes that a good signature covers; None where there is none."""
    document = report.document
    if document is None or not document.covered or not 0 < document.length <= len(data):
        return None
    return data[: document.length]


def read_text(format_name: str, revision: bytes) -> DocumentText:
    """Give the words of a signed revision; none where they cannot be read. Never raises."""
    shows = plugins.able(formats()[format_name], Shows) if format_name in formats() else None
    try:
        return shows.document_text(revision) if shows else UNREAD
    except Exception:  # noqa: BLE001  # a fault of ours in this says nothing about the document
        return UNREAD


def with_text(report: Report, data: bytes) -> Report:
    """Give a report on ``data`` with the words of its signed document, if it has one.

    The words are read from the revision that the judged signature covers, and no check rests on them.
    """
    revision = signed_revision(report, data)
    return report if revision is None else told(report, read_text(report.format or "", revision))


def told(report: Report, text: DocumentText) -> Report:
    """Give a report with these words of its signed document."""
    document = report.document
    return report if document is None else replace(report, document=replace(document, text=text))
