# SPDX-License-Identifier: Apache-2.0
"""Members of a ZIP from outside: their right names, their tricks, and their bytes up to a bound."""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable

LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
"""What file managers put beside files."""
NOT_OPENED = (zipfile.BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError)
"""What ``zipfile.ZipFile`` raises for what is no ZIP."""
_CHUNK = 64 * 1024
_DEVICES = re.compile(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.[^/]*)?$", re.IGNORECASE)
_UNICODE_PATH = 0x7075  # Info-ZIP Unicode Path Extra Field (APPNOTE 4.6.9)
_UTF8_NAME = 0x800  # general purpose bit 11 (APPNOTE 4.4.4)
_ENCRYPTED = 0x1 | 0x40  # bits 0 and 6


def name_of(member: zipfile.ZipInfo) -> str:
    """Give the name as it was meant: bit 11, the Unicode path field, UTF-8, then CP932."""
    original = member.orig_filename
    if not member.flag_bits & _UTF8_NAME:
        raw = original.encode("cp437")
        original = _unicode_path(member.extra, raw) or _decoded(raw) or original
    return unicodedata.normalize("NFC", original.replace("\\", "/"))


def is_unsafe(name: str) -> bool:
    """Tell whether a name leads out of its folder, to a device, or holds what cannot be seen."""
    return bool(
        not name
        or name.startswith("/")
        or re.match(r"[A-Za-z]:", name)
        or ".." in name.split("/")
        or re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", name)
        or _DEVICES.search(name)
    )


def is_special(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a link or anything but a plain file."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    return bool(kind) and not stat.S_ISREG(kind)


def is_locked(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is encrypted."""
    return bool(member.flag_bits & _ENCRYPTED)


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | None:
    """Give at most so many bytes of a member, None when it is damaged."""
    out = bytearray()
    try:
        with archive.open(member) as source:
            while len(out) < most and (chunk := source.read(min(_CHUNK, most - len(out)))):
                out += chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error):
        return None
    except Exception as error:  # noqa: BLE001  # lzma and bz2 raise errors of their own
        del error
        return None
    return bytes(out)


def overlapping(members: Iterable[zipfile.ZipInfo]) -> zipfile.ZipInfo | None:
    """Give a member that shares bytes with another: the trick by which 42 kB become petabytes."""
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < end:
            return member
        end = member.header_offset + 30 + len(member.orig_filename.encode("cp437", "replace"))
        end += member.compress_size
    return None


def _decoded(raw: bytes) -> str | None:
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        content = extra[place + 4 : place + 4 + size]
        if kind == _UNICODE_PATH and len(content) > 5 and content[0] == 1:
            # the checksum tells whether the name was changed by a program that does not know the field
            if struct.unpack_from("<I", content, 1)[0] == zlib.crc32(raw):
                return _decoded(content[5:])
            return None
        place += 4 + size
    return None
