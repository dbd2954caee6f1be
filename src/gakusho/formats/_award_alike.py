# SPDX-License-Identifier: Apache-2.0
"""Awards that differ in some strings, made from one that was read, without reading each of them.

Only strings are filled in whose reading gives the string itself, or one value made of it alone; where badges
differ in any other, they are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, timedelta
from typing import Any, cast

from gakusho.formats import _ob_read, _vc
from gakusho.formats._ob_ids import description_of
from gakusho.model.award import Award

Path = tuple[str | int, ...]
Value = Callable[[str], Any]

_UNREAD = re.compile(
    r"issuer address id|credentialSubject (?:id|achievement criteria id|identifier \d+ salt)|proof .*"
)
"""What no reader of awards looks at."""
_ITSELF = re.compile(
    r"id|credentialSubject (?:licenseNumber|narrative|result \d+ (?:id|value|name))"
    r"|evidence \d+ (?:name|description)|credentialStatus \d+ (?:id|statusListCredential)"
)
"""What is shown as it stands."""
_INDEX = re.compile(r"credentialStatus \d+ statusListIndex")
_IDENTITY = re.compile(r"credentialSubject identifier \d+ identityHash")
_BIRTH = "ext:birthDate"
_LARGE, _LONG_AGO = 9_000_000_000, date(1, 1, 1)


class _NotAlikeError(Exception):
    """Raised and caught here: badges differ in something that has to be read."""


class AwardAlike:
    """Awards like one that was read, but for strings in known places."""

    def __init__(self, whole: _Copy, described: Sequence[tuple[int, str]]) -> None:
        self._whole = whole
        self._described = described

    def award(self, values: Sequence[str]) -> Award | None:
        """Give the award with these strings in the places; None for one that has to be read.

        Raises: UnreadableError.
        """
        for place, description in self._described:
            if description_of(values[place]) == description:
                return None  # a description that only carries a result is not shown
        return cast("Award", self._whole.made(values))


class _Copy:
    """An object of the model with some attributes made anew."""

    __slots__ = ("_attributes", "_class", "_lists", "_parts", "_strings", "_values", "found")

    def __init__(self, like: object, places: Mapping[object, int]) -> None:
        self._class = type(like)
        self._attributes = dict(vars(like))
        self._strings: list[tuple[str, int]] = []
        self._values: list[tuple[str, int, Value]] = []
        self._parts: list[tuple[str, _Copy]] = []
        self._lists: list[tuple[str, tuple[Any, ...]]] = []
        self.found: set[int] = set()
        """The places that are filled, here and in the parts."""
        for name, value in self._attributes.items():
            self._look(name, value, places)

    def _look(self, name: str, value: Any, places: Mapping[object, int]) -> None:
        if type(value) in (str, int, date) and value in places:
            self.found.add(place := places[value])
            if isinstance(value, str):
                self._strings.append((name, place))
            else:
                self._values.append((name, place, _index if isinstance(value, int) else _ob_read.birth_date))
        elif is_dataclass(value):
            if (part := _Copy(value, places)).found:
                self._parts.append((name, part))
                self.found |= part.found
        elif isinstance(value, tuple):
            several = [_Copy(one, places) if is_dataclass(one) else None for one in value]
            found = {place for one in several if one is not None for place in one.found}
            if found:
                paired = zip(several, value, strict=True)
                self._lists.append(
                    (name, tuple(copy if copy is not None and copy.found else one for copy, one in paired))
                )
                self.found |= found

    def made(self, values: Sequence[str]) -> object:
        """Give the object as its class makes it: the classes of the model only keep what they are given."""
        made = object.__new__(self._class)
        attributes = made.__dict__
        attributes.update(self._attributes)
        for name, place in self._strings:
            attributes[name] = values[place]
        for name, place, value in self._values:
            attributes[name] = value(values[place])
        for name, part in self._parts:
            attributes[name] = part.made(values)
        for name, several in self._lists:
            attributes[name] = tuple([one.made(values) if type(one) is _Copy else one for one in several])
        return made


def award_alike(
    document: Mapping[str, Any], paths: Sequence[Path], write: Callable[[Sequence[str]], Mapping[str, Any]]
) -> AwardAlike | None:
    """Give what makes the awards of badges that differ from this one in the strings at these paths.

    ``write`` gives the badge with other strings there. None where some of them have to be read. Raises:
    UnreadableError.
    """
    try:
        slots = [_slot(document, path, place) for place, path in enumerate(paths)]
    except _NotAlikeError:
        return None
    shown = {value: place for place, (_, value) in enumerate(slots) if value is not None}
    award = _ob_read.award(write([written for written, _ in slots]))
    whole = _Copy(award, shown)
    # Which descriptions only carry a result, and are not shown, may depend on ids that differ.
    if whole.found != {*shown.values()} or any(one.description_id is None for one in award.results):
        return None
    return AwardAlike(whole, _described(document, paths))


def _slot(document: Mapping[str, Any], path: Path, place: int) -> tuple[str, object]:
    """Give a string to be known again, and what reading it gives; None for what is not read."""
    said, mark = " ".join(map(str, path)), f"urn:uuid:00000000-0000-5000-8000-{place:012x}"
    if _UNREAD.fullmatch(said):
        return mark, None
    if _ITSELF.fullmatch(said):
        return mark, mark
    if _INDEX.fullmatch(said):
        return str(_LARGE + place), _LARGE + place
    if _IDENTITY.fullmatch(said):
        identity = document["credentialSubject"]["identifier"][path[2]]
        kind = identity["identityType"]
        if identity.get("hashed") is True or kind not in _ob_read.SHOWN:
            return mark, None
        if kind != _BIRTH:
            return mark, mark
        born = _LONG_AGO + timedelta(days=place)
        return born.isoformat(), born
    raise _NotAlikeError


def _described(document: Mapping[str, Any], paths: Sequence[Path]) -> list[tuple[int, str]]:
    """Give the places of ids of results, each with the description that the result names."""
    found = []
    for place, path in enumerate(paths):
        if path[:2] == ("credentialSubject", "result") and path[-1] == "id":
            named = document["credentialSubject"]["result"][path[2]].get("resultDescription")
            if isinstance(named, str) and _ob_read.may_be_minted(named):
                found.append((place, named))
    return found


def _index(stated: str) -> int:
    return _vc.index(stated, "statusListIndex")
