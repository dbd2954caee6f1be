# SPDX-License-Identifier: Apache-2.0
"""The shapes of the REST API's requests and answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gakusho.issuer.achievement_json import achievement_to_dict
from gakusho.issuer.achievements import AchievementView
from gakusho.issuer.awards import AwardView
from gakusho.issuer.batches import BatchView, Progress, RowView
from gakusho.issuer.choices import Choices
from gakusho.issuer.problem_sentences import problem_mend, problem_sentence
from gakusho.model.document import CodePlace, DocumentKind, DocumentLanguage
from gakusho.model.problem import Problem


class Shape(BaseModel):
    """Strict about members nobody knows."""

    model_config = ConfigDict(extra="forbid")


class CodePlaceIn(Shape):
    """Where the QR code is stamped on the institution's own PDFs, as the page is seen; in millimeters."""

    corner: Literal["lower-right", "lower-left", "upper-right", "upper-left"] = "lower-right"
    across: Annotated[float, Field(ge=0, le=400, description="From that side.")] = 10
    down: Annotated[float, Field(ge=0, le=400, description="From that edge.")] = 10
    page: Annotated[int, Field(ge=-100, le=100, description="From 1; -1 is the last page.")] = 1
    size: Annotated[float, Field(ge=18, le=60, description="Of a side.")] = 22


class ChoicesIn(Shape):
    """What is chosen for a batch."""

    formats: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=20,
            description="Formats that the institution offers; another is refused with `format-not-offered`, "
            "whose `detail` names those it offers.",
        ),
    ] = ["open-badges-3", "signed-pdf"]
    document_kind: DocumentKind = "degree-certificate"
    document_language: DocumentLanguage = "ja"
    duplicates: Literal["reject", "skip", "supersede"] = "reject"
    mapping: dict[str, str] | None = None
    notify: bool = True
    awarded_on: date | None = None
    code_place: CodePlaceIn | None = None

    def choices(self) -> Choices:
        """Give the choices as the desk takes them."""
        place = CodePlace(**self.code_place.model_dump()) if self.code_place else None
        return Choices(**{**self.model_dump(), "formats": tuple(self.formats), "code_place": place})


class BatchIn(ChoicesIn):
    """A batch of rows: field name to value, as in the CSV template."""

    achievement_id: str
    name: Annotated[str, Field(max_length=200)] = ""
    rows: Annotated[list[dict[str, str]], Field(min_length=1, max_length=50_000)]


class CopyIn(Shape):
    """One addressed copy: to whom or for what, or both, under a number of its own."""

    issue_number: Annotated[str, Field(min_length=1, max_length=100)]
    addressee: Annotated[str, Field(max_length=200)] = ""
    purpose: Annotated[str, Field(max_length=200)] = ""


class CopiesIn(Shape):
    """Addressed copies of one award; kind and language of the document as the award's where not given."""

    copies: Annotated[list[CopyIn], Field(min_length=1, max_length=100)]
    document_kind: DocumentKind | None = None
    document_language: DocumentLanguage | None = None
    notify: bool = True


class ApprovalIn(Shape):
    """An approval of exactly what was submitted."""

    content_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ReasonIn(Shape):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class StatusIn(ReasonIn):
    """A change of status of one or many awards."""

    award_ids: Annotated[list[str], Field(min_length=1, max_length=10_000)]
    action: Literal["revoke", "suspend", "reinstate"]


class ProblemOut(BaseModel):
    """A problem of a row, as it points at it."""

    code: str
    severity: str
    row: int | None
    column: str | None
    value: str | None
    file: str | None
    pointer: str | None
    message: str
    mend: str

    @classmethod
    def of(cls, problem: Problem, language: str) -> ProblemOut:
        """Give a problem with its sentences."""
        pointer = f"/rows/{problem.row - 2}" if problem.row else None
        if pointer and problem.column:
            pointer += "/" + problem.column.replace("~", "~0").replace("/", "~1")
        return cls(
            code=problem.code,
            severity=problem.severity,
            row=problem.row,
            column=problem.column,
            value=problem.value,
            file=problem.file,
            pointer=pointer,
            message=problem_sentence(problem, language),
            mend=problem_mend(problem, language),
        )


class CountsOut(BaseModel):
    """What the dry run counted."""

    model_config = ConfigDict(from_attributes=True)

    rows: int
    ready: int
    warnings: int
    errors: int
    duplicates: int
    skipped: int
    unmatched_rows: int
    unmatched_files: int


