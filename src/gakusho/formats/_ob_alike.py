# SPDX-License-Identifier: Apache-2.0
"""Badges like many before them: of one key and achievement, alike but for a few strings (``_alike``).

What depends only on what all of them say is known; the signature, the dates, the key as it is now and every
string that differs are looked at anew, by the same code as otherwise. Here badges are only ever found genuine
and whole: whatever is otherwise in the least goes the general way, which finds the words for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from gakusho.errors import GakushoError
from gakusho.formats import Asking, Familiar, Format, Reading, _alike, _ob_read, _vc
from gakusho.formats._alike import Wording, Wordings
from gakusho.formats._award_alike import AwardAlike, award_alike
from gakusho.formats._contexts import contexts
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award
from gakusho.model.issuer import Issuer
from gakusho.model.report import Check, Outcome
from gakusho.proof.alike import ProofAlike, proof_alike
from gakusho.proof.template import SENTINEL, JsonTemplate, compile_json

USUAL = (
    "format.rules",
    "proof.present",
    "proof.suite",
    "proof.purpose",
    "proof.created",
    "proof.key",
    "proof.complete",
    "proof.signature",
    "issuer.binding",
)
"""The checks of a badge with one proof and nothing unusual, in order."""
_CREATED, _KEY = USUAL.index("proof.created"), USUAL.index("proof.key")
ELSEWHERE = re.compile(rb'ndorsement|relatedResource|credentialSchema|"@(?!context")')
"""Members whose strings decide on more than themselves."""

Path = tuple[str | int, ...]
FREE: tuple[Path, ...] = (("proof", "created"), ("proof", "proofValue"))
ISSUER: Path = ("issuer",)
_ACHIEVEMENT: Path = ("credentialSubject", "achievement")
_UNREAD: tuple[Path, ...] = ((*ISSUER, "address", "id"), (*_ACHIEVEMENT, "criteria", "id"))
"""Ids that objects need in what is signed, and that no reader looks at."""


class BadgesAlike:
    """Badges of one wording, and what is known of all of them."""

    def __init__(
        self,
        wording: Wording,
        proof: ProofAlike[Sequence[bytes]],
        places: _Places,
        reduced: JsonTemplate,
        parts: _Parts,
        awards: AwardAlike | None,
        checks: Sequence[Check],
    ) -> None:
        self.wording = wording
        self._proof = proof
        self._places = places
        self._reduced = reduced
        self._parts = parts
        self._awards = awards
        self._before, self._between = (*checks[:_CREATED],), (*checks[_KEY + 1 :],)

    def familiar(self, values: Sequence[bytes], asking: Asking) -> Familiar | None:
        """Give what checking a badge with these strings finds, if all is well with it.

        Raises: GakushoError for many a thing that is not.
        """
        words, places = _alike.words(values), self._places
        if words is None or not places.are_urls(words):
            return None
        created, value = places.of_proof(words)
        found = self._proof.checks(values, created, value, now=asking.now, lookup=asking.lookup)
        if found is None:
            return None
        award = self._award(values, words)
        if award.valid_until is not None and award.valid_until < award.valid_from:
            return None
        return Familiar(
            reading=Reading(award=award, status=award.status),
            checks=[*self._before, *found, *self._between],
        )

    def _award(self, values: Sequence[bytes], words: Sequence[str]) -> Award:
        if self._awards is not None:
            award = self._awards.award(words)
            if award is not None:
                return award
        document = orjson.loads(self._reduced.with_members(values))
        parts = self._parts
        if parts.stated is not None:
            document["credentialSubject"]["achievement"] = parts.stated
        return _ob_read.award(document, issuer=parts.issuer, achievement=parts.achievement)


class _Parts:
    """What a badge says in which none of its kind differ; and the rest of it."""

    def __init__(
        self, document: Mapping[str, Any], marked: Mapping[str, Any], award: Award, paths: Sequence[Path]
    ) -> None:
        self.issuer: Issuer = award.issuer
        self.achievement: Achievement | None = None
        self.stated: Mapping[str, Any] | None = None
        left_out = ("@context", "proof", "issuer")
        self.rest = {name: value for name, value in marked.items() if name not in left_out}
        subject = self.rest["credentialSubject"]
        if not differs(_ACHIEVEMENT, paths):
            self.stated = document["credentialSubject"]["achievement"]
            self.rest["credentialSubject"] = {
                name: value for name, value in subject.items() if name != "achievement"
            }
            if all(result.description_id is not None for result in award.results):
                self.achievement = (
                    award.achievement
                )  # descriptions that only carry a result are left out of it


class _Places:
    """What the strings that differ are."""

    def __init__(
        self, paths: Sequence[Path], examples: Sequence[tuple[bytes, bytes]], proof: Mapping[str, str]
    ) -> None:
        self._proof = proof
        self._created = paths.index(("proof", "created")) if ("proof", "created") in paths else None
        self._value = paths.index(("proof", "proofValue"))
        # Where a rule wants a URL, every genuine badge has one.
        self._urls = [
            place
            for place, values in enumerate(examples)
            if all(_alike.URLS.fullmatch(value.decode("utf-8")) for value in values)
        ]

    def are_urls(self, words: Sequence[str]) -> bool:
        """Tell whether those are URLs that were; all other rules ask no more than that strings are there."""
        return _alike.URLS.fullmatch("\n".join([words[place] for place in self._urls])) is not None

    def of_proof(self, words: Sequence[str]) -> tuple[str, str]:
        """Give the time and the value of the proof."""
        created = self._proof["created"] if self._created is None else words[self._created]
        return created, words[self._value]


_KNOWN: Wordings[BadgesAlike] = Wordings()


def familiar(data: bytes, asking: Asking) -> Familiar | None:
    """Give what the general way finds of a badge like many before it, if it is genuine and whole."""
    if isinstance(data, _vc.Carried) and "proof" not in data.document:
        return None
    found = _KNOWN.find(data)
    if found is None:
        return None
    try:
        return found[0].familiar(found[1], asking)
    except (GakushoError, ValueError):
        return None


def remember(data: bytes, asking: Asking, form: Format) -> None:
    """Take note of a badge that its format found genuine and whole, to know others like it."""
    subject = _vc.shared(data).get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    about = achievement.get("id") if isinstance(achievement, dict) else None
    if isinstance(about, str):
        _KNOWN.add(data, about, partial(_learned, data, asking, form))


def _learned(
    data: bytes,
    asking: Asking,
    form: Format,
    first: Sequence[bytes],
    pieces: Sequence[bytes],
    places: Sequence[int],
) -> BadgesAlike | None:
    """Give what is known of badges that differ from these two in these places; None: they stay unknown."""
    slots = [f"{SENTINEL}{place:012x}" for place in places]
    document, marked = _vc.shared(data), written(pieces, places, slots)
    by_slot = {value: path for path, value in strings(marked, ()) if value.startswith(SENTINEL)}
    odd = ELSEWHERE.search(data) is not None
    if odd or [*by_slot] != slots or ("proof", "proofValue") not in by_slot.values():
        return None
    paths = [by_slot[slot] for slot in slots]
    if differs(ISSUER, paths) or any(path[0] == "proof" and path not in FREE for path in paths):
        return None
    checks = form.checks(data, asking)
    usual = tuple(check.code for check in checks) == USUAL
    if not usual or any(check.outcome is not Outcome.VALID for check in checks):
        return None
    values = [pieces[place] for place in places]
    write = partial(written, pieces, places)
    try:
        proof = proof_alike(document, marked, slots, contexts())
        said = _Parts(document, marked, form.read(data).award, paths)
        reduced = compile_json(said.rest, slots)
        if proof is None or reduced is None:
            return None
        examples = [(first[place], pieces[place]) for place in places]
        known = _Places(paths, examples, document["proof"])
        awards = award_alike(document, paths, write)
        made = BadgesAlike(Wording(pieces, places), proof, known, reduced, said, awards, checks)
        again = made.familiar(values, asking)
    except GakushoError:
        return None
    same = again is not None and again.checks == checks and again.reading.award == form.read(data).award
    return made if same else None


def written(pieces: Sequence[bytes], places: Sequence[int], values: Sequence[str]) -> Any:
    """Give a badge, cut at its quotation marks, with other strings in some places."""
    parts = list(pieces)
    for place, value in zip(places, values, strict=True):
        parts[place] = value.encode()
    return orjson.loads(b'"'.join(parts))


def differs(part: Path, paths: Sequence[Path]) -> bool:
    """Tell whether badges differ in what is read of a part."""
    return any(path[: len(part)] == part and path not in _UNREAD for path in paths)


def strings(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Give every string, in the order of the text, with where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from strings(one, (*path, name))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from strings(one, (*path, place))
