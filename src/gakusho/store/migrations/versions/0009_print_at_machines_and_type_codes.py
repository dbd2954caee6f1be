# SPDX-License-Identifier: Apache-2.0
"""Print at machines, and check papers by a code that is typed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "issue_number_series",
        sa.Column("institution_id", sa.String(length=36), nullable=False),
        sa.Column("series", sa.String(length=60), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_issue_number_series_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "series", name=op.f("pk_issue_number_series")),
    )
    op.create_table(
        "kiosk_machines",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("institution_id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.Column("seen_at", _TIME, nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("failing_since", _TIME, nullable=True),
        sa.Column("locked_until", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_kiosk_machines_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_machines")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosk_machines_token_hash")),
    )
    op.create_index(
        op.f("ix_kiosk_machines_institution_id"), "kiosk_machines", ["institution_id"], unique=False
    )
    op.create_table(
        "kiosk_students",
        sa.Column("institution_id", sa.String(length=36), nullable=False),
        sa.Column("student_number", sa.String(length=100), nullable=False),
        sa.Column("pin_hash", sa.String(length=64), nullable=True),
        sa.Column("card_hash", sa.String(length=64), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", _TIME, nullable=True),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_kiosk_students_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "student_number", name=op.f("pk_kiosk_students")),
        sa.UniqueConstraint(
            "institution_id", "card_hash", name=op.f("uq_kiosk_students_institution_id_card_hash")
        ),
    )
    op.create_table(
        "kiosk_visits",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("machine_id", sa.String(length=36), nullable=False),
        sa.Column("student_number", sa.String(length=100), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["kiosk_machines.id"], name=op.f("fk_kiosk_visits_machine_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_kiosk_visits")),
    )
    op.create_index(op.f("ix_kiosk_visits_expires_at"), "kiosk_visits", ["expires_at"], unique=False)
    op.create_index(op.f("ix_kiosk_visits_machine_id"), "kiosk_visits", ["machine_id"], unique=False)
    op.create_table(
        "kiosk_prints",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("institution_id", sa.String(length=36), nullable=False),
        sa.Column("machine_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.Column("asked_digest", sa.String(length=64), nullable=False),
        sa.Column("award_id", sa.String(length=36), nullable=False),
        sa.Column("student_number", sa.String(length=100), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_kiosk_prints_award_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_kiosk_prints_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["kiosk_machines.id"], name=op.f("fk_kiosk_prints_machine_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_prints")),
        sa.UniqueConstraint("machine_id", "request_id", name=op.f("uq_kiosk_prints_machine_id_request_id")),
    )
    op.create_index(
        "kiosk_prints_by_student",
        "kiosk_prints",
        ["institution_id", "student_number", "created_at"],
        unique=False,
    )
    op.create_table(
        "paper_links",
        sa.Column("award_id", sa.String(length=36), nullable=False),
        sa.Column("institution_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=True),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_paper_links_award_id")),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_paper_links")),
        sa.UniqueConstraint("code", name=op.f("uq_paper_links_code")),
    )
    op.create_table(
        "kiosk_copies",
        sa.Column("print_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.String(length=36), nullable=False),
        sa.Column("reserved", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("reported_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["print_id"], ["kiosk_prints.id"], name=op.f("fk_kiosk_copies_print_id")),
        sa.PrimaryKeyConstraint("print_id", "number", name=op.f("pk_kiosk_copies")),
        sa.UniqueConstraint("award_id", name=op.f("uq_kiosk_copies_award_id")),
    )


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_table("kiosk_copies")
    op.drop_table("paper_links")
    op.drop_index("kiosk_prints_by_student", table_name="kiosk_prints")
    op.drop_table("kiosk_prints")
    op.drop_index(op.f("ix_kiosk_visits_machine_id"), table_name="kiosk_visits")
    op.drop_index(op.f("ix_kiosk_visits_expires_at"), table_name="kiosk_visits")
    op.drop_table("kiosk_visits")
    op.drop_table("kiosk_students")
    op.drop_index(op.f("ix_kiosk_machines_institution_id"), table_name="kiosk_machines")
    op.drop_table("kiosk_machines")
    op.drop_table("issue_number_series")
