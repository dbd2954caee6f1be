# SPDX-License-Identifier: Apache-2.0
"""How a credential is had from an image: it was put inside, or stands on a paper that the picture shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gakusho import plugins
from gakusho.formats import Bakes, Format, OnPaper, Reading, Shows, formats
from gakusho.model.report import Check
from gakusho.model.signed_document import SignedDocument
from gakusho.verifier import look_alikes


def ways_into(image: bytes) -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    """Give how a credential may be had from an image: the check it is told by, and what takes it out."""
    for candidate in formats().values():
        baked = plugins.able(candidate, Bakes)
        if baked is not None and baked.is_image(image):
            yield "image.credential", baked.unbake
            break
    for candidate in formats().values():
        paper = plugins.able(candidate, OnPaper)
        if paper is not None and paper.is_picture(image):
            yield "picture.code", paper.in_picture


def signed_document(form: Format | None, data: bytes, checks: Sequence[Check]) -> SignedDocument | None:
    """Give what is shown of a document beside its credential; None where there is no such document."""
    shows = None if form is None else plugins.able(form, Shows)
    try:
        return shows.signed_document(data, checks) if shows else None
    except Exception:  # noqa: BLE001  # a fault of ours in this says nothing about the document
        return None


def warnings(form: Format | None, reading: Reading) -> tuple[Check, ...]:
    """Give what a reader should look at twice: names that imitate others, and the paper a code stands on."""
    paper = None if form is None else plugins.able(form, OnPaper)
    return (*look_alikes.warnings(reading.award), *(paper.cautions(reading) if paper else ()))
