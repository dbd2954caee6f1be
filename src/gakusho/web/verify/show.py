# SPDX-License-Identifier: Apache-2.0
"""A report in the reader's words: plain strings in the order of the page, the same now and years later."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from gakusho.model.achievement import Achievement
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award, Result
from gakusho.model.dates import wareki
from gakusho.model.report import Headline, Identity, Outcome, Report
from gakusho.model.text import Text
from gakusho.verifier import badge_words, document_words, sentences
from gakusho.verifier.report_json import FROM_EVER
from gakusho.web.verify.courses import SHAPES, ShownCourse, shown_courses
from gakusho.web.words import Words

MAX_IMAGE = 300_000
"""Bytes; a larger badge image is not drawn into the page."""

Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class ShownCheck:
    """A check as a sentence, with where the answer came from and when."""

    outcome: str
    sentence: str
    source: str = ""
    time: str = ""
    technical: str = ""
    """In English, where the sentence says less."""


@dataclass(frozen=True, kw_only=True)
class ShownAlignment:
    """A skill, or something else of a framework elsewhere."""

    name: str
    where: str
    """Framework and code."""
    description: str


@dataclass(frozen=True, kw_only=True)
class ShownEndorsement:
    """Somebody's word on what is shown, with the verdict on it."""

    word: str
    shape: str
    endorser: str
    about: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class ShownPicture:
    """A page as a picture."""

    page: int
    source: str
    """Its address, perhaps one that holds it (``data:``)."""
    alt: str


@dataclass(frozen=True, kw_only=True)
class ShownDocument:
    """The signed document itself, as its signature closes it."""

    facts: tuple[Pair, ...]
    cautions: tuple[str, ...]
    pictures: tuple[ShownPicture, ...] | None = None
    """Its first pages; empty where none could be made, None: none was asked for."""
    more_pages: str = ""
    """That it has more pages than these."""
    text: tuple[document_words.Page, ...] | None = None
    """The words of its pages; None: nobody asked for them."""
    more_text: str = ""
    """That it has more words than these, or that they could not be read."""
    language: str = ""
    """Of the words, as ``lang`` has it."""
    alone: bool = False
    """Whether it holds no credential and is no forgery, so that its words are all there is to read."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows of a report, in one language."""

    language: str
    shape: str
    word: str
    sentence: str
    next_step: str
    genuine: bool
    """Whether the content may be shown as the issuer's; else it is what somebody claims."""
    verified_at: str
    digest: str
    format: str
    identity: str = ""
    warnings: tuple[str, ...] = ()
    """What to look at twice of the issuer, though the verdict stands."""
    cautions: tuple[str, ...] = ()
    """What to compare with the paper, which the code on it does not prove."""
    issuer: tuple[Pair, ...] = ()
    issuer_name: str = ""
    checks: tuple[ShownCheck, ...] = ()
    title: str = ""
    title_other: str = ""
    name: str = ""
    reading: str = ""
    image: str = ""
    facts: tuple[Pair, ...] = ()
    results: tuple[tuple[str, ...], ...] = ()
    courses: tuple[ShownCourse, ...] = ()
    """What a transcript is made of, each with what its own verification found."""
    coverage: str = ""
    """Whether the transcript says that it is complete."""
    skills: tuple[ShownAlignment, ...] = ()
    alignments: tuple[ShownAlignment, ...] = ()
    """What it is aligned to beside skills."""
    endorsements: tuple[ShownEndorsement, ...] = ()
    prose: tuple[Pair, ...] = ()
    """Longer signed texts: description, criteria, narrative."""
    fine_print: tuple[Pair, ...] = ()
    """The rest of what was signed: numbers and addresses for machines."""
    carried: tuple[Any, ...] = field(default=())
    document: ShownDocument | None = None

    def as_json(self) -> dict[str, Any]:
        """Give it as what JSON can hold; the templates read either."""
        return asdict(self)


