# SPDX-License-Identifier: Apache-2.0
"""The REST API of what is awarded: achievements with their skills and rubrics, and endorsements."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gakusho.errors import NotFoundError
from gakusho.issuer import achievements, endorsements, endorsing
from gakusho.issuer.access import Actor
from gakusho.issuer.achievement_json import achievement_from_dict
from gakusho.model.report import Report
from gakusho.web.api.access import scoped
from gakusho.web.api.rest import PROBLEMS, ReadsBatches, WritesBatches
from gakusho.web.api.shapes import AchievementOut, ReasonIn, Shape
from gakusho.web.state import State, state_of
from gakusho.web.verify.judge import judge_stranger

router = APIRouter(prefix="/api", tags=["desk"])

Approves = Annotated[Actor, Depends(scoped("batches:approve"))]
_FORMATS = {"jwt": "vc-jwt", "json": "verifiable-credential"}


class EndorsementIn(Shape):
    """What is said of an achievement, an award or an issuer."""

    endorsed_id: Annotated[str, Field(min_length=1, max_length=1000)]
    comment: Annotated[str, Field(min_length=1, max_length=2000)]
    form: Literal["jwt", "json"] = "jwt"
    valid_until: date | None = None
    """The last day it holds, in UTC."""


class EndorsementOut(BaseModel):
    """An endorsement that the institution gave."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    endorsed_id: str
    comment: str
    media_type: str
    given_at: datetime
    valid_until: datetime | None
    withdrawn_at: datetime | None
    reason: str | None


class CarriedIn(Shape):
    """An endorsement to be carried: a token, or JSON as text."""

    endorsement: Annotated[str, Field(min_length=1, max_length=endorsing.LARGEST)]


@router.post("/v1/achievements", status_code=201, responses=PROBLEMS)
def create_achievement(request: Request, actor: WritesBatches, body: dict[str, Any]) -> AchievementOut:
    """Keep a new achievement; the body is its JSON form. Endorsements in it are verified first."""
    given = achievement_from_dict({"id": uuid.uuid4().urn, **body})
    state = state_of(request)
    endorsing.checked(given, None, verify=lambda data: _judged(state, data))
    with state.work() as work:
        return AchievementOut.of(achievements.save(work, actor, given))


@router.get("/v1/achievements/{achievement_id}", responses=PROBLEMS)
def get_achievement(request: Request, actor: ReadsBatches, achievement_id: str) -> AchievementOut:
    """Give an achievement."""
    with state_of(request).work(read_only=True) as work:
        return AchievementOut.of(achievements.achievement(work, actor.institution_id, _id(achievement_id)))


@router.put("/v1/achievements/{achievement_id}", responses=PROBLEMS)
def change_achievement(
    request: Request, actor: WritesBatches, achievement_id: str, body: dict[str, Any]
) -> AchievementOut:
    """Keep an achievement's next version; what was issued before stays as it is."""
    state = state_of(request)
    with state.work(read_only=True) as work:
        before = achievements.achievement(work, actor.institution_id, _id(achievement_id)).achievement
    given = achievement_from_dict({"id": before.id, **body})
    endorsing.checked(given, before, verify=lambda data: _judged(state, data))
    with state.work() as work:
        return AchievementOut.of(achievements.save(work, actor, given, id=_id(achievement_id)))


@router.post("/v1/achievements/{achievement_id}/endorsements", responses=PROBLEMS)
def carry_endorsement(
    request: Request, actor: WritesBatches, achievement_id: str, body: CarriedIn
) -> AchievementOut:
    """Carry an endorsement of the achievement from now on, once it was verified."""
    state = state_of(request)
    with state.work(read_only=True) as work:
        before = achievements.achievement(work, actor.institution_id, _id(achievement_id)).achievement
    data = body.endorsement.encode()
    changed = endorsing.with_endorsement(before, data, verify=lambda each: _judged(state, each))
    with state.work() as work:
        return AchievementOut.of(achievements.save(work, actor, changed, id=_id(achievement_id)))


@router.post("/v1/endorsements", status_code=201, response_class=Response, responses=PROBLEMS)
def give_endorsement(request: Request, actor: Approves, body: EndorsementIn) -> Response:
    """Give the institution's endorsement of another's achievement, award or issuer: the signed bytes."""
    with state_of(request).work() as work:
        last = body.valid_until
        end = datetime.combine(last, time(23, 59, 59), UTC) if last else None
        view = endorsements.give(
            work,
            actor,
            endorsed_id=body.endorsed_id,
            comment=body.comment,
            form=_FORMATS[body.form],
            valid_until=end,
        )
    headers = {"Location": f"/api/v1/endorsements/{view.id}"}
    return Response(view.data, status_code=201, media_type=view.media_type, headers=headers)


@router.get("/v1/endorsements", responses=PROBLEMS)
def list_endorsements(
    request: Request, actor: ReadsBatches, before: Annotated[str | None, Query(max_length=36)] = None
) -> list[EndorsementOut]:
    """List the endorsements that were given, newest first; ``before`` is the id of the last one seen."""
    with state_of(request).work(read_only=True) as work:
        found = endorsements.given(work, actor.institution_id, before=before)
        return [EndorsementOut.model_validate(each) for each in found]


@router.get("/v1/endorsements/{endorsement_id}", response_class=Response, responses=PROBLEMS)
def get_endorsement(request: Request, actor: ReadsBatches, endorsement_id: str) -> Response:
    """Give the signed bytes of an endorsement that the institution gave."""
    with state_of(request).work(read_only=True) as work:
        view = endorsements.endorsement(work, actor.institution_id, _id(endorsement_id))
    return Response(view.data, media_type=view.media_type)


@router.post("/v1/endorsements/{endorsement_id}/withdraw", responses=PROBLEMS)
def withdraw_endorsement(
    request: Request, actor: Approves, endorsement_id: str, body: ReasonIn
) -> EndorsementOut:
    """Withdraw an endorsement for good: verifiers of what carries it learn it from the status list."""
    with state_of(request).work() as work:
        view = endorsements.withdraw(work, actor, _id(endorsement_id), body.reason)
        return EndorsementOut.model_validate(view)


def _judged(state: State, data: bytes) -> Report:
    return judge_stranger(state, data)


def _id(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise NotFoundError("The institution has no such thing.") from None
