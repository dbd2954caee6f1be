# SPDX-License-Identifier: Apache-2.0
"""One state of a document, written down for comparison with the next. ISO 32000-2, section 7.5.6."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

import pikepdf

Reference = tuple[int, int]
"""Object and generation number."""
_REFERENCE = re.compile(rb"(?<![\d.])(\d{1,10}) (\d{1,5}) R\b")


def references_in(written: bytes) -> set[Reference]:
    """Give what an object refers to, as it is written down; of strings perhaps a few too many."""
    return {(int(number), int(generation)) for number, generation in _REFERENCE.findall(written)}


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One state of a document, with everything it holds written down for comparison."""

    document: pikepdf.Pdf
    written: dict[Reference, bytes]
    objects: dict[Reference, Any]
    _referred: dict[Reference, set[Reference]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: pikepdf.Pdf) -> Revision:
        """Give the state of an open document."""
        objects: dict[Reference, Any] = {}
        for one in document.objects:
            if isinstance(one, pikepdf.Object) and one.is_indirect:
                number, generation = one.objgen
                objects[number, generation] = one
        return cls(
            document=document, objects=objects, written={key: _written(one) for key, one in objects.items()}
        )

    def references(self, key: Reference) -> set[Reference]:
        """Give what an object refers to."""
        if key not in self._referred:
            self._referred[key] = references_in(self.written.get(key, b""))
        return self._referred[key]

    def below(self, start: set[Reference], *, stop: frozenset[Reference] = frozenset()) -> set[Reference]:
        """Give what is reached from some objects, and they themselves, without going beyond ``stop``."""
        reached: set[Reference] = set()
        pending = [key for key in start if key not in stop]
        while pending:
            key = pending.pop()
            if key not in reached and key in self.written:
                reached.add(key)
                pending.extend(self.references(key) - stop)
        return reached


def _written(one: pikepdf.Object) -> bytes:
    if isinstance(one, pikepdf.Stream):
        packed = hashlib.sha256(one.read_raw_bytes()).hexdigest().encode()
        return one.stream_dict.unparse(resolved=True) + b"stream " + packed
    return one.unparse(resolved=True)