def shown(report: Report, words: Words, pictures: Mapping[int, str] | None = None) -> Shown:
    """Give a report in the reader's language, with everything that was signed.

    ``pictures`` has the addresses of pictures of the document's pages (``gakusho.web.verify.picture``).
    """
    language = words.language
    award = report.credential
    mostly: dict[str, Any] = {
        "language": language,
        "shape": SHAPES[report.headline],
        "word": sentences.headline(report, language),
        "sentence": sentences.explanation(report, language),
        "next_step": sentences.next_step(report, language),
        "genuine": report.headline.is_genuine,
        "verified_at": words.instant(report.verified_at),
        "digest": report.input_digest,
        "format": _format(report, words),
        "checks": _checks(report, words),
        "carried": tuple(_carried(report, words)),
        "document": _document(report, words, pictures),
    }
    if report.issuer is not None:
        mostly |= {
            "identity": sentences.identity_sentence(report.issuer, language),
            "warnings": _told(report, language, paper=False),
            "issuer": tuple(_issuer(report.issuer, award, words)),
            "issuer_name": quoted(report.issuer.name or report.issuer.id, words),
        }
        mostly["cautions"] = _told(report, language, paper=True)
    if award is not None:
        mostly |= _content(award, words) | _transcript(report, award, words)
        mostly["endorsements"] = tuple(_endorsement(one, words) for one in badge_words.endorsements(report))
    return Shown(**mostly)


def _told(report: Report, language: str, *, paper: bool) -> tuple[str, ...]:
    told = [one for one in report.warnings if one.code.startswith("paper.") is paper]
    return tuple(sentences.sentence(one, language) for one in told)


def _document(report: Report, words: Words, pictures: Mapping[int, str] | None) -> ShownDocument | None:
    document = report.document
    if document is None:
        return None
    title = document.title or words("verify.document.untitled")
    found = ShownDocument(
        facts=tuple(document_words.facts(document, words.language, words.instant)),
        cautions=tuple(document_words.cautions(report, words.language)),
        alone=report.credential is None and report.headline is not Headline.NOT_GENUINE,
    )
    if pictures is not None and document.covered:
        listed = tuple(
            ShownPicture(page=page, source=source, alt=words("verify.document.alt", page=page, title=title))
            for page, source in pictures.items()
        )
        more = listed and len(listed) < (document.pages or 1)
        said = words("verify.document.more_pages", n=len(listed), all=document.pages or 1) if more else ""
        found = replace(found, pictures=listed, more_pages=said)
    if document.text is not None:
        text, more_text = document_words.pages(document.text, words.language)
        language = document.text.language or ""
        found = replace(found, text=tuple(text), more_text=more_text, language=language)
    return found


def quoted(name: str, words: Words) -> str:
    """Give a name as somebody's own statement."""
    return words("verify.quoted", name=name)


def _format(report: Report, words: Words) -> str:
    if report.headline is Headline.UNSIGNED:
        return "PDF"
    return words.format_name(report.format or "")


def _carried(report: Report, words: Words) -> list[dict[str, Any]]:
    return [
        {
            "word": sentences.headline(inner, words.language),
            "shape": SHAPES[inner.headline],
            "format": _kind_inside(inner, words),
            "title": _titles(inner.credential.achievement.name, words)[0] if inner.credential else "",
            "checks": [asdict(check) for check in _checks(inner, words)],
        }
        for inner in report.carried
    ]


def _kind_inside(report: Report, words: Words) -> str:
    """Give the format of what is carried, or that it is an endorsement, whatever its format."""
    said = report.credential
    if said is not None and said.achievement.type == badge_words.ENDORSEMENT:
        return words(f"verify.type.{badge_words.ENDORSEMENT}")
    return _format(report, words)


_ORDER = {Outcome.INVALID: 0, Outcome.UNKNOWN: 1, Outcome.VALID: 2}


