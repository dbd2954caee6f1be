# SPDX-License-Identifier: Apache-2.0
"""The institution's own PDFs: a ZIP or a folder of them, opened without trusting it."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gakusho.errors import LimitError, UnreadableError
from gakusho.issuer import _zip
from gakusho.model.problem import Problem, Severity

LARGEST_ARCHIVE = 500 * 1024 * 1024  # bytes, packed
LARGEST_TOTAL = 500 * 1024 * 1024  # bytes, unpacked
LARGEST_PAPER = 20_000_000  # bytes
MOST_MEMBERS = 10_000
LONGEST_NAME = 255  # characters
HIGHEST_RATIO = 200
"""Unpacked to packed; PDFs are compressed inside, so that honest ones stay far below."""
_SMALL = 1024 * 1024
"""Below this size the ratio says nothing: a template of blank pages packs well."""

_PDF = re.compile(rb"%PDF-\d\.\d")
_NESTED = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_NESTED_NAME = re.compile(r"\.(zip|7z|rar|lzh|tar|gz|tgz)$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Papers:
    """Papers by name; the bytes of a ZIP's member are unpacked only when they are asked for."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    """A look-up raises UnreadableError or LimitError for a member that is not what it says."""
    problems: tuple[Problem, ...] = ()
    """Members that are not used, each with ``file``."""


def read_papers(data: bytes) -> Papers:
    """Give the papers of a ZIP: its PDFs, and a problem for every other member.

    File names of Japanese Windows (CP932) and of Macs (decomposed UTF-8) are read as they were meant.
    Nothing is unpacked here; memory holds the archive and one member at a time.

    Raises:
        UnreadableError: it is no ZIP, or is built to deceive (members that overlap).
        LimitError: too large, too many members, too much when unpacked.
    """
    if len(data) > LARGEST_ARCHIVE:
        raise _beyond("archive.bytes", len(data), LARGEST_ARCHIVE, "The archive is too large")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _zip.NOT_OPENED as error:
        raise UnreadableError(
            "The archive of PDFs is not a ZIP, or is not complete.",
            code="archive.unreadable",
            action="Make the ZIP again; the explorer of Windows or the Finder of macOS will do.",
            facts={"got": str(error)[:200]},
        ) from None
    members = [each for each in archive.infolist() if each.filename[-1:] != "/"]
    if len(members) > MOST_MEMBERS:
        raise _beyond("archive.members", len(members), MOST_MEMBERS, "The archive has too many files")
    total = sum(each.file_size for each in members)
    if total > LARGEST_TOTAL:
        raise _beyond("archive.total", total, LARGEST_TOTAL, "The archive is too large when unpacked")
    _refuse_overlaps(members)
    return _sorted_out(archive, members)


def papers_of_folder(files: Iterable[tuple[str, bytes]]) -> Papers:
    """Give the papers of a folder, as pairs of name and bytes, under the same rules as a ZIP's.

    Raises:
        LimitError: too many files, or too much together.
    """
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    total = 0
    for place, (raw, data) in enumerate(files, start=1):
        name = unicodedata.normalize("NFC", raw)
        total += len(data)
        if place > MOST_MEMBERS:
            raise _beyond("archive.members", place, MOST_MEMBERS, "There are too many files")
        if total > LARGEST_TOTAL:
            raise _beyond("archive.total", total, LARGEST_TOTAL, "The files are too large together")
        if _zip.LITTER.search(name):
            continue
        code = _name_fault(name) or _size_fault(len(data)) or _content_fault(name, data[:1024])
        if code or name in found:
            problems.append(_of_file(code or "paper.duplicate", name))
        else:
            found[name] = data
    return Papers(files=found, problems=tuple(problems))


def archive_of(files: Sequence[tuple[str, bytes]]) -> bytes | None:
    """Give the ZIP that was sent, or one made of the files of a folder; None when there are none.

    What is made here is read under the rules of any ZIP.
    """
    if not files:
        return None
    if len(files) == 1 and not files[0][0].lower().endswith(".pdf"):
        return files[0][1]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(unicodedata.normalize("NFC", name)), data)
    return out.getvalue()


class _Members(Mapping[str, bytes]):
    """The members of a ZIP by their right names, unpacked one at a time."""

    def __init__(self, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._members = members

    def __getitem__(self, name: str) -> bytes:
        member = self._members[name]
        content = _zip.unpacked(self._archive, member, LARGEST_PAPER + 1)
        if content is None:
            raise UnreadableError(
                f"{name} cannot be unpacked: the archive is damaged there.",
                code="paper.damaged",
                facts={"got": name},
            )
        if len(content) > LARGEST_PAPER:
            raise _beyond("paper.too-large", len(content), LARGEST_PAPER, f"{name} is too large")
        return content

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


def _sorted_out(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Papers:
    used: dict[str, zipfile.ZipInfo] = {}
    problems: list[Problem] = []
    for member in members:
        name = _zip.name_of(member)
        if _zip.LITTER.search(name):
            continue
        code = _name_fault(name) or _member_fault(member)
        if code is None:
            start = _zip.unpacked(archive, member, 1024)
            code = "paper.damaged" if start is None else _content_fault(name, start)
        if code is None and name in used:
            code = "paper.duplicate"
        if code:
            problems.append(_of_file(code, name))
        else:
            used[name] = member
    return Papers(files=_Members(archive, used), problems=tuple(problems))


def _name_fault(name: str) -> str | None:
    if len(name) > LONGEST_NAME:
        return "paper.name-too-long"
    return "paper.unsafe-name" if _zip.is_unsafe(name) else None


def _member_fault(member: zipfile.ZipInfo) -> str | None:
    if _zip.is_special(member):
        return "paper.link"
    if _zip.is_locked(member):
        return "paper.locked"
    if fault := _size_fault(member.file_size):
        return fault
    if member.file_size > _SMALL and member.file_size > HIGHEST_RATIO * max(member.compress_size, 1):
        return "paper.bomb"
    return None


def _size_fault(size: int) -> str | None:
    if size == 0:
        return "paper.empty"
    return "paper.too-large" if size > LARGEST_PAPER else None


def _content_fault(name: str, start: bytes) -> str | None:
    if start.startswith(_NESTED) or _NESTED_NAME.search(name):
        return "paper.nested"
    # readers accept the mark within the first 1024 bytes (ISO 32000-2 Annex I)
    return None if _PDF.search(start) else "paper.not-a-pdf"


def _refuse_overlaps(members: list[zipfile.ZipInfo]) -> None:
    if member := _zip.overlapping(members):
        raise UnreadableError(
            "The archive is built to deceive: two of its files lie on the same bytes.",
            code="archive.overlap",
            action="Make the ZIP again from the PDFs.",
            facts={"got": _zip.name_of(member)[:200]},
        )


def _of_file(code: str, name: str) -> Problem:
    return Problem(code=code, severity=Severity.ERROR, file=name[:LONGEST_NAME])


def _beyond(code: str, got: int, limit: int, what: str) -> LimitError:
    return LimitError(
        f"{what}: {got}, at most {limit}.",
        code=code,
        facts={"got": str(got), "expected": str(limit)},
        action="Divide the upload into several batches.",
    )
