# SPDX-License-Identifier: Apache-2.0
"""An award as the claims of a CBOR Web Token (RFC 8392), and back; their numbers stand in _paper_tables."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gakusho.errors import InputError, UnreadableError
from gakusho.formats import _paper_tables as tables
from gakusho.formats import _vc
from gakusho.formats._paper_tables import BEGINS, CONTENT, ENDS, ID, ISSUED, ISSUER, MEMBERS, STATUS
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails, Result, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text
from gakusho.model.transcript import courses

Claims = dict[int, Any]
_BITSTRING, _TOKEN = tables.STATUS_KINDS
_FIRST_DAY = date(1970, 1, 1)
_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DAYS = 1_000_000
_MOST_SECONDS = 1 << 37
_NEEDED = (ISSUER, ISSUED, ID, CONTENT)
_ALLOWED = frozenset({ISSUER, ENDS, BEGINS, ISSUED, ID, STATUS, CONTENT})
_NAMES = {number: name for name, number in MEMBERS.items()}
_MEMBERS_NEEDED = ("name", "issuer_name", "achievement_name", "achievement_type", "awarded_on")
_TEXTS = frozenset(
    {"name", "kana", "romaji", "former_name", "student_number", "field_of_study", "issue_number"}
) | {"addressee", "purpose", "narrative"}
_MOST_RESULTS = 400
_NONE = object()


def claims(award: Award, now: datetime, *, with_results: bool = True) -> Claims:
    """Give the claims of an award, issued at ``now``.

    Raises: InputError for an id, a status or a character that cannot be written.
    """
    rows = _rows(award)
    person, details = award.learner, award.document
    token = next((one for one in award.status if one.kind == _TOKEN and one.purpose == "revocation"), None)
    content: dict[str, Any] = {
        "name": person.name.full,
        "kana": person.name.kana,
        "romaji": person.name.romaji,
        "former_name": person.name.former,
        "birth_date": person.birth_date and _days(person.birth_date),
        "student_number": person.student_number,
        "issuer_name": _languages(award.issuer.name),
        "achievement_name": _languages(award.achievement.name),
        "achievement_type": _number(award.achievement.type, tables.TYPES),
        "field_of_study": award.achievement.field_of_study,
        "awarded_on": _days(award.awarded_on),
        "issue_number": award.issue_number,
        "addressee": details.addressee,
        "purpose": details.purpose,
        "narrative": award.narrative,
        "results": _columns(rows) if rows and with_results else None,
        "results_left_out": None if with_results else len(rows) or None,
        "document_kind": _number(details.kind, tables.KINDS),
        "document_language": _number(details.language, tables.DOCUMENT_LANGUAGES),
        "more_status": [_status(one) for one in award.status if one is not token],
    }
    stated = {
        ISSUER: award.issuer.id,
        ENDS: award.valid_until and int(award.valid_until.timestamp()),
        BEGINS: int(award.valid_from.timestamp()),
        ISSUED: int(now.timestamp()),
        ID: _id(award.id),
        STATUS: token and {"status_list": {"idx": _index(token), "uri": token.list_id}},
        CONTENT: {MEMBERS[name]: value for name, value in content.items() if value not in (None, "", [], {})},
    }
    _vc.refuse_unsafe([value for value in content.values() if isinstance(value, str)])
    _vc.refuse_unsafe([row.name for row in rows])
    return {number: value for number, value in stated.items() if value is not None}


def losses(award: Award, *, with_results: bool = True) -> tuple[str, ...]:
    """Give what of the award the claims do not say, by field name."""
    achievement, issuer, details = award.achievement, award.issuer, award.document
    rows = _rows(award)
    lost = {
        "achievement.id": True,
        "achievement.description": bool(achievement.description),
        "achievement.criteria": bool(achievement.criteria),
        "achievement.credits_available": achievement.credits_available is not None,
        "achievement.tags": bool(achievement.tags),
        "achievement.alignments": bool(achievement.alignments),
        "achievement.result_descriptions": bool(achievement.result_descriptions),
        "issuer": bool(issuer.url or issuer.email or issuer.country),
        "learner.email": bool(award.learner.email),
        "document": details.signatory_name != "" or bool(details.wording),
        "evidence": bool(award.evidence),
        "endorsements": bool(award.endorsements),
        "components": bool(award.components),
        "results.id": bool(rows) and with_results,
        "results": bool(rows) and not with_results,
    }
    return tuple(name for name, is_lost in lost.items() if is_lost)


def award(stated: object) -> Award:
    """Give the award that claims say. Raises: UnreadableError for any that is missing, other or undefined."""
    found = _mapping(stated, "the claims", _ALLOWED, _NEEDED)
    numbered = _mapping(found[CONTENT], "the content", frozenset(_NAMES), [])
    content = {_NAMES[number]: value for number, value in numbered.items()}
    if lacking := [name for name in _MEMBERS_NEEDED if name not in content]:
        raise _broken(lacking[0], "nothing", "a value")
    for name in _TEXTS & content.keys():
        _text(content[name], name)
    award_id = _read_id(found[ID])
    results = _read_columns(content["results"], award_id) if "results" in content else ()
    begins = _moment(found[BEGINS], "nbf") if BEGINS in found else _vc.ALWAYS
    return Award(
        id=award_id,
        issuer=Issuer(
            id=_text(found[ISSUER], "iss"), name=_read_languages(content["issuer_name"], "issuer_name")
        ),
        learner=Learner(
            name=PersonName(
                full=content["name"],
                kana=content.get("kana"),
                romaji=content.get("romaji"),
                former=content.get("former_name"),
            ),
            student_number=content.get("student_number"),
            birth_date=_day(content["birth_date"], "birth_date") if "birth_date" in content else None,
        ),
        achievement=Achievement(
            id="",
            type=_word(content["achievement_type"], tables.TYPES, "achievement_type"),
            name=_read_languages(content["achievement_name"], "achievement_name"),
            description=Text(),
            criteria=Text(),
            field_of_study=content.get("field_of_study"),
        ),
        awarded_on=_day(content["awarded_on"], "awarded_on"),
        valid_from=begins,
        valid_until=_moment(found[ENDS], "exp") if ENDS in found else None,
        issue_number=content.get("issue_number"),
        results=results,
        narrative=content.get("narrative"),
        status=_read_status(found.get(STATUS, _NONE), content.get("more_status", [])),
        document=DocumentDetails(
            kind=_word(content.get("document_kind", 2), tables.KINDS, "document_kind"),
            language=_word(content.get("document_language", 0), tables.DOCUMENT_LANGUAGES, "language"),
            addressee=content.get("addressee"),
            purpose=content.get("purpose"),
        ),
    )


def issued_at(stated: object) -> datetime:
    """Give when the claims say that they were signed. Raises: UnreadableError."""
    return _moment(_mapping(stated, "the claims", _ALLOWED, _NEEDED)[ISSUED], "iat")


def left_out(stated: object) -> int:
    """Give how many results stand on the paper only. Raises: UnreadableError."""
    content = _mapping(stated, "the claims", _ALLOWED, _NEEDED)[CONTENT]
    count = content.get(MEMBERS["results_left_out"], 0)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 100_000:
        raise _broken("results_left_out", count, "a number")
    if count and MEMBERS["results"] in content:
        raise _broken("results_left_out", count, "no results beside it")
    return count


def _rows(award: Award) -> tuple[Result, ...]:
    """Give the rows of the record: the results, and of a transcript's courses those that are none yet."""
    rows = list(award.results)
    for names, said in courses(award):
        name = names.best(award.document.language[:2], "ja", "en")
        rows.append(Result(id="", name=name, value=said.value, credits=said.credits, term=said.term))
    return tuple(rows)


