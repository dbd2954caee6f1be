# SPDX-License-Identifier: Apache-2.0
"""What a format of pages offers whose templates an institution may replace by its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from gakusho.model.award import Award


@runtime_checkable
class Templated(Protocol):
    """A format whose pages can be set from templates of the institution's own."""

    def templates(self) -> dict[str, bytes]:
        """Give the built-in templates by file name."""

    def pack_templates(self, files: Mapping[str, bytes]) -> bytes:
        """Give templates as one file, which must be safe to use. Raises: InputError naming every fault."""

    def unpack_templates(self, data: bytes) -> dict[str, bytes]:
        """Give the templates back."""

    def changed_kinds(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Give the kinds of document whose pages these templates change."""

    def page_to_try(self, award: Award, link: str, code: str) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Give the files (the page is ``main.typ``) and the data of an award's page. Raises: InputError."""

    def page_faults(self, made: bytes, award: Award, data: Mapping[str, Any]) -> list[str]:
        """Give what a page so made lacks that the signed document must have, each as a sentence."""
