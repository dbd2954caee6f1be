# SPDX-License-Identifier: Apache-2.0
"""Who may do what, and the log of who did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gakusho.errors import ForbiddenError, NotFoundError
from gakusho.store.ids import new_id
from gakusho.store.tables import Event
from gakusho.store.work import Work


class Role(StrEnum):
    """What a member of an institution may do."""

    PREPARE = "prepare"
    """Define achievements, upload, submit, resend mails."""
    APPROVE = "approve"
    """Approve what somebody else submitted; suspend, revoke."""
    ADMINISTER = "administer"
    """Members, keys, tokens, the institution's profile."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person acting for an institution, and by what door."""

    person_id: str
    institution_id: str
    name: str
    email: str
    roles: frozenset[Role]
    via: str = "console"
    """``console``, ``api`` or ``cli``."""


def require(actor: Actor, *any_of: Role) -> None:
    """Let the actor pass who has at least one of the roles. Raises: ForbiddenError."""
    if actor.roles.isdisjoint(any_of):
        wanted = ", ".join(any_of)
        raise ForbiddenError(
            f"This needs the role {wanted}.",
            facts={"got": ", ".join(sorted(actor.roles)) or "none", "expected": wanted},
        )


def same_institution(actor: Actor, institution_id: str) -> None:
    """Let the actor pass who acts for this institution.

    Raises: NotFoundError: for others the thing is not there.
    """
    if actor.institution_id != institution_id:
        raise NotFoundError("There is no such thing in this institution.")


def record(work: Work, actor: Actor | None, act: str, subject: str, detail: Mapping[str, object]) -> None:
    """Write into the institution's log who did what, when; ``actor`` None is the server itself.

    ``subject`` is an id, never a name; the name stays where it can be erased.
    """
    work.session.add(
        Event(
            id=new_id(),
            institution_id=actor.institution_id if actor else str(detail.get("institution_id", "")) or None,
            at=work.now,
            actor=f"{actor.via}:{actor.person_id}" if actor else "server",
            act=act,
            subject=subject[:255],
            detail=dict(detail),
        )
    )
