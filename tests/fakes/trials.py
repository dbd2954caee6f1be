# SPDX-License-Identifier: Apache-2.0
"""Trials of page templates whose outcome is remembered: the same files are not set twice in one test."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from gakusho.issuer.institutions import InstitutionView
from gakusho.issuer.template_trial import Tried, trial


def remember(patch: pytest.MonkeyPatch, where: str) -> list[Mapping[str, bytes]]:
    """Let the trials of a module be remembered; give the files of all that are asked for, as they come."""
    asked: list[Mapping[str, bytes]] = []
    found: list[tuple[Mapping[str, bytes], Tried]] = []

    def tried(
        view: InstitutionView, files: Mapping[str, bytes], get: Callable[[str], bytes], *, drawn: bool = True
    ) -> Tried:
        asked.append(files)
        for known, outcome in found:
            if known == files:
                return outcome
        found.append((files, trial(view, files, get, drawn=drawn)))
        return found[-1][1]

    patch.setattr(f"{where}.trial", tried)
    return asked
