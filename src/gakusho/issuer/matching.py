# SPDX-License-Identifier: Apache-2.0
"""Which paper belongs to which row: by the file-name column, else by the issue number in the file's name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gakusho.issuer.rows import Row
from gakusho.model.problem import Problem, Severity

_PIECES = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+|[\W_]+")
MOST_PIECES = 24
"""Of a file name looked at; what lies beyond is not searched for an issue number."""


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Rows and papers that belong together, and those that found no partner."""

    papers: Mapping[int, str] = field(default_factory=dict)
    """Line of the row → name of the paper."""
    problems: tuple[Problem, ...] = ()
    """Of rows (with ``row``) and of files (with ``file`` alone)."""
    unmatched_rows: tuple[int, ...] = ()
    unmatched_files: tuple[str, ...] = ()


def match(
    rows: Sequence[Row], paper_names: Iterable[str], columns: Mapping[str, str] | None = None
) -> Matches:
    """Give which paper belongs to which row; ``columns`` (field → column) names the columns in problems.

    A row with a file name takes exactly that file; any other takes the file whose name contains its
    issue number as a whole (``2026-0012`` is in ``2026-0012_山田.pdf``, not in ``2026-00123.pdf``),
    the longest number winning. One paper for two rows, or two papers for one row, match neither.
    """
    names = tuple(paper_names)
    named = _by_file_column(rows, names)
    taken = {each for found in named.values() for each in found}
    wanting = [row for row in rows if not row.fields.get("file")]
    numbered = _by_issue_number(wanting, [each for each in names if each not in taken])
    return _settled(rows, names, {**named, **numbered}, columns or {})


def _key(name: str) -> str:
    base = re.split(r"[/\\]", unicodedata.normalize("NFKC", name).casefold())[-1].strip()
    return base.removesuffix(".pdf")


def _number(text: str) -> str:
    """Give an issue number in the form in which it is looked for: without 第…号."""
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold())
    return folded.strip().removeprefix("第").removesuffix("号").strip()


def _by_file_column(rows: Sequence[Row], names: Sequence[str]) -> dict[int, list[str]]:
    by_key: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_key[_key(name)].append(name)
    return {row.line: by_key.get(_key(row.fields["file"]), []) for row in rows if row.fields.get("file")}


def _by_issue_number(rows: Sequence[Row], names: Sequence[str]) -> dict[int, list[str]]:
    lines: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if number := _number(row.fields.get("issue_number", "")):
            lines[number].append(row.line)
    found: dict[int, list[str]] = defaultdict(list)
    for name in names:
        for line in _lines_in(_key(name), lines):
            found[line].append(name)
    return found


def _lines_in(stem: str, lines: Mapping[str, list[int]]) -> list[int]:
    """Give the lines of the longest issue numbers that stand in the stem as a whole."""
    pieces = _PIECES.findall(re.sub(r"\s+", " ", stem))[:MOST_PIECES]
    best: set[str] = set()
    longest = 0
    for start in range(len(pieces)):
        span = ""
        for piece in pieces[start:]:
            span += piece
            number = span.removeprefix("第").removesuffix("号").strip()
            if number in lines and len(number) >= longest:
                best = {number} if len(number) > longest else best | {number}
                longest = len(number)
    return sorted(line for number in best for line in lines[number])


def _settled(
    rows: Sequence[Row], names: Sequence[str], found: Mapping[int, list[str]], columns: Mapping[str, str]
) -> Matches:
    owners: dict[str, list[int]] = defaultdict(list)
    for line, candidates in found.items():
        for name in candidates:
            owners[name].append(line)
    papers: dict[int, str] = {}
    problems: list[Problem] = []
    for row in rows:
        candidates = found.get(row.line, [])
        if len(candidates) == 1 and len(owners[candidates[0]]) == 1:
            papers[row.line] = candidates[0]
        else:
            problems.append(_row_problem(row, candidates, owners, columns))
    left = tuple(name for name in names if not owners.get(name))
    problems += [Problem(code="paper.unmatched", severity=Severity.WARNING, file=name) for name in left]
    unmatched = tuple(row.line for row in rows if row.line not in papers)
    return Matches(papers=papers, problems=tuple(problems), unmatched_rows=unmatched, unmatched_files=left)


def _row_problem(
    row: Row, candidates: list[str], owners: Mapping[str, list[int]], columns: Mapping[str, str]
) -> Problem:
    source = "file" if row.fields.get("file") else "issue_number"
    value = row.fields.get(source, "")[:200]
    facts: tuple[tuple[str, str], ...] = ()
    if not candidates:
        code = "paper.missing"
    elif len(candidates) > 1:
        code, facts = "paper.ambiguous", (("files", ", ".join(candidates[:5])),)
    else:
        others = [str(line) for line in owners[candidates[0]] if line != row.line]
        code, facts = "paper.shared", (("rows", ", ".join(others[:5])), ("file", candidates[0]))
    return Problem(
        code=code,
        severity=Severity.ERROR,
        row=row.line,
        column=columns.get(source),
        value=value,
        facts=facts,
    )
