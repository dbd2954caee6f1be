# SPDX-License-Identifier: Apache-2.0
"""Certificate machines (証明書発行機): which there are, who signs in at them, and what they printed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gakusho.store.tables import Digest, Id, Table


class KioskMachine(Table):
    """One machine and its token, of which only the hash is kept."""

    __tablename__ = "kiosk_machines"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    place: Mapped[str] = mapped_column(String(200), default="")
    token_hash: Mapped[str] = mapped_column(Digest, unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str] = mapped_column(Id)
    """Who made the token; ``operator`` at the command line."""
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    failed: Mapped[int] = mapped_column(Integer, default=0)
    """Sign-ins that failed since ``failing_since``."""
    failing_since: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]


class KioskStudent(Table):
    """What a student signs in with at a machine; of PIN and card only keyed hashes are kept."""

    __tablename__ = "kiosk_students"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    student_number: Mapped[str] = mapped_column(String(100), primary_key=True)
    pin_hash: Mapped[str | None] = mapped_column(Digest)
    card_hash: Mapped[str | None] = mapped_column(Digest)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("institution_id", "card_hash"),)


class KioskVisit(Table):
    """A student who stands before a machine; only the hash of the visit's token is kept."""

    __tablename__ = "kiosk_visits"
    token_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    machine_id: Mapped[str] = mapped_column(ForeignKey("kiosk_machines.id"), index=True)
    student_number: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class KioskPrint(Table):
    """What a machine was asked to print once: one document in some copies."""

    __tablename__ = "kiosk_prints"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    machine_id: Mapped[str] = mapped_column(ForeignKey("kiosk_machines.id"))
    request_id: Mapped[str] = mapped_column(String(100))
    """The machine's own name for the request; the same one again gives the same documents."""
    asked_digest: Mapped[str] = mapped_column(Digest)
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"))
    """The award that is printed; each copy is an award of its own."""
    student_number: Mapped[str] = mapped_column(String(100))
    asked: Mapped[dict[str, Any]]
    """document, language, addressee, purpose, fee."""
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("machine_id", "request_id"),
        Index("kiosk_prints_by_student", "institution_id", "student_number", "created_at"),
    )


class KioskCopy(Table):
    """One copy: set aside, made, printed or failed."""

    __tablename__ = "kiosk_copies"
    print_id: Mapped[str] = mapped_column(ForeignKey("kiosk_prints.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    award_id: Mapped[str] = mapped_column(Id, unique=True)
    reserved: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20))  # reserved | ready | printed | failed
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    reason: Mapped[str | None] = mapped_column(String(200))
    reported_at: Mapped[datetime | None]


class IssueNumberSeries(Table):
    """The next number of a series of issue numbers."""

    __tablename__ = "issue_number_series"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_number: Mapped[int] = mapped_column(Integer, default=1)
