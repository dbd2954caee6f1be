# SPDX-License-Identifier: Apache-2.0
"""From an application's request, over the learner's consent, to a code that works once.

OAuth 2.0, RFC 6749 section 4.1, with PKCE (RFC 7636) always.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import and_, delete, or_, update

from gakusho.errors import InputError, NotFoundError, OAuthError
from gakusho.holder import oauth_clients, oauth_scopes
from gakusho.holder.oauth_clients import ClientView
from gakusho.store.ids import new_id, new_token, token_hash
from gakusho.store.tables_oauth import OAuthGrant, OAuthRequest
from gakusho.store.work import Work

CONSENT_LIFE = timedelta(minutes=30)
"""How long a learner may take: to sign in with a mailed link, and to decide."""
CODE_LIFE = timedelta(minutes=2)
KEEP_USED = timedelta(days=30)
"""A used code is known this long, so that a second use is noticed."""

_CHALLENGE = re.compile(r"[\w-]{43}", re.ASCII)
_STATE = re.compile(r"[\x20-\x7e]{0,2000}")


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A request that may be shown to the learner: the ticket to it."""

    ticket: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A request that goes back to the application with an error."""

    redirect: str


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What the learner is asked."""

    client: ClientView
    scopes: tuple[str, ...]
    redirect_uri: str


def begin(work: Work, asked: Mapping[str, str]) -> Begun | Refused:
    """Take an authorization request: keep it, or say what goes back to the application.

    Raises:
        InputError: client or redirect URI are not as registered (``oauth-client``, ``oauth-redirect``), so
            that nobody may be sent anywhere. RFC 6749, section 4.1.2.1.
    """
    client = oauth_clients.client(work, asked.get("client_id", ""))
    if client is None:
        raise InputError("This application is not registered here.", code="oauth-client")
    redirect_uri = asked.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise InputError("The application asked to send you to an address it has not registered.",
                         code="oauth-redirect")  # fmt: skip
    try:
        _check(asked)
        scopes = oauth_scopes.asked(asked.get("scope", " ".join(client.scopes)), client.scopes)
    except OAuthError as error:
        state = asked.get("state")
        state = state if state is not None and _STATE.fullmatch(state) else None
        return Refused(
            redirect=_back(work, redirect_uri, state, error=error.error, error_description=str(error))
        )
    _forget_past(work)
    ticket = new_token()
    work.session.add(
        OAuthRequest(
            ticket_hash=token_hash(ticket),
            client_id=client.id,
            redirect_uri=redirect_uri,
            scopes=list(scopes),
            state=asked.get("state"),
            code_challenge=asked["code_challenge"],
            expires_at=work.now + CONSENT_LIFE,
        )
    )
    return Begun(ticket=ticket)


def _forget_past(work: Work) -> None:
    """Forget questions nobody answered in time, and codes long past; strangers can write the former."""
    nothing_came = and_(OAuthRequest.code_hash.is_(None), OAuthRequest.expires_at <= work.now)
    work.session.execute(
        delete(OAuthRequest)
        .where(or_(nothing_came, OAuthRequest.expires_at < work.now - KEEP_USED))
        .execution_options(synchronize_session=False)
    )


def _check(asked: Mapping[str, str]) -> None:
    if asked.get("response_type") != "code":
        error = "unsupported_response_type" if asked.get("response_type") else "invalid_request"
        raise OAuthError(error, "response_type: expected code.")
    if asked.get("response_mode", "query") != "query":
        raise OAuthError("invalid_request", "response_mode: expected query.")
    if asked.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(
        asked.get("code_challenge", "")
    ):
        raise OAuthError(
            "invalid_request", "PKCE is needed: code_challenge, with code_challenge_method S256."
        )
    if not _STATE.fullmatch(asked.get("state", "")):
        raise OAuthError("invalid_request", "state: expected up to 2000 printable ASCII characters.")


def consent(work: Work, ticket: str) -> Consent:
    """Give what the learner is asked. Raises: NotFoundError when it was answered, or too long ago."""
    row = _open(work, ticket)
    client = oauth_clients.client(work, row.client_id)
    assert client is not None
    return Consent(client=client, scopes=tuple(row.scopes), redirect_uri=row.redirect_uri)


def allow(work: Work, ticket: str, person_id: str, *, but: frozenset[str] = frozenset()) -> str:
    """Let the application in, except for the scopes ``but``; give the address to go on to, with the code.

    The caller has made sure that this person has decided.

    Raises:
        NotFoundError: it was answered, or too long ago.
    """
    row = _open(work, ticket)
    scopes = [scope for scope in row.scopes if scope not in but]
    if not set(scopes) - {oauth_scopes.OFFLINE}:
        return deny(work, ticket)
    _answer(work, row)
    grant = OAuthGrant(
        id=new_id(), person_id=person_id, client_id=row.client_id, scopes=scopes, created_at=work.now
    )
    work.session.add(grant)
    work.session.flush()
    code = new_token()
    row.code_hash, row.grant_id, row.expires_at = token_hash(code), grant.id, work.now + CODE_LIFE
    return _back(work, row.redirect_uri, row.state, code=code, scope=" ".join(scopes))


def deny(work: Work, ticket: str) -> str:
    """Refuse the application; give the address to go back to. Raises: NotFoundError."""
    row = _open(work, ticket)
    _answer(work, row)
    return _back(work, row.redirect_uri, row.state, error="access_denied")


def _open(work: Work, ticket: str) -> OAuthRequest:
    row = work.session.get(OAuthRequest, token_hash(ticket[:100]))
    if row is None or row.answered_at is not None or row.expires_at <= work.now:
        raise NotFoundError("This question was answered, or is too old.", code="oauth-request")
    return row


def _answer(work: Work, row: OAuthRequest) -> None:
    """Mark it answered, by one answer alone, whoever else answers at the same moment."""
    done = work.session.execute(
        update(OAuthRequest)
        .where(OAuthRequest.ticket_hash == row.ticket_hash, OAuthRequest.answered_at.is_(None))
        .values(answered_at=work.now)
        .execution_options(synchronize_session="fetch")
    )
    if not done.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
        raise NotFoundError("This question was answered, or is too old.", code="oauth-request")


def _back(work: Work, redirect_uri: str, state: str | None, **answer: str) -> str:
    """Give the registered address with the answer. RFC 6749, section 4.1.2; RFC 9207."""
    if state is not None:
        answer["state"] = state
    answer["iss"] = work.public_url
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(answer)}"
