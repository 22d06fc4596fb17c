"""The ten tables an office can import, and the names of their columns.

``TABLES[name]`` is the `TableContract`; ``TABLES[name].stored`` lists the columns that the lake
keeps, in order, each a `Field` with its kind. `arrow_schema` gives their Arrow types.

Row identity: the key field is `TableContract.key`; a row without it is identified by the hash of
its content. Time: `event_fields` says when it happened, `learnt_fields` when the office learnt of
it, the first one known counts (registers have neither and are known at any date).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa

from data.contracts.assignments import ASSIGNMENTS
from data.contracts.buildings import BUILDINGS
from data.contracts.complaints import COMPLAINTS
from data.contracts.grids import GRIDS
from data.contracts.inspections import INSPECTIONS
from data.contracts.model import (
    Field,
    Kind,
    Personal,
    TableContract,
    Vocabulary,
    simplify,
)
from data.contracts.persons import PERSONS
from data.contracts.rentals import RENTALS
from data.contracts.units import UNITS
from data.contracts.violations import VIOLATIONS
from data.contracts.walking import WALKING_DISTANCES
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "TABLES",
    "Field",
    "Kind",
    "Personal",
    "TableContract",
    "UnknownTableError",
    "Vocabulary",
    "arrow_schema",
    "arrow_type",
    "contract_of",
    "simplify",
]

TABLES: Mapping[str, TableContract] = MappingProxyType(
    {
        contract.name: contract
        for contract in (
            BUILDINGS,
            GRIDS,
            UNITS,
            COMPLAINTS,
            RENTALS,
            VIOLATIONS,
            INSPECTIONS,
            PERSONS,
            ASSIGNMENTS,
            WALKING_DISTANCES,
        )
    }
)


class UnknownTableError(GridwardenError):
    """There is no table of this name."""


def contract_of(table: str) -> TableContract:
    """Return the contract of `table`, named by its code or its Chinese title.

    Raises
    ------
    UnknownTableError
        With the name seen and the names there are.
    """
    for contract in TABLES.values():
        if table in {contract.name, contract.title}:
            return contract
    raise UnknownTableError("unknown_table", seen=table, expected=", ".join(TABLES))


_ARROW = {
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.DATE: pa.timestamp("us"),
    Kind.DATETIME: pa.timestamp("us"),
    Kind.BOOL: pa.bool_(),
    Kind.GEOMETRY: pa.large_binary(),
}


def arrow_type(kind: Kind) -> pa.DataType:
    """Return the Arrow type in which a field of `kind` is stored."""
    return _ARROW.get(kind, pa.large_string())


def arrow_schema(contract: TableContract) -> pa.Schema:
    """Return the stored columns of `contract` with their Arrow types, in order."""
    return pa.schema([(field.name, arrow_type(field.kind)) for field in contract.stored])
