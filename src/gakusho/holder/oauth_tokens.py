# SPDX-License-Identifier: Apache-2.0
"""Tokens of applications: given for a code, renewed, used, revoked; and the learner's list of them.

RFC 6749 sections 5 and 6, RFC 6750, RFC 7009, RFC 7636. Only hashes are kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update

from gakusho.errors import ForbiddenError, NotFoundError, OAuthError
from gakusho.holder import oauth_scopes
from gakusho.holder.oauth_clients import ClientView
from gakusho.store.ids import new_token, token_hash
from gakusho.store.tables_oauth import OAuthClient, OAuthGrant, OAuthRequest, OAuthToken
from gakusho.store.work import Work

ACCESS_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=90)
KEEP_ENDED = timedelta(days=90)
"""An ended refresh token is known this long, so that its second use is noticed."""
USED_STEP = timedelta(minutes=5)
"""How finely it is noted when an application came last."""

_VERIFIER = re.compile(r"[\x21-\x7e]{43,128}")


@dataclass(frozen=True, kw_only=True)
class Issued:
    """Fresh tokens; they are shown this once."""

    access_token: str
    refresh_token: str | None
    expires_in: int
    scopes: tuple[str, ...]


class Replayed:
    """A code or refresh token came a second time: somebody has a copy, and everything given for it ended."""


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """Who an application is, and for whom it acts."""

    person_id: str
    client_id: str
    grant_id: str
    unnoted: bool
    """Whether it was last noted some time ago that the application came."""


@dataclass(frozen=True, kw_only=True)
class AppView:
    """An application the learner has let in."""

    grant_id: str
    name: str
    address: str
    """The host to which it sends people back."""
    scopes: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None


def redeem(
    work: Work, client: ClientView, *, code: str, redirect_uri: str, verifier: str
) -> Issued | Replayed:
    """Give tokens for a code, once. Commit also when it is ``Replayed``.

    Raises:
        OAuthError: ``invalid_grant``: no such code, too old, of another client or address, or another
            verifier than the challenge asks for. RFC 6749, section 4.1.3; RFC 7636, section 4.6.
    """
    row = work.session.scalar(select(OAuthRequest).where(OAuthRequest.code_hash == token_hash(code)))
    if row is None or row.client_id != client.id or row.grant_id is None:
        raise OAuthError("invalid_grant", "There is no such code for this client.")
    taken = work.session.execute(
        update(OAuthRequest)
        .where(OAuthRequest.ticket_hash == row.ticket_hash, OAuthRequest.used_at.is_(None))
        .values(used_at=work.now)
        .execution_options(synchronize_session="fetch")
    )
    if not taken.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
        _end(work, row.grant_id)
        return Replayed()
    if (
        row.expires_at <= work.now
        or row.redirect_uri != redirect_uri
        or not _fits(verifier, row.code_challenge)
    ):
        raise OAuthError(
            "invalid_grant", "The code is too old, or redirect_uri or code_verifier do not fit it."
        )
    grant = work.session.get(OAuthGrant, row.grant_id)
    if grant is None or grant.revoked_at is not None:
        raise OAuthError("invalid_grant", "The learner has withdrawn the permission.")
    return _issue(work, grant, tuple(grant.scopes))


def refresh(work: Work, client: ClientView, *, token: str, scope: str | None) -> Issued | Replayed:
    """Give new tokens for a refresh token, which ends. Commit also when it is ``Replayed``.

    Raises:
        OAuthError: ``invalid_grant``, or ``invalid_scope`` for more than was granted. RFC 6749, section 6.
    """
    row = work.session.get(OAuthToken, token_hash(token))
    grant = work.session.get(OAuthGrant, row.grant_id) if row and row.kind == "refresh" else None
    if row is None or grant is None or grant.client_id != client.id:
        raise OAuthError("invalid_grant", "There is no such refresh token for this client.")
    if grant.revoked_at is not None or row.expires_at <= work.now:
        raise OAuthError("invalid_grant", "The refresh token has ended.")
    scopes = oauth_scopes.asked(scope, grant.scopes) if scope else tuple(grant.scopes)
    ended = work.session.execute(
        update(OAuthToken)
        .where(OAuthToken.token_hash == row.token_hash, OAuthToken.ended_at.is_(None))
        .values(ended_at=work.now)
        .execution_options(synchronize_session="fetch")
    )
    if not ended.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
        _end(work, grant.id)
        return Replayed()
    return _issue(work, grant, scopes)


def revoke(work: Work, client: ClientView, token: str) -> None:
    """End a token of this client; a refresh token takes the whole permission with it. RFC 7009, section 2.

    Nothing tells whether there was such a token.
    """
    row = work.session.get(OAuthToken, token_hash(token))
    grant = work.session.get(OAuthGrant, row.grant_id) if row else None
    if row is None or grant is None or grant.client_id != client.id:
        return
    if row.kind == "refresh":
        _end(work, grant.id)
    elif row.ended_at is None:
        row.ended_at = work.now


def bearer(work: Work, token: str, scope: str) -> Bearer:
    """Give who comes with an access token that has the scope.

    Raises:
        ForbiddenError: ``oauth-token``: unknown, ended or too old; ``oauth-scope``: not allowed this.
    """
    row = work.session.get(OAuthToken, token_hash(token))
    grant = work.session.get(OAuthGrant, row.grant_id) if row and row.kind == "access" else None
    if (
        row is None
        or grant is None
        or row.ended_at is not None
        or row.expires_at <= work.now
        or grant.revoked_at is not None
    ):
        raise ForbiddenError("The access token is unknown, has ended, or is too old.", code="oauth-token")
    if scope not in row.scopes:
        raise ForbiddenError(
            "The learner has not allowed this.", code="oauth-scope", facts={"expected": scope}
        )
    return Bearer(
        person_id=grant.person_id,
        client_id=grant.client_id,
        grant_id=grant.id,
        unnoted=grant.used_at is None or grant.used_at < work.now - USED_STEP,
    )


def note_use(work: Work, bearer: Bearer) -> None:
    """Note that the application came, for the learner to see."""
    work.session.execute(update(OAuthGrant).where(OAuthGrant.id == bearer.grant_id).values(used_at=work.now))


def apps(work: Work, person_id: str) -> list[AppView]:
    """Give the applications that may come in: those the person allowed, with a token that has not ended."""
    live = exists().where(
        OAuthToken.grant_id == OAuthGrant.id, OAuthToken.ended_at.is_(None), OAuthToken.expires_at > work.now
    )
    rows = work.session.execute(
        select(OAuthGrant, OAuthClient)
        .join(OAuthClient, OAuthClient.id == OAuthGrant.client_id)
        .where(OAuthGrant.person_id == person_id, OAuthGrant.revoked_at.is_(None), live)
        .order_by(OAuthGrant.created_at.desc(), OAuthGrant.id)
    )
    return [
        AppView(
            grant_id=grant.id,
            name=client.name,
            address=str(client.redirect_uris[0]).split("/")[2],
            scopes=tuple(grant.scopes),
            created_at=grant.created_at,
            used_at=grant.used_at,
        )
        for grant, client in rows
    ]


def disconnect(work: Work, person_id: str, grant_id: str) -> None:
    """Withdraw what the person has allowed an application. Raises: NotFoundError."""
    grant = (
        work.session.get(OAuthGrant, grant_id[:36]) if grant_id.isascii() and grant_id.isprintable() else None
    )
    if grant is None or grant.person_id != person_id or grant.revoked_at is not None:
        raise NotFoundError("There is no such application in this wallet.", code="no-app")
    _end(work, grant.id)


def _issue(work: Work, grant: OAuthGrant, scopes: tuple[str, ...]) -> Issued:
    work.session.execute(
        delete(OAuthToken)
        .where(OAuthToken.grant_id == grant.id, OAuthToken.expires_at < work.now - KEEP_ENDED)
        .execution_options(synchronize_session=False)
    )
    access, renewal = new_token(), new_token() if oauth_scopes.OFFLINE in grant.scopes else None
    for token, kind, life in ((access, "access", ACCESS_LIFE), (renewal, "refresh", REFRESH_LIFE)):
        if token is not None:
            work.session.add(
                OAuthToken(
                    token_hash=token_hash(token),
                    grant_id=grant.id,
                    kind=kind,
                    scopes=list(scopes),
                    expires_at=work.now + life,
                )
            )
    return Issued(
        access_token=access,
        refresh_token=renewal,
        expires_in=int(ACCESS_LIFE.total_seconds()),
        scopes=scopes,
    )


def _fits(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)


def _end(work: Work, grant_id: str) -> None:
    """End a permission with every token given for it."""
    work.session.execute(
        update(OAuthGrant)
        .where(OAuthGrant.id == grant_id, OAuthGrant.revoked_at.is_(None))
        .values(revoked_at=work.now)
        .execution_options(synchronize_session="fetch")
    )
    work.session.execute(
        update(OAuthToken)
        .where(OAuthToken.grant_id == grant_id, OAuthToken.ended_at.is_(None))
        .values(ended_at=work.now)
        .execution_options(synchronize_session="fetch")
    )
