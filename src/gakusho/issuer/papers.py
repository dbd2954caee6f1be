# SPDX-License-Identifier: Apache-2.0
"""The institution's own PDFs: a ZIP or a folder of them, opened without trusting it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gakusho.model.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Papers:
    """Papers by name; the bytes of a ZIP's member are unpacked only when they are asked for."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_papers(data: bytes) -> Papers:
    """Give the papers of a ZIP. Raises: UnreadableError, LimitError."""
    raise NotImplementedError


def papers_of_folder(files: Iterable[tuple[str, bytes]]) -> Papers:
    """Give the papers of a folder, as pairs of name and bytes."""
    raise NotImplementedError
