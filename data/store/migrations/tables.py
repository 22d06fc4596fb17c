"""Tables of the migrations, written as short as in SQL."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

KINDS: dict[str, TypeEngine[Any]] = {
    "bool": sa.Boolean(),
    "bytes": sa.LargeBinary(),
    "date": sa.Date(),
    "float": sa.Float(),
    "int": sa.Integer(),
    "json": sa.JSON(),
    "text": sa.Text(),
    "time": sa.DateTime(),
}


def make_table(
    name: str,
    columns: str,
    *constraints: sa.Constraint,
    unique: Sequence[str] = (),
    indexes: Sequence[str] = (),
) -> None:
    """Make a table; its keys and indexes are named by their columns.

    ``columns``: ``name kind`` of each, with commas between; the kinds are `KINDS`, with ``?``
    behind it where NULL may stand. The first is the primary key.
    ``constraints``: what else must hold.
    ``unique``, ``indexes``: names of columns, with spaces between.
    """
    pairs = [column.split() for column in columns.split(",")]
    op.create_table(
        name,
        *(sa.Column(c, KINDS[kind.strip("?")], nullable=kind.endswith("?")) for c, kind in pairs),
        sa.PrimaryKeyConstraint(pairs[0][0], name=f"pk_{name}"),
        *constraints,
        *(sa.UniqueConstraint(*key.split(), name=_named("uq", name, key)) for key in unique),
    )
    for key in indexes:
        op.create_index(_named("ix", name, key), name, key.split())


def refers(name: str, column: str, table: str, *, cascade: bool = False) -> sa.Constraint:
    """Return the constraint of a name by which a column holds the id of a row of another table.

    ``cascade``: whether a row goes with the one that it names.
    """
    ondelete = "CASCADE" if cascade else None
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=ondelete)


def _named(kind: str, table: str, key: str) -> str:
    return "_".join((kind, table, *key.split()))
