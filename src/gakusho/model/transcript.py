# SPDX-License-Identifier: Apache-2.0
"""The courses of a transcript as a reader of it counts them."""

from __future__ import annotations

from gakusho.model.award import Award, Result
from gakusho.model.text import Text

_BETWEEN_LANGUAGES = " / "
"""Stands between the names of a course where a credential has room for one only."""
_MOST_PARTS = 8


def names_of(name: Text) -> tuple[str, ...]:
    """Give all that a course is called: its name in each language, also where all stand in one text."""
    found = []
    for _, words in name:
        found.append(words)
        parts = words.split(_BETWEEN_LANGUAGES)[:_MOST_PARTS]
        for place in range(1, len(parts)):  # a name may hold what stands between names
            found += [_BETWEEN_LANGUAGES.join(parts[:place]), _BETWEEN_LANGUAGES.join(parts[place:])]
    return tuple(dict.fromkeys(each.strip() for each in found if each.strip()))


def courses(award: Award) -> list[tuple[Text, Result]]:
    """Give the courses of a transcript in order: the name of each, and its grade, credits and term.

    A course that stands among the award's own results, too, is counted there, and not again.
    """
    said = {result.name for result in award.results}
    found = []
    for part in award.components:
        name = part.achievement.name
        if said.isdisjoint(names_of(name)):
            first = part.results[0] if part.results else Result(id="", name="", value="")
            found.append((name, first))
    return found
