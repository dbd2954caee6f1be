# SPDX-License-Identifier: Apache-2.0
"""How an institution's documents are signed and kept, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from gakusho.formats import Level
from gakusho.issuer import archive_state, awards, levels
from gakusho.issuer.access import Actor, Role, require
from gakusho.issuer.archive_state import ArchiveState, DocumentState
from gakusho.issuer.levels import Signing
from gakusho.web.api.access import scoped
from gakusho.web.api.rest import PROBLEMS
from gakusho.web.state import state_of

router = APIRouter(prefix="/api", tags=["desk"])

ReadsAwards = Annotated[Actor, Depends(scoped("awards:read"))]
WritesDocuments = Annotated[Actor, Depends(scoped("documents:write"))]


class ArchiveOut(BaseModel):
    """How the keeping of documents goes."""

    levels: Mapping[str, int]
    waiting: int
    due: int
    next_due: datetime | None
    failing: int
    problem: Mapping[str, str] | None
    tried_at: datetime | None
    raised: int
    extended: int

    @classmethod
    def of(cls, state: ArchiveState) -> Self:
        """Give it from the issuer's view."""
        return cls(**{name: getattr(state, name) for name in cls.model_fields})


class SigningOut(BaseModel):
    """How documents are signed now, and how their keeping goes."""

    level: str
    authority: str
    """Address of the time-stamping authority, ``stand-in``, or empty."""
    grace: str
    margin_days: int
    algorithm_ends: Mapping[str, date]
    algorithm: str
    subject: str
    ends: datetime
    lists: tuple[str, ...]
    archive: ArchiveOut

    @classmethod
    def of(cls, signing: Signing, state: ArchiveState) -> Self:
        """Give it from the issuer's views."""
        names = set(cls.model_fields) - {"archive"}
        return cls(**{name: getattr(signing, name) for name in names}, archive=ArchiveOut.of(state))


class SigningIn(BaseModel):
    """How documents are to be signed from now on; what is left out stays as it is."""

    level: str = Field(max_length=20, description="B-B, B-T, B-LT or B-LTA.")
    authority: str = Field("", max_length=300, description="Its address (RFC 3161), or `stand-in`.")
    grace: str | None = Field(None, max_length=20, description="`wait` or `raise`.")
    margin_days: int | None = None
    algorithm_ends: dict[str, str] | None = Field(
        None, max_length=20, description="Last day (YYYY-MM-DD) of an algorithm, such as `RSA-2048`."
    )


class RevisionOut(BaseModel):
    """The bytes a document had once: the beginning of those it has now."""

    number: int
    level: str
    digest: str
    size: int
    made_at: datetime


class DocumentOut(BaseModel):
    """One document of an award for which more than B-B was asked."""

    format: str
    asked: str
    level: str
    ends: datetime | None
    problem: Mapping[str, str] | None
    revisions: list[RevisionOut]

    @classmethod
    def of(cls, one: DocumentState) -> Self:
        """Give it from the issuer's view."""
        revisions = [RevisionOut(**vars(each)) for each in one.revisions]
        return cls(**{**vars(one), "revisions": revisions})


@router.get("/v1/documents/signing", responses=PROBLEMS)
def get_signing(request: Request, actor: ReadsAwards) -> SigningOut:
    """Give how documents are signed, and how their keeping goes."""
    with state_of(request).work(read_only=True) as work:
        signing = levels.signing(work, actor.institution_id)
        return SigningOut.of(signing, archive_state.state(work, actor.institution_id))


@router.put("/v1/documents/signing", responses=PROBLEMS)
def put_signing(request: Request, actor: WritesDocuments, body: SigningIn) -> SigningOut:
    """Sign documents so from now on, once the authority has given a time-stamp."""
    require(actor, Role.ADMINISTER)
    here = state_of(request)
    if body.level != Level.B_B:
        levels.try_out(here.workplace, actor.institution_id, level=body.level, authority=body.authority)
    with here.work() as work:
        levels.choose(
            work,
            actor,
            level=body.level,
            authority=body.authority,
            grace=body.grace,
            margin_days=body.margin_days,
            algorithm_ends=body.algorithm_ends,
        )
        signing = levels.signing(work, actor.institution_id)
        return SigningOut.of(signing, archive_state.state(work, actor.institution_id))


@router.get("/v1/documents/awards/{award_id}", responses=PROBLEMS)
def list_documents(request: Request, actor: ReadsAwards, award_id: str) -> list[DocumentOut]:
    """List the documents of an award for which more than B-B was asked, with their earlier revisions."""
    with state_of(request).work(read_only=True) as work:
        view = awards.award(work, actor.institution_id, award_id)
        found = archive_state.of_award(work, actor.institution_id, view.id)
        return [DocumentOut.of(one) for one in found]
