# SPDX-License-Identifier: Apache-2.0
"""Everything of an award that was signed, as rows of the evidence report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from gakusho.model.award import Award, Result
from gakusho.model.dates import wareki, western
from gakusho.model.report import Identity
from gakusho.model.text import Text
from gakusho.verifier import badge_words
from gakusho.verifier._report_words import KINDS, LABELS
from gakusho.verifier.report_json import FROM_EVER

MAX_RESULTS = 2_000
_JAPAN = timezone(timedelta(hours=9))

Row = dict[str, Any]


def moment(time: datetime, language: str) -> str:
    """Give a day and time: in Japan's time in Japanese, else in UTC."""
    if language == "ja":
        local = time.astimezone(_JAPAN)
        return f"{_western_ja(local.date())} {local:%H:%M}（日本時間）"
    utc = time.astimezone(UTC)
    return f"{western(utc.date())}, {utc:%H:%M} UTC"


def day(value: date, language: str) -> str:
    """Give a day; in Japanese in the Japanese calendar, too."""
    return f"{_western_ja(value)}（{wareki(value)}）" if language == "ja" else western(value)


def _western_ja(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def content(award: Award, language: str) -> list[Row]:
    """Give who was awarded what, and when: the rows a reader looks at first."""
    learner, name, achievement = award.learner, award.learner.name, award.achievement
    kind = KINDS[language].get(achievement.type, achievement.type)
    document = award.document
    signatory = (_all(document.signatory_title, language), document.signatory_name)
    credits_ = achievement.credits_available
    rows = (
        ("name", name.full),
        ("kana", name.kana),
        ("romaji", name.romaji),
        ("former", name.former),
        ("birth_date", day(learner.birth_date, language) if learner.birth_date else None),
        ("student_number", learner.student_number),
        ("email", learner.email),
        ("achievement", _all(achievement.name, language)),
        ("type", kind),
        ("field_of_study", achievement.field_of_study),
        ("awarded", day(award.awarded_on, language)),
        ("valid_until", moment(award.valid_until, language) if award.valid_until else None),
        ("number", award.issue_number),
        ("credits", None if credits_ is None else f"{credits_:g}"),
        ("tags", ", ".join(achievement.tags)),
        ("addressee", document.addressee),
        ("purpose", document.purpose),
        ("signatory", " ".join(part for part in signatory if part)),
    )
    return _rows(rows, language)


def results(award: Award, language: str) -> list[list[str]]:
    """Give the results, one row each: name, credits, value, term; of a transcript those of its parts too."""
    named = [(result.name, result, award.achievement) for result in award.results]
    for part in award.components:
        title = part.achievement.name.joined(" / ")
        named += [(title, result, part.achievement) for result in part.results]
        if not part.results:
            named.append((title, Result(id="", name="", value=""), part.achievement))
    shown = [
        [name, result.credits or "", badge_words.result_value(result, of, language), result.term or ""]
        for name, result, of in named[:MAX_RESULTS]
    ]
    left_out = len(named) - len(shown)
    return [*shown, [f"… +{left_out}", "", "", ""]] if left_out > 0 else shown


def prose(award: Award, language: str, endorsed: Iterable[badge_words.Endorsed] = ()) -> list[Row]:
    """Give the longer texts: skills, description, criteria, narrative, evidence, endorsements."""
    achievement = award.achievement
    rows: list[tuple[str, str | None]] = [
        *(
            ("skill" if one.is_skill else "alignment", badge_words.alignment_words(one, language))
            for one in achievement.alignments
        ),
        *(("description", words) for words in _each(achievement.description, language)),
        *(("criteria", words) for words in _each(achievement.criteria, language)),
        ("narrative", award.narrative),
    ]
    for evidence in award.evidence:
        address = evidence.url or evidence.id
        rows.append(
            ("evidence", "\n".join(part for part in (evidence.name, evidence.description, address) if part))
        )
    rows += [
        ("endorsement", f"{one.comment}\n{quoted(one.endorser, language)} · {one.of}")
        for one in endorsed
        if one.comment
    ]
    return [{**row, "prose": True} for row in _rows(rows, language)]


def fine_print(award: Award, language: str) -> list[Row]:
    """Give the rest: numbers and addresses for machines."""
    achievement, image = award.achievement, award.achievement.image
    rows: list[tuple[str, str | None]] = [
        ("fine.id", award.id),
        ("fine.valid_from", None if award.valid_from == FROM_EVER else moment(award.valid_from, language)),
        ("fine.achievement", achievement.id),
        ("fine.language", achievement.language),
        *(
            ("fine.result_kind", badge_words.kind_of_result(kind, language))
            for kind in achievement.result_descriptions
        ),
        *(
            ("alignment", f"{name}: {badge_words.alignment_words(one, language)}")
            for name, one in badge_words.inner_alignments(award)
        ),
        *(("fine.status", f"{entry.purpose}: {entry.list_id} #{entry.index}") for entry in award.status),
    ]
    if image is not None:
        digest = hashlib.sha256(image.data).hexdigest()
        parts = (image.caption, image.media_type, f"{len(image.data):,} bytes", f"SHA-256 {digest}")
        rows.append(("fine.image", " · ".join(part for part in parts if part)))
    rows += [("fine.descriptor", f"{name}: {value}") for name, value in achievement.descriptors.items()]
    return _plain(rows, language)


def issuer(identity: Identity | None, award: Award | None, language: str) -> list[Row]:
    """Give who the issuer is, and what it says of itself."""
    rows: list[tuple[str, str | None]] = []
    if identity is not None:
        rows += [("issuer.domain", identity.domain), ("issuer.id", identity.id)]
    names = [identity.name] if identity is not None and identity.name else []
    if award is not None:
        names += _each(award.issuer.name, language)
        if identity is None or award.issuer.id != identity.id:
            rows.append(("issuer.id", award.issuer.id))
    rows += [("issuer.name", quoted(name, language)) for name in dict.fromkeys(names)]
    if award is not None:
        logo = award.issuer.image
        if logo and logo.startswith("data:"):
            logo = f"{logo.split(',')[0][:60]} · SHA-256 {hashlib.sha256(logo.encode()).hexdigest()}"
        rows += [
            ("issuer.url", award.issuer.url),
            ("issuer.email", award.issuer.email),
            ("issuer.country", award.issuer.country),
            ("issuer.image", logo),
        ]
    if identity is not None:
        rows.append(("issuer.source", source(identity.source, language)))
        rows.append(("issuer.time", moment(identity.time, language) if identity.time else None))
    return _plain(rows, language)


def quoted(name: str, language: str) -> str:
    """Give a name as somebody's own statement."""
    return f"「{name}」" if language == "ja" else f"“{name}”"


def source(name: str | None, language: str) -> str | None:
    """Give where an answer came from; the places of this program's own in the reader's language."""
    return LABELS[language].get(f"source.{name}", name)


def _rows(rows: Iterable[tuple[str, str | None]], language: str) -> list[Row]:
    return [{"label": LABELS[language][label], "value": value} for label, value in rows if value]


def _plain(rows: Iterable[tuple[str, str | None]], language: str) -> list[Row]:
    return [{**row, "plain": True} for row in _rows(rows, language)]


def _each(text: Text, language: str) -> list[str]:
    """Give a text in every language it has, the reader's first."""
    best = text.best(language, "en" if language == "ja" else "ja")
    return [words for words in dict.fromkeys((best, *_words(text))) if words]


def _words(text: Text) -> Iterator[str]:
    for _, words in text:
        yield words


def _all(text: Text, language: str) -> str:
    return " / ".join(_each(text, language))
