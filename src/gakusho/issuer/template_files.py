# SPDX-License-Identifier: Apache-2.0
"""Page templates as a designer sends and gets them: files, or a ZIP opened without trusting it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from gakusho.issuer import _zip
from gakusho.model.problem import Problem, Severity

LARGEST = 2_000_000
"""Bytes of all that is sent at once."""
LARGEST_FILES = 1_000_000
"""Bytes of all files together, unpacked."""
MOST_MEMBERS = 200
_ENDINGS = (".typ", ".svg")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest date a ZIP can name: the same files are the same bytes on every day."""
_PLAIN_FILE = 0o100644 << 16


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Give files as a ZIP, the same bytes for the same files: sorted, undated, not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, date_time=_FIRST_DAY)
            member.external_attr = _PLAIN_FILE
            member.create_system = 3  # Unix, wherever it was made
            archive.writestr(member, files[name])
    return out.getvalue()


def files_sent(sent: Sequence[tuple[str, bytes]]) -> tuple[dict[str, bytes], list[Problem]]:
    """Give the templates that were sent, as files or as a ZIP, and what is wrong with each other file.

    The folder that all files of a ZIP lie in is left away; what file managers add is left out. Nothing is
    unpacked beyond ``LARGEST_FILES``.
    """
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    if sum(len(data) for _, data in sent) > LARGEST:
        return {}, [_fault("template.total", None, got=f"> {LARGEST:,}", expected=f"{LARGEST_FILES:,}")]
    for name, data in sent:
        plain = name.replace("\\", "/").rpartition("/")[2]
        if data.startswith(b"PK\x03\x04") or plain.lower().endswith(".zip"):
            _unpack(plain, data, found, problems)
        else:
            _take(plain, data, found, problems)
    if sum(map(len, found.values())) > LARGEST_FILES:
        problems.append(
            _fault("template.total", None, got=f"> {LARGEST_FILES:,}", expected=f"{LARGEST_FILES:,}")
        )
    return found, problems


def _unpack(archive_name: str, data: bytes, found: dict[str, bytes], problems: list[Problem]) -> None:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _zip.NOT_OPENED as error:
        problems.append(_fault("template.zip", archive_name, got=str(error)[:200]))
        return
    members = [
        (_zip.name_of(each), each)
        for each in archive.infolist()
        if each.filename[-1:] != "/" and not _zip.LITTER.search(_zip.name_of(each))
    ]
    if len(members) > MOST_MEMBERS:
        problems.append(
            _fault("template.count", archive_name, got=str(len(members)), expected=f"{MOST_MEMBERS}")
        )
        return
    if _zip.overlapping(each for _, each in members):
        problems.append(_fault("template.zip", archive_name, got="overlap"))
        return
    top = _only_folder([name for name, _ in members])
    left = LARGEST_FILES - sum(map(len, found.values()))
    for whole, member in members:
        name = whole.removeprefix(top)
        code = _member_fault(whole, name, member)
        content = None if code else _zip.unpacked(archive, member, left + 1)
        if code or content is None:
            problems.append(_fault(code or "template.damaged", whole))
            continue
        left -= len(content)
        if left < 0:
            problems.append(
                _fault("template.total", whole, got=f"> {LARGEST_FILES:,}", expected=f"{LARGEST_FILES:,}")
            )
            return
        _take(name, content, found, problems)


def _member_fault(whole: str, name: str, member: zipfile.ZipInfo) -> str | None:
    if _zip.is_unsafe(whole):
        return "template.outside"
    if "/" in name:
        return "template.folder"
    if _zip.is_special(member):
        return "template.link"
    return "template.locked" if _zip.is_locked(member) else None


def _only_folder(names: Sequence[str]) -> str:
    """Give the folder that all lie in, with its stroke; empty if there is none."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    if len(tops) != 1 or not all("/" in name for name in names):
        return ""
    [top] = tops
    return "" if top in {".", ".."} else f"{top}/"


def _take(name: str, data: bytes, found: dict[str, bytes], problems: list[Problem]) -> None:
    if name.startswith("."):
        return  # as of a folder: what begins with a dot is a program's own
    if not name.endswith(_ENDINGS):
        problems.append(_fault("template.other", name[:200]))
    elif name in found:
        problems.append(_fault("template.twice", name[:200]))
    else:
        found[name] = data


def _fault(code: str, file: str | None, **facts: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=file[:200] if file else None,
        facts=tuple(facts.items()),
    )
