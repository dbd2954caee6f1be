# SPDX-License-Identifier: Apache-2.0
"""The REST API for student information systems: batches, awards, achievements, verification."""

from __future__ import annotations

import hashlib
import logging
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, UploadFile
from fastapi.encoders import jsonable_encoder
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import ValidationError

from gakusho.errors import InputError, LimitError
from gakusho.issuer import achievements, awards, batches, checking, copies, deciding
from gakusho.issuer.access import Actor
from gakusho.issuer.idempotency import Answer, once
from gakusho.issuer.papers import archive_of
from gakusho.issuer.table import LARGEST_TABLE
from gakusho.store.work import Work
from gakusho.verifier.report_json import as_json
from gakusho.verifier.verify import verify
from gakusho.web.api.access import scoped
from gakusho.web.api.shapes import (
    AchievementOut,
    ApprovalIn,
    AwardOut,
    BatchIn,
    BatchOut,
    Changed,
    ChoicesIn,
    CopiesIn,
    ProgressOut,
    ReasonIn,
    RowOut,
    StatusIn,
)
from gakusho.web.pages import language_of, render
from gakusho.web.state import state_of

log = logging.getLogger(__name__)
router = APIRouter(prefix="/api", tags=["desk"])

MAX_TABLE = LARGEST_TABLE
MAX_PAPERS = 500 * 1024 * 1024
MAX_VERIFY = 50 * 1024 * 1024

