# SPDX-License-Identifier: Apache-2.0
"""Show parts of credentials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("share_items", sa.Column("part_format", sa.String(length=40), nullable=True))
    op.add_column("share_items", sa.Column("part", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_column("share_items", "part")
    op.drop_column("share_items", "part_format")
