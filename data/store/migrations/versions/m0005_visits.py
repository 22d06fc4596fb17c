"""Make the tables of visits: every version of what was found at a door, and photos."""

import sqlalchemy as sa
from alembic import op

revision = "0005_visits"
down_revision = "0004_duties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_visits()
    _make_photos()


def _make_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("building_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("teachers", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("retry_at", sa.DateTime(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.UniqueConstraint("recorded_by", "key", name="uq_visits_recorded_by_key"),
        sa.UniqueConstraint("visit_id", "version", name="uq_visits_visit_id_version"),
    )
    op.create_index("ix_visits_building_id_at", "visits", ["building_id", "at"])
    op.create_index("ix_visits_recorded_by_at", "visits", ["recorded_by", "at"])


def _make_photos() -> None:
    op.create_table(
        "visit_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_photos"),
        sa.UniqueConstraint("visit_id", "sha256", name="uq_visit_photos_visit_id_sha256"),
    )
    op.create_index("ix_visit_photos_sha256", "visit_photos", ["sha256"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("visit_photos", "visits"):
        op.drop_table(table)
