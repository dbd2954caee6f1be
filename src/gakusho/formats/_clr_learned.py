# SPDX-License-Identifier: Apache-2.0
"""Which transcripts are like others before them, learned from those that were found genuine (``_clr_alike``).

Of each key a few frames are kept, of each frame a few kinds of courses and associations; all is bounded, and
looked at so seldom that strangers with ever new ones gain nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

import orjson

from gakusho.errors import GakushoError
from gakusho.formats import Asking, Familiar, Format, _alike, _clr_read, _ob_alike, _ob_read, _vc, recognize
from gakusho.formats._alike import Wording
from gakusho.formats._award_alike import award_alike
from gakusho.formats._clr_alike import Course, Frame, Link, Terms, TranscriptsAlike
from gakusho.formats._contexts import contexts
from gakusho.formats._ob_alike import Path
from gakusho.model.report import Check, Outcome
from gakusho.proof.alike import ProofAlike, proof_over
from gakusho.proof.parts import Marked, Part, compile_whole
from gakusho.proof.template import SENTINEL

FEWEST = 32
"""So many courses for each kind of parts make it worth their while: learning costs less than they did."""
SELDOM = 32
"""Of the first so many transcripts of a key some are looked at, and later every such one."""
MAX_BYTES = 1_048_576
MAX_KEYS = 16
MAX_FRAMES = 2
"""Known of one key."""
MAX_SEEN = 32
MAX_COUNTED = 512
MAX_COURSES = 12
"""Kinds of courses of one frame."""
MAX_LINKS = 4
MAX_PART = 8_192
MAX_FRAME = 32_768
MAX_PLACES = 64

_USUAL = (*_ob_alike.USUAL, "clr.learner")
_UNSIGNED = (
    ("format.rules", Outcome.VALID),
    ("proof.present", Outcome.INVALID),
    ("issuer.binding", Outcome.INVALID),
)
"""The checks of a course without a proof."""
_SUBJECT = "credentialSubject"
_COURSES, _LINKS = "verifiableCredential", "association"
_LEARNER: Path = (_SUBJECT, "id")
_FORCED: frozenset[Path] = frozenset({("id",), _LEARNER, *_ob_alike.FREE})
_OF_COURSES: frozenset[Path] = frozenset({("id",), _LEARNER})
_OF_LINKS: frozenset[Path] = frozenset({("sourceId",), ("targetId",)})
_BADGE = "open-badges-3"


class Kind:
    """Texts of one frame with the same names and types, and in what they differ."""

    def __init__(self, pieces: Sequence[bytes], free: Sequence[int]) -> None:
        self.pieces = pieces
        self.free = free
        self.differing: set[int] = set()
        self.urls = {place for place in free if _is_url(pieces[place])}
        """Where all have URLs: where a rule wants one, every genuine one has one."""
        pairs = ((one, other) for one in free for other in free if one < other)
        self._alike = {(one, other) for one, other in pairs if pieces[one] == pieces[other]}

    def add(self, pieces: Sequence[bytes]) -> None:
        """Look at one more."""
        first = self.pieces
        self.differing.update(place for place in self.free if pieces[place] != first[place])
        self.urls = {place for place in self.urls if _is_url(pieces[place])}
        self._alike = {(one, other) for one, other in self._alike if pieces[one] == pieces[other]}

    def same(self, places: Sequence[int]) -> set[tuple[int, int]]:
        """Give the pairs, by their number, of these places in which all say the same."""
        numbers = {place: number for number, place in enumerate(places)}
        return {
            (numbers[one], numbers[other])
            for pair in self._alike
            for one, other in (pair, pair[::-1])
            if one in numbers and other in numbers
        }

    @property
    def text(self) -> bytes:
        """The first of them."""
        return b'"'.join(self.pieces)

    def paths(self) -> dict[int, Path]:
        """Give where the strings that are no names and types stand, by place; empty if that is not clear."""
        slots = [f"{SENTINEL}{place:012x}" for place in self.free]
        found = [*_ob_alike.strings(_ob_alike.written(self.pieces, self.free, slots), ())]
        by_slot = {value: path for path, value in found if value.startswith(SENTINEL)}
        return dict(zip(self.free, by_slot.values(), strict=True)) if [*by_slot] == slots else {}


class _Cut(NamedTuple):
    """A transcript cut into the texts of its frame, and its objects in the holes between, by member."""

    texts: Sequence[bytes]
    holes: Mapping[str, Sequence[bytes]]


class _Seen:
    """What was seen of transcripts of one key and frame."""

    def __init__(self, name: object, cut: _Cut, frame: Kind) -> None:
        self.name = name
        self.texts = cut.texts
        self.frame = frame
        self.holes: dict[str, dict[object, Kind]] = {member: {} for member in cut.holes}
        self.courses = self.transcripts = 0

    def is_enough(self) -> bool:
        """Tell whether it pays to learn what they have in common."""
        kinds = sum(map(len, self.holes.values()))
        return self.transcripts > 1 and self.courses >= FEWEST * kinds

    def add(self, member: str, text: bytes, most: int) -> bool:
        """Look at one object in a hole; tell whether it can be one of a kind."""
        kinds, pieces = self.holes[member], text.split(b'"')
        fixed, free = _alike.places_of_strings(pieces)
        also = [place for place in free if member == _LINKS and pieces[place - 2] == b"associationType"]
        name = (b'"'.join(pieces[::2]), tuple(pieces[place] for place in (*fixed, *also)))
        kind = kinds.get(name)
        if kind is None:
            kind = kinds[name] = Kind(pieces, [place for place in free if place not in also])
        else:
            kind.add(pieces)
        return len(kinds) <= most and len(free) <= MAX_PLACES and len(text) <= MAX_PART


class Transcripts:
    """The transcripts learned; a stranger who sends many forgets only others'."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[TranscriptsAlike, ...]] = {}
        self._counted: dict[bytes, int] = {}
        self._seen: dict[object, _Seen] = {}
        self._lock = Lock()

    def __bool__(self) -> bool:
        return bool(self._known)

    def familiar(self, data: bytes, asking: Asking) -> Familiar | None:
        """Give what is found of a transcript like others before it. Raises: GakushoError, ValueError."""
        if len(data) > MAX_BYTES:
            return None
        for known in self._known.get(_alike.key_of(data), ()):
            found = known.familiar(data, asking)
            if found is not None:
                return found
        return None

    def add(self, data: bytes, asking: Asking, form: Format) -> None:
        """Take note of a genuine transcript that is like none before it."""
        key = _alike.key_of(data)
        if len(data) > MAX_BYTES or not _alike.is_plain(data) or len(key) > _alike.MAX_KEY:
            return
        with self._lock:
            count = self._count(key)
            if count % SELDOM if count > SELDOM else count & (count - 1):
                return
            cut = _cut(data, _vc.shared(data))
            seen = None if cut is None else self._look(key, cut)
            is_due = seen is not None and seen.is_enough()
            made = _learned(data, asking, form, seen) if seen is not None and is_due else None
            if made is not None:
                others = [one for one in self._known.get(key, ()) if one.name != made.name]
                _alike.keep(self._known, key, (made, *others)[:MAX_FRAMES], MAX_KEYS)

    def _count(self, key: bytes) -> int:
        if len(self._counted) >= MAX_COUNTED and key not in self._counted:
            self._counted.clear()
        self._counted[key] = count = self._counted.get(key, 0) + 1
        return count

    def _look(self, key: bytes, cut: _Cut) -> _Seen | None:
        whole = b"".join(cut.texts)
        pieces = whole.split(b'"')
        fixed, free = _alike.places_of_strings(pieces)
        if len(whole) > MAX_FRAME or len(free) > MAX_PLACES:
            return None
        between = tuple(b'"'.join(text.split(b'"')[::2]) for text in cut.texts)
        name = (key, between, tuple(pieces[one] for one in fixed))
        seen = self._seen.get(name)
        if seen is None:
            seen = _Seen(name, cut, Kind(pieces, free))
        else:
            seen.frame.add(pieces)
        seen.transcripts += 1
        seen.courses += len(cut.holes[_COURSES])
        fit = [
            seen.add(member, text, MAX_COURSES if member == _COURSES else MAX_LINKS)
            for member, texts in cut.holes.items()
            for text in texts
        ]
        if not all(fit):
            self._seen.pop(name, None)
            return None
        _alike.keep(self._seen, name, seen, MAX_SEEN)
        return seen


