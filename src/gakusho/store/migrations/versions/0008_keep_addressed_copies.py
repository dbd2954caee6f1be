# SPDX-License-Identifier: Apache-2.0
"""Keep of which award an award is an addressed copy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("awards", sa.Column("copy_of", sa.String(length=36), nullable=True))
    op.create_index(op.f("ix_awards_copy_of"), "awards", ["copy_of"], unique=False)


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_index(op.f("ix_awards_copy_of"), table_name="awards")
    op.drop_column("awards", "copy_of")