ReadsBatches = Annotated[Actor, Depends(scoped("batches:read"))]
WritesBatches = Annotated[Actor, Depends(scoped("batches:write"))]
ApprovesBatches = Annotated[Actor, Depends(scoped("batches:approve"))]
ReadsAwards = Annotated[Actor, Depends(scoped("awards:read"))]
WritesAwards = Annotated[Actor, Depends(scoped("awards:write"))]
IdempotencyKey = Annotated[
    str | None, Header(max_length=200, description="The same key and body again give the same answer.")
]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {"application/problem+json": {}}}
    for status, words in {
        400: "The request cannot be read.",
        401: "No token, or one that is not known.",
        403: "The token may not do this.",
        404: "There is no such thing.",
        409: "It contradicts what is kept.",
        413: "It is too large.",
        422: "Rows have problems; each is pointed at.",
    }.items()
}


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Give the interactive documentation."""
    page = render(request, "api_docs.html")
    page.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
    return page


def _created(work: Work, view: batches.BatchView, language: str) -> Answer:
    rows = batches.rows(work, view.institution_id, view.id, only_problems=True, limit=100)
    out = BatchOut.of(view, language, (p for row in rows for p in row.problems))
    return Answer(status=201, body=jsonable_encoder(out))


def _answer(request: Request, actor: Actor, key: str | None, digest: bytes, make: Any) -> JSONResponse:
    """Create a batch once per idempotency key."""
    language, state = language_of(request), state_of(request)
    with state.work() as work:

        def run() -> Answer:
            return _created(work, make(work), language)

        if key:
            answer = once(work, actor.institution_id, key, hashlib.sha256(digest).hexdigest(), run)
        else:
            answer = run()
    if answer.body["state"] == "checking":
        state.jobs.issue(answer.body["id"])
    headers = {"Location": f"/api/v1/batches/{answer.body['id']}"} if answer.status == 201 else {}
    return JSONResponse(dict(answer.body), status_code=answer.status, headers=headers)


def _uploaded(
    request: Request, actor: Actor, key: str | None, digest: bytes, *, dry_run: bool, **given: Any
) -> JSONResponse:
    """Create a batch of an upload once per idempotency key; a dry run leaves nothing behind."""
    if dry_run:
        view, problems = checking.look_only(state_of(request).workplace, actor, **given)
        out = BatchOut.of(view, language_of(request), problems, dry_run=True)
        return JSONResponse(jsonable_encoder(out))
    return _answer(request, actor, key, digest, lambda work: checking.create(work, actor, **given))


@router.post("/v1/batches", status_code=201, response_model=BatchOut, responses=PROBLEMS)
def create_batch(
    request: Request,
    actor: WritesBatches,
    body: BatchIn,
    idempotency_key: IdempotencyKey = None,
    dry_run: Annotated[bool, Query(description="Only look: nothing is kept.")] = False,  # noqa: FBT002  # a query
) -> JSONResponse:
    """Create a batch from rows; the answer is its dry run. Nothing is signed or mailed.

    Of more than 5,000 lines or 2 MB the dry run is made after the answer, in which the batch is ``checking``:
    its progress tells how far it is.
    """
    digest = orjson.dumps(body.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    choices = ChoicesIn.model_validate(body.model_dump(include=set(ChoicesIn.model_fields))).choices()
    upload = checking.uploaded_rows(state_of(request).workplace.files, body.rows)
    return _uploaded(
        request,
        actor,
        idempotency_key,
        digest,
        dry_run=dry_run,
        achievement_id=body.achievement_id,
        upload=upload,
        choices=choices,
        name=body.name,
    )


@router.post("/v1/batches/upload", status_code=201, response_model=BatchOut, responses=PROBLEMS)
def upload_batch(
    request: Request,
    actor: WritesBatches,
    achievement_id: Annotated[str, Form()],
    table: Annotated[UploadFile, File(description="The CSV.")],
    papers: Annotated[list[UploadFile] | None, File(description="A ZIP of PDFs, or the PDFs.")] = None,
    choices: Annotated[str, Form(description="Choices as JSON.")] = "{}",
    name: Annotated[str, Form(max_length=200)] = "",
    idempotency_key: IdempotencyKey = None,
    dry_run: bool = False,  # noqa: FBT001, FBT002  # a query parameter
) -> JSONResponse:
    """Create a batch from a CSV and a ZIP of PDFs (multipart); the answer is its dry run.

    Of more than 5,000 lines, 2 MB, or 16 MB of PDFs the dry run is made after the answer, in which the batch
    is ``checking``: its progress tells how far it is.
    """
    try:
        chosen = ChoicesIn.model_validate_json(choices).choices()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "choices"
        raise InputError(f"The choices cannot be read: {where}: {first['msg']}.") from error
    table_bytes = _read(table, MAX_TABLE)
    paper_bytes = _papers(papers or [])
    digest = hashlib.sha256()
    for part in (achievement_id.encode(), table_bytes, paper_bytes or b"", choices.encode(), name.encode()):
        digest.update(hashlib.sha256(part).digest())

    files = state_of(request).workplace.files
    upload = checking.uploaded(files, table_bytes, (table.filename or "table.csv")[:255], paper_bytes)
    return _uploaded(
        request,
        actor,
        idempotency_key,
        digest.digest(),
        dry_run=dry_run,
        achievement_id=achievement_id,
        upload=upload,
        choices=chosen,
        name=name,
    )


def _papers(uploads: list[UploadFile]) -> bytes | None:
    """Give the PDFs as a ZIP: as sent, or made of those sent one by one."""
    files: list[tuple[str, bytes]] = []
    left = MAX_PAPERS
    for upload in uploads:
        data = _read(upload, left)
        left -= len(data)
        files.append((upload.filename or "", data))
    return archive_of(files)


def _read(upload: UploadFile, limit: int) -> bytes:
    data = upload.file.read(limit + 1)
    if len(data) > limit:
        raise LimitError(
            f"{upload.filename} is larger than {limit // 1_048_576} MB.",
            facts={"got": f"> {limit} bytes", "expected": f"≤ {limit} bytes"},
        )
    return data


@router.get("/v1/batches", responses=PROBLEMS)
def list_batches(
    request: Request,
    actor: ReadsBatches,
    before: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[BatchOut]:
    """List the institution's batches, newest first; ``before`` is the id of the last one seen."""
    with state_of(request).work(read_only=True) as work:
        found = batches.batches(work, actor.institution_id, limit=limit, before=before)
        return [BatchOut.of(view, language_of(request)) for view in found]