def _cut(data: bytes, document: Mapping[str, Any]) -> _Cut | None:
    """Cut a transcript of courses without proofs, written without spaces; None for any other."""
    subject = document.get(_SUBJECT)
    if not isinstance(subject, dict) or _ob_alike.ELSEWHERE.search(data) is not None:
        return None
    found: dict[str, tuple[int, int, list[bytes]]] = {}
    for member in (_COURSES, _LINKS):
        listed = subject.get(member)
        if not listed and member == _LINKS:
            continue
        if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
            return None
        texts = [orjson.dumps(one) for one in listed]
        head, inside = f'"{member}":['.encode(), b",".join(texts)
        start = data.find(head + inside + b"]") + len(head)
        if start < len(head):
            return None
        found[member] = (start, start + len(inside), texts)
    if any("proof" in one for one in subject[_COURSES]):
        return None
    ordered = sorted(found.items(), key=lambda item: item[1])
    bounds = [0, *(place for _, (start, end, _) in ordered for place in (start, end)), len(data)]
    cut = _Cut(
        [data[bounds[at] : bounds[at + 1]] for at in range(0, len(bounds), 2)],
        {member: texts for member, (_, _, texts) in ordered},
    )
    emptied = {**document, _SUBJECT: {**subject, **{member: [] for member in found}}}
    return cut if orjson.loads(b"".join(cut.texts)) == emptied else None


