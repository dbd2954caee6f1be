# SPDX-License-Identifier: Apache-2.0
"""What a report says to a person, in Japanese and English; plain text, to be escaped where it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType

from gakusho.model.report import Check, Headline, Identity, Report
from gakusho.verifier import _sentences_en, _sentences_ja

LANGUAGES = ("ja", "en")
_TABLES: dict[str, ModuleType] = {"ja": _sentences_ja, "en": _sentences_en}
_JAPAN = timezone(timedelta(hours=9))
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905  # as one reads them
)

CODES = tuple(
    dict.fromkeys(
        re.sub(r"\.(?:valid|invalid|unknown)(?:\..*)?$", "", name) for name in _sentences_en.SENTENCES
    )
)
"""The codes of checks that have sentences."""


def sentence(check: Check, language: str) -> str:
    """Give what the check found, as one sentence."""
    table = _table(language)
    reason = check.facts.get("reason", check.facts.get("page", ""))
    key = f"{check.code}.{check.outcome}"
    template = table.SENTENCES.get(f"{key}.{reason}") or table.SENTENCES.get(key)
    if template is None:
        template = table.OTHER[str(check.outcome)]
    return _filled(template, check, language).strip()


def headline(report: Report, language: str) -> str:
    """Give the one line above the report."""
    return str(_table(language).HEADLINES[report.headline.value])


def explanation(report: Report, language: str) -> str:
    """Give one plain sentence on what the headline means here."""
    return str(_table(language).EXPLANATIONS[report.headline.value])


def next_step(report: Report, language: str) -> str:
    """Give what the reader can do next."""
    return str(_table(language).NEXT_STEPS[report.headline.value])


def identity_sentence(identity: Identity | None, language: str) -> str:
    """Give who the issuer is and how that is known; what only the file says stands in quotes."""
    table = _table(language)
    if identity is None:
        return str(table.NO_IDENTITY)
    opening, closing = table.QUOTES
    name = f"{opening}{identity.name or identity.id}{closing}"
    return str(
        table.IDENTITIES[identity.knowledge.value].format(
            name=name, domain=identity.domain or identity.id, source=identity.source or ""
        )
    )


def headline_words(value: Headline, language: str) -> str:
    """Give a headline's words without a report."""
    return str(_table(language).HEADLINES[value.value])


def _table(language: str) -> ModuleType:
    return _TABLES.get(language.partition("-")[0], _sentences_en)


def _filled(template: str, check: Check, language: str) -> str:
    facts = {name: _readable(value, language) for name, value in check.facts.items()}
    reason = check.facts.get("reason", "")
    table = _table(language)
    why = table.WHY.get(reason, table.WHY[""])
    facts["code"] = check.code
    facts["headline"] = table.HEADLINES.get(reason, reason)
    facts["why"] = why.format_map(_Facts(facts))
    return template.format_map(_Facts(facts))


class _Facts(dict[str, str]):
    """Facts for a template; one that is not there leaves a dash, not an error."""

    def __init__(self, facts: Mapping[str, str]) -> None:
        super().__init__(facts)

    def __missing__(self, _: str) -> str:
        return "—"


def _readable(value: str, language: str) -> str:
    if not _MOMENT.match(value):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo is None:
        return value
    if language.startswith("ja"):
        local = moment.astimezone(_JAPAN)
        return f"{local.year}年{local.month}月{local.day}日{local.hour}時{local.minute:02}分（日本時間）"
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"
