# SPDX-License-Identifier: Apache-2.0
"""The general way of verifying beside the one for credentials like many before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from tests.fakes.university import NOW, University

from gakusho.errors import GakushoError
from gakusho.formats import _vc
from gakusho.model.report import Report
from gakusho.verifier.verify import Inquiry


def strings(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every holder of a string, with its key or index."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        if isinstance(value[key], str):
            yield value, key
        elif isinstance(value[key], (dict, list)):
            yield from strings(value[key])


class Way:
    """Both ways of verifying, in the world of one university.

    ``learned`` is the module whose ``familiar`` and ``remember`` are the way of credentials known again.
    """

    def __init__(self, university: University, monkeypatch: pytest.MonkeyPatch, learned: ModuleType) -> None:
        self.university = university
        self._patch = monkeypatch
        self._learned = learned
        self._found = 0
        self.familiar = 0

    def count(self, kind: type) -> None:
        """Count from now on what objects of a kind know again by their method ``familiar``."""
        known: Callable[..., object] = kind.familiar  # type: ignore[attr-defined]  # of both kinds there are

        def counting(self_: object, *given: Any) -> object:
            found = known(self_, *given)
            self._found += found is not None
            return found

        self._patch.setattr(kind, "familiar", counting)

    def signed(self, document: dict[str, Any]) -> bytes:
        """Give a document with a proof by the university."""
        return _vc.dumped(_vc.sealed(document, key=self.university.key, now=NOW))

    def signed_anew(self, document: dict[str, Any]) -> bytes | None:
        """Give a document with a proof that fits; None for what cannot be signed."""
        try:
            return self.signed({name: value for name, value in document.items() if name != "proof"})
        except (GakushoError, UnicodeEncodeError, ValueError):
            return None

    def report(self, data: bytes, *, at: datetime = NOW, only_proof: bool = False) -> Report:
        """Give the report by whatever way is gone."""
        return Inquiry(now=at, fetcher=self.university.fetcher(), only_proof=only_proof).verify(data)

    def generally(self, data: bytes, *, at: datetime = NOW, only_proof: bool = False) -> Report:
        """Give the report by the general way."""
        with self._patch.context() as patch:
            patch.setattr(self._learned, "familiar", lambda *_: None)
            patch.setattr(self._learned, "remember", lambda *_: None)
            return self.report(data, at=at, only_proof=only_proof)

    def both(self, data: bytes, *, at: datetime = NOW, only_proof: bool = False) -> Report:
        """Give the report, the same by both ways, field by field; count those that were known again."""
        before = self._found
        report = self.report(data, at=at, only_proof=only_proof)
        self.familiar += self._found > before
        assert report == self.generally(data, at=at, only_proof=only_proof), data
        return report
