# SPDX-License-Identifier: Apache-2.0
"""Awards that differ in some strings, made from one that was read, without reading each of them.

Only strings are filled in whose reading gives the string itself, or one value made of it alone; where badges
differ in any other, they are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, cast

from gakusho.formats import _ob_read, _vc
from gakusho.formats._ob_ids import description_of
from gakusho.model.award import Award
from gakusho.model.text import Text

Path = tuple[str | int, ...]
Value = Callable[[str], Any]
_Shown = tuple[int, Value | None]
"""The place of what is shown, and what makes it of the string there; None: it is the string."""

_UNREAD = re.compile(
    r"name|description|issuer address id|proof .*"
    r"|credentialSubject (?:id|achievement criteria id|identifier \d+ salt)"
)
"""What no reader of awards looks at."""
_ITSELF = re.compile(
    r"id|credentialSubject (?:licenseNumber|narrative|result(?: \d+)? (?:id|value|name))"
    r"|credentialSubject achievement (?:id|achievementType|humanCode|fieldOfStudy|name|description)"
    r"|credentialSubject achievement (?:criteria narrative|resultDescription(?: \d+)? (?:id|name|resultType))"
    r"|evidence \d+ (?:name|description)|credentialStatus \d+ (?:id|statusListCredential)"
)
"""What is shown as it stands."""
_DESCRIPTION = re.compile(r"credentialSubject achievement resultDescription(?: \d+)? id")
_DESCRIBED = re.compile(r"credentialSubject result(?: \d+)? resultDescription")
_INDEX = re.compile(r"credentialStatus \d+ statusListIndex")
_IDENTITY = re.compile(r"credentialSubject identifier \d+ identityHash")
_BIRTH = "ext:birthDate"
_LARGE, _LONG_AGO = 9_000_000_000, date(1, 1, 1)
_IN_TIMES = datetime(9000, 1, 1, tzinfo=UTC)


class _NotAlikeError(Exception):
    """Raised and caught here: badges differ in something that has to be read."""


class AwardAlike:
    """Awards like one that was read, but for strings in known places."""

    def __init__(
        self, whole: _Copy, described: Sequence[tuple[int, str]], by: Sequence[tuple[int, int]]
    ) -> None:
        self._whole = whole
        self._described = described
        self._by = by

    def award(self, values: Sequence[str]) -> Award | None:
        """Give the award with these strings in the places; None for one that has to be read.

        Raises: UnreadableError.
        """
        for place, description in self._described:
            if description_of(values[place]) == description:
                return None  # a description that only carries a result is not shown
        for place, other in self._by:
            if values[place] != values[other] or _ob_read.may_be_minted(values[place]):
                return None
        return cast("Award", self._whole.made(values))


class _Copy:
    """An object of the model with some attributes made anew."""

    __slots__ = ("_attributes", "_class", "_lists", "_parts", "_strings", "_values", "found")

    def __init__(self, like: object, places: Mapping[object, _Shown]) -> None:
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

    def _look(self, name: str, value: Any, places: Mapping[object, _Shown]) -> None:
        if type(value) in (str, int, date, datetime) and value in places:
            place, make = places[value]
            self.found.add(place)
            if make is None:
                self._strings.append((name, place))
            else:
                self._values.append((name, place, make))
        elif type(value) is Text:
            if len(value.entries) == 1 and value.entries[0][1] in places:
                (language, words), *_ = value.entries
                self.found.add(place := places[words][0])
                self._values.append((name, place, partial(_text, language)))
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
    document: Mapping[str, Any],
    paths: Sequence[Path],
    write: Callable[[Sequence[str]], Mapping[str, Any]],
    *,
    same: Collection[tuple[int, int]] = (),
    read: Callable[[Mapping[str, Any]], Award] = _ob_read.award,
) -> AwardAlike | None:
    """Give what makes the awards of badges that differ from this one in the strings at these paths.

    ``write`` gives the badge with other strings there, ``read`` its award; ``same`` are pairs of
    places in which all badges say the same. None where some of them have to be read. Raises: UnreadableError.
    """
    said = [" ".join(map(str, path)) for path in paths]
    try:
        by = _described_by(document, said, same)
        slots = [_slot(document, path, place) for place, path in enumerate(paths)]
    except _NotAlikeError:
        return None
    shown: dict[object, _Shown] = {
        value: (place, make)
        for place, (_, values) in enumerate(slots)
        if place not in by
        for value, make in values
    }
    award = read(write([slots[by.get(place, place)][0] for place in range(len(paths))]))
    whole = _Copy(award, shown)
    # Which descriptions only carry a result, and are not shown, may depend on ids that differ.
    if whole.found != {place for place, _ in shown.values()}:
        return None
    if any(one.description_id is None for one in award.results):
        return None
    return AwardAlike(whole, _described(document, paths), [*by.items()])


def _slot(
    document: Mapping[str, Any], path: Path, place: int
) -> tuple[str, list[tuple[object, Value | None]]]:
    """Give a string to be known again, and all that reading it gives, each with how."""
    said, mark = " ".join(map(str, path)), f"urn:uuid:00000000-0000-5000-8000-{place:012x}"
    if _UNREAD.fullmatch(said):
        return mark, []
    if _ITSELF.fullmatch(said) or _DESCRIBED.fullmatch(said):
        return mark, [(mark, None)]
    if said == "validFrom":
        time = _IN_TIMES + timedelta(days=place)
        found: list[tuple[object, Value | None]] = [(time, _time)]
        return _vc.written_time(time), found if "awardedDate" in document else [*found, (time.date(), _day)]
    if _INDEX.fullmatch(said):
        return str(_LARGE + place), [(_LARGE + place, _index)]
    if _IDENTITY.fullmatch(said):
        identity = document["credentialSubject"]["identifier"][path[2]]
        kind = identity["identityType"]
        if identity.get("hashed") is True or kind not in _ob_read.SHOWN:
            return mark, []
        if kind != _BIRTH:
            return mark, [(mark, None)]
        born = _LONG_AGO + timedelta(days=place)
        return born.isoformat(), [(born, _ob_read.birth_date)]
    raise _NotAlikeError


def _described_by(
    document: Mapping[str, Any], said: Sequence[str], same: Collection[tuple[int, int]]
) -> dict[int, int]:
    """Give the places of what results fill, each with that of the id of this description.

    Raises: _NotAlikeError where names of results depend on more than that.
    """
    descriptions = {place for place, path in enumerate(said) if _DESCRIPTION.fullmatch(path)}
    found = {
        place: next((one for one in descriptions if (place, one) in same), -1)
        for place, path in enumerate(said)
        if _DESCRIBED.fullmatch(path)
    }
    results = _vc.as_list(document["credentialSubject"].get("result")) if descriptions else []
    stated = [one for one in results if isinstance(one, Mapping) and "resultDescription" in one]
    if not descriptions.issuperset(found.values()) or (descriptions and len(stated) != len(found)):
        raise _NotAlikeError
    return found


def _described(document: Mapping[str, Any], paths: Sequence[Path]) -> list[tuple[int, str]]:
    """Give the places of ids of results, each with the description that the result names."""
    found = []
    for place, path in enumerate(paths):
        if path[:2] == ("credentialSubject", "result") and path[-1] == "id":
            results = document["credentialSubject"]["result"]
            named = (results if len(path) == 3 else results[path[2]]).get("resultDescription")
            if isinstance(named, str) and _ob_read.may_be_minted(named):
                found.append((place, named))
    return found


def _index(stated: str) -> int:
    return _vc.index(stated, "statusListIndex")


def _time(stated: str) -> datetime:
    return _vc.parsed_time(stated, "validFrom")


def _day(stated: str) -> date:
    return _time(stated).date()


def _text(language: str, words: str) -> Text:
    made = object.__new__(Text)
    made.__dict__["entries"] = ((language, words),)
    return made