def _learned(data: bytes, asking: Asking, form: Format, seen: _Seen) -> TranscriptsAlike | None:
    """Give what is known of transcripts like those that were seen; None: they stay unknown."""
    checks = form.checks(data, asking)
    usual = tuple(check.code for check in checks) == _USUAL
    if not usual or any(check.outcome is not Outcome.VALID for check in checks):
        return None
    try:
        learning = _Learning(seen, asking)
        made = learning.made(_vc.shared(data), checks)
        again = None if made is None else made.familiar(data, asking)
    except (GakushoError, _UnfitError):
        return None
    return made if again is not None and _is_same(again, data, asking, form, checks) else None


def _is_same(again: Familiar, data: bytes, asking: Asking, form: Format, checks: list[Check]) -> bool:
    """Tell whether it was found what the general way finds."""
    reading = form.read(data)
    inside = [(one, recognize(one)) for one in reading.carried]
    expected = [(bytes(one), of.name, of.read(one).award, of.checks(one, asking)) for one, of in inside]
    return (again.checks, again.reading.award, [tuple(one) for one in again.carried]) == (
        checks,
        reading.award,
        expected,
    )


class _UnfitError(Exception):
    """Raised and caught here: the transcripts differ in what has to be read."""


class _Learning:
    """From the texts that were seen to what is known of others like them."""

    def __init__(self, seen: _Seen, asking: Asking) -> None:
        self._seen = seen
        self._asking = asking
        self._frame = seen.frame
        paths = seen.frame.paths()
        self._places = _chosen(seen.frame, paths, _FORCED)
        self._paths = [paths[place] for place in self._places]
        of_proof = [path for path in self._paths if path[0] == "proof" and path not in _ob_alike.FREE]
        if of_proof or _ob_alike.differs(_ob_alike.ISSUER, self._paths):
            raise _UnfitError("The transcripts have proofs or issuers of more than one kind.")
        self._slots = [f"{SENTINEL}{place:012x}" for place in self._places]
        self._learner = self._paths.index(_LEARNER)
        self._courses = [*seen.holes[_COURSES].values()]
        self._links = [*seen.holes.get(_LINKS, {}).values()]
        of_courses = [(kind, kind.paths()) for kind in self._courses]
        of_links = [(kind, kind.paths()) for kind in self._links]
        self._of_courses = [(kind, _chosen(kind, paths, _OF_COURSES), paths) for kind, paths in of_courses]
        self._of_links = [(kind, _chosen(kind, paths, _OF_LINKS), paths) for kind, paths in of_links]

    def made(self, document: Mapping[str, Any], checks: list[Check]) -> TranscriptsAlike | None:
        """Give what is known of them; None, or an error, where nothing is. Raises: GakushoError."""
        if len(_vc.as_list(document[_SUBJECT].get("achievement"))) != 1:
            return None  # which is the main one may depend on all that differs
        sizes = [len(places) for _, places, _ in (*self._of_courses, *self._of_links)]
        whole = compile_whole(self._written, self._slots, self._learner, sizes, contexts())
        proof: ProofAlike[Terms] | None = None if whole is None else proof_over(document, whole, contexts())
        if whole is None or proof is None:
            return None
        parts = iter(whole.parts)
        courses = [self._course(*each, next(parts)) for each in self._of_courses]
        links = [_link(*each, next(parts)) for each in self._of_links]
        by_member: dict[str, Sequence[Course] | Sequence[Link]] = {_COURSES: courses, _LINKS: links}
        frame = Frame(
            wordings=[*self._wordings()],
            holes=[by_member[member] for member in self._seen.holes],
            learner=self._learner,
            created=self._paths.index(("proof", "created")),
            value=self._paths.index(("proof", "proofValue")),
            stand_ins={
                member: orjson.loads(b"[" + next(iter(kinds.values())).text + b"]")
                for member, kinds in self._seen.holes.items()
            },
        )
        return TranscriptsAlike(self._seen.name, frame, proof, checks)

    def _wordings(self) -> Iterator[Wording]:
        start = 0
        for text in self._seen.texts:
            pieces = text.split(b'"')
            end = start + len(pieces) - 1
            yield Wording(pieces, [place - start for place in self._places if start <= place < end])
            start = end

    def _written(self, parts: Sequence[Marked]) -> Mapping[str, Any]:
        """Give a transcript with these parts, without its proof."""
        document: dict[str, Any] = _ob_alike.written(self._frame.pieces, self._places, self._slots)
        del document["proof"]
        for number, marks in parts:
            of_course = number < len(self._of_courses)
            each = self._of_courses[number] if of_course else self._of_links[number - len(self._of_courses)]
            kind, places, paths = each
            # A course is about the learner of the whole.
            named = [
                self._slots[self._learner] if of_course and paths[place] == _LEARNER else mark
                for place, mark in zip(places, marks, strict=True)
            ]
            member = _COURSES if of_course else _LINKS
            document[_SUBJECT][member].append(_ob_alike.written(kind.pieces, places, named))
        return document

    def _course(self, kind: Kind, places: Sequence[int], by_place: Mapping[int, Path], part: Part) -> Course:
        """Give what is known of courses of a kind. Raises: GakushoError."""
        paths = [by_place[place] for place in places]
        text = kind.text
        form = recognize(text)
        reading, checks = form.read(text), form.checks(text, self._asking)
        usual = tuple((check.code, check.outcome) for check in checks) == _UNSIGNED
        carries = reading.carried or reading.status or reading.domain
        if not usual or carries or form.name != _BADGE or _ob_alike.differs(_ob_alike.ISSUER, paths):
            raise _UnfitError("The courses are more than badges without a proof.")
        document = orjson.loads(text)
        is_component = _clr_read.component(document, {}) == reading.award
        write = partial(_ob_alike.written, kind.pieces, places)
        make = partial(award_alike, document, paths, write, same=kind.same(places))
        course = Course(
            wording=Wording(kind.pieces, places),
            learner=paths.index(_LEARNER),
            id=paths.index(("id",)),
            urls=[number for number, place in enumerate(places) if place in kind.urls],
            award=make(read=_ob_read.award),
            component=None if is_component else make(read=lambda one: _clr_read.component(one, {})),
            is_component=is_component,
            form=form.name,
            checks=checks,
            part=part,
        )
        values = [kind.pieces[place].decode("utf-8") for place in places]
        if course.awards(values, text) != (reading.award, _clr_read.component(document, {})):
            raise _UnfitError("What the courses say follows from more than their strings one by one.")
        return course


