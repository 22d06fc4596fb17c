"""Chain the audit log: each event seals the one before, and the database refuses to change one."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op

from data.store.audit.chain import text_of_facts, text_of_time
from data.store.migrations.tables import make_table

revision = "0003_audit_chain"
down_revision = "0002_accounts"

EVENTS = sa.table(
    "audit_events",
    sa.column("id", sa.Integer),
    sa.column("at", sa.DateTime),
    sa.column("actor", sa.Text),
    sa.column("action", sa.Text),
    sa.column("facts", sa.JSON),
    sa.column("previous", sa.Text),
    sa.column("seal", sa.Text),
)
HEAD = sa.table(
    "audit_head",
    sa.column("id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("seal", sa.Text),
)
REFUSED = "the audit log is only added to"
LAST_KEPT_APART = "(SELECT COALESCE(MAX(number), 0) FROM audit_checkpoints)"


def upgrade() -> None:
    """Make the head and the checkpoints, chain the events there are, forbid changes."""
    make_table("audit_head", "id int, number int, seal text")
    op.create_table(
        "audit_checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_checkpoints"),
    )
    with op.batch_alter_table("audit_events") as table:
        table.add_column(sa.Column("previous", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("seal", sa.Text(), nullable=False, server_default=""))
    number, seal = _chain_events(context.config.attributes["seal"])
    with op.batch_alter_table("audit_events") as table:
        table.alter_column("previous", server_default=None)
        table.alter_column("seal", server_default=None)
    op.execute(sa.insert(HEAD).values(id=1, number=number, seal=seal))
    (_forbid_on_sqlite if op.get_bind().dialect.name == "sqlite" else _forbid_on_postgresql)()


def _chain_events(seal_of: Callable[..., str]) -> tuple[int, str]:
    """Give the events there are numbers without gaps, in their order, and seal each."""
    connection = op.get_bind()
    number, seal = 0, ""
    for old in connection.execute(sa.select(EVENTS).order_by(EVENTS.c.id)).all():
        number, previous = number + 1, seal
        seal = seal_of(
            number, text_of_time(old.at), old.actor, old.action, text_of_facts(old.facts), previous
        )
        changed = sa.update(EVENTS).where(EVENTS.c.id == old.id)
        connection.execute(changed.values(id=number, facts=old.facts, previous=previous, seal=seal))
    return number, seal


def _forbid_on_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    for table in ("audit_events", "audit_checkpoints"):
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} {refuse}")
    op.execute(
        "CREATE TRIGGER audit_events_are_kept BEFORE DELETE ON audit_events "
        f"WHEN OLD.id > {LAST_KEPT_APART} {refuse}"
    )
    op.execute(
        f"CREATE TRIGGER audit_checkpoints_are_kept BEFORE DELETE ON audit_checkpoints {refuse}"
    )
    op.execute(f"CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head {refuse}")
    op.execute(
        "CREATE TRIGGER audit_head_goes_on BEFORE UPDATE ON audit_head "
        f"WHEN NEW.number < OLD.number {refuse}"
    )


def _forbid_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION audit_refuses_unsealed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF OLD.id > {LAST_KEPT_APART} THEN RAISE EXCEPTION '{REFUSED}'; END IF; "
        "RETURN OLD; END $$"
    )
    refuse = "EXECUTE FUNCTION audit_refuses()"
    for table in ("audit_events", "audit_checkpoints"):
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} FOR EACH ROW {refuse}")
    for table in ("audit_events", "audit_checkpoints", "audit_head"):
        op.execute(
            f"CREATE TRIGGER {table}_are_not_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT {refuse}"
        )
    for table in ("audit_checkpoints", "audit_head"):
        op.execute(
            f"CREATE TRIGGER {table}_are_kept BEFORE DELETE ON {table} FOR EACH ROW {refuse}"
        )
    op.execute(
        "CREATE TRIGGER audit_events_are_kept BEFORE DELETE ON audit_events "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuses_unsealed()"
    )
    op.execute(
        "CREATE TRIGGER audit_head_goes_on BEFORE UPDATE ON audit_head FOR EACH ROW "
        f"WHEN (NEW.number < OLD.number) {refuse}"
    )
