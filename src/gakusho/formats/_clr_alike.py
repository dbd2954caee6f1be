# SPDX-License-Identifier: Apache-2.0
"""Transcripts like others before them: a frame of their own, and many courses written alike.

What stands between the strings of such a transcript was read before, byte for byte (``_alike``): the frame
is read and held to the rules each time, and of each course what its strings say. The signature is checked
over the canonical form put together from all of it (``proof.parts``). The courses here have no proof of
their own; what follows from that is said of each. Whatever is otherwise in the least goes the general way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

import orjson

from gakusho.formats import Asking, Enclosed, Familiar, Reading, _alike, _clr_read, _clr_rules, _ob_read
from gakusho.formats._alike import Wording
from gakusho.formats._award_alike import AwardAlike
from gakusho.formats._clr_write import own_id
from gakusho.model.award import Association, Award
from gakusho.model.report import Check, Outcome
from gakusho.proof.alike import ProofAlike
from gakusho.proof.parts import Filled, Part

MAX_COURSES = 250
MAX_ASSOCIATIONS = 1_000

Document = Mapping[str, Any]
Terms = tuple[Sequence[bytes], Sequence[Filled]]


@dataclass(eq=False, slots=True)
class Course:
    """Courses of one wording, without proofs, and what is known of all of them."""

    wording: Wording
    learner: int
    """The place of the id of the one it is about, which is that of the transcript."""
    id: int
    """The place of its own id."""
    urls: Sequence[int]
    """Places of URLs."""
    award: AwardAlike | None
    component: AwardAlike | None
    """What makes the award as the transcript has it; None for what has to be read, or is the award."""
    is_component: bool
    """Whether the transcript has the award as it is."""
    form: str
    checks: list[Check]
    part: Part

    def awards(self, values: Sequence[str], text: bytes) -> tuple[Award, Award]:
        """Give the award, and the component of the transcript. Raises: UnreadableError."""
        said = None if self.award is None else self.award.award(values)
        inside = said if self.component is None else self.component.award(values)
        if said is None or inside is None or not (self.is_component or self.component):
            document = orjson.loads(text)
            said = _ob_read.award(document)
            inside = said if self.is_component else _clr_read.component(document, {})
        return said, inside


@dataclass(eq=False, slots=True)
class Link:
    """Associations of one wording."""

    wording: Wording
    kind: str
    source: int
    target: int
    part: Part


@dataclass(eq=False, slots=True)
class Frame:
    """The text of transcripts without their courses and associations."""

    wordings: Sequence[Wording]
    """The texts before, between and after these."""
    holes: Sequence[Sequence[Course] | Sequence[Link]]
    """What may stand between them, in their order; one of each kind."""
    learner: int
    """The place of the learner's id."""
    created: int
    value: int
    """The places of the time and the value of the proof."""
    stand_ins: Mapping[str, Sequence[Document]]
    """By member of the subject a course, and an association, that keep the rules."""


@dataclass(slots=True)
class _Cut:
    """A transcript cut into its frame and its parts."""

    values: list[bytes]
    texts: list[bytes]
    """Of the frame."""
    courses: list[tuple[Course, list[bytes], bytes]]
    links: list[tuple[Link, list[bytes]]]


