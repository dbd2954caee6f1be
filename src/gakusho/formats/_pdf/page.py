# SPDX-License-Identifier: Apache-2.0
"""What a template prints: an award turned into plain words, the same for typesetting and for comparing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date, timedelta, timezone
from typing import Any

from gakusho.errors import InputError, MissingGlyphError
from gakusho.formats._pdf import glyphs
from gakusho.formats._pdf.look import paper_data, seal_data
from gakusho.formats._pdf.templates import KINDS, LANGUAGES, VERSION
from gakusho.model.award import Award, Result
from gakusho.model.dates import kanji_wareki, spelled, wareki, western
from gakusho.model.document import DEGREES, hours, unfit
from gakusho.model.text import BETWEEN_LANGUAGES as BETWEEN_LANGUAGES  # noqa: PLC0414  # the verifier reads it here
from gakusho.model.text import Text, parted
from gakusho.model.transcript import courses

KEYWORD = "gakusho-template"
_DERIVED = frozenset(
    {
        *("document_title", "seal.svg", "results.label.ja", "results.label.en"),
        *("particulars.ja", "particulars.en", "place.ja", "place.en"),
    }
)
"""Put together from words that are looked at by themselves, or no words."""
_NUMBERED = re.compile(r"第\s*([^\s第号]+)\s*号")
_JAPAN = timezone(timedelta(hours=9))
_UNDERGRADUATE = frozenset({"AssociateDegree", "BachelorDegree"})
_TITLES = {
    "diploma": ("学位記", "Diploma"),
    "diploma-vertical": ("学位記", "Diploma"),
    "degree-certificate": ("学位授与証明書", "Certificate of Degree Conferral"),
    "graduation": ("卒業証明書", "Certificate of Graduation"),
    "expected-graduation": ("卒業見込証明書", "Certificate of Expected Graduation"),
    "transcript": ("成績証明書", "Academic Transcript"),
    "enrollment": ("在学証明書", "Certificate of Enrollment"),
    "completion": ("修了証書", "Certificate of Completion"),
    "special-program": ("履修証明書", "Certificate of Special Program Completion"),
    "micro-credential": ("マイクロクレデンシャル証明書", "Micro-credential Certificate"),
}


def page_data(award: Award, *, link: str | None, code: str | None = None) -> dict[str, Any]:
    """Give what the template of the award's document needs, as plain JSON values.

    ``code`` is what is typed in place of the link, as it is printed.

    Raises:
        InputError: there is no such template or language, or the award lacks what the document must say.
        MissingGlyphError: a word holds a character that the fonts of the document cannot write.
    """
    details = award.document
    if details.kind not in KINDS or details.language not in LANGUAGES:
        raise InputError(
            f"There is no template {details.kind!r} in {details.language!r}.",
            code="template",
            facts={"got": f"{details.kind} {details.language}", "expected": ", ".join(KINDS)},
        )
    if lacking := unfit(award):
        raise InputError(
            f"The award cannot be printed as {details.kind!r}: {', '.join(lacking)}.",
            code="document-unfit",
            facts={"got": ", ".join(lacking), "expected": details.kind},
        )
    data = {**_data(award, link=link), "code": code}
    _refuse_missing_glyphs(data, person=award.learner.name.full)
    return data


def _data(award: Award, *, link: str | None) -> dict[str, Any]:
    details = award.document
    title = _title(award)
    name = award.learner.name
    return {
        "kind": details.kind,
        "language": details.language,
        "template": template_keyword(
            details.kind,
            details.language,
            details.wording_version,
            details.templates.version if details.templates else 0,
        ),
        "wording": _wording(award),
        "title": title,
        "document_title": _document_title(award, title),
        "degree": award.achievement.type in DEGREES,
        "undergraduate": award.achievement.type in _UNDERGRADUATE or award.achievement.type not in DEGREES,
        "achievement_type": award.achievement.type,
        "name": {
            "full": _spaced(name.full),
            "kana": _plain(name.kana),
            "romaji": _plain(name.romaji),
        },
        "birth": _day(award.learner.birth_date),
        "student_number": _plain(award.learner.student_number),
        "issue_number": issue_number(award.issue_number) if award.issue_number else None,
        "achievement": _both(award.achievement.name),
        "field_of_study": _in(details.language, award.achievement.field_of_study),
        "institution": _both(award.issuer.name),
        "website": award.issuer.url,
        "awarded": _day(award.awarded_on),
        "issued": _day(_issued_on(award)),
        "signatory": {
            "name": _spaced(details.signatory_name),
            "name_en": _plain(details.signatory_name_en) or _spaced(details.signatory_name),
            "title": _both(details.signatory_title),
        },
        "paper": paper_data(award),
        "seal": seal_data(award),
        "addressee": _in(details.language, details.addressee),
        "purpose": _in(details.language, details.purpose),
        **_narrative(award),
        "results": _results(award),
        "credits": _credits(award),
        "link": link,
        "identifier": award.id,
        **_particulars(award),
    }


def result_label(name: str) -> dict[str, str]:
    """Give a result's name in each language: the two of 入学年月日 / Date of admission, else one for both."""
    parts = [" ".join(part.split()) for part in name.split(BETWEEN_LANGUAGES)]
    if len(parts) != 2 or not all(parts):
        parts = [" ".join(name.split())] * 2
    return {"ja": parts[0], "en": parts[1]}


