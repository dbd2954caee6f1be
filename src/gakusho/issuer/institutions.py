# SPDX-License-Identifier: Apache-2.0
"""The institution: its profile, its keys and its members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gakusho.formats import Sealing
from gakusho.issuer.access import Actor, Role
from gakusho.model.award import Award
from gakusho.model.text import Text
from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class InstitutionView:
    """An institution as it is kept."""

    id: str
    slug: str
    did: str
    base_url: str
    name: Text
    url: str | None
    email: str | None
    country: str | None
    settings: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class KeyView:
    """A key, without its secret."""

    id: str
    purpose: str
    """``credential`` or ``document``."""
    algorithm: str
    verification_method: str
    state: str
    """``active``, ``retired`` or ``revoked``."""
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MemberView:
    """A person with roles in the institution."""

    person_id: str
    name: str
    email: str
    roles: frozenset[Role]


def found(
    work: Work,
    *,
    slug: str,
    name: Text,
    did: str | None = None,
    url: str | None = None,
    email: str | None = None,
    country: str = "JP",
    settings: Mapping[str, object] | None = None,
) -> InstitutionView:
    """Make an institution with its keys and certificates, and give it."""
    raise NotImplementedError


def institution(work: Work, institution_id: str) -> InstitutionView:
    """Give the institution. Raises: NotFoundError."""
    raise NotImplementedError


def by_slug(work: Work, slug: str) -> InstitutionView:
    """Give the institution with this short name. Raises: NotFoundError."""
    raise NotImplementedError


def by_did(work: Work, did: str) -> InstitutionView:
    """Give the institution with this DID. Raises: NotFoundError."""
    raise NotImplementedError


def institutions(work: Work) -> list[InstitutionView]:
    """Give all institutions, by slug."""
    raise NotImplementedError


def change(work: Work, actor: Actor, **fields: object) -> InstitutionView:
    """Change the profile: name, url, email, country, settings. Raises: ForbiddenError, InputError."""
    raise NotImplementedError


def keys(work: Work, institution_id: str) -> list[KeyView]:
    """Give the keys with their history, newest first."""
    raise NotImplementedError


def rotate_key(work: Work, actor: Actor, purpose: str) -> KeyView:
    """Make a new key for ``credential`` or ``document``; the old one is kept and still verifies."""
    raise NotImplementedError


def members(work: Work, institution_id: str) -> list[MemberView]:
    """Give the members, by e-mail."""
    raise NotImplementedError


def grant(
    work: Work, actor: Actor | None, institution_id: str, email: str, role: Role, name: str = ""
) -> MemberView:
    """Give a person a role; ``actor`` None is the command line or the first start. Raises: ForbiddenError."""
    raise NotImplementedError


def withdraw(work: Work, actor: Actor, person_id: str, role: Role) -> None:
    """Take a role from a person. Raises: ForbiddenError, ConflictError (the last administrator)."""
    raise NotImplementedError


def actor_for(work: Work, institution_id: str, person_id: str, via: str = "console") -> Actor:
    """Give the person as one who acts for the institution. Raises: ForbiddenError (no role there)."""
    raise NotImplementedError


def memberships_of(work: Work, person_id: str) -> list[tuple[InstitutionView, frozenset[Role]]]:
    """Give the institutions a person may act for, and how."""
    raise NotImplementedError


def sealing(work: Work, institution_id: str, *, verification_link: Callable[[Award], str | None]) -> Sealing:
    """Give what sealing needs of the institution: the active keys, opened, and the time."""
    raise NotImplementedError
