"""Export a table: its imported columns and its placement.

The sender's fields come first, in the contract's order, then what placing and screening add. Names
of columns are the code names, which every import understands; a workbook shows Chinese headers.
What leaves is masked, and says so in a column of its own, unless a second person approved that it
is not; then every row says who took it out and why. Keyed hashes of persons, and complainants'
names and numbers, leave in no case.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from data.contracts.model import TableContract
from data.contracts.registry import contract_of
from data.derived.placing.place import is_placed
from data.engine import Engine
from data.export.writers import GEOM, WATERMARK, Contents, ExportError, write_table, writer_of
from data.lake.schema import (
    FORM_TAGS,
    GIVEN,
    IMPORT_ID,
    PLACEMENT_COLUMNS,
    REGISTER_COLUMNS,
    SOURCE_ROW,
)
from data.privacy.export_masks import MASKED, mask_batch

__all__ = ["ExportError", "export_table"]

BATCH_ROWS = 50_000
ORIGIN = (IMPORT_ID, SOURCE_ROW)
MARK_HEADERS = {MASKED: "已脱敏", WATERMARK: "水印"}
COMPUTED_HEADERS = {
    "lon": "定位经度",
    "lat": "定位纬度",
    "building_id": "定位楼栋",
    "match_level": "定位层级",
    "match_score": "定位把握",
    "match_method": "定位方法",
    "match_candidates": "定位候选",
    "h3_r10": "六边形单元",
    "community_code": "定位社区",
    "grid_code": "定位网格",
    "made": "由地址生成",
    FORM_TAGS: "文本识别的形式",
}
"""What computed columns are called in a workbook: nothing that an import takes for a sender's."""


def _everything(rows: Table) -> Table:
    return rows


def export_table(
    engine: Engine,
    table: str,
    path: Path | str,
    *,
    rows: Callable[[Table], Table] = _everything,
    watermark: str = "",
    announce: Callable[[int], object] | None = None,
) -> int:
    """Write the rows of a table that hold now to a file and return how many there are.

    ``table``: name or Chinese title; ``buildings`` gives the register with the layer's other
    fields.
    ``path``: ends in ``.csv`` (UTF-8 with mark, for Excel), ``.xlsx``, ``.parquet`` (GeoParquet
    where there is geometry) or ``.geojson`` (WGS-84). An existing file is replaced, whole.
    ``rows``: keeps the rows that the person may see; asked in another thread.
    ``watermark``: who takes the rows out, when and why, approved by whom: then they are not masked.
    Empty: they are.
    ``announce``: as of `data.export.writers.write_table`.

    Raises `ExportError`: ``export_format_unknown``, ``export_too_long`` (a sheet holds 1,048,575
    rows) or ``export_without_place`` (GeoJSON of a table that has no places).
    Raises `UnknownTableError` when there is no such table.
    """
    path = Path(path)
    writer_of(path)
    contract = contract_of(table)
    mark = pa.field(WATERMARK if watermark else MASKED, pa.large_string())
    # a thread of its own has a session of its own: whoever asks on one ends what is read from it
    with ThreadPoolExecutor(1) as reader:
        chosen = reader.submit(_chosen_rows, engine, contract, rows).result()
        contents = Contents(
            batches=_marked_batches(_read_by(reader, chosen), contract, mark, watermark),
            schema=chosen.schema().to_pyarrow().append(mark),
            headers=_headers(contract, chosen.columns) | MARK_HEADERS,
            watermark=watermark,
            title=contract.title,
        )
        return write_table(contents, path, announce=announce)


def _read_by(reader: Executor, chosen: Table) -> Iterator[pa.RecordBatch]:
    """Yield the rows as the thread reads them that has the session."""
    batches = reader.submit(chosen.to_pyarrow_batches, chunk_size=BATCH_ROWS).result()
    while (batch := reader.submit(next, batches, None).result()) is not None:
        yield batch


def _marked_batches(
    batches: Iterable[pa.RecordBatch], contract: TableContract, mark: pa.Field, watermark: str
) -> Iterator[pa.RecordBatch]:
    for sent in batches:
        batch = sent if watermark else mask_batch(sent, contract)
        marks = pa.repeat(pa.scalar(watermark or "是", mark.type), batch.num_rows)
        yield batch.append_column(mark, marks)


def _chosen_rows(
    engine: Engine, contract: TableContract, narrow: Callable[[Table], Table]
) -> Table:
    """Return the columns to write, in their order, rows in the order they were imported."""
    rows = narrow(engine.table(contract.name))
    fields = [f.name for f in contract.stored if not f.key_from]
    if contract.name == "buildings":
        return _with_layer(rows, engine, fields)
    if "datum" in rows.columns:
        rows = _converted(rows)
    if not is_placed(contract):
        return rows.order_by(list(ORIGIN)).select(*fields)
    names = [GIVEN + name if name in PLACEMENT_COLUMNS else name for name in fields]
    names = [name for name in names if name in rows.columns]
    screened = [FORM_TAGS] if contract.screened else []
    return rows.order_by(list(ORIGIN)).select(*names, *PLACEMENT_COLUMNS, *screened)


def _with_layer(register: Table, engine: Engine, fields: list[str]) -> Table:
    layer = engine.buildings_as_imported()
    more = [name for name in fields if name not in REGISTER_COLUMNS and name in layer.columns]
    joined = register.left_join(layer.select("building_id", *more), "building_id")
    names = [name for name in REGISTER_COLUMNS if name not in {GEOM, "learnt_at"}]
    return _converted(joined).order_by("building_id").select(*names, *more, GEOM)


def _converted(rows: Table) -> Table:
    """Say the datum of what is written, whatever the sender's was."""
    return rows.mutate(datum=rows["lon"].notnull().ifelse("WGS84", ibis.null("string")))


def _headers(contract: TableContract, columns: Iterable[str]) -> dict[str, str]:
    """Return column → Chinese header: the contract's of what the sender sent, else our own."""
    fields = {f.name: f.header for f in contract.stored}
    placed = is_placed(contract)
    shown = {}
    for name in columns:
        if placed and name in PLACEMENT_COLUMNS:
            shown[name] = COMPUTED_HEADERS[name]
        else:
            name_given = name.removeprefix(GIVEN)
            shown[name] = fields.get(name_given) or COMPUTED_HEADERS.get(name_given, name)
    return shown