def _columns(rows: Sequence[Result]) -> list[Any]:
    # Columns are smaller than rows: what is alike stands together.
    terms = list(dict.fromkeys(row.term for row in rows if row.term))
    return [
        [row.name for row in rows],
        [_number(row.value, tables.GRADES) for row in rows],
        [_whole(row.credits) for row in rows],
        terms,
        [1 + terms.index(row.term) if row.term else 0 for row in rows],
    ]


def _read_columns(stated: object, award_id: str) -> tuple[Result, ...]:
    if not isinstance(stated, list) or len(stated) != 5 or not all(isinstance(one, list) for one in stated):
        raise _broken("results", "another form", "five columns")
    names, values, credits_, terms, places = stated
    count = len(names)
    if not 0 < count <= _MOST_RESULTS or {len(values), len(credits_), len(places)} != {count}:
        raise _broken("results", "columns of other lengths", "as many values as names")
    for term in terms:
        _text(term, "term")
    found = []
    for row in range(count):
        place = _count(places[row], "term", len(terms))
        found.append(
            Result(
                id=f"{award_id}#result-{row + 1}",
                name=_text(names[row], "results"),
                value=_word(values[row], tables.GRADES, "results"),
                credits=_read_whole(credits_[row]),
                term=terms[place - 1] if place else None,
            )
        )
    return tuple(found)


def _languages(text: Text) -> dict[int | str, str]:
    codes = tables.LANGUAGES
    return {codes.index(tag) if tag in codes else tag: words for tag, words in text}


def _read_languages(stated: object, member: str) -> Text:
    if not isinstance(stated, Mapping) or not 0 < len(stated) <= 8:
        raise _broken(member, "another form", "words by language")
    pairs: list[tuple[str, str]] = []
    for tag, words in stated.items():
        language = tag if isinstance(tag, str) else tables.LANGUAGES[_count(tag, member, 3)]
        if not language or len(language) > 35 or any(language == known for known, _ in pairs):
            raise _broken(member, tag, "a language")
        pairs.append((language, _text(words, member)))
    return Text(tuple(pairs))


def _status(entry: StatusEntry) -> list[object]:
    kind = _number(entry.kind, tables.STATUS_KINDS)
    return [kind, _number(entry.purpose, tables.STATUS_PURPOSES), entry.list_id, _index(entry)]


