"""Make the tables of evidence; the database itself refuses to change or remove its custody."""

from alembic import op

from data.store.migrations.tables import make_table, refers

revision = "0017_evidence"
down_revision = "0016_ledger"

REFUSED = "custody is only added to"


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "evidence",
        "id int, evidence_no text, upload text, added_at time, added_by text, kind text,"
        "media text, filename text, bytes int, sha256 text, taken_at time?, place text,"
        "device text, taker_id text, witness_id text?, origin text, note text, case_no text?,"
        "building_id text?, community text, grid text, has_minor bool, blurred bool,"
        "copy_sha256 text?, state text, holder_id text, handed_to text?, asked_by text?,"
        "officers json, version int, seal text",
        unique=["evidence_no", "upload"],
        indexes=["added_at id", "taken_at", "case_no", "building_id", "community", "sha256",
                 "copy_sha256"],
    )  # fmt: skip
    make_table(
        "custody_events",
        "id int, evidence_id int, number int, at time, actor text, action text, facts json,"
        "previous text, seal text",
        refers("fk_custody_events_evidence_id", "evidence_id", "evidence"),
        unique=["evidence_id number"],
    )
    make_table(
        "evidence_uploads",
        "id text, account text, filename text, bytes int, modified text, received int,"
        "begun_at time, last_at time, piece json",
        indexes=["account filename", "last_at"],
    )
    (_forbid_on_sqlite if op.get_bind().dialect.name == "sqlite" else _forbid_on_postgresql)()


def _forbid_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    op.execute(f"CREATE TRIGGER custody_events_stay BEFORE UPDATE ON custody_events {refuse}")
    for table in ("custody_events", "evidence"):
        op.execute(f"CREATE TRIGGER {table}_are_kept BEFORE DELETE ON {table} {refuse}")


def _forbid_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION custody_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    refuse = "EXECUTE FUNCTION custody_refuses()"
    op.execute(
        f"CREATE TRIGGER custody_events_stay BEFORE UPDATE ON custody_events FOR EACH ROW {refuse}"
    )
    for table in ("custody_events", "evidence"):
        op.execute(
            f"CREATE TRIGGER {table}_are_kept BEFORE DELETE ON {table} FOR EACH ROW {refuse}"
        )
        op.execute(
            f"CREATE TRIGGER {table}_are_not_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT {refuse}"
        )
