"""Names and Arrow types of the columns that the lake and the placement add to a contract's fields.

Every Parquet file of the workspace is written with these types: text as string, times as
microseconds without a zone (local), numbers as DOUBLE or int64, geometry as WKB in ``geom``.
"""

import pyarrow as pa

from data.contracts.model import Kind, TableContract

TEXT = pa.large_string()
TIME = pa.timestamp("us")

ROW_KEY, ROW_HASH, IMPORT_ID = "row_key", "row_hash", "import_id"
NO_KEY = "#"
"""How the key of a row begins that has none of its own: the hash of its content follows."""
SOURCE_ROW, SHEET = "source_row", "sheet"
EVENT_AT, LEARNT_AT = "event_at", "learnt_at"
ENDED_ON = "ended_on"
LAKE_COLUMNS: dict[str, pa.DataType] = {
    ROW_KEY: TEXT,
    ROW_HASH: TEXT,
    IMPORT_ID: TEXT,
    SOURCE_ROW: pa.int64(),
    SHEET: TEXT,
    EVENT_AT: TIME,
    LEARNT_AT: TIME,
}

VERSION_LEARNT_AT, SUPERSEDED_AT = "version_learnt_at", "superseded_at"
IMPORTED_AT = "imported_at"
VERSION_COLUMNS: dict[str, pa.DataType] = {
    IMPORTED_AT: TIME,
    VERSION_LEARNT_AT: TIME,
    SUPERSEDED_AT: TIME,
}
"""When all that a version of a row says was here for certain, when it became known, and when a
later one took its place."""

PLACED_FROM, PLACED_UNTIL, ARRIVED_AT = "placed_from", "placed_until", "arrived_at"
PLACED_COLUMNS: dict[str, pa.DataType] = dict.fromkeys(
    (PLACED_FROM, PLACED_UNTIL, ARRIVED_AT), TIME
)
"""As of which cuts a row is where its placement says, after the one, up to the other, NULL is no
limit; and when a row that has several places came (`data.derived.placing.reviews`)."""
SEEN_FROM = "seen_from"
"""Beside them, where earlier cuts are read as they looked at a later one: that one."""

PLACING_VERSION = 17
"""Part of every fingerprint: raise it when the same input would be placed otherwise."""
PLACEMENT_COLUMNS: dict[str, pa.DataType] = {
    "lon": pa.float64(),
    "lat": pa.float64(),
    "building_id": TEXT,
    "match_level": TEXT,
    "match_score": pa.float64(),
    "match_method": TEXT,
    "match_candidates": TEXT,
    "h3_r10": TEXT,
    "community_code": TEXT,
    "grid_code": TEXT,
}
"""What placing adds to a row; candidates are building ids joined by ``;``."""

FORM_TAGS, TUTORING = "form_tags", "tutoring"
SCREENED_COLUMNS: dict[str, pa.DataType] = {FORM_TAGS: TEXT, TUTORING: pa.bool_()}
"""What screening adds to a row whose contract names texts for it: the policy's forms, joined by
``、``, and whether it is about teaching school subjects outside of school at all."""

REGISTER_COLUMNS: dict[str, pa.DataType] = {
    "building_id": TEXT,
    "other_code": TEXT,
    "std_address": TEXT,
    "estate": TEXT,
    "building_no": TEXT,
    "aliases": TEXT,
    "kind": TEXT,
    "household_count": pa.int64(),
    "rental_count": pa.int64(),
    "lon": pa.float64(),
    "lat": pa.float64(),
    "h3_r10": TEXT,
    "community_code": TEXT,
    "grid_code": TEXT,
    "made": pa.bool_(),
    LEARNT_AT: TIME,
    ENDED_ON: TIME,
    "geom": pa.large_binary(),
}
"""The register of buildings; ``made`` says that it comes from addresses, not a building layer.
``other_code`` is another code that a later list gave it (`data.ingest.held_rows.renumbered`);
``ended_on`` is the first day on which a building does not stand."""

GIVEN = "given_"
"""Prefix of what the sender said where the placement has a column of the same name."""


def rows_schema(contract: TableContract) -> pa.Schema:
    """Return the schema of a table's rows file: the contract's fields, then the lake's columns."""
    fields = {f.name: f.type for f in arrow_schema(contract) if f.name not in LAKE_COLUMNS}
    return pa.schema(list((fields | LAKE_COLUMNS).items()))


def current_schema(contract: TableContract, *, placed: bool) -> pa.Schema:
    """Return the schema of a table's file with all versions of all rows."""
    stored = {f.name: f.type for f in rows_schema(contract)}
    fields = {(GIVEN + n if placed and n in PLACEMENT_COLUMNS else n): k for n, k in stored.items()}
    added = PLACED_COLUMNS | PLACEMENT_COLUMNS if placed else {}
    screened = SCREENED_COLUMNS if contract.screened else {}
    return pa.schema(list((fields | VERSION_COLUMNS | added | screened).items()))


_ARROW = {
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.GRADE: pa.float64(),
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


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array, which is no copy where it is one already."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
