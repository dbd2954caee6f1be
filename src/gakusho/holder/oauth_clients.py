# SPDX-License-Identifier: Apache-2.0
"""Applications that ask to be let in: they register themselves, and nobody vouches for what they say.

OAuth 2.0 Dynamic Client Registration, RFC 7591.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, exists

from gakusho.errors import OAuthError
from gakusho.holder import oauth_scopes
from gakusho.store.ids import new_token, token_hash
from gakusho.store.tables_oauth import OAuthClient, OAuthGrant, OAuthRequest, ReceivedCredential
from gakusho.store.work import Work

MAX_NAME = 200
MAX_TEXT = 1_000
MAX_ADDRESS = 2_000
MAX_REDIRECTS = 10
MAX_CONTACTS = 10
UNUSED_FOR = timedelta(days=30)
"""A client to which nobody has allowed anything is forgotten after this time."""
AUTH_METHOD = "client_secret_basic"
GRANT_TYPES = ("authorization_code", "refresh_token")

_ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
_TEXTS = ("software_id", "software_version")
_ID = re.compile(r"[\w-]{16,40}", re.ASCII)
_WEB = re.compile(r"https?://[\x21-\x7e]+")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, kw_only=True)
class ClientView:
    """An application, as it describes itself."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    created_at: datetime
    described: Mapping[str, Any] = field(default_factory=dict)


def register(work: Work, metadata: Mapping[str, Any]) -> tuple[ClientView, str]:
    """Register an application; give it and its secret, which is shown this once.

    Raises:
        OAuthError: ``invalid_redirect_uri`` or ``invalid_client_metadata``. RFC 7591, section 3.2.2.
    """
    _forget_unused(work)
    _refuse_other_ways(metadata)
    scope = metadata.get("scope", " ".join(oauth_scopes.SCOPES))
    secret = new_token()
    row = OAuthClient(
        id=new_token(),
        secret_hash=token_hash(secret),
        name=_text(metadata, "client_name", MAX_NAME) or "",
        redirect_uris=_redirects(metadata.get("redirect_uris")),
        scopes=_scopes(scope),
        described=_described(metadata),
        created_at=work.now,
    )
    if not row.name.strip():
        raise _unfit("client_name", "a name that people can read")
    work.session.add(row)
    work.session.flush()
    return _view(row), secret


def client(work: Work, client_id: str) -> ClientView | None:
    """Give the application with this id, or None."""
    row = _row(work, client_id)
    return _view(row) if row else None


def authenticated(work: Work, client_id: str, secret: str) -> ClientView:
    """Give the application whose id and secret these are. Raises: OAuthError (``invalid_client``)."""
    row = _row(work, client_id)
    kept = row.secret_hash if row else token_hash("")
    if not hmac.compare_digest(kept, token_hash(secret)) or row is None:
        raise OAuthError("invalid_client", "The client is unknown, or its secret is another.")
    return _view(row)


def is_redirect(address: object) -> bool:
    """Tell whether codes may be sent to an address: https, or this machine. RFC 8252, section 7.3."""
    if not isinstance(address, str) or len(address) > MAX_ADDRESS or not _PRINTABLE.fullmatch(address):
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or "#" in address or not re.fullmatch(r"[\w.:-]+", host, re.ASCII):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_other_ways(metadata: Mapping[str, Any]) -> None:
    method = metadata.get("token_endpoint_auth_method", AUTH_METHOD)
    if method != AUTH_METHOD:
        raise _unfit("token_endpoint_auth_method", AUTH_METHOD)
    for name, allowed in (("grant_types", GRANT_TYPES), ("response_types", ("code",))):
        given = metadata.get(name, [allowed[0]])
        if not isinstance(given, list) or allowed[0] not in given or any(g not in allowed for g in given):
            raise _unfit(name, f"of {', '.join(allowed)}, with {allowed[0]}")


def _redirects(given: object) -> list[str]:
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_REDIRECTS:
        raise OAuthError("invalid_redirect_uri", f"redirect_uris: from 1 to {MAX_REDIRECTS} are expected.")
    if not all(is_redirect(one) for one in given):
        message = "redirect_uris: each is expected to be https, or http on loopback, without a fragment."
        raise OAuthError("invalid_redirect_uri", message)
    return [str(one) for one in dict.fromkeys(given)]


def _scopes(given: object) -> list[str]:
    try:
        return list(oauth_scopes.asked(given if isinstance(given, str) else "", oauth_scopes.SCOPES))
    except OAuthError as error:
        raise _unfit("scope", "scopes of these interfaces, separated by spaces") from error


def _described(metadata: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _ADDRESSES:
        address = _text(metadata, name, MAX_ADDRESS)
        if address is not None:
            if not _WEB.fullmatch(address):
                raise _unfit(name, "a web address")
            found[name] = address
    for name in _TEXTS:
        if (text := _text(metadata, name, MAX_TEXT)) is not None:
            found[name] = text
    contacts = metadata.get("contacts")
    if contacts is not None:
        if not isinstance(contacts, list) or len(contacts) > MAX_CONTACTS:
            raise _unfit("contacts", f"a list of up to {MAX_CONTACTS}")
        found["contacts"] = [_text({"contacts": one}, "contacts", MAX_TEXT) for one in contacts]
    return found


def _text(metadata: Mapping[str, Any], name: str, most: int) -> str | None:
    value = metadata.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > most or _UNFIT.search(value):
        raise _unfit(name, f"text of up to {most} characters")
    return value


def _unfit(name: str, expected: str) -> OAuthError:
    return OAuthError("invalid_client_metadata", f"{name}: expected {expected}.")


def _row(work: Work, client_id: str) -> OAuthClient | None:
    return work.session.get(OAuthClient, client_id) if _ID.fullmatch(client_id) else None


def _view(row: OAuthClient) -> ClientView:
    return ClientView(
        id=row.id,
        name=row.name,
        redirect_uris=tuple(row.redirect_uris),
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        described=row.described,
    )


def _forget_unused(work: Work) -> None:
    """Forget clients nobody has let in, so that what strangers write here stays bounded."""
    idle = (
        OAuthClient.created_at < work.now - UNUSED_FOR,
        ~exists().where(OAuthGrant.client_id == OAuthClient.id),
        ~exists().where(ReceivedCredential.client_id == OAuthClient.id),
        ~exists().where(OAuthRequest.client_id == OAuthClient.id),
    )
    work.session.execute(
        delete(OAuthRequest)
        .where(OAuthRequest.code_hash.is_(None), OAuthRequest.expires_at <= work.now)
        .execution_options(synchronize_session=False)
    )
    work.session.execute(delete(OAuthClient).where(*idle).execution_options(synchronize_session=False))
