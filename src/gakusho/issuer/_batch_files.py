# SPDX-License-Identifier: Apache-2.0
"""Files a batch is made of or gives out: rows as a table, papers as an archive, problems as a CSV."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from gakusho.errors import InputError
from gakusho.issuer.problem_sentences import problem_mend, problem_sentence
from gakusho.model.problem import Problem, Severity

_BOM = b"\xef\xbb\xbf"
_FORMULA = re.compile(r"[\s]*[=+\-@＝＋－＠]|[\t\r\n]")
_HEADERS = {
    "ja": ("行", "列", "値", "ファイル", "区分", "内容", "直し方"),
    "en": ("Row", "Column", "Value", "File", "Kind", "What is wrong", "How to mend it"),
}
_KINDS = {
    "ja": {Severity.ERROR: "エラー", Severity.WARNING: "注意"},
    "en": {Severity.ERROR: "Error", Severity.WARNING: "Warning"},
}


def table_of(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Give rows of a program as a CSV; the first row is on line 2.

    Raises:
        InputError: there are no rows, one says nothing, or one holds what cannot be written.
    """
    if not rows:
        raise InputError("There are no rows.", code="rows.none", action="Send at least one row.")
    header = list(dict.fromkeys(column for row in rows for column in row))
    if "" in header:
        raise InputError("A row has a member without a name.", code="rows.unnamed")
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    for number, row in enumerate(rows, start=2):
        if not any(row.values()):
            raise InputError(f"Row {number} says nothing.", code="rows.empty", facts={"row": number})
        writer.writerow([row.get(column, "") for column in header])
    try:
        return _BOM + out.getvalue().encode()
    except UnicodeEncodeError as error:
        raise InputError("A row holds half of a character.", code="rows.surrogate") from error


def archive_of(papers: Mapping[str, bytes]) -> bytes:
    """Give papers of a program as one archive, always the same for the same papers."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in papers.items():
            archive.writestr(zipfile.ZipInfo(name.replace("\x00", "\x1f")), data)
    return out.getvalue()


def problems_csv(problems: Iterable[Problem], language: str) -> bytes:
    """Give problems as a CSV that Excel opens: UTF-8 with BOM, and no cell that Excel would compute."""
    language = language if language in _HEADERS else "en"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADERS[language])
    for problem in problems:
        writer.writerow(
            [
                harmless(str(cell or ""))
                for cell in (
                    problem.row,
                    problem.column,
                    problem.value,
                    problem.file,
                    _KINDS[language][problem.severity],
                    problem_sentence(problem, language),
                    problem_mend(problem, language),
                )
            ]
        )
    return _BOM + out.getvalue().encode(errors="replace")


def file_name(given: str) -> str:
    """Give a file's name as it can be kept and shown: no folders, no control characters."""
    return without_controls(re.split(r"[/\\]", given)[-1])[:255]


def without_controls(given: str) -> str:
    """Give a line of text without what databases refuse and pages cannot show."""
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", given).strip()


def harmless(cell: str) -> str:
    """Give the cell so that a spreadsheet shows it and does not compute it (OWASP: CSV injection)."""
    return "'" + cell if _FORMULA.match(cell) else cell