def _wording(award: Award) -> dict[str, list[str] | None]:
    """Give the institution's own words, line by line, in each language that has some."""
    name = _both(award.achievement.name)
    found: dict[str, list[str] | None] = {}
    for language in ("ja", "en"):
        words = award.document.wording.get(language)
        lines = [_plain(line.replace("{achievement}", name[language])) for line in (words or "").split("\n")]
        found[language] = [line for line in lines if line] or None
    return found


def _results(award: Award) -> list[dict[str, Any]]:
    """Give the rows of results; on a transcript its courses first, in both languages on a bilingual one."""
    language = award.document.language
    apart = hours(award) if award.document.kind == "special-program" else None
    of_courses = courses(award) if award.document.kind == "transcript" else []
    found = [_row(_both(name), said, language) for name, said in of_courses]
    for result in award.results:
        if result is not apart:
            said = replace(result, value=spelled(result.name, result.value, language))
            found.append(_row(result_label(result.name), said, language))
    return found


def _row(names: dict[str, str], said: Result, language: str) -> dict[str, Any]:
    both = language == "ja-en" and names["ja"] != names["en"]
    return {
        "name": names["en" if language == "en" else "ja"],
        "english": names["en"] if both else None,
        "label": {"ja": names["ja"], "en": names["en"]},
        "value": _in(language, said.value) or "",
        "credits": _plain(said.credits),
        "term": _in(language, said.term),
    }


def _in(language: str, words: str | None) -> str | None:
    """Give short words as a page in this language prints them: of 優 / A the English one only its half."""
    plain = _plain(words)
    if plain is None or language == "ja-en":
        return plain
    return parted(plain)[1 if language == "en" else 0]


def _narrative(award: Award) -> dict[str, Any]:
    """Give the narrative as one text, and line by line in each language that the page has.

    It is the award's, so that nothing is printed that no format says.
    """
    known, language = award.particulars, award.document.language
    if known is not None and known.narrative() != award.narrative:
        known = None
    words = known.words() if known else Text.of(ja=award.narrative or "")
    lines = {
        tag: [line for line in map(_plain, words.best(tag, *words.languages).splitlines()) if line]
        for tag in ("ja", "en")
    }
    shown = [lines["en"]] if language == "en" else [lines["ja"]]
    if language == "ja-en" and lines["en"] != lines["ja"]:
        shown.append(lines["en"])
    placed = known is not None and any((known.faculty, known.major, known.degree))
    return {
        "narrative": " ".join(line for each in shown for line in each) or None,
        "particulars": lines,
        "place": {tag: each[0] for tag, each in lines.items()} if placed else None,
    }


def _particulars(award: Award) -> dict[str, Any]:
    """Give what only some kinds print: what is not printed need not be writable."""
    achievement = award.achievement
    if award.document.kind == "special-program":
        stated = hours(award)
        return {
            "description": _both(achievement.description),
            "hours": stated.value.strip() if stated else "",
        }
    if award.document.kind == "micro-credential":
        available = achievement.credits_available
        return {
            "description": _both(achievement.description),
            "criteria": _both(achievement.criteria),
            "skills": [_in(award.document.language, skill.target_name) for skill in achievement.skills],
            "credits_available": None if available is None else f"{available:g}",
        }
    return {}


