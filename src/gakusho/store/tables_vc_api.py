# SPDX-License-Identifier: Apache-2.0
"""What the VC-API keeps of what it signs: each credential's place in the status lists."""

from __future__ import annotations

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gakusho.store.tables import Id, Table


class ApiStatus(Table):
    """The place of one credential, and what the lists say of it."""

    __tablename__ = "vc_api_statuses"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    issuer: Mapped[str] = mapped_column(String(300))
    """The ``did:key`` that signed the credential, and signs the list."""
    credential_id: Mapped[str] = mapped_column(String(2_000), index=True)
    number: Mapped[int] = mapped_column(Integer)
    index: Mapped[int] = mapped_column(Integer)
    revocation: Mapped[int] = mapped_column(Integer, default=0)
    message: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (UniqueConstraint("issuer", "number", "index"),)
