# SPDX-License-Identifier: Apache-2.0
"""What stands on paper besides the award: its verification code, and whether link and code were withdrawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gakusho.store.tables import Id, Table


class PaperLink(Table):
    """The ways from a paper to its verification page; the link's own code is ``awards.verify_code``."""

    __tablename__ = "paper_links"
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    institution_id: Mapped[str] = mapped_column(Id)
    code: Mapped[str | None] = mapped_column(String(12), unique=True)
    """確認番号, without hyphens; None where the paper was issued before there were any."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(20))  # holder | institution
