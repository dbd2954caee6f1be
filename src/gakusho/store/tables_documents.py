# SPDX-License-Identifier: Apache-2.0
"""Documents that are to last: their level, what they were before, and the lists of revoked certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gakusho.store.tables import Digest, Id, Table


class LastingDocument(Table):
    """A document asked for above B-B: the level it has, and until when its newest time-stamp holds."""

    __tablename__ = "lasting_documents"
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    format: Mapped[str] = mapped_column(String(40), primary_key=True)
    institution_id: Mapped[str] = mapped_column(Id)
    asked: Mapped[str] = mapped_column(String(10))
    """The level the institution asks for: B-T, B-LT or B-LTA."""
    level: Mapped[str] = mapped_column(String(10))
    stamps: Mapped[int] = mapped_column(Integer, default=0)
    """Document time-stamps in it."""
    stamped_at: Mapped[datetime | None]
    ends: Mapped[datetime | None]
    """When the first certificate of the newest document time-stamp runs out."""
    half_at: Mapped[datetime | None]
    """Halfway from the newest time-stamp to its end: before, another one would gain little."""
    algorithms: Mapped[str] = mapped_column(String(200), default="")
    """What the newest time-stamp depends on, each between two spaces: `` sha256 P-256 RSA-3072 ``."""
    problem: Mapped[dict[str, Any] | None]
    """Why it could not be raised or extended, as {code, message, action, at}."""
    try_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    __table_args__ = (
        Index("lasting_documents_by_level", "institution_id", "level"),
        Index("lasting_documents_by_end", "ends"),
    )


class DocumentRevision(Table):
    """The bytes a document had after it was signed, raised or extended; each is the beginning of the next."""

    __tablename__ = "document_revisions"
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    format: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    level: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(Digest)
    size: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime]


class Archive(Table):
    """How the keeping of an institution's documents goes."""

    __tablename__ = "archives"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    tried_at: Mapped[datetime | None]
    try_at: Mapped[datetime | None]
    """Not before this time: the authority was away."""
    problem: Mapped[dict[str, Any] | None]
    raised: Mapped[int] = mapped_column(Integer, default=0)
    extended: Mapped[int] = mapped_column(Integer, default=0)


class CertificateList(Table):
    """The list of what an institution's own certificate authority revoked, as published last. RFC 5280."""

    __tablename__ = "certificate_lists"
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    authority: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The authority's key identifier, hexadecimal."""
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[str] = mapped_column(Digest)
    """Over what it lists, so that a revocation makes it anew."""
    data: Mapped[bytes]
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime]