class BatchOut(BaseModel):
    """A batch."""

    id: str
    name: str
    state: str
    achievement_id: str
    achievement_name: dict[str, str]
    counts: CountsOut
    table_name: str
    encoding: str
    mapping: dict[str, str]
    content_digest: str | None
    prepared_by: str
    submitted_by: str | None
    approved_by: str | None
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    finished_at: datetime | None
    failure: dict[str, Any] | None
    reason: str | None
    may_submit: bool
    problems: list[ProblemOut] = []
    """The first 100; all of them are at ``/rows`` and ``/errors.csv``."""
    dry_run: bool = False

    @classmethod
    def of(
        cls, view: BatchView, language: str, problems: Iterable[Problem] = (), *, dry_run: bool = False
    ) -> BatchOut:
        """Give a batch with the problems that are shown at once."""
        names = (
            "id",
            "name",
            "state",
            "achievement_id",
            "table_name",
            "encoding",
            "content_digest",
            "prepared_by",
        )
        more = (
            "submitted_by",
            "approved_by",
            "created_at",
            "submitted_at",
            "approved_at",
            "finished_at",
            "reason",
        )
        shown = [*view.file_problems, *problems][:100]
        return cls(
            **{name: getattr(view, name) for name in (*names, *more, "may_submit")},
            achievement_name=view.achievement_name.as_dict(),
            counts=CountsOut.model_validate(view.counts),
            mapping=dict(view.mapping),
            failure=dict(view.failure) if view.failure else None,
            problems=[ProblemOut.of(p, language) for p in shown],
            dry_run=dry_run,
        )


class RowOut(BaseModel):
    """A row of a batch."""

    number: int
    name: str
    fields: dict[str, str]
    state: str
    problems: list[ProblemOut]
    paper_name: str | None
    award_id: str | None

    @classmethod
    def of(cls, row: RowView, language: str) -> RowOut:
        """Give a row."""
        return cls(
            number=row.number,
            name=row.name,
            fields=dict(row.fields),
            state=row.state,
            problems=[ProblemOut.of(p, language) for p in row.problems],
            paper_name=row.paper_name,
            award_id=row.award_id,
        )


class CheckOut(BaseModel):
    """How far the dry run of a large upload is."""

    phase: str
    """``waiting``, ``reading`` (lines), ``papers``, ``checking`` or ``keeping`` (rows)."""
    done: int
    total: int


class ProgressOut(BaseModel):
    """How far the dry run of a large upload, or the issuing, is."""

    state: str
    total: int
    issued: int
    mails_total: int
    mails_sent: int
    failure: dict[str, Any] | None
    check: CheckOut | None = None
    """While the state is ``checking``."""

    @classmethod
    def of(cls, progress: Progress) -> ProgressOut:
        """Give progress."""
        return cls(
            state=progress.state,
            total=progress.total,
            issued=progress.issued,
            mails_total=progress.mails_total,
            mails_sent=progress.mails_sent,
            failure=dict(progress.failure) if progress.failure else None,
            check=CheckOut(**vars(progress.check)) if progress.check else None,
        )


class AwardOut(BaseModel):
    """An award as the registrar sees it."""

    id: str
    name: str
    name_kana: str | None
    name_romaji: str | None
    student_number: str | None
    issue_number: str | None
    email: str | None
    achievement_name: dict[str, str]
    awarded_on: date
    state: str
    state_reason: str | None
    superseded_by: str | None
    claim: str
    claimed_at: datetime | None
    batch_id: str | None
    formats: list[str]
    verification: str
    created_at: datetime
    copy_of: str | None
    """The award of which it is an addressed copy."""
    document_kind: str
    addressee: str | None
    purpose: str | None

    @classmethod
    def of(cls, view: AwardView, public_url: str) -> AwardOut:
        """Give an award."""
        same = ("id", "student_number", "issue_number", "email", "awarded_on", "state", "state_reason")
        more = ("superseded_by", "claim", "claimed_at", "batch_id", "created_at")
        of_copies = ("copy_of", "document_kind", "addressee", "purpose")
        return cls(
            **{name: getattr(view, name) for name in (*same, *more, *of_copies)},
            name=view.name.full,
            name_kana=view.name.kana,
            name_romaji=view.name.romaji,
            achievement_name=view.achievement_name.as_dict(),
            formats=list(view.formats),
            verification=f"{public_url}/v/{view.verify_code}",
        )


class AchievementOut(BaseModel):
    """An achievement."""

    id: str
    version: int
    archived: bool
    award_count: int
    achievement: dict[str, Any]

    @classmethod
    def of(cls, view: AchievementView) -> AchievementOut:
        """Give an achievement."""
        return cls(
            id=view.id,
            version=view.version,
            archived=view.archived,
            award_count=view.award_count,
            achievement=achievement_to_dict(view.achievement),
        )


class Changed(BaseModel):
    """How many were changed."""

    changed: int
