# SPDX-License-Identifier: Apache-2.0
"""Put a credential into a badge image, and take it out."""

from __future__ import annotations

from gakusho.errors import LimitError, UnreadableError
from gakusho.formats import _png, _svg

OPEN_BADGES_2, OPEN_BADGES_3 = "open-badges-2", "open-badges-3"
"""The two places in an image: what stands in either is found, but only one may stand in an image."""
MAX_IMAGE = 16 * 1_048_576
MAX_BADGE = 2 * 1_048_576
"""Bytes of an image that is to be a badge: it is signed inside every credential."""


def is_image(data: bytes) -> bool:
    """Tell whether the bytes are an image a credential may be baked into."""
    return data.startswith(_png.SIGNATURE) or _svg.looks_like(data)


def check_image(data: bytes) -> str:
    """Give the media type of an image that is fit to be a badge: whole, of bounded size, only a picture.

    Raises: UnreadableError, LimitError.
    """
    if len(data) > MAX_BADGE:
        raise LimitError(
            f"The image has {len(data)} bytes; at most {MAX_BADGE} are taken.",
            facts={"got": str(len(data)), "expected": str(MAX_BADGE)},
        )
    if data.startswith(_png.SIGNATURE):
        _png.check(data)
        return "image/png"
    if _svg.looks_like(data):
        _svg.check(data)
        return "image/svg+xml"
    raise _no_image()


def bake(credential: bytes, image: bytes, place: str = OPEN_BADGES_3) -> bytes:
    """Give the image with the credential inside. Raises: UnreadableError, LimitError."""
    if image.startswith(_png.SIGNATURE):
        return _png.put(credential, image, _png.KEYWORDS[place])
    if _svg.looks_like(image):
        return _svg.put(credential, image, place)
    raise _no_image()


def unbake(image: bytes) -> bytes:
    """Give the one credential inside an image. Raises: UnreadableError, LimitError."""
    if len(image) > MAX_IMAGE:
        raise LimitError(f"The image has {len(image)} bytes; at most {MAX_IMAGE} are read.")
    if image.startswith(_png.SIGNATURE):
        return _png.get(image)
    if _svg.looks_like(image):
        return _svg.get(image)
    raise _no_image()


def _no_image() -> UnreadableError:
    return UnreadableError(
        "The file is neither a PNG nor an SVG.",
        code="image",
        facts={"got": "another file", "expected": "PNG or SVG"},
    )


class Baked:
    """What a format of badges adds to be put inside an image."""

    place = OPEN_BADGES_3
    """Which of the two places its credentials stand in."""

    def is_image(self, data: bytes) -> bool:
        """Tell whether the bytes are a PNG or SVG."""
        return is_image(data)

    def check_image(self, image: bytes) -> str:
        """Give the media type of an image fit to be a badge: whole, bounded, only a picture.

        Raises: UnreadableError, LimitError.
        """
        return check_image(image)

    def bake(self, sealed: bytes, image: bytes) -> bytes:
        """Give the image with the credential inside. Raises: UnreadableError, LimitError."""
        return bake(sealed, image, self.place)

    def unbake(self, image: bytes) -> bytes:
        """Give the credential inside an image. Raises: UnreadableError, LimitError."""
        return unbake(image)
