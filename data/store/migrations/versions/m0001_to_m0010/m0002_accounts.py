"""Make the tables of accounts: people who sign in, their sessions and failed attempts."""

import sqlalchemy as sa

from data.store.migrations.tables import make_table

revision = "0002_accounts"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "accounts",
        "id int, login text, name text, kind text, roles json, scope json, person_id text?,"
        "password_hash text?, password_changed_at time?, must_change bool,"
        "directory_subject text?, locked_at time?, locked_by text?, created_at time,"
        "created_by text",
        unique=["login", "directory_subject"],
    )
    make_table(
        "sessions",
        "id int, account_id int, token_sha256 text, created_at time, last_seen_at time,"
        "address text, agent text",
        _of_account("sessions"),
        unique=["token_sha256"],
        indexes=["account_id"],
    )
    make_table(
        "past_passwords",
        "id int, account_id int, password_hash text, set_at time",
        _of_account("past_passwords"),
        indexes=["account_id"],
    )
    make_table("failed_attempts", "subject text, attempts int, last_at time, blocked_until time?")


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["accounts.id"], name=f"fk_{table}_account_id_accounts", ondelete="CASCADE"
    )