def _checks(report: Report, words: Words) -> tuple[ShownCheck, ...]:
    return tuple(
        ShownCheck(
            outcome=str(check.outcome),
            sentence=sentences.sentence(check, words.language),
            source=_source(check.source, words),
            time=words.instant(check.time) if check.time else "",
            technical=sentences.technical(check, words.language),
        )
        for check in sorted(report.checks, key=lambda c: _ORDER[c.outcome])
    )


def _source(source: str | None, words: Words) -> str:
    if not source:
        return ""
    key = f"verify.source.{source.replace(' ', '-')}"
    return words(key) if words.has(key) else source


def _issuer(identity: Identity, award: Award | None, words: Words) -> list[Pair]:
    t = words
    pairs = [
        (t("verify.issuer.domain"), identity.domain or ""),
        (t("verify.issuer.id"), identity.id),
        (t("verify.issuer.name"), quoted(identity.name, t) if identity.name else ""),
    ]
    if award is not None and award.issuer.id == identity.id:
        others = [name for _, name in award.issuer.name if name != identity.name]
        pairs += [
            (t("verify.issuer.other_names"), " / ".join(quoted(name, t) for name in dict.fromkeys(others))),
            (t("verify.issuer.url"), award.issuer.url or ""),
            (t("verify.issuer.email"), award.issuer.email or ""),
            (t("verify.issuer.country"), award.issuer.country or ""),
        ]
    pairs.append((t("verify.issuer.source"), _source(identity.source, t)))
    pairs.append((t("verify.issuer.time"), t.instant(identity.time) if identity.time else ""))
    return [(label, value) for label, value in pairs if value]


def _content(award: Award, t: Words) -> dict[str, Any]:
    person, achievement = award.learner.name, award.achievement
    title, *others = _titles(achievement.name, t)
    return {
        "title": title,
        "title_other": " / ".join(others),
        "name": person.full,
        "reading": " · ".join(part for part in (person.kana, person.romaji) if part),
        "image": _image(award),
        "facts": tuple(pair for pair in _facts(award, t) if pair[1]),
        "results": tuple(_result(result, achievement, t) for result in award.results),
        "skills": tuple(_alignment(one) for one in achievement.skills),
        "alignments": tuple(_alignment(one) for one in achievement.alignments if not one.is_skill),
        "prose": tuple(_prose(award, t)),
        "fine_print": tuple(pair for pair in _fine_print(award, t) if pair[1]),
    }


def _transcript(report: Report, award: Award, t: Words) -> dict[str, Any]:
    if not award.components:
        return {}
    return {
        "courses": shown_courses(report, award, t, lambda name: _titles(name, t)),
        "coverage": t("verify.coverage.part" if award.partial else "verify.coverage.whole"),
    }


def _titles(name: Text, t: Words) -> list[str]:
    """Give the title in the reader's language first.

    A format that knows no languages has them all in one line ("学士（工学） / Bachelor of Engineering").
    """
    best = name.best(t.language)
    parts = [part for part in best.split(" / ") if part]
    if len(parts) == 2 and parts[0].isascii() != parts[1].isascii():
        parts.sort(key=lambda part: part.isascii() != (t.language == "en"))
        return [*parts, *_others(name, best)]
    return [best, *_others(name, best)]


def _others(text: Text, shown_already: str) -> list[str]:
    return list(dict.fromkeys(words for _, words in text if words != shown_already))


def day(value: Any, t: Words) -> str:
    """Give a day; in Japanese in the Japanese calendar, too."""
    if value is None:
        return ""
    return f"{t.day(value)}（{wareki(value)}）" if t.language == "ja" else t.day(value)


