"""Make the tables of accounts: people who sign in, their sessions and failed attempts."""

from data.store.migrations.tables import make_table, refers

revision = "0002_accounts"
down_revision = "0001_first_tables"


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
        refers("fk_sessions_account_id_accounts", "account_id", "accounts", cascade=True),
        unique=["token_sha256"],
        indexes=["account_id"],
    )
    make_table(
        "past_passwords",
        "id int, account_id int, password_hash text, set_at time",
        refers("fk_past_passwords_account_id_accounts", "account_id", "accounts", cascade=True),
        indexes=["account_id"],
    )
    make_table("failed_attempts", "subject text, attempts int, last_at time, blocked_until time?")