class TranscriptsAlike:
    """Transcripts of one frame, and what is known of all of them."""

    def __init__(self, name: object, frame: Frame, proof: ProofAlike[Terms], checks: Sequence[Check]) -> None:
        """Take the checks of such a transcript: rules, three before those of time and key, and the others."""
        self.name = name
        self._frame = frame
        self._proof = proof
        self._before, self._between = (*checks[1:4],), (*checks[6:],)

    def familiar(self, data: bytes, asking: Asking) -> Familiar | None:
        """Give what checking a transcript finds, if all is well with it; None for any other text.

        Raises: GakushoError for many a thing that is not.
        """
        frame, cut = self._frame, _cut(self._frame, data)
        if cut is None:
            return None
        words = _alike.words(
            [
                *cut.values,
                *chain.from_iterable([values for _, values, _ in cut.courses]),
                *chain.from_iterable([values for _, values in cut.links]),
            ]
        )
        if words is None:
            return None
        rest = iter(words)
        own = [*islice(rest, len(cut.values))]
        courses = [(course, [*islice(rest, len(values))], text) for course, values, text in cut.courses]
        links = [(link, [*islice(rest, len(values))]) for link, values in cut.links]
        if not _keep_rules(courses, links, own[frame.learner]):
            return None
        terms = (
            cut.values,
            [
                *[(course.part, values) for course, values, _ in cut.courses],
                *[(link.part, values) for link, values in cut.links],
            ],
        )
        found = self._proof.checks(
            terms, own[frame.created], own[frame.value], now=asking.now, lookup=asking.lookup
        )
        return None if found is None else self._said(cut.texts, courses, links, found)

    def _said(
        self,
        texts: Sequence[bytes],
        courses: Sequence[tuple[Course, Sequence[str], bytes]],
        links: Sequence[tuple[Link, Sequence[str]]],
        found: tuple[Check, Check],
    ) -> Familiar | None:
        document = orjson.loads(b"".join(texts))
        award = _clr_read.award(document)
        own = own_id(document["id"])
        if any([values[course.id] == own for course, values, _ in courses]):  # noqa: C419  # hot
            return None  # that one would be what the transcript as a whole is about
        document["credentialSubject"].update(self._frame.stand_ins)
        rules = _clr_rules.rules_check(document)
        if rules.outcome is not Outcome.VALID:
            return None
        awards = [course.awards(values, text) for course, values, text in courses]
        for said, _ in awards:
            if said.valid_until is not None and said.valid_until < said.valid_from:
                return None
        carried = [
            Enclosed(text, course.form, said, course.checks)
            for (course, _, text), (said, _) in zip(courses, awards, strict=True)
        ]
        award = replace(
            award,
            components=tuple([inside for _, inside in awards]),
            associations=tuple(
                [
                    Association(type=link.kind, source=values[link.source], target=values[link.target])
                    for link, values in links
                ]
            ),
        )
        return Familiar(
            reading=Reading(award=award, status=award.status),
            checks=[rules, *self._before, *found, *self._between],
            carried=carried,
        )


def _keep_rules(
    courses: Sequence[tuple[Course, Sequence[str], bytes]],
    links: Sequence[tuple[Link, Sequence[str]]],
    learner: str,
) -> bool:
    """Tell whether the strings that differ keep the rules: of courses, as of badges, only URLs are asked."""
    for course, strings, _ in courses:
        if strings[course.learner] != learner:
            return False
    for link, strings in links:
        if ":" not in strings[link.source] or ":" not in strings[link.target]:
            return False
    urls = [values[place] for course, values, _ in courses for place in course.urls]
    return _alike.URLS.fullmatch("\n".join(urls)) is not None


def _cut(frame: Frame, data: bytes) -> _Cut | None:
    """Cut a text of the frame into what it is made of; None for any other."""
    cut = _Cut([], [], [], [])
    at = 0
    for number, wording in enumerate(frame.wordings):
        if number:
            filled = cut.links if isinstance(frame.holes[number - 1][0], Link) else cut.courses
            end = _filled(frame.holes[number - 1], data, at, filled)
            if end is None:
                return None
            at = end
        found = wording.at(data, at)
        if found is None:
            return None
        cut.values += found[0]
        cut.texts.append(data[at : found[1]])
        at = found[1]
    return cut if at == len(data) else None


def _filled(kinds: Sequence[Any], data: bytes, at: int, filled: list[Any]) -> int | None:
    """Cut objects of these kinds, one after the other, and give where they end; None: there is another."""
    last = kinds[0]
    with_text = isinstance(last, Course)
    most = MAX_COURSES if with_text else MAX_ASSOCIATIONS
    while len(filled) < most:
        found = last.wording.at(data, at)
        if found is None:
            last, found = next(_others(kinds, data, at), (last, None))
            if found is None:
                return None
        values, end = found
        filled.append((last, values, data[at:end]) if with_text else (last, values))
        if data[end : end + 1] != b",":
            return int(end)
        at = end + 1
    return None


def _others(kinds: Sequence[Any], data: bytes, at: int) -> Iterator[tuple[Any, tuple[list[bytes], int]]]:
    for kind in kinds:
        if (found := kind.wording.at(data, at)) is not None:
            yield kind, found
