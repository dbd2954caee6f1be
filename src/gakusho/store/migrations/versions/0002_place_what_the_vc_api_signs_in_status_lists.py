# SPDX-License-Identifier: Apache-2.0
"""Place what the VC-API signs in status lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "vc_api_statuses",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("credential_id", sa.String(length=2000), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("revocation", sa.Integer(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vc_api_statuses")),
        sa.UniqueConstraint("issuer", "number", "index", name=op.f("uq_vc_api_statuses_issuer_number_index")),
    )
    op.create_index(
        op.f("ix_vc_api_statuses_credential_id"), "vc_api_statuses", ["credential_id"], unique=False
    )


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_index(op.f("ix_vc_api_statuses_credential_id"), table_name="vc_api_statuses")
    op.drop_table("vc_api_statuses")
