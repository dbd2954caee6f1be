# SPDX-License-Identifier: Apache-2.0
"""Verification codes (確認番号) for programs: the report of the paper, or its bytes. No token is needed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from gakusho.holder import visit
from gakusho.verifier.report_json import as_json
from gakusho.web.api.rest import PROBLEMS
from gakusho.web.state import state_of
from gakusho.web.verify import clients, paper
from gakusho.web.verify.code import link_code, refuse_withdrawn
from gakusho.web.verify.judge import judge

router = APIRouter(prefix="/api/v1/verify/code", tags=["verify"])


class CodeIn(BaseModel):
    """A code as somebody typed it."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(max_length=200)]


@router.post("", responses=PROBLEMS)
def verify_code(request: Request, body: CodeIn) -> JSONResponse:
    """Verify the paper with this verification code; the code stays out of addresses and logs."""
    return _report(request, body.code)


@router.get("/{code}", responses=PROBLEMS)
def get_verified(request: Request, code: str) -> JSONResponse:
    """Verify the paper with this verification code."""
    return _report(request, code)


@router.get("/{code}/credential", responses=PROBLEMS, response_class=Response)
def get_credential(request: Request, code: str) -> Response:
    """Give what the verification of this paper is about, for programs that verify for themselves."""
    found = _found(request, code, "downloaded")
    return Response(found.sealed.data, media_type=found.sealed.media_type)


def _report(request: Request, code: str) -> JSONResponse:
    found = _found(request, code, "opened")
    report = judge(state_of(request), found.sealed.data)
    return JSONResponse(jsonable_encoder(as_json(report)))


def _found(request: Request, code: str, act: str) -> paper.Found:
    found = paper.find(request, link_code(request, code))
    with state_of(request).work() as work:
        visit.note_paper(work, found.award_id, "refused" if found.withdrawn else act, clients.seen(request))
    refuse_withdrawn(found.withdrawn)
    return found
