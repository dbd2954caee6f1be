# SPDX-License-Identifier: Apache-2.0
"""The text of a QR code in a photograph or a scan. Called in a process that can be stopped."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator

from PIL import Image, ImageOps

from gakusho.errors import LimitError, UnreadableError

MAX_BYTES = 32 * 1_048_576
MAX_PIXELS = 64_000_000
"""What phones take today; an A4 page at 600 dots per inch has 35 million."""
_SIDES = (3_600, 5_600)
"""Pixels of the longer side at which a picture is looked at, the faster one first; what is made to take
long takes seven seconds at the other. An A4 page has 480 dots per inch then."""
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_KINDS = ("PNG", "JPEG", "WEBP", "TIFF")
_MAX_CODES = 8


def is_picture(data: bytes) -> bool:
    """Tell whether the bytes begin as a picture of a kind that cameras and scanners make."""
    return data.startswith(_BEGINNINGS) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")


def found(data: bytes, wanted: Callable[[bytes], bool]) -> bytes:
    """Give the text of the one code that is wanted.

    Raises: UnreadableError (``picture-no-credential`` when none shows, ``picture-several``), LimitError.
    """
    picture = _opened(data)
    others: list[bytes] = []
    for seen in _looks(picture):
        texts = [text for text in seen if wanted(text)]
        others += [text for text in seen if not wanted(text)]
        if len(set(texts)) > 1:
            raise UnreadableError(
                "The picture shows several signed codes.",
                code="picture-several",
                action="Take a picture of one paper at a time.",
                facts={"got": len(set(texts)), "expected": 1},
            )
        if texts:
            return texts[0]
    links = [text for text in others if text.startswith((b"https://", b"http://"))]
    facts = {"expected": "a signed code"}
    for text in (links or others)[:1]:
        facts["got"] = text.decode("utf-8", "replace")[:200]
    raise UnreadableError(
        "No signed code can be seen in the picture.",
        code="picture-no-credential",
        action="Take the picture again: from straight above, in good light, the code filling half of it.",
        facts=facts,
    )


def _looks(picture: Image.Image) -> Iterator[list[bytes]]:
    """Give what codes say at one size after the other, as long as nobody is content."""
    import zxingcpp

    for side in dict.fromkeys(_sides(max(picture.size))):
        ratio = side / max(picture.size)
        size = [max(1, round(length * ratio)) for length in picture.size]
        looked_at = picture if ratio == 1 else picture.resize((size[0], size[1]), Image.Resampling.BICUBIC)
        codes = zxingcpp.read_barcodes(looked_at, formats=zxingcpp.BarcodeFormat.QRCode)  # type: ignore[arg-type]
        yield [code.bytes for code in codes[:_MAX_CODES]]


def _sides(longest: int) -> Iterator[int]:
    """Give the sizes to look at: of scans with few dots to a module one in twenty is read only at another."""
    usual, most = _SIDES
    first = min(longest, usual)
    yield first
    yield round(first * 0.8)
    yield min(round(first * 1.5), usual)
    yield min(longest, most)


def _opened(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise LimitError(
            "The picture is too large.", code="picture", facts={"got": len(data), "expected": MAX_BYTES}
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=_KINDS)
            _within_bounds(*picture.size)
            return ImageOps.exif_transpose(picture).convert("L")
    except LimitError:
        raise
    except Exception as error:  # noqa: BLE001  # a broken picture makes the decoders raise many kinds
        raise UnreadableError(
            f"The picture cannot be read: {type(error).__name__}.",
            code="picture",
            facts={"got": str(error)[:200], "expected": "PNG, JPEG, WebP or TIFF"},
        ) from None


def _within_bounds(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise LimitError(
            "The picture has too many pixels.",
            code="picture",
            facts={"got": f"{width} × {height}", "expected": MAX_PIXELS},
        )
