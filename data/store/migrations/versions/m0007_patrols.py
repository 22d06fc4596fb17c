"""Make the tables of patrols: teams, versions of plans, published stops."""

import sqlalchemy as sa
from alembic import op

revision = "0007_patrols"
down_revision = "0006_export_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_teams()
    _make_plans()
    _make_stops()


def downgrade() -> None:
    """Drop them."""
    for table in ("patrol_stops", "patrol_plans", "patrol_teams"):
        op.drop_table(table)


def _make_teams() -> None:
    op.create_table(
        "patrol_teams",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("shifts", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_patrol_teams"),
    )


def _make_plans() -> None:
    op.create_table(
        "patrol_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("stops", sa.Integer(), nullable=False),
        sa.Column("expected_finds", sa.Float(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patrol_plans"),
        sa.UniqueConstraint("plan_id", "version", name="uq_patrol_plans_plan_id_version"),
    )
    op.create_index("ix_patrol_plans_first", "patrol_plans", ["first"])


def _make_stops() -> None:
    op.create_table(
        "patrol_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("arrive", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patrol_stops"),
    )
    op.create_index("ix_patrol_stops_building_id_day", "patrol_stops", ["building_id", "day"])
    op.create_index("ix_patrol_stops_team_id_day", "patrol_stops", ["team_id", "day"])
    op.create_index("ix_patrol_stops_plan_id", "patrol_stops", ["plan_id"])
