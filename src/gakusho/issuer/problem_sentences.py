# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an upload and how to mend it, in Japanese and English.

The words stand in ``problem_sentences_ja`` and ``problem_sentences_en``, those about page templates in
``template_sentences``, by problem code.
"""

from __future__ import annotations

from collections.abc import Mapping

from gakusho.errors import GakushoError
from gakusho.issuer import template_sentences as templates
from gakusho.issuer.fields import field_named
from gakusho.issuer.problem_sentences_en import SENTENCES as ENGLISH
from gakusho.issuer.problem_sentences_ja import SENTENCES as JAPANESE
from gakusho.model.problem import Problem

_UNKNOWN = {
    "ja": ("問題があります（{code}）。", "値をご確認ください。"),
    "en": ("Something is wrong ({code}).", "Check the value."),
}
STATES = {
    # of awards and batches
    "active": "有効",
    "suspended": "停止中",
    "superseded": "差し替え済み",
    "revoked": "失効",
    "draft": "作成中",
    "checking": "確認中",
    "submitted": "承認待ち",
    "approved": "承認済み",
    "issuing": "発行中",
    "issued": "発行済み",
    "withdrawn": "取り下げ",
    "stopped": "中断",
}
"""What states of awards and batches are called in Japanese."""
_LIES = {"landscape": "横長", "portrait": "縦長"}
_PLACES = {
    "name": ("氏名", "the name"),
    "student_number": ("学籍番号", "the student number"),
    "issue_number": ("文書発行番号", "the issue number"),
    "addressee": ("提出先", "to whom it is issued"),
    "purpose": ("用途", "for what it is issued"),
    "narrative": ("記載事項", "the particulars"),
    "results": ("科目・成績", "a course or result"),
    "achievement": ("証明の名称", "the achievement's name"),
    "field_of_study": ("専攻分野", "the field of study"),
    "description": ("証明の説明", "the achievement's description"),
    "criteria": ("修得要件", "the achievement's criteria"),
    "skills": ("技能", "a skill"),
    "institution": ("機関の名称", "the institution's name"),
    "signatory": ("署名者", "the signatory"),
    "wording": ("文面", "the certifying words"),
}
"""Where on a page something stands, by the first part of its place in the data of the page."""


def problem_sentence(problem: Problem, language: str) -> str:
    """Give what is wrong, as a sentence in Japanese (``ja``) or English (any other language)."""
    return _filled(_words(problem.code, language)[0], _facts(problem, language))


def problem_mend(problem: Problem, language: str) -> str:
    """Give how to mend it, as a sentence in Japanese (``ja``) or English (any other language)."""
    return _filled(_words(problem.code, language)[1], _facts(problem, language))


def upload_sentences(error: GakushoError, language: str) -> tuple[str, str] | None:
    """Give what is wrong with an upload, batch or achievement as a whole, and how to mend it.

    None for an error that has no words here.
    """
    table = JAPANESE if language == "ja" else ENGLISH
    if error.code not in table:
        return None
    facts = {name: str(value) for name, value in error.facts.items()}
    if error.code == "batch.state" and language == "ja":
        facts["got"] = STATES.get(facts.get("got", ""), facts.get("got", ""))
    sentence, mend = table[error.code]
    return _filled(sentence, facts), _filled(mend, facts)


def _words(code: str, language: str) -> tuple[str, str]:
    for table in (JAPANESE, templates.JAPANESE) if language == "ja" else (ENGLISH, templates.ENGLISH):
        if code in table:
            return table[code]
    sentence, mend = _UNKNOWN["ja" if language == "ja" else "en"]
    return sentence.replace("{code}", code), mend


def _facts(problem: Problem, language: str) -> dict[str, str]:
    facts = {
        "column": problem.column or "",
        "value": problem.value or "",
        "row": str(problem.row or ""),
        "file": problem.file or "",
        **dict(problem.facts),
    }
    if place := _PLACES.get(facts.get("where", "").split(".", maxsplit=1)[0]):
        facts["where"] = place[0 if language == "ja" else 1]
    if problem.code == "template.orientation" and language == "ja":
        facts |= {name: _LIES[held] for name, held in facts.items() if held in _LIES}
    if field := field_named(facts.get("field", "")):
        facts["field_label"] = field.label.best(language, "en")
    return facts


def _filled(words: str, facts: Mapping[str, str]) -> str:
    """Give the words with their facts, which are never read as patterns themselves."""
    out = []
    for part in words.split("{"):
        name, closed, rest = part.partition("}")
        out.append(facts.get(name, "?") + rest if closed else part)
    return "".join(out)
