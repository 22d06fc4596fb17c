"""The twelve tables an office can import, and the names of their columns.

``TABLES[name]`` is the `TableContract`; ``TABLES[name].stored`` lists the columns that the lake
keeps, in order, each a `Field` with its kind; `data.lake.schema` gives their Arrow types.

Row identity: the key field is `TableContract.key`; a row without it is identified by the hash of
its content, or is a later state of a held row (`TableContract.later`). Time: `event_fields` says
when it happened, `learnt_fields` when the office learnt of it, the first one known counts
(registers have neither and are known at any date).
"""

from collections.abc import Mapping
from types import MappingProxyType

from data.contracts.loader import read_tables
from data.contracts.model import TableContract, Vocabulary
from geo.errors import GridwardenError

TABLES: Mapping[str, TableContract] = MappingProxyType(
    read_tables(
        (
            *("buildings", "grids", "units", "complaints", "rentals", "violations", "inspections"),
            *("adverts", "persons", "assignments", "walking_distances", "basemap"),
        )
    )
)


class UnknownTableError(GridwardenError):
    """There is no table of this name."""


def contract_of(table: str, tables: Mapping[str, TableContract] = TABLES) -> TableContract:
    """Return the contract of `table`, named by its code or its Chinese title.

    Raises `UnknownTableError` with the name seen and the names there are.
    """
    for contract in tables.values():
        if table in {contract.name, contract.title}:
            return contract
    raise UnknownTableError("unknown_table", seen=table, expected=", ".join(TABLES))


def vocabulary_of(table: str, field: str) -> Vocabulary:
    """Return the words of an enumeration; KeyError if the field has none."""
    vocabulary = TABLES[table].field(field).vocabulary
    if vocabulary is None:
        raise KeyError(field)
    return vocabulary
