"""Options of an import: column mapping, filter, datum, meaning of values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pyarrow.compute as pc

from data.contracts.model import TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.column_mapping import MappingError


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What a person says about a file beyond what is in it.

    Parameters
    ----------
    mapping
        Field → header, over what is guessed and remembered.
    sheet
        Name of the sheet or layer; the fitting ones when None.
    datum
        Datum of coordinates whose rows name none, e.g. ``gcj02``.
    where
        Header → value: only such rows are imported; the rest is left out before counting.
    values
        Field → value seen → value meant.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    datum: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def decisive(self, mapping: Mapping[str, str], *, words: object = None) -> dict[str, Any]:
        """Return what decides the stored rows, given the mapping and the office's own words."""
        facts = asdict(self) | {"constants": {}, "year": None}  # as older imports were hashed
        return facts | {"mapping": dict(mapping)} | ({"words": words} if words else {})


def require_fields(contract: TableContract, values: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse meanings of fields that the table does not have.

    Raises
    ------
    MappingError
        Naming all of them.
    """
    known = [field.name for field in contract.fields]
    unknown = [name for name in values if name not in known]
    if unknown:
        raise MappingError(
            "unknown_names_in_mapping", seen=unknown, table=contract.name, fields=known
        )


def with_meanings(
    batch: SourceBatch, mapping: Mapping[str, str], values: Mapping[str, Mapping[str, str]]
) -> tuple[SourceBatch, dict[str, str]]:
    """Return a batch with the values that are meant, and the mapping to where they are now.

    A column that other fields use as well is left as it is; the field gets a copy.
    """
    mapping, rows = dict(mapping), batch.rows
    for name, meanings in values.items():
        column = mapping.get(name)
        if column is None or column not in rows.column_names:
            continue
        texts = rows[column]
        for seen, meant in meanings.items():
            is_seen = pc.equal(pc.utf8_trim_whitespace(texts), seen.strip())
            texts = pc.if_else(pc.fill_null(is_seen, fill_value=False), meant, texts)
        if list(mapping.values()).count(column) > 1:
            mapping[name] = f"{column} ({name})"
            rows = rows.append_column(mapping[name], texts)
        else:
            rows = rows.set_column(rows.column_names.index(column), column, texts)
    return replace(batch, rows=rows), mapping
