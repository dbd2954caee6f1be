# SPDX-License-Identifier: Apache-2.0
"""The formats of which a part lies at addresses, and what their badges share."""

from __future__ import annotations

from functools import cache

from gakusho.formats import Hosted, formats
from gakusho.store.files import Files


@cache  # it is asked of every badge kept
def hosted_formats() -> dict[str, Hosted]:
    """Give the formats of which a part lies at addresses, by name."""
    found: dict[str, Hosted] = {}
    for name, form in formats().items():
        candidate: object = form
        if isinstance(candidate, Hosted):
            found[name] = candidate
    return found


def keep_shared(data: bytes, name: str, files: Files) -> None:
    """Keep what a badge of this format shares with others (its class), under its digest.

    Raises: UnreachableError when the files are full.
    """
    form = hosted_formats().get(name)
    for document in form.shared(data) if form else []:
        files.put(document)
