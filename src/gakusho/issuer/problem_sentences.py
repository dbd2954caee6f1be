# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an upload and how to mend it, in Japanese and English."""

from __future__ import annotations

from gakusho.model.problem import Problem


def problem_sentence(problem: Problem, language: str) -> str:
    """Give what is wrong, as a sentence."""
    raise NotImplementedError


def problem_mend(problem: Problem, language: str) -> str:
    """Give how to mend it, as a sentence."""
    raise NotImplementedError