def _index(entry: StatusEntry) -> int:
    written = StatusEntry(
        id=entry.id,  # says nothing that list and index do not
        kind=entry.kind,
        purpose=entry.purpose,
        list_id=entry.list_id,
        index=entry.index,
    )
    if written != entry or entry.index < 0:
        raise InputError(
            "A code on paper has no room for this kind of status entry.",
            code="paper-code-status",
            facts={"got": entry.id[:200], "expected": f"{entry.list_id[:160]}#{entry.index}"},
        )
    return entry.index


def _read_status(token: object, more: object) -> tuple[StatusEntry, ...]:
    if not isinstance(more, list) or len(more) > 8:
        raise _broken("more_status", "another form", "at most eight entries")
    found = []
    for one in more:
        if not isinstance(one, list) or len(one) != 4:
            raise _broken("more_status", "another form", "kind, purpose, list, index")
        kind = _word(one[0], tables.STATUS_KINDS, "more_status")
        purpose = _word(one[1], tables.STATUS_PURPOSES, "more_status")
        found.append(_entry(kind, purpose, one[2], one[3]))
    if token is not _NONE:
        stated = _mapping(token, "status", frozenset({"status_list"}), ["status_list"])
        place = _mapping(stated["status_list"], "status_list", frozenset({"idx", "uri"}), ["idx", "uri"])
        found.append(_entry(_TOKEN, "revocation", place["uri"], place["idx"]))
    return tuple(found)


def _entry(kind: str, purpose: str, address: object, index: object) -> StatusEntry:
    list_id, number = _text(address, "status"), _count(index, "status", 1 << 40)
    return StatusEntry(id=f"{list_id}#{number}", kind=kind, purpose=purpose, list_id=list_id, index=number)


def _id(award_id: str) -> bytes:
    try:
        number = uuid.UUID(award_id)
    except ValueError:
        number = None
    if number is None or number.urn != award_id:
        raise InputError(
            "The award cannot be written as a code on paper without an id that is a UUID.",
            code="award-incomplete",
            facts={"got": award_id[:200] or "nothing", "expected": "urn:uuid:…"},
        )
    return number.bytes


def _read_id(stated: object) -> str:
    if not isinstance(stated, bytes) or len(stated) != 16:
        raise _broken("cti", "another form", "the 16 bytes of a UUID")
    return uuid.UUID(bytes=stated).urn


def _days(day: date) -> int:
    return (day - _FIRST_DAY).days


def _day(stated: object, member: str) -> date:
    days = _count(stated, member, _MOST_DAYS, -_MOST_DAYS)
    try:
        return _FIRST_DAY + timedelta(days=days)
    except OverflowError:
        raise _broken(member, days, "a day") from None


def _moment(stated: object, member: str) -> datetime:
    try:
        return _FIRST_MOMENT + timedelta(seconds=_count(stated, member, _MOST_SECONDS, -_MOST_SECONDS))
    except OverflowError:
        raise _broken(member, stated, "a moment") from None


def _number(word: str, table: Sequence[str]) -> int | str:
    return table.index(word) if word in table else word


def _word(stated: object, table: Sequence[str], member: str) -> str:
    if isinstance(stated, str):
        if stated in table:
            raise _broken(member, stated, "its number")
        return stated
    return table[_count(stated, member, len(table) - 1)]


def _whole(credits_: str | None) -> int | str | None:
    if credits_ and credits_.isascii() and credits_.isdigit() and str(int(credits_[:4])) == credits_:
        return int(credits_)
    return credits_ or None


def _read_whole(stated: object) -> str | None:
    if stated is None or isinstance(stated, str):
        return stated
    return str(_count(stated, "credits", 9999))


def _count(stated: object, member: str, most: int, least: int = 0) -> int:
    if isinstance(stated, bool) or not isinstance(stated, int) or not least <= stated <= most:
        raise _broken(member, str(stated)[:60], f"a whole number from {least} to {most}")
    return stated


def _text(stated: object, member: str) -> str:
    if not isinstance(stated, str) or not stated:
        raise _broken(member, "no text", "text")
    return stated


def _mapping(
    stated: object, member: str, allowed: frozenset[Any], needed: Sequence[Any]
) -> Mapping[Any, Any]:
    if not isinstance(stated, Mapping):
        raise _broken(member, "another form", "a map")
    if undefined := [str(name) for name in stated if name not in allowed]:
        raise _broken(member, f"the undefined member {undefined[0][:60]}", "members that are defined")
    if lacking := [str(name) for name in needed if name not in stated]:
        raise _broken(member, "nothing", f"the member {lacking[0]}")
    return stated


def _broken(member: str, got: object, expected: str) -> UnreadableError:
    return UnreadableError(
        f"The code's claims cannot be read: {member} is {str(got)[:200]}, expected {expected}.",
        code="paper-code",
        facts={"member": member, "got": str(got)[:200], "expected": expected},
    )
