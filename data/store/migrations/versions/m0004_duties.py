"""Make the tables of responsibility: who answers for which building, and proposals."""

import sqlalchemy as sa
from alembic import op

revision = "0004_duties"
down_revision = "0003_audit_chain"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_changes()
    _make_duties()
    _make_proposals()
    _make_limits()


def _make_changes() -> None:
    op.create_table(
        "duty_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_duty_changes"),
    )
    op.create_index("ix_duty_changes_at", "duty_changes", ["at"])
    op.create_index("ix_duty_changes_proposal_id", "duty_changes", ["proposal_id"])


def _make_duties() -> None:
    op.create_table(
        "duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("org", sa.Text(), nullable=True),
        sa.Column("pledge_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_duties"),
        sa.ForeignKeyConstraint(["change_id"], ["duty_changes.id"], name="fk_duties_change_id"),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["duty_changes.id"], name="fk_duties_withdrawn_by"
        ),
    )
    op.create_index(
        "ix_duties_target_kind_target_id_duty", "duties", ["target_kind", "target_id", "duty"]
    )
    for column in ("person_id", "change_id", "withdrawn_by"):
        op.create_index(f"ix_duties_{column}", "duties", [column])


def _make_proposals() -> None:
    op.create_table(
        "assignment_proposals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assignment_proposals"),
    )


def _make_limits() -> None:
    op.create_table(
        "warden_limits",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("max_stairs", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_warden_limits"),
    )
    op.create_table(
        "building_needs",
        sa.Column("building_id", sa.Text(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("lift", sa.Boolean(), nullable=True),
        sa.Column("fixed_person_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("building_id", name="pk_building_needs"),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
    )
    op.create_index("ix_absences_person_id", "absences", ["person_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("absences", "building_needs", "warden_limits", "assignment_proposals", "duties",
                  "duty_changes"):  # fmt: skip
        op.drop_table(table)
