# SPDX-License-Identifier: Apache-2.0
"""What a report says to a person, in Japanese and English; plain text, to be escaped where it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType

from gakusho.model.report import Check, Headline, Identity, Report
from gakusho.verifier import _reasons, _sentences_en, _sentences_ja
from gakusho.verifier.format_names import format_name

LANGUAGES = ("ja", "en")
_TABLES: dict[str, ModuleType] = {"ja": _sentences_ja, "en": _sentences_en}
_JAPAN = timezone(timedelta(hours=9))
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_LONGEST = 2_000
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
    """Give what the check found, as one sentence, and why, where that is known."""
    return _filled(_template(check, language), check, language).strip()


def technical(check: Check, language: str) -> str:
    """Give the English technical words of which the sentence in the language says less; else nothing.

    They are shown on a line of their own, never inside a sentence of another language.
    """
    return _reasons.technical(check, language) if "{why}" in _template(check, language) else ""


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


def _template(check: Check, language: str) -> str:
    table = _table(language)
    reason = check.facts.get("reason", check.facts.get("page", ""))
    key = f"{check.code}.{check.outcome}"
    found = table.SENTENCES.get(f"{key}.{reason}") or table.SENTENCES.get(key)
    return str(table.OTHER[str(check.outcome)] if found is None else found)


def _table(language: str) -> ModuleType:
    return _TABLES.get(language.partition("-")[0], _sentences_en)


def _filled(template: str, check: Check, language: str) -> str:
    facts = {name: _readable(value, language) for name, value in check.facts.items()}
    if words := _WORDS.get(check.code):
        facts |= {name: words(value, language) for name, value in check.facts.items() if name in _AS_WORDS}
    if check.code == "pdf.signer-key" and "signer" in facts:
        facts["signer"] = _who(facts["signer"][:_LONGEST])
    facts["code"] = check.code
    reason, table = check.facts.get("reason", ""), _table(language)
    facts["headline"] = table.HEADLINES.get(reason, reason)
    if check.code.startswith("status.") and check.code != "status.checked":
        facts["why"] = table.WHY.get(reason, table.WHY[""]).format_map(_Facts(facts))
    else:
        facts["why"] = _reasons.why(check, _language(language))
        template = template if facts["why"] else template.replace("{why} ", "")
    return template.format_map(_Facts(facts))


def _language(language: str) -> str:
    return "ja" if language.startswith("ja") else "en"


def _who(signer: str) -> str:
    """Give an organization and the name beside it for a certificate's subject (RFC 4514)."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        name = x509.Name.from_rfc4514_string(signer)
    except ValueError:
        return signer
    organization, common = (
        " ".join(str(one.value) for one in name.get_attributes_for_oid(kind))
        for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    )
    if not organization or common == organization:
        return organization or common or signer
    return f"{organization} / {common}" if common else organization


_AS_WORDS = ("got", "expected")
_WORDS: Mapping[str, Callable[[str, str], str]] = {
    "format.recognized": lambda value, language: format_name(value, _language(language)),
    "proof.purpose": lambda value, language: _reasons.purpose(value, _language(language)),
    "proof.complete": lambda value, language: _reasons.part(value, _language(language)),
    "pdf.active-content": lambda value, language: _reasons.part(value, _language(language)),
}
"""Checks whose facts are words of the program, with what people say for them."""


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
    return value if moment.tzinfo is None else moment_words(moment, language)


def moment_words(moment: datetime, language: str) -> str:
    """Give a day and time: in Japan's time in Japanese, else in UTC."""
    if language.startswith("ja"):
        local = moment.astimezone(_JAPAN)
        return f"{local.year}年{local.month}月{local.day}日{local.hour}時{local.minute:02}分（日本時間）"
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"
