# SPDX-License-Identifier: Apache-2.0
"""A credential inside a PNG: one ``iTXt`` chunk, found by a bounded reader of our own.

PNG (Third Edition), sections 5 and 11.3.3; Open Badges 3.0, section 5.3.1; Open Badges 2.0, Baking.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from gakusho.errors import LimitError, UnreadableError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
KEYWORDS = {"open-badges-2": b"openbadges", "open-badges-3": KEYWORD}
"""The keyword of each version; an image holds one credential, of whichever."""
MAX_CREDENTIAL = 8 * 1_048_576
MAX_SIDE = 8_192
_MAX_CHUNKS = 20_000
_TEXTS = (b"iTXt", b"tEXt", b"zTXt")


@dataclass(frozen=True)
class _Chunk:
    kind: bytes
    body: bytes
    start: int
    end: int


def size(image: bytes) -> tuple[int, int]:
    """Give width and height. Raises: UnreadableError, LimitError above ``MAX_SIDE``."""
    header = next(_chunks(image))
    if header.kind != b"IHDR" or len(header.body) != 13:
        raise _broken("no header")
    width, height = struct.unpack(">II", header.body[:8])
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        raise LimitError(
            f"The image has {width} × {height} points; at most {MAX_SIDE} a side are taken.",
            facts={"got": f"{width} × {height}", "expected": str(MAX_SIDE)},
        )
    return width, height


def check(image: bytes) -> None:
    """Read the whole structure. Raises: UnreadableError, LimitError."""
    size(image)
    for _ in _chunks(image):
        pass


def put(credential: bytes, image: bytes, keyword: bytes = KEYWORD) -> bytes:
    """Give the image with the credential in it, in the place of one that was there."""
    check(image)
    kept = bytearray(SIGNATURE)
    for chunk in _chunks(image):
        if _holds_credential(chunk):
            continue
        kept += image[chunk.start : chunk.end]
        if chunk.kind == b"IHDR":
            kept += _written(b"iTXt", keyword + b"\x00\x00\x00\x00\x00" + credential)
    return bytes(kept)


def get(image: bytes) -> bytes:
    """Give the one credential inside. Raises: UnreadableError when there is none, or more than one."""
    found = [chunk for chunk in _chunks(image) if _holds_credential(chunk)]
    if len(found) != 1:
        raise UnreadableError(
            f"The image holds {len(found)} credentials; expected one.",
            code="image.ambiguous" if found else "image.no-credential",
            facts={"got": str(len(found)), "expected": "1"},
        )
    if found[0].kind != b"iTXt":
        raise _broken("the credential stands in another chunk than iTXt")
    return _international_text(found[0].body)


def _chunks(image: bytes) -> Iterator[_Chunk]:
    if not image.startswith(SIGNATURE):
        raise _broken("no PNG signature")
    position = len(SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        if position + 12 > len(image):
            raise _broken("it ends before its end chunk")
        (length,) = struct.unpack_from(">I", image, position)
        end = position + 12 + length
        if end > len(image):
            raise _broken("a chunk is longer than the file")
        kind = image[position + 4 : position + 8]
        body = image[position + 8 : end - 4]
        if zlib.crc32(image[position + 4 : end - 4]) != struct.unpack_from(">I", image, end - 4)[0]:
            raise _broken(f"chunk {kind!r} has a wrong checksum")
        yield _Chunk(kind, body, position, end)
        if kind == b"IEND":
            if end != len(image):
                raise _broken("something follows the end chunk")
            return
        position = end
    raise LimitError(f"The image has more than {_MAX_CHUNKS} chunks.")


def _holds_credential(chunk: _Chunk) -> bool:
    return chunk.kind in _TEXTS and chunk.body.partition(b"\x00")[0] in KEYWORDS.values()


def _international_text(body: bytes) -> bytes:
    _, _, rest = body.partition(b"\x00")
    if len(rest) < 2:
        raise _broken("the credential's chunk is cut off")
    packed, method = rest[0], rest[1]
    fields = rest[2:].split(b"\x00", 2)
    if len(fields) != 3 or packed not in {0, 1} or (packed and method != 0):
        raise _broken("the credential's chunk is malformed")
    text = _inflated(fields[2]) if packed else fields[2]
    if len(text) > MAX_CREDENTIAL:
        raise LimitError(f"The credential inside the image has more than {MAX_CREDENTIAL} bytes.")
    return text


def _inflated(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, MAX_CREDENTIAL + 1)
    except zlib.error as error:
        raise _broken("the credential's chunk does not unpack") from error
    if len(text) <= MAX_CREDENTIAL and (not unpacker.eof or unpacker.unused_data):
        raise _broken("the credential's chunk does not unpack")
    return text


def _written(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _broken(reason: str) -> UnreadableError:
    return UnreadableError(
        f"The PNG cannot be read: {reason}.", code="image", facts={"got": reason, "expected": "a whole PNG"}
    )
