# SPDX-License-Identifier: Apache-2.0
"""Tokens by which programs act for an institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from gakusho.errors import ForbiddenError, InputError, NotFoundError
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.institutions import actor_for
from gakusho.store.ids import new_id, new_token, token_hash
from gakusho.store.tables import ApiToken
from gakusho.store.work import Work

SCOPES = (
    "batches:read",
    "batches:write",
    "batches:approve",
    "awards:read",
    "awards:write",
    "kiosks:write",
    "documents:write",
)
_PREFIX = "gak_"
_SEEN_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class TokenView:
    """A token, without its secret."""

    id: str
    prefix: str
    """The first characters, by which its owner recognizes it."""
    label: str
    scopes: tuple[str, ...]
    person_id: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


def create_token(
    work: Work, actor: Actor, label: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[str, TokenView]:
    """Make a token (``gak_…``) and give it, this once, with its view; only its hash is kept.

    It acts in the name of the actor, with no more roles than the actor has when it is used.

    Raises: ForbiddenError, InputError.
    """
    require(actor, Role.ADMINISTER)
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise InputError(
            "The token's scopes cannot be used.",
            code="scopes",
            facts={"got": ", ".join(unknown), "expected": ", ".join(SCOPES)},
        )
    if not label.strip() or len(label) > 100:
        raise InputError("A token needs a label of at most 100 characters.", code="token-label")
    if expires_at is not None and expires_at <= work.now:
        raise InputError("The token would have ended already.", code="token-expiry")
    token = _PREFIX + new_token()
    row = ApiToken(
        id=new_id(),
        institution_id=actor.institution_id,
        token_hash=token_hash(token),
        prefix=token[:10],
        label=label.strip(),
        scopes=[scope for scope in SCOPES if scope in scopes],
        person_id=actor.person_id,
        created_at=work.now,
        expires_at=expires_at,
    )
    work.session.add(row)
    record(work, actor, "token.create", row.id, {"scopes": row.scopes})
    work.session.flush()
    return token, _view(row)


def tokens(work: Work, institution_id: str) -> list[TokenView]:
    """Give the institution's tokens, newest first."""
    rows = select(ApiToken).where(ApiToken.institution_id == institution_id).order_by(ApiToken.id.desc())
    return [_view(row) for row in work.session.scalars(rows)]


def revoke_token(work: Work, actor: Actor, token_id: str) -> None:
    """End a token at once; ending it again changes nothing. Raises: ForbiddenError, NotFoundError."""
    require(actor, Role.ADMINISTER)
    row = work.session.get(ApiToken, token_id)
    if row is None or row.institution_id != actor.institution_id:
        raise NotFoundError("There is no such token.")
    if row.revoked_at is None:
        row.revoked_at = work.now
        record(work, actor, "token.revoke", row.id, {})


def actor_by_token(work: Work, token: str, scope: str) -> Actor:
    """Give the actor a token stands for: the person who made it, in the roles held now.

    Raises: ForbiddenError (unknown, ended, or without the scope).
    """
    row = None
    if token.startswith(_PREFIX) and len(token) < 100:
        row = work.session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash(token)))
    if row is None or row.revoked_at is not None or (row.expires_at and row.expires_at <= work.now):
        raise ForbiddenError(
            "The token is not known, or has ended.", code="token", action="Make a new token in the console."
        )
    if scope not in row.scopes:
        raise ForbiddenError(
            f"The token does not have the scope {scope}.",
            code="scope",
            action="Make a token with this scope.",
            facts={"got": ", ".join(row.scopes), "expected": scope},
        )
    read_only = work.session.info.get("read_only")
    if not read_only and (row.used_at is None or work.now - row.used_at > _SEEN_AGAIN):
        row.used_at = work.now
    actor = actor_for(work, row.institution_id, row.person_id, "api")
    return replace(actor, name=f"{actor.name} ({row.label})" if actor.name else row.label)


def _view(row: ApiToken) -> TokenView:
    return TokenView(
        id=row.id,
        prefix=row.prefix,
        label=row.label,
        scopes=tuple(row.scopes),
        person_id=row.person_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
