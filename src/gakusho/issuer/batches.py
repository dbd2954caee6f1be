# SPDX-License-Identifier: Apache-2.0
"""Batches: from an upload to an approval; reading, dry run, submitting, approving. Signs and mails nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from gakusho.issuer.access import Actor
from gakusho.model.award import Award
from gakusho.model.problem import Problem
from gakusho.model.text import Text
from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the preparer chose for a batch."""

    formats: tuple[str, ...] = ("open-badges-3", "signed-pdf")
    document_kind: str = "degree-certificate"
    document_language: str = "ja"
    duplicates: str = "reject"
    """What happens to a row whose award is already kept: ``reject``, ``skip`` or ``supersede``."""
    mapping: Mapping[str, str] | None = None
    """Column to field; None: as remembered for such a header, else as guessed."""
    notify: bool = True
    awarded_on: date | None = None
    """For rows without a date of their own."""
    encoding: str | None = None
    """Of the table; None: as found."""
    replaces: Mapping[str, str] = field(default_factory=dict)
    """Row number (as text) to the id of the award that the row corrects."""


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
    """``draft``, ``submitted``, ``approved``, ``issuing``, ``issued`` or ``withdrawn``."""
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
    failure: Mapping[str, str] | None
    reason: str | None = None
    """Why it was sent back, if it was."""
    has_papers: bool = False
    may_submit: bool = False
    """Nothing stands in the way of submitting: a draft with rows to issue and no errors."""
    mine_to_approve: bool = False
    """The actor asked for may approve it now (False when no actor was given)."""


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


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the issuing of a batch is."""

    state: str
    total: int
    issued: int
    mails_total: int
    mails_sent: int
    failure: Mapping[str, str] | None


def create(
    work: Work,
    actor: Actor,
    *,
    achievement_id: str,
    table: bytes,
    table_name: str,
    papers: bytes | None = None,
    choices: Choices | None = None,
    name: str = "",
) -> BatchView:
    """Give a new draft: the upload read, dry-run and kept; nothing is signed or mailed."""
    raise NotImplementedError


def create_from_rows(
    work: Work,
    actor: Actor,
    *,
    achievement_id: str,
    rows: Sequence[Mapping[str, str]],
    papers: Mapping[str, bytes] | None = None,
    choices: Choices | None = None,
    name: str = "",
) -> BatchView:
    """Give a new draft from rows of a program; the first row is number 2, as in a table with a header."""
    raise NotImplementedError


def change(
    work: Work,
    actor: Actor,
    batch_id: str,
    *,
    table: bytes | None = None,
    table_name: str | None = None,
    papers: bytes | None = None,
    choices: Choices | None = None,
) -> BatchView:
    """Give the batch dry-run again with what was changed; a submission or approval is void."""
    raise NotImplementedError


def batch(work: Work, institution_id: str, batch_id: str, *, actor: Actor | None = None) -> BatchView:
    """Give one batch of the institution. Raises: NotFoundError."""
    raise NotImplementedError


def batches(
    work: Work, institution_id: str, *, limit: int = 50, before: str | None = None, actor: Actor | None = None
) -> list[BatchView]:
    """Give the institution's batches, newest first; ``before`` is the id of the last one seen."""
    raise NotImplementedError


def rows(
    work: Work,
    institution_id: str,
    batch_id: str,
    *,
    only_problems: bool = False,
    after: int = 0,
    limit: int = 100,
) -> list[RowView]:
    """Give rows with a number above ``after``, in order."""
    raise NotImplementedError


def error_csv(work: Work, institution_id: str, batch_id: str, language: str) -> bytes:
    """Give every problem as a CSV (UTF-8 with BOM): row, column, value, what is wrong, how to mend it."""
    raise NotImplementedError


def previews(work: Work, institution_id: str, batch_id: str, count: int = 3) -> list[Award]:
    """Give the first awards as they would be issued, with placeholder ids and no status."""
    raise NotImplementedError


def submit(work: Work, actor: Actor, batch_id: str) -> BatchView:
    """Give the batch submitted. Raises: RowsError when errors remain, ConflictError."""
    raise NotImplementedError


def withdraw(work: Work, actor: Actor, batch_id: str) -> BatchView:
    """Give the batch withdrawn for good. Raises: ConflictError once issuing has begun."""
    raise NotImplementedError


def send_back(work: Work, actor: Actor, batch_id: str, reason: str) -> BatchView:
    """Give the batch back to its preparer, as a draft, with the reason."""
    raise NotImplementedError


def approve(work: Work, actor: Actor, batch_id: str, content_digest: str) -> BatchView:
    """Give the batch approved. Raises: SamePersonError, ConflictError when the digest is not the present one."""
    raise NotImplementedError


def progress(work: Work, institution_id: str, batch_id: str) -> Progress:
    """Give how far issuing and mailing are."""
    raise NotImplementedError