def unwritable(award: Award) -> list[tuple[str, str]]:
    """Give what of an award's document its fonts cannot write: the field, and the characters spelled out.

    For a dry run, which reports all problems; ``page_data`` stops at the first one.
    """
    return _unwritable(_data(award, link=None))


def template_keyword(kind: str, language: str, wording_version: int = 0, own_version: int = 0) -> str:
    """Give the keyword by which a document names its template, its language and the template's version.

    Where the institution has words or a look of its own, the count of its changes follows: ``2.5``; where
    it has templates of its own, their count stands in the first place: ``own3.5``.
    """
    first = f"own{own_version}" if own_version else f"{VERSION}"
    version = f"{first}.{wording_version}" if wording_version else first
    return f"{KEYWORD}:{kind}:{language}:{version}"


def _title(award: Award) -> dict[str, str]:
    japanese, english = _TITLES[award.document.kind]
    kind, achieved = award.document.kind, award.achievement.type
    if kind == "graduation" and achieved in DEGREES - _UNDERGRADUATE:
        # of a graduate school one is not graduated (卒業) in Japanese
        japanese, english = "修了証明書", "Certificate of Completion"
    return {"ja": japanese, "en": english}


def _document_title(award: Award, title: dict[str, str]) -> str:
    name = award.learner.name
    if award.document.language == "en":
        words, who = title["en"], name.romaji or name.full
    else:
        words, who = title["ja"], name.full
    return f"{words} {who}"


def _issued_on(award: Award) -> date:
    zone = _JAPAN if award.issuer.country in {None, "JP"} else award.valid_from.tzinfo
    return award.valid_from.astimezone(zone).date()


def _day(day: date | None) -> dict[str, str] | None:
    if day is None:
        return None
    return {"ja": wareki(day), "kanji": kanji_wareki(day), "en": western(day), "iso": day.isoformat()}


def _both(text: Text) -> dict[str, str]:
    return {
        "ja": _plain(text.best("ja", "en")) or "",
        "en": _plain(text.best("en", "ja")) or "",
        "ja_only": _plain(text.get("ja")) or "",
    }


def issue_number(number: str) -> dict[str, str]:
    """Give an issue number as each language prints it: 第2026-0317号, No. 2026-0317."""
    plain = " ".join(number.split())
    inner = _NUMBERED.fullmatch(plain)
    return {
        "ja": plain if "第" in plain else f"第{plain}号",
        "en": f"No. {inner[1] if inner else plain}",
    }


def _spaced(name: str) -> str:
    """Give a name with one ideographic space between its parts when it is written in Japanese."""
    parts = name.split()
    western_script = all(unicodedata.name(c, "").startswith("LATIN") for c in name if c.isalpha())
    return (" " if western_script else "\u3000").join(parts)


def _plain(words: str | None) -> str | None:
    return " ".join(words.split()) if words else None


def _credits(award: Award) -> str | None:
    """Give the sum of the credits when every one of them is a number."""
    of_courses = courses(award) if award.document.kind == "transcript" else []
    try:
        given = [
            float(each.credits)
            for each in (*award.results, *(said for _, said in of_courses))
            if each.credits
        ]
    except ValueError:
        return None
    return f"{sum(given):g}" if given else None


def _refuse_missing_glyphs(data: dict[str, Any], *, person: str) -> None:
    for where, characters in _unwritable(data):
        raise MissingGlyphError(
            f"The document of {person} cannot be set: its font cannot write {characters} in {where}.",
            facts={"person": person, "got": characters, "where": where},
        )


def _unwritable(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (where, ", ".join(glyphs.spelled(character) for character in absent))
        for where, words in _strings(data, "")
        if where not in _DERIVED and (absent := glyphs.missing(words))
    ]


def _strings(value: Any, where: str) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(where, value)]
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in _strings(item, f"{where}.{key}".strip("."))]
    if isinstance(value, list):
        return [pair for item in value for pair in _strings(item, where)]
    return []
