# SPDX-License-Identifier: Apache-2.0
"""The courses of a transcript as a reader of it counts them."""

from __future__ import annotations

from gakusho.model.award import Award, Result
from gakusho.model.text import Text


def courses(award: Award) -> list[tuple[Text, Result]]:
    """Give the courses of a transcript in order: the name of each, and its grade, credits and term.

    A course that stands among the award's own results, too, is counted there, and not again.
    """
    said = {result.name for result in award.results}
    found = []
    for part in award.components:
        name = part.achievement.name
        if said.isdisjoint(words for _, words in name):
            first = part.results[0] if part.results else Result(id="", name="", value="")
            found.append((name, first))
    return found
