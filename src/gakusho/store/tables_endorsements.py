# SPDX-License-Identifier: Apache-2.0
"""Endorsements that institutions gave to what others award."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gakusho.store.tables import Id, Table


class GivenEndorsement(Table):
    """One endorsement, as it was signed, with its place in the status lists."""

    __tablename__ = "endorsements"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    endorsed_id: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(100))
    data: Mapped[bytes]
    status_list_id: Mapped[str] = mapped_column(ForeignKey("status_lists.id"), index=True)
    status_index: Mapped[int] = mapped_column(Integer)
    given_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was withdrawn."""
    __table_args__ = (Index("ix_endorsements_institution_id_id", "institution_id", "id"),)
