# SPDX-License-Identifier: Apache-2.0
"""The institution's own certifying words on its documents: checked, and kept with their look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import formats, set_on_pages
from gakusho.issuer import institutions
from gakusho.issuer.institutions import InstitutionView
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, DocumentDetails, Result
from gakusho.model.document import DOCUMENT_KINDS
from gakusho.model.learner import Learner, PersonName
from gakusho.model.text import Text

PLACE = "{achievement}"
"""Stands for the name of what is awarded."""
LONGEST = 120
MOST_LINES = 6
NAMES_IT = frozenset({"diploma", "diploma-vertical", "completion"})
"""The documents that name the achievement nowhere but in these words."""
SETTING = "wording"
"""Where the settings keep words, paper and seal, with the version of all of them."""
_SAMPLE_DEGREE = Text.of(ja="学士（見本）", en="Bachelor of Samples")
_SAMPLE_PROGRAM = Text.of(ja="見本課程", en="Sample Program")
_SAMPLE_TIME = datetime(2026, 3, 25, 3, tzinfo=UTC)


def worded(settings: Mapping[str, Any], kind: str) -> Text:
    """Give the institution's own words for a kind of document; empty where the template's are used."""
    kept = settings.get(SETTING, {}).get("words", {}).get(kind)
    return Text.of(kept) if isinstance(kept, Mapping) else Text()


def wording_version(settings: Mapping[str, Any]) -> int:
    """Give how often the institution changed its words; each document names it."""
    return int(settings.get(SETTING, {}).get("version", 0))


def with_words(kept: Mapping[str, Any], kind: str, words: Text) -> dict[str, Any]:
    """Give the words of all kinds of document with those of one changed."""
    others = {name: each for name, each in kept.items() if name != kind}
    return {**others, kind: words.as_dict()} if words else others


def check_wording(view: InstitutionView, kind: str, words: Text) -> None:
    """Let words pass that a page of this kind can carry. Raises: InputError."""
    if kind not in DOCUMENT_KINDS:
        raise _wrong("There is no such document.", "document-kind", kind, ", ".join(DOCUMENT_KINDS))
    for _, each in words:
        lines = each.split("\n")
        if len(lines) > MOST_LINES or max(map(len, lines)) > LONGEST:
            raise _wrong(
                f"The words have at most {MOST_LINES} lines of {LONGEST} characters.",
                "wording-long",
                f"{len(lines)} × {max(map(len, lines))}",
                f"{MOST_LINES} × {LONGEST}",
            )
        if kind in NAMES_IT and PLACE not in each:
            raise _wrong(f"The words lack {PLACE}.", "wording-achievement", each[:100], PLACE)
    sample = sample_award(view, kind, "ja-en", words)
    for pages in set_on_pages(formats()):
        for where, characters in pages.unwritable(sample):
            if where.startswith("wording"):
                raise _wrong(f"The fonts cannot write {characters}.", "wording-glyph", characters, "letters")


def sample_award(view: InstitutionView, kind: str, language: str, words: Text) -> Award:
    """Give a made-up award, to look at a document with these words; nobody is named in it."""
    title = view.settings.get("signatory_title")
    stated = {
        "expected-graduation": ("卒業見込年月 / Expected graduation", "2027-03"),
        "special-program": ("総時間数 / Total hours", "60"),
    }.get(kind, ("成績 / Grade", "A"))
    degree = kind in {"diploma", "diploma-vertical", "degree-certificate", "graduation", "transcript"}
    issuer = institutions.issuer_of(view)
    award = Award(
        id="urn:uuid:00000000-0000-4000-8000-000000000000",
        issuer=issuer,
        learner=Learner(
            name=PersonName(full="見本 花子", kana="ミホン ハナコ", romaji="MIHON Hanako"),
            student_number="22A0001",
            birth_date=date(2004, 4, 2),
        ),
        achievement=Achievement(
            id="urn:uuid:00000000-0000-4000-8000-000000000001",
            type="BachelorDegree" if degree else "Certificate",
            name=_SAMPLE_DEGREE if degree else _SAMPLE_PROGRAM,
            description=Text.of(ja="ここに内容の概要が入ります。", en="The outline stands here."),
            criteria=Text.of(ja="ここに要件が入ります。", en="What is required stands here."),
        ),
        awarded_on=date(2026, 3, 25),
        valid_from=_SAMPLE_TIME,
        issue_number="2026-0001",
        results=(
            Result(id="urn:uuid:00000000-0000-4000-8000-000000000002", name=stated[0], value=stated[1]),
        ),
        document=DocumentDetails(
            kind=kind,
            language=language,
            signatory_name=str(view.settings.get("signatory_name") or ""),
            signatory_title=Text.of(title) if isinstance(title, Mapping) else Text(),
        ),
    )
    return replace(award, document=replace(award.document, wording=words))


def _wrong(sentence: str, code: str, got: str, expected: str) -> InputError:
    return InputError(sentence, code=code, facts={"got": got, "expected": expected})
