# SPDX-License-Identifier: Apache-2.0
"""What is kept: one class per table, the same on SQLite and PostgreSQL.

Every large table carries ``institution_id`` first in its keys, so that it partitions by institution.
Times are UTC. Rows do not leave ``store``, ``issuer`` and ``holder``; pages and programs get frozen views.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Refuse naive times; keep UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Give an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_Json = JSON(none_as_null=True)


class Table(DeclarativeBase):
    """Every table."""

    metadata = MetaData(
        naming_convention={  # so that a migration can name what it changes, on both databases
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        date: Date,
        dict[str, Any]: _Json,
        list[Any]: _Json,
        bytes: LargeBinary,
        bool: Boolean,
    }


Id = String(36)  # UUID version 7 or 4 in text form
Digest = String(64)  # SHA-256, hexadecimal


class Institution(Table):
    """Who issues."""

    __tablename__ = "institutions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    did: Mapped[str] = mapped_column(String(255), unique=True)
    base_url: Mapped[str] = mapped_column(String(255))
    """Where its DID document and status lists are published: ``https://host`` of its did:web."""
    name_ja: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(255))
    country: Mapped[str | None] = mapped_column(String(2))
    image_file: Mapped[str | None] = mapped_column(Digest)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """signatory_name, signatory_title {ja,en}, claim_days, two_people …"""
    created_at: Mapped[datetime]


class Key(Table):
    """A signing key, encrypted at rest, kept forever."""

    __tablename__ = "keys"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))  # credential | document
    algorithm: Mapped[str] = mapped_column(String(20))
    verification_method: Mapped[str] = mapped_column(String(400), unique=True)
    public_multikey: Mapped[str] = mapped_column(Text)
    kept: Mapped[bytes]
    """The private key as its KeyStore keeps it."""
    store: Mapped[str] = mapped_column(String(40))
    """Name of the SIGNER implementation."""
    certificates: Mapped[list[Any]] = mapped_column(default=list)
    """X.509 chain, base64 DER, the key's own first; documents only."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Person(Table):
    """Somebody with an account: registrar, learner or both."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(10), default="ja")
    created_at: Mapped[datetime]


class PersonEmail(Table):
    """An address that was shown to be the person's."""

    __tablename__ = "person_emails"
    email: Mapped[str] = mapped_column(String(255), primary_key=True)  # lower case
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    verified_at: Mapped[datetime]


class Passkey(Table):
    """A WebAuthn credential."""

    __tablename__ = "passkeys"
    credential_id: Mapped[str] = mapped_column(String(400), primary_key=True)  # base64url
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(Integer, default=0)
    label: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInSession(Table):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SignInLink(Table):
    """A one-time sign-in link sent by mail, or a pending WebAuthn challenge."""

    __tablename__ = "sign_in_links"
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    purpose: Mapped[str] = mapped_column(
        String(20)
    )  # sign-in | add-email | passkey-register | passkey-sign-in
    email: Mapped[str | None] = mapped_column(String(255), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Membership(Table):
    """What a person may do for an institution."""

    __tablename__ = "memberships"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)  # prepare | approve | administer
    granted_at: Mapped[datetime]


