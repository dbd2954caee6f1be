# SPDX-License-Identifier: Apache-2.0
"""Keep documents for decades: their levels, their revisions, and lists of revoked certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "lasting_documents",
        sa.Column("award_id", sa.String(length=36), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("institution_id", sa.String(length=36), nullable=False),
        sa.Column("asked", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("stamps", sa.Integer(), nullable=False),
        sa.Column("stamped_at", _TIME, nullable=True),
        sa.Column("ends", _TIME, nullable=True),
        sa.Column("half_at", _TIME, nullable=True),
        sa.Column("algorithms", sa.String(length=200), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("try_at", _TIME, nullable=True),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_lasting_documents_award_id")),
        sa.PrimaryKeyConstraint("award_id", "format", name=op.f("pk_lasting_documents")),
    )
    op.create_index(
        "lasting_documents_by_level", "lasting_documents", ["institution_id", "level"], unique=False
    )
    op.create_index("lasting_documents_by_end", "lasting_documents", ["ends"], unique=False)
    op.create_table(
        "document_revisions",
        sa.Column("award_id", sa.String(length=36), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_document_revisions_award_id")),
        sa.PrimaryKeyConstraint("award_id", "format", "number", name=op.f("pk_document_revisions")),
    )
    op.create_table(
        "archives",
        sa.Column("institution_id", sa.String(length=36), nullable=False),
        sa.Column("tried_at", _TIME, nullable=True),
        sa.Column("try_at", _TIME, nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_archives_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", name=op.f("pk_archives")),
    )
    op.create_table(
        "certificate_lists",
        sa.Column("institution_id", sa.String(length=36), nullable=False),
        sa.Column("authority", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_certificate_lists_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "authority", name=op.f("pk_certificate_lists")),
    )


def downgrade() -> None:
    """Bring the tables back."""
    for table in ("certificate_lists", "archives", "document_revisions"):
        op.drop_table(table)
    op.drop_index("lasting_documents_by_end", table_name="lasting_documents")
    op.drop_index("lasting_documents_by_level", table_name="lasting_documents")
    op.drop_table("lasting_documents")