@router.get("/v1/batches/{batch_id}", responses=PROBLEMS)
def get_batch(request: Request, actor: ReadsBatches, batch_id: str) -> BatchOut:
    """Give a batch with its first problems."""
    with state_of(request).work(read_only=True) as work:
        view = batches.batch(work, actor.institution_id, batch_id)
        rows = batches.rows(work, actor.institution_id, batch_id, only_problems=True, limit=100)
        return BatchOut.of(view, language_of(request), (p for row in rows for p in row.problems))


@router.get("/v1/batches/{batch_id}/rows", responses=PROBLEMS)
def list_rows(
    request: Request,
    actor: ReadsBatches,
    batch_id: str,
    only_problems: bool = False,  # noqa: FBT001, FBT002  # a query parameter
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[RowOut]:
    """List rows with a number above ``after``."""
    with state_of(request).work(read_only=True) as work:
        batches.batch(work, actor.institution_id, batch_id)
        found = batches.rows(
            work, actor.institution_id, batch_id, only_problems=only_problems, after=after, limit=limit
        )
        return [RowOut.of(row, language_of(request)) for row in found]


@router.get("/v1/batches/{batch_id}/errors.csv", responses=PROBLEMS)
def errors_csv(request: Request, actor: ReadsBatches, batch_id: str) -> Response:
    """Give every problem as a CSV."""
    with state_of(request).work(read_only=True) as work:
        data = batches.error_csv(work, actor.institution_id, batch_id, language_of(request))
    return Response(data, media_type="text/csv; charset=utf-8")


@router.get("/v1/batches/{batch_id}/progress", responses=PROBLEMS)
def batch_progress(request: Request, actor: ReadsBatches, batch_id: str) -> ProgressOut:
    """Give how far the dry run of a large upload, or the issuing, is; poll this."""
    with state_of(request).work(read_only=True) as work:
        return ProgressOut.of(batches.progress(work, actor.institution_id, batch_id))


@router.post("/v1/batches/{batch_id}/submit", responses=PROBLEMS)
def submit_batch(request: Request, actor: WritesBatches, batch_id: str) -> BatchOut:
    """Submit a batch for approval by a second person."""
    view = deciding.submit(state_of(request).workplace, actor, batch_id)
    return BatchOut.of(view, language_of(request))


@router.post("/v1/batches/{batch_id}/approve", status_code=202, responses=PROBLEMS)
def approve_batch(request: Request, actor: ApprovesBatches, batch_id: str, body: ApprovalIn) -> BatchOut:
    """Approve exactly what was submitted; issuing begins."""
    state = state_of(request)
    view = deciding.approve(state.workplace, actor, batch_id, body.content_digest)
    state.jobs.issue(batch_id)
    return BatchOut.of(view, language_of(request))


@router.post("/v1/batches/{batch_id}/send-back", responses=PROBLEMS)
def send_back_batch(request: Request, actor: ApprovesBatches, batch_id: str, body: ReasonIn) -> BatchOut:
    """Give a submitted batch back to its preparer."""
    with state_of(request).work() as work:
        return BatchOut.of(batches.send_back(work, actor, batch_id, body.reason), language_of(request))


@router.post("/v1/batches/{batch_id}/withdraw", responses=PROBLEMS)
def withdraw_batch(request: Request, actor: WritesBatches, batch_id: str) -> BatchOut:
    """Withdraw a batch for good."""
    with state_of(request).work() as work:
        return BatchOut.of(batches.withdraw(work, actor, batch_id), language_of(request))


@router.get("/v1/awards", responses=PROBLEMS)
def list_awards(
    request: Request,
    actor: ReadsAwards,
    query: Annotated[str, Query(max_length=200)] = "",
    state: str | None = None,
    batch_id: str | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[AwardOut]:
    """Find awards by student number, issue number or name in any script."""
    here = state_of(request)
    with here.work(read_only=True) as work:
        found = awards.find(
            work, actor.institution_id, query=query, state=state, batch_id=batch_id, after=after, limit=limit
        )
        return [AwardOut.of(view, here.settings.public_url) for view in found]


@router.get("/v1/awards/{award_id}", responses=PROBLEMS)
def get_award(request: Request, actor: ReadsAwards, award_id: str) -> AwardOut:
    """Give an award."""
    here = state_of(request)
    with here.work(read_only=True) as work:
        return AwardOut.of(awards.award(work, actor.institution_id, award_id), here.settings.public_url)


@router.get("/v1/awards/{award_id}/copies", responses=PROBLEMS)
def list_copies(request: Request, actor: ReadsAwards, award_id: str) -> list[AwardOut]:
    """List the addressed copies of an award, oldest first."""
    here = state_of(request)
    with here.work(read_only=True) as work:
        awards.award(work, actor.institution_id, award_id)
        return [AwardOut.of(view, here.settings.public_url) for view in awards.copies(work, award_id)]


@router.post("/v1/awards/{award_id}/copies", status_code=201, response_model=BatchOut, responses=PROBLEMS)
def prepare_copies(
    request: Request,
    actor: WritesBatches,
    award_id: str,
    body: CopiesIn,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """Create a batch of addressed copies of an award; it needs submission and approval as any other."""
    digest = award_id.encode() + orjson.dumps(body.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)

    def make(work: Work) -> batches.BatchView:
        return copies.prepare(
            work,
            actor,
            award_id,
            [copies.Asked(**each.model_dump()) for each in body.copies],
            document_kind=body.document_kind,
            document_language=body.document_language,
            notify=body.notify,
        )

    return _answer(request, actor, idempotency_key, digest, make)


@router.get("/v1/awards/{award_id}/{format_name}", responses=PROBLEMS)
def get_sealed(request: Request, actor: ReadsAwards, award_id: str, format_name: str) -> Response:
    """Give the bytes of an award in a format."""
    with state_of(request).work(read_only=True) as work:
        awards.award(work, actor.institution_id, award_id)
        sealed = awards.sealed(work, award_id, format_name)
    return Response(sealed.data, media_type=sealed.media_type)


@router.post("/v1/awards/status", responses=PROBLEMS)
def change_status(request: Request, actor: WritesAwards, body: StatusIn) -> Changed:
    """Revoke, suspend or reinstate one or many awards, with a reason."""
    act = {"revoke": awards.revoke, "suspend": awards.suspend, "reinstate": awards.reinstate}[body.action]
    state = state_of(request)
    with state.work() as work:
        changed = act(work, actor, body.award_ids, body.reason)
    state.jobs.deliver()
    return Changed(changed=changed)


@router.get("/v1/achievements", responses=PROBLEMS)
def list_achievements(request: Request, actor: ReadsBatches) -> list[AchievementOut]:
    """List what the institution awards."""
    with state_of(request).work(read_only=True) as work:
        return [AchievementOut.of(view) for view in achievements.achievements(work, actor.institution_id)]


@router.post("/v1/verify", tags=["verify"], responses=PROBLEMS)
async def verify_bytes(request: Request) -> JSONResponse:
    """Verify a credential sent as the body (PDF, JSON, JWT, PNG or SVG). No token is needed."""
    from starlette.concurrency import run_in_threadpool

    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_VERIFY:
            raise LimitError(f"The body is larger than {MAX_VERIFY // 1_048_576} MB.")
    state = state_of(request)
    report = await run_in_threadpool(verify, bytes(data), now=state.clock(), fetcher=state.fetcher)
    return JSONResponse(jsonable_encoder(as_json(report)))
