# SPDX-License-Identifier: Apache-2.0
"""Tokens by which programs act for an institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gakusho.issuer.access import Actor
from gakusho.store.work import Work

SCOPES = ("batches:read", "batches:write", "batches:approve", "awards:read", "awards:write")


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
    """Make a token (``gak_…``) and give it, this once, with its view. Raises: ForbiddenError, InputError."""
    raise NotImplementedError


def tokens(work: Work, institution_id: str) -> list[TokenView]:
    """Give the institution's tokens, newest first."""
    raise NotImplementedError


def revoke_token(work: Work, actor: Actor, token_id: str) -> None:
    """End a token at once. Raises: ForbiddenError, NotFoundError."""
    raise NotImplementedError


def actor_by_token(work: Work, token: str, scope: str) -> Actor:
    """Give the actor a token stands for. Raises: ForbiddenError (unknown, ended, or without the scope)."""
    raise NotImplementedError
