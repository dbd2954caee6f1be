# SPDX-License-Identifier: Apache-2.0
"""What a format of pages offers whose templates an institution may replace by its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol, runtime_checkable

from gakusho.model.award import Award
from gakusho.model.problem import Problem


@runtime_checkable
class Templated(Protocol):
    """A format whose pages can be set from templates of the institution's own."""

    def templates(self) -> dict[str, bytes]:
        """Give the built-in templates by file name."""

    def template_faults(self, files: Mapping[str, bytes]) -> list[Problem]:
        """Give every fault of files that are to be templates, with file, line and column."""

    def pack_templates(self, files: Mapping[str, bytes]) -> bytes:
        """Give templates as one file, which must be safe to use. Raises: InputError naming every fault."""

    def unpack_templates(self, data: bytes) -> dict[str, bytes]:
        """Give the templates back."""

    def changed_kinds(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Give the kinds of document whose pages these templates change."""

    def page_to_try(self, award: Award, link: str, code: str) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Give the files (the page is ``main.typ``) and the data of an award's page. Raises: InputError."""

    def page_faults(self, made: bytes, award: Award, data: Mapping[str, Any]) -> list[Problem]:
        """Give what a page so made lacks that the signed document must have."""

    def setting_faults(self, told: str, own: Collection[str]) -> list[Problem]:
        """Give why a page could not be set, as it was ``told``, with a place in ``own`` files."""
