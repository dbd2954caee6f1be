# SPDX-License-Identifier: Apache-2.0
"""Canonical forms of documents like many before them: the badges of a batch, seen one by one by a verifier.

Documents that are written alike but for their strings (a *frame*) share a template of their canonical form
(``template``), which is compiled once so many of them have come. Like a plan, a template never refuses: what
it does not fit is left to the ways behind it. What is kept is bounded, and what compiling costs is less than
what the documents before it did, so that strangers gain nothing by sending ever new frames.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Any

import orjson

from gakusho.errors import GakushoError
from gakusho.proof import plan
from gakusho.proof.canonical import spend
from gakusho.proof.canonical_form import Settled, canonical_form
from gakusho.proof.contexts import Contexts
from gakusho.proof.template import SENTINEL, CanonicalTemplate, compile_template

FEWEST = 32
"""So many documents of a frame make a template worth its while."""
MAX_FRAMES = 64
MAX_COUNTED = 512
MAX_ALIKE = 4
"""Templates of one frame: documents that differ in names or types beside other strings."""
MAX_BYTES = 16_384
MAX_STATEMENTS = 256

_SPECIAL = (b"\\", b"\x7f", "\ufffe".encode(), "\uffff".encode())
"""What is written otherwise in JSON or in N-Quads."""
_ONLY_JSON = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_FIXED_VALUES = (b"type", b"@context")
"""Names of members whose strings decide on the meaning of others."""


def canonical_bytes(document: Mapping[str, Any], contexts: Contexts, *, algorithm: str = "sha256") -> bytes:
    """Give the canonical N-Quads of a document in UTF-8; quick for one like many before it.

    Raises: UndefinedTermError, TooComplexError, LimitError, UnreadableError; UnicodeEncodeError for a lone
    surrogate.
    """
    if isinstance(document, Settled):
        return document.once((id(contexts), algorithm, bytes), lambda: _bytes(document, contexts, algorithm))
    return _bytes(document, contexts, algorithm)


def _bytes(document: Mapping[str, Any], contexts: Contexts, algorithm: str) -> bytes:
    if algorithm == "sha256":
        if contexts.frames is None:
            contexts.frames = Frames()
        found: bytes | None = contexts.frames.form(document, contexts)
        if found is not None:
            return found
    return canonical_form(document, contexts, algorithm=algorithm).encode("utf-8")


class _Template:
    """The canonical form of documents of one frame with the same names and types; or that it has none."""

    __slots__ = ("_fixed", "_picks_filled", "_picks_fixed", "_statements", "_template")

    def __init__(self, pieces: Sequence[bytes], fixed: list[int], filled: list[int]) -> None:
        self._picks_fixed: Callable[[Sequence[bytes]], Any] = itemgetter(*fixed)
        self._picks_filled: Callable[[Sequence[bytes]], Any] = itemgetter(*filled)
        self._fixed = self._picks_fixed(pieces)
        self._template: CanonicalTemplate | None = None
        self._statements = 0

    def is_of(self, pieces: Sequence[bytes]) -> bool:
        """Tell whether a document of the frame has the names and types of this one."""
        return bool(self._picks_fixed(pieces) == self._fixed)

    def filled(self, pieces: Sequence[bytes]) -> bytes | None:
        """Give the canonical form. Raises: TooComplexError when the work of one input is used up."""
        if self._template is None:
            return None
        spend(self._statements)
        return self._template.with_terms(self._picks_filled(pieces))

    def compile(
        self, document: Mapping[str, Any], pieces: Sequence[bytes], filled: list[int], contexts: Contexts
    ) -> None:
        """Make the template, if there can be one. Raises: what the strict compiler raises."""
        sentinels = [f"{SENTINEL}{place:012x}" for place in filled]
        parts = list(pieces)
        for place, sentinel in zip(filled, sentinels, strict=True):
            parts[place] = sentinel.encode()
        marked = orjson.loads(b'"'.join(parts))
        # Only what is planned: the contexts are pinned, and no work is boundless.
        planned = plan.planned_form(marked, contexts)
        if planned is None or planned.count("\n") > MAX_STATEMENTS:
            return
        self._statements = planned.count("\n")
        made = compile_template(marked, sentinels, contexts)
        if made is not None and self._is_right(made, document, pieces, contexts):
            self._template = made

    def _is_right(
        self,
        made: CanonicalTemplate,
        document: Mapping[str, Any],
        pieces: Sequence[bytes],
        contexts: Contexts,
    ) -> bool:
        """Tell whether the template gives what the plan gives of the document at hand, or nothing."""
        given = made.with_terms(self._picks_filled(pieces))
        if given is None:
            return True
        expected = plan.planned_form(document, contexts)
        return expected is not None and given == expected.encode("utf-8")


class Frames:
    """The frames seen under one set of contexts."""

    def __init__(self) -> None:
        self._templates: dict[bytes, tuple[_Template, ...]] = {}
        self._counted: dict[bytes, int] = {}

    def form(self, document: Mapping[str, Any], contexts: Contexts) -> bytes | None:
        """Give the canonical N-Quads of a document (SHA-256); None when it is not like many before it.

        Raises: TooComplexError when the work of one input is used up.
        """
        try:
            data = orjson.dumps(document, option=_ONLY_JSON)
        except orjson.JSONEncodeError:
            return None
        if len(data) > MAX_BYTES or any(special in data for special in _SPECIAL):
            return None
        pieces = data.split(b'"')
        frame = b'"'.join(pieces[::2])
        known = self._templates.get(frame, ())
        for template in known:
            if template.is_of(pieces):
                return template.filled(pieces)
        if len(known) < MAX_ALIKE and self._has_come_often(frame):
            template = _compiled(document, pieces, contexts)
            if frame not in self._templates and len(self._templates) >= MAX_FRAMES:
                self._templates.pop(next(iter(self._templates)), None)
            self._templates[frame] = (*known, template)
            return template.filled(pieces)
        return None

    def _has_come_often(self, frame: bytes) -> bool:
        count = self._counted.pop(frame, 0) + 1
        if count >= FEWEST:
            return True
        if len(self._counted) >= MAX_COUNTED:
            self._counted.clear()
        self._counted[frame] = count
        return False


def _compiled(document: Mapping[str, Any], pieces: Sequence[bytes], contexts: Contexts) -> _Template:
    fixed, filled = _places(pieces)
    template = _Template(pieces, fixed, filled)
    names = [pieces[place] for place in fixed]
    odd = any(name.startswith(b"@") and name != b"@context" for name in names)
    if not odd and len(filled) > 1 and not any(SENTINEL.encode() in piece for piece in pieces):
        with suppress(GakushoError):  # then it has none; the ways behind say what is wrong, if anything is
            template.compile(document, pieces, filled, contexts)
    return template


def _places(pieces: Sequence[bytes]) -> tuple[list[int], list[int]]:
    """Give the places of names and types, and those of all other strings.

    Between two quotation marks of a text without escapes stands a string; before a colon, a name.
    """
    fixed: list[int] = []
    filled: list[int] = []
    decides = False
    for place in range(1, len(pieces) - 1, 2):
        after = pieces[place + 1]
        if after.startswith(b":"):
            decides = pieces[place] in _FIXED_VALUES and after in (b":", b":[")
            fixed.append(place)
        elif decides:
            fixed.append(place)
        else:
            filled.append(place)
    return fixed, filled
