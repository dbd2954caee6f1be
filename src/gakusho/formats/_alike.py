# SPDX-License-Identifier: Apache-2.0
"""Credentials that are written alike but for a few strings: those of one key and achievement, as they come.

What is learned of many is the text that all of them have (a *wording*), with places for the strings in which
they differ. A text that is of a wording need not be read as JSON again to know its structure: between the
places stands, byte for byte, what was read before, and what fills them is plain text without quotation
marks, escapes or control characters. Nothing is refused here; what is of no wording goes the general way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from threading import Lock
from typing import Generic, Protocol, TypeVar

MAX_BYTES = 16_384
FEWEST = 32
"""So many verified documents of one kind make a wording worth its while."""
MAX_WORDINGS = 96
"""Wordings kept for one key: one for each achievement and frame, and a transcript has many courses."""
MAX_KEYS = 64
MAX_ALL = 512
"""Wordings kept for all keys together."""
MAX_COUNTED = 512
MAX_KINDS = 128
"""Kinds of documents of which a first one is kept, to see in what the others differ."""
MAX_PLACES = 64
MAX_PIECES = 2_000
MAX_KEY = 1_000
"""Of the id of a key and what its badges are about, together."""

URLS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+(?:\n|\Z))*")
"""URLs as ``_vcdm`` takes them, a line each: no string in a place holds the end of a line."""
_MARK = b'"verificationMethod"'
_UNFIT = bytes([*range(0x20), 0x5C, 0x7F])
"""What a string cannot hold in JSON as it stands, and what N-Quads writes otherwise."""
_NOT_XML = ("\ufffe", "\uffff")


class Wording:
    """A text with places for strings."""

    __slots__ = ("_first", "_rest")

    def __init__(self, pieces: Sequence[bytes], places: Sequence[int]) -> None:
        """Take a text cut at its quotation marks, and the places (in it) of the strings that differ."""
        bounds = [-1, *places, len(pieces)]
        texts = [b'"'.join(pieces[one + 1 : two]) for one, two in pairwise(bounds)]
        self._first = texts[0] + b'"' if places else texts[0]
        ends = [b'"' + text + b'"' for text in texts[1:-1]]
        self._rest = (*ends, b'"' + texts[-1]) if places else ()

    def at(self, data: bytes, at: int) -> tuple[list[bytes], int] | None:
        """Give the strings in the places of a text of this wording that begins here, and where it ends.

        They may be empty, and hold anything but quotation marks: ``words`` says whether they are fit.
        """
        if not data.startswith(self._first, at):
            return None
        at += len(self._first)
        found = []
        for text in self._rest:
            end = data.find(b'"', at)
            if end < 0 or not data.startswith(text, end):
                return None
            found.append(data[at:end])
            at = end + len(text)
        return found, at

    def values(self, data: bytes) -> list[bytes] | None:
        """Give the strings in the places of a text of this wording, in UTF-8; None for any other text."""
        whole = self.at(data, 0)
        if whole is None or whole[1] != len(data):
            return None
        return whole[0] if not whole[0] or words(whole[0]) is not None else None


def words(values: Sequence[bytes]) -> list[str] | None:
    """Give strings without quotation marks as text.

    None where one is empty, is not UTF-8 by itself, or stands otherwise in JSON or in N-Quads.
    """
    together = b'"'.join(values)
    if len(together.translate(None, _UNFIT)) != len(together):
        return None
    try:
        text = together.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.isascii() and any(special in text for special in _NOT_XML):
        return None
    found = text.split('"')
    return None if "" in found else found


def is_plain(data: bytes) -> bool:
    """Tell whether all strings of a text stand as they are, but for ends of lines: no name has any."""
    return data.count(b"\\") == data.count(b"\\n")


def places_of_strings(pieces: Sequence[bytes]) -> tuple[list[int], list[int]]:
    """Give the places of names, types and contexts in a text cut at its quotation marks; and of all else."""
    fixed: list[int] = []
    free: list[int] = []
    decides = False
    for place in range(1, len(pieces) - 1, 2):
        after = pieces[place + 1].lstrip(b" \t\r\n")
        if after.startswith(b":"):
            decides = pieces[place] in (b"type", b"@context") and after[1:].lstrip(b" \t\r\n") in (b"", b"[")
            fixed.append(place)
        elif decides:
            fixed.append(place)
        else:
            free.append(place)
    return fixed, free


class Learned(Protocol):
    """What is known of documents of one wording."""

    wording: Wording


L = TypeVar("L", bound=Learned)
Learn = Callable[[Sequence[bytes], Sequence[bytes], Sequence[int]], L | None]
"""From the first of a kind and another, both cut at their quotation marks, and the places in which documents
of the kind differ, to what is to be known of such, if anything."""


class Kind:
    """Documents of one key, frame and subject matter: the first one, and the places where others differ."""

    __slots__ = ("count", "differing", "pieces")

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = pieces
        self.count = 0
        self.differing: set[int] = set()

    def add(self, pieces: Sequence[bytes]) -> None:
        """Count one more."""
        self.count += 1
        first = self.pieces
        self.differing.update(place for place in range(1, len(first), 2) if pieces[place] != first[place])


class Wordings(Generic[L]):
    """The wordings learned, bounded by key and in all; a stranger who sends many forgets only others'."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[L, ...]] = {}
        self._next = 0
        """Where the wording stands that is looked at first: courses come in one order again and again."""
        self._counted: dict[tuple[bytes, str], int] = {}
        self._kinds: dict[object, Kind] = {}
        self._lock = Lock()

    def find(self, data: bytes) -> tuple[L, list[bytes]] | None:
        """Give what is known of documents like this one, with what stands in the places (see ``words``)."""
        known = self._known.get(key_of(data), ()) if len(data) <= MAX_BYTES else ()
        first = self._next if self._next < len(known) else 0
        for number in (*range(first, len(known)), *range(first)):
            found = known[number].wording.at(data, 0)
            if found is not None and found[1] == len(data):
                self._next = number + 1
                return known[number], found[0]
        return None

    def add(self, data: bytes, about: str, learn: Learn[L]) -> None:
        """Count a document that was found to be genuine, and is of no wording yet.

        ``about`` says what such documents have in common besides the key.
        """
        key = key_of(data)
        if len(data) > MAX_BYTES or len(key) + len(about) > MAX_KEY:
            return
        with self._lock:
            if self._often((key, about)) and is_plain(data) and data.count(b'"') < MAX_PIECES:
                self._add(key, about, data.split(b'"'), learn)

    def _often(self, name: tuple[bytes, str]) -> bool:
        """Tell whether a key signed so much about one thing that it pays to look at how."""
        count = self._counted.get(name, 0) + 1
        if count <= FEWEST // 4:
            if len(self._counted) >= MAX_COUNTED and name not in self._counted:
                self._counted.clear()
            self._counted[name] = count
            return False
        return True

    def _add(self, key: bytes, about: str, pieces: Sequence[bytes], learn: Learn[L]) -> None:
        name = (key, about, b'"'.join(pieces[::2]))
        kind = self._kinds.get(name)
        if kind is None:
            keep(self._kinds, name, Kind(pieces), MAX_KINDS)
            return
        kind.add(pieces)
        if kind.count % (FEWEST - FEWEST // 4):
            return
        fixed, _ = places_of_strings(kind.pieces)
        if len(kind.differing) > MAX_PLACES or not kind.differing.isdisjoint(fixed):
            return
        learned = learn(kind.pieces, pieces, sorted(kind.differing)) if kind.differing else None
        if learned is not None:
            first = b'"'.join(kind.pieces)
            others = [one for one in self._known.get(key, ()) if one.wording.values(first) is None]
            keep(self._known, key, (*others, learned)[-MAX_WORDINGS:], MAX_KEYS)
            while sum(map(len, self._known.values())) > MAX_ALL:
                del self._known[next(iter(self._known))]  # never this key's, which was kept last


def key_of(data: bytes) -> bytes:
    """Give the id of the key that signed, as far as a glance tells: it only says where to look."""
    start = data.find(b'"', data.rfind(_MARK) + len(_MARK)) + 1
    return data[start : data.find(b'"', start)]


def keep(kept: dict, name: object, value: object, most: int) -> None:  # type: ignore[type-arg]  # of any kind
    """Keep something, and of more than ``most`` forget what was kept longest ago."""
    kept.pop(name, None)
    if len(kept) >= most:
        del kept[next(iter(kept))]
    kept[name] = value
