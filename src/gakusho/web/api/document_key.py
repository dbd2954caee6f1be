# SPDX-License-Identifier: Apache-2.0
"""The key documents are signed with, for programs: its request, and the answer of the authority."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from gakusho.errors import LimitError
from gakusho.issuer import certification, institutions
from gakusho.issuer.access import Actor
from gakusho.issuer.certification import InUse, Named
from gakusho.web.api.access import scoped
from gakusho.web.api.rest import PROBLEMS
from gakusho.web.state import state_of

router = APIRouter(prefix="/api", tags=["desk"])

ReadsAwards = Annotated[Actor, Depends(scoped("awards:read"))]
WritesDocuments = Annotated[Actor, Depends(scoped("documents:write"))]
PEM_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/x-pem-file": {}, "application/pkcs7-mime": {}}}
}


class DocumentKeyOut(BaseModel):
    """The key documents are signed with now."""

    id: str
    place: str
    """``encrypted-key``, ``pkcs11`` or ``csc``."""
    algorithm: str
    verification_method: str
    names: tuple[str, ...]
    """Whom its certificates name, its own first (RFC 4514)."""
    by_others: bool
    """Whether an authority of others certified it."""
    ends: datetime
    stage: str
    """Of its end: ``90``, ``30``, ``7`` days or fewer, ``ended``, or empty."""

    @classmethod
    def of(cls, one: InUse) -> Self:
        """Give it from the issuer's view."""
        return cls(
            id=one.key.id,
            place=one.store,
            algorithm=one.key.algorithm,
            verification_method=one.key.verification_method,
            names=one.names,
            by_others=one.by_others,
            ends=one.end.ends,
            stage=one.end.stage,
        )


class SubjectIn(BaseModel):
    """Whom a certificate is to name; what is left out is as it was said last, or as in the profile."""

    organization: str = Field("", max_length=64, description="The legal name.")
    organization_id: str | None = Field(
        None, max_length=70, description="Such as `NTRJP-1234567890123` (ETSI EN 319 412-1, 5.1.4)."
    )


@router.get("/v1/documents/key", responses=PROBLEMS)
def get_document_key(request: Request, actor: ReadsAwards) -> DocumentKeyOut:
    """Give the key documents are signed with, and when its certificate ends."""
    with state_of(request).work(read_only=True) as work:
        return DocumentKeyOut.of(certification.in_use(work, actor.institution_id))


@router.post(
    "/v1/documents/key/request",
    response_class=Response,
    responses={**PROBLEMS, 200: {"content": {"application/pkcs10": {}}}},
)
def request_certificate(request: Request, actor: WritesDocuments, body: SubjectIn) -> Response:
    """Give the certificate request (PKCS #10, PEM) for the key in use; whom it names is remembered."""
    here = state_of(request)
    with here.work(read_only=True) as work:
        said = certification.named(institutions.institution(work, actor.institution_id))
        subject = Named(
            organization=body.organization or said.organization,
            country=said.country,
            organization_id=said.organization_id if body.organization_id is None else body.organization_id,
        )
        made = certification.request(work, actor, subject)
    with here.work() as work:
        certification.name(work, actor, subject)
    return Response(made, media_type="application/pkcs10")


@router.post("/v1/documents/key/certificate", responses=PROBLEMS, openapi_extra=PEM_BODY)
async def take_certificate(request: Request, actor: WritesDocuments) -> DocumentKeyOut:
    """Take in what the authority answered (PEM, DER or PKCS #7, as the body)."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > certification.MAX_BYTES:
            raise LimitError("The file is too large.", facts={"expected": certification.MAX_BYTES})
    return await run_in_threadpool(_taken, request, actor, bytes(data))


def _taken(request: Request, actor: Actor, data: bytes) -> DocumentKeyOut:
    with state_of(request).work() as work:
        certification.answer(work, actor, data)
        return DocumentKeyOut.of(certification.in_use(work, actor.institution_id))
