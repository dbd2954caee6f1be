# SPDX-License-Identifier: Apache-2.0
"""A report as JSON: stable, and documented in ``docs/reference/report.md``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gakusho.model.achievement import Achievement, ResultDescription
from gakusho.model.alignment import Alignment
from gakusho.model.award import Award
from gakusho.model.report import Check, Identity, Report
from gakusho.model.signed_document import DocumentText, SignedDocument
from gakusho.model.text import Text
from gakusho.verifier.sentences import sentence

FROM_EVER = datetime(1, 1, 1, tzinfo=UTC)


def as_json(report: Report, *, language: str = "en") -> dict[str, Any]:
    """Give the report as JSON values; ``language`` is that of the messages."""
    return {
        "outcome": report.outcome.value,
        "headline": report.headline.value,
        "format": report.format,
        "issuer": None if report.issuer is None else _identity(report.issuer),
        "credential": None if report.credential is None else _award(report.credential),
        "checks": [_check(check, language) for check in report.checks],
        "verified_at": _time(report.verified_at),
        "input": {"sha256": report.input_digest},
        "carried": [as_json(inner, language=language) for inner in report.carried],
        "document": None if report.document is None else _document(report.document),
        "warnings": [_check(warning, language) for warning in report.warnings],
    }


def _check(check: Check, language: str) -> dict[str, Any]:
    return {
        "code": check.code,
        "outcome": check.outcome.value,
        "message": sentence(check, language),
        "messages": {one: sentence(check, one) for one in ("ja", "en")},
        "facts": dict(check.facts),
        "source": check.source,
        "time": _time(check.time),
    }


def _identity(identity: Identity) -> dict[str, Any]:
    return {
        "id": identity.id,
        "name": identity.name,
        "knowledge": identity.knowledge.value,
        "domain": identity.domain,
        "source": identity.source,
        "time": _time(identity.time),
    }


def _document(document: SignedDocument) -> dict[str, Any]:
    return {
        "covered": document.covered,
        "changed": document.changed,
        "length": document.length,
        "sha256": document.digest,
        "title": document.title,
        "pages": document.pages,
        "attachments": [
            {"name": one.name, "media_type": one.media_type, "size": one.size} for one in document.attachments
        ],
        "signatures": document.signatures,
        "signer": document.signer,
        "certificate_issuer": document.certificate_issuer,
        "trust": document.trust.value,
        "trusted_by": document.trusted_by,
        "signed_at": _time(document.signed_at),
        "time_basis": None if document.basis is None else document.basis.value,
        "time_authority": document.time_authority,
        "level": document.level,
        "renew_before": _time(document.renew_before),
        "renewals": [_time(one) for one in document.renewals],
        "text": None if document.text is None else _document_text(document.text),
    }


def _document_text(text: DocumentText) -> dict[str, Any]:
    return {
        "pages": [
            {"page": number, "words": one.words, "whole": one.whole}
            for number, one in enumerate(text.pages, start=1)
        ],
        "cut": text.cut,
        "language": text.language,
    }


def _award(award: Award) -> dict[str, Any]:
    name = award.learner.name
    return {
        "id": award.id,
        "issuer": {
            "id": award.issuer.id,
            "name": _text(award.issuer.name),
            "url": award.issuer.url,
            "email": award.issuer.email,
            "country": award.issuer.country,
        },
        "learner": {
            "name": {
                "full": name.full,
                "kana": name.kana,
                "romaji": name.romaji,
                "former": name.former,
            },
            "student_number": award.learner.student_number,
            "birth_date": None if award.learner.birth_date is None else award.learner.birth_date.isoformat(),
        },
        "achievement": _achievement(award.achievement),
        "awarded_on": award.awarded_on.isoformat(),
        "valid_from": None if award.valid_from == FROM_EVER else _time(award.valid_from),
        "valid_until": _time(award.valid_until),
        "issue_number": award.issue_number,
        "results": [
            {
                "id": one.id,
                "name": one.name,
                "value": one.value,
                "credits": one.credits,
                "term": one.term,
                "achieved_level": one.achieved_level,
                "status": one.status,
                "alignments": [_alignment(each) for each in one.alignments],
            }
            for one in award.results
        ],
        "evidence": [
            {"id": one.id, "name": one.name, "description": one.description, "url": one.url}
            for one in award.evidence
        ],
        "narrative": award.narrative,
        "status": [
            {"kind": one.kind, "purpose": one.purpose, "list": one.list_id, "index": one.index}
            for one in award.status
        ],
        "components": [_award(one) for one in award.components],
        "associations": [
            {"type": one.type, "source": one.source, "target": one.target} for one in award.associations
        ],
        "partial": award.partial if award.components else None,
    }


def _achievement(achievement: Achievement) -> dict[str, Any]:
    return {
        "id": achievement.id,
        "type": achievement.type,
        "code": achievement.code,
        "name": _text(achievement.name),
        "description": _text(achievement.description),
        "criteria": _text(achievement.criteria),
        "language": achievement.language,
        "tags": list(achievement.tags),
        "field_of_study": achievement.field_of_study,
        "credits_available": achievement.credits_available,
        "alignments": [_alignment(one) for one in achievement.alignments],
        "result_descriptions": [_result_description(one) for one in achievement.result_descriptions],
    }


def _result_description(description: ResultDescription) -> dict[str, Any]:
    return {
        "id": description.id,
        "name": description.name,
        "type": description.type,
        "allowed_values": list(description.allowed_values),
        "value_min": description.value_min,
        "value_max": description.value_max,
        "required_value": description.required_value,
        "required_level": description.required_level,
        "levels": [
            {
                "id": one.id,
                "name": one.name,
                "level": one.level,
                "points": one.points,
                "description": one.description,
                "alignments": [_alignment(each) for each in one.alignments],
            }
            for one in description.levels
        ],
        "alignments": [_alignment(one) for one in description.alignments],
    }


def _alignment(alignment: Alignment) -> dict[str, Any]:
    return {**vars(alignment), "skill": alignment.is_skill}


def _text(text: Text) -> dict[str, str]:
    return text.as_dict()


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