class AchievementRow(Table):
    """An achievement as the institution describes it; a change is a new version."""

    __tablename__ = "achievements"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), index=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    definition: Mapped[dict[str, Any]]
    """``gakusho.issuer.achievements`` reads and writes it; texts as {language: words}."""
    image_file: Mapped[str | None] = mapped_column(Digest)
    archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ColumnMapping(Table):
    """How the columns of a kind of file were mapped to fields last time."""

    __tablename__ = "column_mappings"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    signature: Mapped[str] = mapped_column(Digest, primary_key=True)
    """SHA-256 of the header row."""
    mapping: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class Batch(Table):
    """One upload on its way from table to credentials."""

    __tablename__ = "batches"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), index=True)
    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievements.id"))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), index=True)
    # (checking →) draft → submitted → approved → issuing → issued; or withdrawn
    table_file: Mapped[str] = mapped_column(Digest)
    table_name: Mapped[str] = mapped_column(String(255))
    papers_file: Mapped[str | None] = mapped_column(Digest)
    """The ZIP as uploaded; its members are kept by row."""
    choices: Mapped[dict[str, Any]]
    """formats, document kind and language, duplicates (reject|skip|supersede), mapping, notify …"""
    content_digest: Mapped[str | None] = mapped_column(Digest)
    """Over everything that will be issued; what was approved is what is issued."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prepared_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    approved_digest: Mapped[str | None] = mapped_column(Digest)
    approved_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[dict[str, Any] | None]
    """Why issuing stopped, as {code, message, action}; None while it goes well."""
    created_at: Mapped[datetime]


class BatchRow(Table):
    """One row of a batch, read and checked."""

    __tablename__ = "batch_rows"
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    """Line of the file as a spreadsheet counts it: the header is 1."""
    fields: Mapped[dict[str, Any]]
    paper_file: Mapped[str | None] = mapped_column(Digest)
    paper_name: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20))  # ready | warning | error | skipped | issued
    problems: Mapped[list[Any]] = mapped_column(default=list)
    replaces_award_id: Mapped[str | None] = mapped_column(Id)
    reserved: Mapped[dict[str, Any] | None]  # award_id, verify_code, list_id, index; kept for a second try
    award_id: Mapped[str | None] = mapped_column(Id, unique=True)
    __table_args__ = (Index("batch_rows_by_state", "batch_id", "state", "number"),)


class StatusList(Table):
    """Positions for the status of awards; a full list is followed by the next."""

    __tablename__ = "status_lists"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    length: Mapped[int] = mapped_column(Integer)
    seed: Mapped[bytes]
    """Keys the permutation that spreads the sequence over the list, so that an index tells nothing."""
    next_sequence: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=0)
    """Counts changes of status, so that a published list is known to be current."""
    __table_args__ = (UniqueConstraint("institution_id", "number"),)


class StatusPublication(Table):
    """A status list as published last: signed bytes, by purpose."""

    __tablename__ = "status_publications"
    list_id: Mapped[str] = mapped_column(ForeignKey("status_lists.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes]
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AwardRow(Table):
    """One award: the one fact every format writes down."""

    __tablename__ = "awards"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievements.id"), index=True)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"), index=True)
    verify_code: Mapped[str] = mapped_column(String(40), unique=True)
    """The unguessable last part of the public verification address, as printed in the QR code."""
    definition: Mapped[dict[str, Any]]
    """The award in full; ``gakusho.issuer.compose`` reads and writes it."""
    issue_number: Mapped[str | None] = mapped_column(String(100))
    student_number: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(200))
    status_list_id: Mapped[str] = mapped_column(ForeignKey("status_lists.id"))
    status_index: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default="active")  # active|suspended|revoked|superseded
    state_reason: Mapped[str | None] = mapped_column(String(500))
    state_changed_at: Mapped[datetime | None]
    superseded_by: Mapped[str | None] = mapped_column(Id)
    copy_of: Mapped[str | None] = mapped_column(Id, index=True)  # the award of which it is an addressed copy
    holder_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    claimed_at: Mapped[datetime | None]
    claim_opened_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("status_list_id", "status_index"),
        Index("awards_by_issue_number", "institution_id", "issue_number"),
        Index("awards_by_student_number", "institution_id", "student_number"),
        Index("awards_by_time", "institution_id", "id"),  # ids sort by time
        Index("awards_by_state", "status_list_id", "state"),
        Index("awards_by_holder", "holder_id"),
        Index("awards_by_email", "email"),
    )


class SearchKey(Table):
    """A folded form of a name or number by which an award is found (prefix search)."""

    __tablename__ = "search_keys"
    institution_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(
        String(200).with_variant(String(200, collation="C"), "postgresql"), primary_key=True
    )
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), primary_key=True)


class SealedRow(Table):
    """An award in one format: where its bytes are."""

    __tablename__ = "sealed"
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    format: Mapped[str] = mapped_column(String(40), primary_key=True)
    institution_id: Mapped[str] = mapped_column(Id)
    media_type: Mapped[str] = mapped_column(String(100))
    extension: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(Integer)
    file: Mapped[str | None] = mapped_column(Digest)
    """Digest in the file store, for large ones."""
    data: Mapped[bytes | None]
    """The bytes themselves, for small ones."""
    created_at: Mapped[datetime]


class ClaimLink(Table):
    """The link in a claim mail; only its hash is kept."""

    __tablename__ = "claim_links"
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), index=True)
    email: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Mail(Table):
    """A mail to be sent, or sent; the key makes it one of its kind."""

    __tablename__ = "mails"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """What makes it the same mail: ``claim:<award>:<n>`` …"""
    institution_id: Mapped[str | None] = mapped_column(Id, index=True)
    award_id: Mapped[str | None] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(30))  # claim | sign-in | status | share | pin …
    recipient: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)  # waiting | sending | sent | failed
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None]
    """Waiting mails only: not before this time."""
    taken_by: Mapped[str | None] = mapped_column(String(100))
    """The process that hands it over, or did."""
    taken_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Share(Table):
    """A learner's choice of credentials, shown to whoever has the link; only the link's hash is kept."""

    __tablename__ = "shares"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Digest, unique=True)
    token_kept: Mapped[bytes]
    """The token encrypted with the server's secret, so that the learner can copy the link again."""
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    label: Mapped[str] = mapped_column(String(200), default="")
    purpose: Mapped[str] = mapped_column(String(200), default="")
    recipient: Mapped[str | None] = mapped_column(String(255))
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    failed_pins: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    allow_download: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class ShareItem(Table):
    """One credential in a share; a replaced one is followed to its successor.

    Of one that is shown in part only ``part`` is shown, in the format ``part_format``.
    """

    __tablename__ = "share_items"
    share_id: Mapped[str] = mapped_column(ForeignKey("shares.id"), primary_key=True)
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    part_format: Mapped[str | None] = mapped_column(String(40))
    part: Mapped[bytes | None]


class AccessRecord(Table):
    """Somebody looked: shown to the learner."""

    __tablename__ = "access_log"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    share_id: Mapped[str | None] = mapped_column(ForeignKey("shares.id"), index=True)
    award_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(
        String(30)
    )  # opened | wrong-pin | locked | downloaded | report | refused
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """format, device kind; no address of the visitor."""


class EvidenceReport(Table):
    """A report on a verification, found again by its code."""

    __tablename__ = "evidence_reports"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    report: Mapped[dict[str, Any]]
    pdf_file: Mapped[str | None] = mapped_column(Digest)
    input_digest: Mapped[str] = mapped_column(Digest)
    share_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(Table):
    """A program's permission; only the hash is kept."""

    __tablename__ = "api_tokens"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Digest, unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    label: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[Any]]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    """Who made it; what the program does, it does in this person's name."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class IdempotencyKey(Table):
    """The answer given to a request, so that the same request again gets the same answer."""

    __tablename__ = "idempotency_keys"
    institution_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_digest: Mapped[str] = mapped_column(Digest)
    status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class Event(Table):
    """Who did what, when: the institution's own log."""

    __tablename__ = "events"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str | None] = mapped_column(Id, index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(255))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(255), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
