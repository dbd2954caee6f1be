# SPDX-License-Identifier: Apache-2.0
"""The page is compared with the credential: no difference is passed over, and no good page is blamed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors.signed_pdf.making import LINK, NOW, award

from gakusho.formats._pdf import glyphs
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.printed import matching_check
from gakusho.formats._pdf.templates import KINDS, LANGUAGES
from gakusho.formats._pdf.text import shown_text
from gakusho.formats._pdf.typesetting import typeset
from gakusho.model.award import Award, Particulars, Result
from gakusho.model.learner import PersonName
from gakusho.model.report import Check, Outcome
from gakusho.model.text import Text


def compared(printed: Award, said: Award) -> Check:
    """Set a page from one award and compare it with another."""
    document = printed.document
    page = typeset(document.kind, page_data(printed, link=LINK), at=NOW)
    return matching_check(page, said, (document.kind, document.language))


def named(given_award: Award, full: str, romaji: str | None = None) -> Award:
    return replace(
        given_award, learner=replace(given_award.learner, name=PersonName(full=full, romaji=romaji))
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_agrees_with_its_own_award(kind: str, language: str) -> None:
    plain = award(kind, language)
    check = compared(plain, plain)
    assert check.outcome is Outcome.VALID, check
    for field in ("learner.name", "issue_number", "achievement.name", "issuer.name", "awarded_on"):
        assert field in check.facts["compared"]


def with_courses(language: str, courses: int = 30) -> Award:
    """Give a transcript of courses that are credentials of their own, with a grade average beside them."""
    whole = award("transcript", language)

    def course(place: int) -> Award:
        name = Text.of(ja=f"経済史{place}", en=f"Economic History {place}")
        said = Result(id=f"urn:uuid:{place}", name="評価", value="優", credits="2", term="2025前期")
        return replace(whole, achievement=replace(whole.achievement, name=name), results=(said,))

    made = tuple(course(place) for place in range(1, courses + 1))
    average = Result(id="urn:uuid:average", name="GPA", value="3.41")
    return replace(whole, results=(average,), components=made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_transcript_prints_each_course_that_its_credential_holds(language: str) -> None:
    plain = with_courses(language)
    assert compared(plain, plain).outcome is Outcome.VALID
    other = Result(id="urn:uuid:x", name="評価", value="秀", credits="2", term="2025前期")
    *others, last = plain.components
    for said in (
        replace(plain, components=(*others, replace(last, results=(other,)))),
        replace(
            plain, components=(*plain.components, replace(last, achievement=award("diploma").achievement))
        ),
    ):
        check = compared(plain, said)
        assert (check.outcome, check.facts["got"]) == (Outcome.INVALID, "results")
    # a page that leaves the courses out says less than what is inside
    assert compared(replace(plain, components=()), plain).outcome is Outcome.INVALID


def differing() -> list[tuple[str, Award]]:
    """Give awards that differ from the printed one in one field."""
    plain = award("transcript")
    first, *others = plain.results
    return [
        ("learner.name", named(plain, "髙橋 𠮷男")),
        ("learner.name", named(plain, "髙橋 𠮷")),
        ("learner.name", named(plain, "橋 𠮷子")),
        ("learner.name", named(plain, "")),
        ("issue_number", replace(plain, issue_number="2026-031")),
        ("issue_number", replace(plain, issue_number="026-0317")),
        ("awarded_on", replace(plain, awarded_on=date(2026, 3, 24))),
        (
            "achievement.name",
            replace(plain, achievement=replace(plain.achievement, name=Text.of(ja="博士（工学）"))),
        ),
        ("issuer.name", replace(plain, issuer=replace(plain.issuer, name=Text.of(ja="みなと大学")))),
        ("results", replace(plain, results=(replace(first, value="可"), *others))),
        ("results", replace(plain, results=(replace(first, credits="22"), *others))),
        ("results", replace(plain, results=(replace(first, name="微分積分学", credits="12"), *others))),
        ("results", replace(plain, results=(replace(first, term="2022年度"), *others))),
    ]


@pytest.mark.parametrize(("field", "said"), differing())
def test_one_difference_is_found_and_named(field: str, said: Award) -> None:
    check = compared(award("transcript"), said)
    assert (check.outcome, check.facts.get("got")) == (Outcome.INVALID, field)


def in_english(kind: str, language: str) -> Award:
    """Give an award of which all is said in English too, by the rules that a row is composed by."""
    plain = award(kind, language)
    particulars = Particulars(
        faculty=Text.of(ja="工学部", en="Faculty of Engineering"),
        remarks=Text.of(ja="総代", en="Valedictorian\nCommended"),
    )
    results = tuple(
        replace(one, value=f"{one.value} / Excellent", term="2024前期 / Spring 2024") for one in plain.results
    )
    return replace(
        plain,
        narrative=particulars.narrative(),
        particulars=particulars,
        issue_number="第2026-0317号",
        results=results if kind == "transcript" else plain.results,
        document=replace(plain.document, addressee="港区 / Minato City", purpose="留学 / Study abroad"),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["graduation", "transcript"])
def test_a_page_prints_the_english_that_its_credential_says(kind: str, language: str) -> None:
    printed = in_english(kind, language)
    said = replace(printed, particulars=None)  # no format says it apart
    page = typeset(kind, page_data(printed, link=LINK), at=NOW)
    check = matching_check(page, said, (kind, language))
    assert check.outcome is Outcome.VALID, check
    assert {"narrative", "addressee", "purpose"} <= set(check.facts["compared"].split(", "))
    with pikepdf.open(io.BytesIO(page)) as document:
        words = shown_text(document)
    assert ("No.2026-0317" if language == "en" else "第2026-0317号") in words
    for japanese, english in (("工学部", "FacultyofEngineering"), ("留学", "Studyabroad")):
        assert (japanese in words, english in words) == (language != "en", language != "ja")
    if kind == "graduation":
        other = replace(said, narrative=(said.narrative or "").replace("総", "副").replace("Vale", "Salu"))
        assert compared(printed, other).facts.get("got") == "narrative"
    else:
        first, *others = said.results
        other = replace(said, results=(replace(first, value=f"{first.value}!", term="2023前期"), *others))
        assert compared(printed, other).facts.get("got") == "results"
        elsewhere = (said.narrative or "").replace("工学部", "理学部").replace("Engineering", "Science")
        check = matching_check(page, replace(said, narrative=elsewhere), (kind, language))
        assert check.facts.get("got") == "narrative", "所属 is compared"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_narrative_that_goes_on_to_another_page_is_found(language: str) -> None:
    words = Text.of(ja="学業成績優秀。" * 280, en="Commended for results. " * 86)
    particulars = Particulars(remarks=Text.of({language: words.best(language)}))
    printed = replace(
        award("micro-credential", language), particulars=particulars, narrative=particulars.narrative()
    )
    assert compared(printed, printed).outcome is Outcome.VALID
    shorter = replace(printed, narrative=(printed.narrative or "").rstrip()[:-9])
    assert (
        compared(printed, replace(shorter, narrative=f"{shorter.narrative} 優等")).outcome is Outcome.INVALID
    )


LETTERS = "山田髙橋一二タロウーあいをABCabcéñŁ'-.・ 々〆"
NAMES = st.text(alphabet=LETTERS, min_size=1, max_size=40).filter(
    lambda words: words.strip(" '-.・ー") != "" and not glyphs.missing(words)
)


def test_in_vertical_writing_a_longer_name_is_not_taken_for_a_shorter() -> None:
    plain = award("diploma-vertical")
    for full in ("髙橋 𠮷", "橋 𠮷子", "髙橋 𠮷男"):
        check = compared(plain, named(plain, full))
        assert (check.outcome, check.facts.get("got")) == (Outcome.INVALID, "learner.name"), full
    later = compared(plain, replace(plain, awarded_on=date(2026, 3, 24)))
    assert (later.outcome, later.facts.get("got")) == (Outcome.INVALID, "awarded_on")


OTHER_DAYS = {
    "2022-04-01": ("2022-04-10", "2022-04-11", "2022-04", "令和4年4月"),
    "2027-03": ("2027-02", "2027-03-01", "令和9年"),
}


@pytest.mark.parametrize(
    "kind", ["graduation", "expected-graduation", "enrollment", "special-program", "micro-credential"]
)
def test_what_a_certificate_states_is_compared(kind: str) -> None:
    stated = award("special-program").results[:1]
    plain = award(kind)
    plain = plain if plain.results else replace(plain, results=stated)
    first, *others = plain.results
    others_there = ("9" + first.value, first.value[:-1], *OTHER_DAYS.get(first.value, ()))
    for changed in (replace(first, value=value) for value in others_there):
        check = compared(plain, replace(plain, results=(changed, *others)))
        assert (check.outcome, check.facts.get("got")) == (Outcome.INVALID, "results"), changed


@pytest.mark.parametrize(
    ("language", "written"),
    [("ja", "令和4年4月1日"), ("en", "April 1, 2022"), ("ja-en", "令和4年4月1日 (April 1, 2022)")],
)
def test_a_day_is_printed_as_its_readers_write_it_or_as_it_once_was(language: str, written: str) -> None:
    plain = award("enrollment", language)
    data = page_data(plain, link=LINK)
    assert data["results"][0]["value"] == written
    data["results"][0]["value"] = "2022-04-01"
    page = typeset("enrollment", data, at=NOW)
    assert matching_check(page, plain, ("enrollment", language)).outcome is Outcome.VALID


@settings(max_examples=50, deadline=None)
@given(
    full=NAMES,
    romaji=st.none() | NAMES,
    achievement=NAMES,
    kind=st.sampled_from(KINDS),
    language=st.sampled_from(LANGUAGES),
)
def test_no_good_page_is_blamed(
    full: str, romaji: str | None, achievement: str, kind: str, language: str
) -> None:
    plain = named(award(kind, language, courses=3), full, romaji)
    plain = replace(plain, achievement=replace(plain.achievement, name=Text.of(ja=achievement)))
    check = compared(plain, plain)
    assert check.outcome is Outcome.VALID, check


@pytest.mark.parametrize("courses", [1, 24, 25, 60, 61, 150])
def test_every_row_of_a_transcript_is_found(courses: int) -> None:
    plain = award("transcript", "ja-en", courses=courses)
    assert compared(plain, plain).outcome is Outcome.VALID


def test_more_results_than_a_page_can_hold_are_not_looked_for() -> None:
    plain = award("transcript", courses=2)
    check = compared(plain, replace(plain, results=plain.results * 600))
    assert (check.outcome, check.facts["reason"]) == (Outcome.UNKNOWN, "too-many-results")


def test_a_page_that_cannot_be_read_is_unknown() -> None:
    assert matching_check(b"%PDF-1.7", award(), ("diploma", "ja")).outcome is Outcome.UNKNOWN