def _link(kind: Kind, places: Sequence[int], by_place: Mapping[int, Path], part: Part) -> Link:
    paths = [by_place[place] for place in places]
    if {*paths} != _OF_LINKS:
        raise _UnfitError("The associations differ in more than what they lead from and to.")
    return Link(
        wording=Wording(kind.pieces, places),
        kind=_vc.required(orjson.loads(kind.text), "associationType"),
        source=paths.index(("sourceId",)),
        target=paths.index(("targetId",)),
        part=part,
    )


def _chosen(kind: Kind, paths: Mapping[int, Path], forced: frozenset[Path]) -> list[int]:
    """Give the places in which texts of a kind may differ. Raises: _UnfitError."""
    if not forced <= {*paths.values()}:
        raise _UnfitError("What every transcript has is not where it should be.")
    return sorted({place for place, path in paths.items() if path in forced or place in kind.differing})


def _is_url(piece: bytes) -> bool:
    return _alike.URLS.fullmatch(piece.decode("utf-8", "replace")) is not None and bool(piece)


_KNOWN = Transcripts()


def familiar(data: bytes, asking: Asking) -> Familiar | None:
    """Give what the general way finds of a transcript like others before it, if it is genuine and whole."""
    if not _KNOWN or b"ClrCredential" not in data[:1_024]:
        return None
    try:
        return _KNOWN.familiar(data, asking)
    except (GakushoError, ValueError):
        return None


def remember(data: bytes, asking: Asking, form: Format) -> None:
    """Take note of a transcript that its format found genuine and whole, to know others like it."""
    _KNOWN.add(data, asking, form)
