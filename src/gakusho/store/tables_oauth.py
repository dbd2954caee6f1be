# SPDX-License-Identifier: Apache-2.0
"""Which applications a learner lets in, and what those have put into the wallet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gakusho.store.tables import Digest, Id, Table


class OAuthClient(Table):
    """An application, as it describes itself; of its secret only the hash is kept. RFC 7591."""

    __tablename__ = "oauth_clients"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(Digest)
    name: Mapped[str] = mapped_column(String(200))
    redirect_uris: Mapped[list[Any]]
    scopes: Mapped[list[Any]]
    """What it may ask for."""
    described: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The rest of what it says of itself: client_uri, logo_uri, contacts …"""
    created_at: Mapped[datetime] = mapped_column(index=True)


class OAuthRequest(Table):
    """A request for consent, then the code that came of it; only hashes of ticket and code are kept."""

    __tablename__ = "oauth_requests"
    ticket_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("oauth_clients.id"), index=True)
    redirect_uri: Mapped[str] = mapped_column(String(2_000))
    scopes: Mapped[list[Any]]
    state: Mapped[str | None] = mapped_column(String(2_000))
    code_challenge: Mapped[str] = mapped_column(String(43))
    code_hash: Mapped[str | None] = mapped_column(Digest, unique=True)
    grant_id: Mapped[str | None] = mapped_column(ForeignKey("oauth_grants.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    """When the learner decided."""
    used_at: Mapped[datetime | None]
    """When the code was exchanged for tokens."""


class OAuthGrant(Table):
    """What a learner has allowed an application, once."""

    __tablename__ = "oauth_grants"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("oauth_clients.id"), index=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class OAuthToken(Table):
    """An access or refresh token; only its hash is kept."""

    __tablename__ = "oauth_tokens"
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("oauth_grants.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # access | refresh
    scopes: Mapped[list[Any]]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    """When it was revoked, or its successor taken."""


class ReceivedCredential(Table):
    """A credential from elsewhere that an application put into a wallet."""

    __tablename__ = "received_credentials"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    same_as: Mapped[str] = mapped_column(Digest)
    """SHA-256 over issuer id and credential id: equal for the versions of one credential."""
    kind: Mapped[str] = mapped_column(String(20))  # badge | record
    format: Mapped[str] = mapped_column(String(40))
    media_type: Mapped[str] = mapped_column(String(100))
    extension: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, Any]]
    issuer: Mapped[str] = mapped_column(String(2_000))
    issuer_name: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    """``validFrom`` as signed."""
    size: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes]
    client_id: Mapped[str] = mapped_column(ForeignKey("oauth_clients.id"))
    """Who put it here last."""
    received_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("person_id", "same_as"),
        Index("received_by_time", "person_id", "issued_at"),
    )


class SharedReceived(Table):
    """A credential from elsewhere in a share; when it is replaced, the share shows the newer one."""

    __tablename__ = "shared_received"
    share_id: Mapped[str] = mapped_column(ForeignKey("shares.id"), primary_key=True)
    received_id: Mapped[str] = mapped_column(
        ForeignKey("received_credentials.id"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(Integer, default=0)


class HolderProfile(Table):
    """What a learner's profile says beside name and address, as an application wrote it."""

    __tablename__ = "holder_profiles"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    members: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
