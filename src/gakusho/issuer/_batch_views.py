# SPDX-License-Identifier: Apache-2.0
"""Batches as pages and programs see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gakusho.issuer._passing import passes
from gakusho.issuer.choices import Choices
from gakusho.model.achievement import Achievement
from gakusho.model.award import DocumentDetails
from gakusho.model.issuer import Issuer
from gakusho.model.problem import Problem
from gakusho.model.text import Text


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What the dry run counted, in rows (unmatched files: in files)."""

    rows: int = 0
    ready: int = 0
    """Will be issued, with or without a warning."""
    warnings: int = 0
    """Will be issued, but somebody should look."""
    errors: int = 0
    duplicates: int = 0
    skipped: int = 0
    unmatched_rows: int = 0
    unmatched_files: int = 0


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """A batch as pages and programs see it."""

    id: str
    institution_id: str
    name: str
    state: str
    """``checking``, ``draft``, ``submitted``, ``approved``, ``issuing``, ``issued`` or ``withdrawn``."""
    achievement_id: str
    achievement_name: Text
    counts: Counts
    choices: Choices
    table_name: str
    encoding: str
    header: tuple[str, ...]
    mapping: Mapping[str, str]
    file_problems: tuple[Problem, ...]
    content_digest: str | None
    prepared_by: str
    submitted_by: str | None
    approved_by: str | None
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    finished_at: datetime | None
    failure: Mapping[str, Any] | None
    reason: str | None = None
    """Why it was sent back, if it was."""
    has_papers: bool = False
    may_submit: bool = False
    """Nothing stands in the way of submitting: a draft with rows to issue and no errors."""
    mine_to_approve: bool = False
    """The actor asked for may approve it now (False when no actor was given)."""

    @property
    def waits(self) -> bool:
        """Tell whether what stopped it passes, so that it goes on by itself."""
        return passes(self.failure)


@dataclass(frozen=True, kw_only=True)
class RowView:
    """One row of a batch as pages and programs see it."""

    number: int
    name: str
    fields: Mapping[str, str]
    state: str
    """``ready``, ``warning``, ``error``, ``skipped`` or ``issued``."""
    problems: tuple[Problem, ...]
    paper_name: str | None
    award_id: str | None
    courses: int = 0
    """How many rows of the table were folded into it, where there is one row a course."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """How far the dry run of a large upload is."""

    phase: str = "waiting"
    """``waiting``, ``reading`` (lines), ``papers``, ``checking`` or ``keeping`` (rows)."""
    done: int = 0
    total: int = 0
    """Of the phase."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the dry run, the issuing and the mailing of a batch are."""

    state: str
    total: int
    issued: int
    mails_total: int
    mails_sent: int
    failure: Mapping[str, Any] | None
    check: Check | None = None
    """Of a batch whose upload is being dry-run now."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What all awards of a batch share; once approved, as it was approved."""

    achievement: Achievement
    issuer: Issuer
    document: DocumentDetails
    choices: Choices
