"""See which addresses of a file several firms share, or places in several towns."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.batches import CheckedBatch, SourceBatch
from data.ingest.reading.headers.address_columns import last_level
from data.lake.schema import SOURCE_ROW, one_array

SEVERAL_TOWNS: Final = "addresses_of_several_towns"
"""Code of the note about addresses of which each is one building, though they are in two towns."""
_ADDRESSES: Final = ("raw_address", "std_address")
_TOWNS: Final = (
    *("borough", "boro", "city", "town", "ort", "stadt", "ville", "commune", "municipality"),
    *("municipio", "localidad", "district", "区县", "县区", "行政区", "市辖区", "区", "县", "城市"),
    *("所在城市", "所在区", "所在区县", "所属区县", "市区町村", "市町村", "구"),
)
_LEAST_SHARE: Final = 0.01
"""Of the rows; a name of fewer is another spelling of a town."""


def count_shared_addresses(rows: pa.Table) -> int:
    """Return at how many addresses visits name several firms, and none by a number."""
    if not {"result", "unit_id", "party_key"} <= set(rows.column_names):
        return 0
    some = rows.select(["raw_address", "unit_id", "party_key"])
    some = some.filter(some["party_key"].is_valid())
    by_address = some.group_by("raw_address").aggregate(
        [("party_key", "count_distinct"), ("unit_id", "count")]
    )
    several = pc.greater(by_address["party_key_count_distinct"], 1)
    return pc.sum(pc.and_(several, pc.equal(by_address["unit_id_count"], 0))).as_py() or 0


def addresses_of_several_towns(batch: SourceBatch, checked: CheckedBatch) -> list[str]:
    """Return the addresses without a point beside which a column names more than one town.

    ``batch``: rows as they were sent.
    ``checked``: what became of them.
    """
    rows = checked.accepted
    address = next((name for name in _ADDRESSES if name in rows.column_names), None)
    town = next((name for name in batch.columns if last_level(name) in _TOWNS), None)
    if address is None or town is None or not len(rows):
        return []
    lines = pc.index_in(one_array(rows[SOURCE_ROW]), value_set=pa.array(batch.source_row))
    names = pc.utf8_lower(pc.utf8_trim_whitespace(one_array(batch.rows[town]).take(lines)))
    if pc.count_distinct(names).as_py() < 2:  # noqa: PLR2004 -- one town has nothing to confuse
        return []
    table = pa.table({"address": rows[address], "town": names})
    if "lon" in rows.column_names:
        table = table.filter(rows["lon"].is_null())
    counted = table.drop_null().group_by(["address", "town"]).aggregate([([], "count_all")])
    share = pc.value_counts(names)
    common = share.filter(pc.greater_equal(share.field("counts"), _LEAST_SHARE * len(names)))
    counted = counted.filter(pc.is_in(counted["town"], value_set=common.field("values")))
    towns = counted.group_by("address").aggregate([([], "count_all")])
    found: list[str] = towns.filter(pc.greater(towns["count_all"], 1))["address"].to_pylist()
    return found
