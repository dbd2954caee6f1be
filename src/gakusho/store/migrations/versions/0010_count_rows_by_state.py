# SPDX-License-Identifier: Apache-2.0
"""Count the rows of a batch by their state without reading what is in them."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_index("batch_rows_by_state", "batch_rows", ["batch_id", "state", "number"])


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_index("batch_rows_by_state", table_name="batch_rows")