def _facts(award: Award, t: Words) -> list[Pair]:
    learner, achievement = award.learner, award.achievement
    credits_ = achievement.credits_available
    kind = f"verify.type.{achievement.type}"
    return [
        (t("verify.fact.former_name"), learner.name.former or ""),
        (t("verify.fact.birth_date"), day(learner.birth_date, t)),
        (t("verify.fact.student_number"), learner.student_number or ""),
        (t("verify.fact.email"), learner.email or ""),
        (t("verify.fact.type"), t(kind) if t.has(kind) else achievement.type),
        (t("verify.fact.field_of_study"), achievement.field_of_study or ""),
        (t("verify.fact.awarded_on"), day(award.awarded_on, t)),
        (t("verify.fact.valid_until"), t.instant(award.valid_until) if award.valid_until else ""),
        (t("verify.fact.issue_number"), award.issue_number or ""),
        (t("verify.fact.credits"), "" if credits_ is None else t.number(credits_)),
        (t("verify.fact.tags"), ", ".join(achievement.tags)),
        (t("verify.fact.addressee"), award.document.addressee or ""),
        (t("verify.fact.purpose"), award.document.purpose or ""),
        (t("verify.fact.signatory"), _signatory(award, t)),
    ]


def _signatory(award: Award, t: Words) -> str:
    title = award.document.signatory_title.best(t.language)
    return " ".join(part for part in (title, award.document.signatory_name) if part)


def _result(result: Result, achievement: Achievement, t: Words) -> tuple[str, ...]:
    value = badge_words.result_value(result, achievement, t.language)
    return (result.name, value, result.credits or "", result.term or "")


def _alignment(alignment: Alignment) -> ShownAlignment:
    where = (alignment.target_framework, alignment.target_code)
    return ShownAlignment(
        name=alignment.target_name,
        where=" · ".join(one for one in where if one),
        description=alignment.target_description or "",
    )


def _endorsement(endorsed: badge_words.Endorsed, t: Words) -> ShownEndorsement:
    about = t(f"verify.endorsement.about.{endorsed.about}", id=endorsed.of)
    return ShownEndorsement(
        word=sentences.headline(endorsed.report, t.language),
        shape=SHAPES[endorsed.report.headline],
        endorser=quoted(endorsed.endorser, t),
        about=about,
        comment=endorsed.comment,
    )


def _prose(award: Award, t: Words) -> list[Pair]:
    achievement = award.achievement
    found = []
    for key, text in (("description", achievement.description), ("criteria", achievement.criteria)):
        best = text.best(t.language)
        found += [(t(f"verify.fact.{key}"), words) for words in [best, *_others(text, best)] if words]
    if award.narrative:
        found.append((t("verify.fact.narrative"), award.narrative))
    for evidence in award.evidence:
        parts = (evidence.name, evidence.description, evidence.url or evidence.id)
        found.append((t("verify.fact.evidence"), "\n".join(part for part in parts if part)))
    return found


def _fine_print(award: Award, t: Words) -> list[Pair]:
    achievement = award.achievement
    return [
        (t("verify.fine.id"), award.id),
        (t("verify.fine.valid_from"), "" if award.valid_from == FROM_EVER else t.instant(award.valid_from)),
        (t("verify.fine.achievement"), achievement.id),
        (t("verify.fine.language"), achievement.language),
        *(
            (t("verify.fine.result_kind"), badge_words.kind_of_result(kind, t.language))
            for kind in achievement.result_descriptions
        ),
        *(
            (t("verify.fine.alignment"), badge_words.alignment_words(one, t.language))
            for one in achievement.alignments
        ),
        *(
            (t("verify.fine.alignment"), f"{name}: {badge_words.alignment_words(one, t.language)}")
            for name, one in badge_words.inner_alignments(award)
        ),
        *(
            (t("verify.fine.status"), f"{entry.purpose}: {entry.list_id} #{entry.index}")
            for entry in award.status
        ),
    ]


def _image(award: Award) -> str:
    image = award.achievement.image
    if image is None or len(image.data) > MAX_IMAGE or image.media_type not in {"image/png", "image/svg+xml"}:
        return ""
    return f"data:{image.media_type};base64,{base64.b64encode(image.data).decode('ascii')}"
