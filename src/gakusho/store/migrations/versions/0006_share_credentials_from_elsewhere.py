# SPDX-License-Identifier: Apache-2.0
"""Share credentials from elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "shared_received",
        sa.Column("share_id", sa.String(length=36), nullable=False),
        sa.Column("received_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["received_id"], ["received_credentials.id"], name=op.f("fk_shared_received_received_id")
        ),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_shared_received_share_id")),
        sa.PrimaryKeyConstraint("share_id", "received_id", name=op.f("pk_shared_received")),
    )
    op.create_index(op.f("ix_shared_received_received_id"), "shared_received", ["received_id"], unique=False)


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_index(op.f("ix_shared_received_received_id"), table_name="shared_received")
    op.drop_table("shared_received")
