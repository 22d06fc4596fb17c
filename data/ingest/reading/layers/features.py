"""Read map layers: GeoJSON, GeoPackage, Shapefile, KML and what else GDAL reads.

A Shapefile without a code page is read as UTF-8 if its table is, else as GB18030. Names of its
fields end after ten bytes, in UTF-8 often in the middle of a letter: GDAL is then given each byte
for a letter, and the bytes are put together here.
"""

import re
import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from data.ingest.batches import SourceBatch
from data.ingest.reading.headers.names import name_of_bytes
from data.ingest.reading.input_formats import Source, UnreadableSourceError, is_sparse
from data.ingest.reading.layers.dbase import has_cut_names
from data.ingest.reading.layers.drivers import open_files_alone
from data.ingest.reading.layers.kml import with_plain_fields
from data.ingest.reading.typed import typed_batches

_HOW_KML_IS_DRAWN = frozenset(
    [
        *("timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility"),
        *("drawOrder", "icon", "snippet"),
    ]
)
"""Columns that the driver adds to every KML."""
_MANY_FIELDS: Final = 1_000
_SYSTEM: Final = re.compile(rb"srsName\s*=\s*[\"']([^\"']{0,200})")
_MOST_SYSTEMS: Final = 4
_PIECE, _OVERLAP = 1 << 20, 512
_UNNAMED: Final = re.compile(r"pyogrio_[0-9a-f]{32}")
"""What GDAL calls a layer without a name in memory, anew each time."""
_SQLITE: Final = b"SQLite format 3\0"
_CONTENTS: Final = "gpkg_contents"
_VIEWS: Final = "SELECT lower(name), coalesce(sql, '') FROM sqlite_master WHERE type = 'view'"
_TABLES: Final = "SELECT lower(name) FROM sqlite_master WHERE type = 'table'"
_LISTED: Final = "SELECT table_name FROM gpkg_contents LIMIT 10000"
_OF_TILES: Final = frozenset({"tiles", "grids", "grid_data"})
_WITH: Final = re.compile(r"\bwith\b", re.IGNORECASE)
"""How a view begins that may go on for ever; SQLite does not ask for the word ``RECURSIVE``."""
_BYTE_BY_BYTE: Final = "ISO-8859-1"
_OF_PYOGRIO = (DataSourceError, DataLayerError, IndexError, UnboundLocalError, pa.ArrowInvalid)
"""What pyogrio raises at a damaged layer; `UnboundLocalError` where a projection cannot be read."""


def layers_of(source: Source) -> tuple[str, ...]:
    """Return the names of the layers of a file, its own for one without a name.

    Raises `UnreadableSourceError`: ``broken_file``, or ``dbf_missing`` of a Shapefile without its
    table.
    """
    path = Path(source)
    if path.suffix.lower() == ".shp" and not path.with_suffix(".dbf").exists():
        raise UnreadableSourceError("dbf_missing", seen=path.name)
    open_files_alone()
    _refuse_many_systems(path)
    _refuse_views(path)
    try:
        names = [str(row[0]) for row in pyogrio.list_layers(_dataset_of(path)[0])]
        return tuple(path.stem if _UNNAMED.fullmatch(name) else name for name in names)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise _broken(path, error) from error


def read_layer_batches(
    source: Source, *, sheet: str | None = None, batch_rows: int = 200_000
) -> Iterator[SourceBatch]:
    """Yield the features of one layer as text with their geometry; `sheet` names the layer.

    Raises `UnreadableSourceError`: ``broken_file``, ``dbf_missing`` or ``sheet_not_found``.
    """
    path, layers = Path(source), layers_of(source)
    if sheet is not None and sheet not in layers:
        raise UnreadableSourceError("sheet_not_found", seen=sheet, expected=", ".join(layers))
    if not layers:
        raise UnreadableSourceError("broken_file", seen=path.name, reason="no layer")
    layer = sheet or layers[0]
    notes = () if sheet else tuple(("other_sheet", name) for name in layers[1:])
    options = {"layer": layers.index(layer), "encoding": _shapefile_encoding(path)}
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})  # an index can be made anew
    try:
        dataset, fields = _dataset_of(path)
        with pyogrio.open_arrow(dataset, batch_size=batch_rows, use_pyarrow=True, **options) as (
            meta,
            reader,
        ):
            _refuse_sparse(path, dataset, layers.index(layer), len(meta["fields"]))
            geometry = meta["geometry_name"] or "wkb_geometry"
            is_cut = options["encoding"] == _BYTE_BY_BYTE
            whole = (_put_together(block) if is_cut else block for block in _quietly(reader))
            blocks = (_as_named(block, path, fields) for block in whole)
            yield from typed_batches(
                blocks, geometry=geometry, crs=meta["crs"], sheet=layer, notes=notes
            )
    except (*_OF_PYOGRIO, ValueError) as error:
        raise _broken(path, error) from error


def _refuse_views(path: Path) -> None:
    """Refuse an SQLite file with a layer that its reader would have to work out, maybe for ever.

    Views that the file does not list, and tiles that a map keeps in two tables, are let through.
    """
    with path.open("rb") as stream:
        if stream.read(len(_SQLITE)) != _SQLITE:
            return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            views = dict(file.execute(_VIEWS).fetchall())
            tables = {str(name) for (name,) in file.execute(_TABLES)}
            layers = views.keys() - _OF_TILES
            if _CONTENTS in tables:
                layers &= {str(name).lower() for (name,) in file.execute(_LISTED)}
    except (sqlite3.Error, UnicodeError) as error:
        raise _broken(path, error) from error
    if found := sorted(layers | {name for name, sql in views.items() if _WITH.search(sql)}):
        raise UnreadableSourceError("broken_file", seen=path.name, reason=f"a view: {found[0]}")


def _refuse_sparse(path: Path, dataset: str | bytes, layer: int, fields: int) -> None:
    """Refuse a layer of whose features nearly each has fields of its own: all others lack them.

    A cell that holds something takes a byte at least.
    """
    if fields <= _MANY_FIELDS:
        return
    features = int(pyogrio.read_info(dataset, layer=layer)["features"])
    if is_sparse(fields * features, path.stat().st_size):
        reason = f"{fields} different fields of {features} features"
        raise UnreadableSourceError("broken_file", seen=path.name, reason=reason)


def _dataset_of(path: Path) -> tuple[str | bytes, Mapping[str, str]]:
    """Return what GDAL is asked to read, and its names of fields → those of the file."""
    return with_plain_fields(path) if _is_kml(path) else (_spelled(path), {})


def _refuse_many_systems(path: Path) -> None:
    """Refuse a GML, whatever its name, that names many systems of reference.

    GDAL looks each one up that it does not know, which takes most of a second: of 60 geometries
    with a wrong name each, 45 s.
    """
    found, before = set[bytes](), b""
    with path.open("rb") as stream:
        head = _without_nul(stream.read(_PIECE)).lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
        if not head.startswith(b"<"):
            return
        stream.seek(0)
        while piece := stream.read(_PIECE):
            before = before[-_OVERLAP:] + _without_nul(piece)
            found |= {*_SYSTEM.findall(before)}
            if len(found) > _MOST_SYSTEMS:
                reason = f"more than {_MOST_SYSTEMS} values of srsName"
                raise UnreadableSourceError("broken_file", seen=path.name, reason=reason)


def _without_nul(content: bytes) -> bytes:
    return content.replace(b"\0", b"")  # UTF-16 has one beside each letter of markup


def _spelled(path: Path) -> str:
    """Return how GDAL is asked for a file: features line by line need their driver named."""
    with path.open("rb") as stream:
        start = stream.read(4096).lstrip(b"\x1e\xef\xbb\xbf \t\r\n")
    line = start.split(b"\n", 1)[0]
    by_lines = b'"Feature"' in line and line.rstrip().endswith(b"}") and b"\n" in start
    return f"GeoJSONSeq:{path}" if by_lines and start.startswith(b"{") else str(path)


def _broken(path: Path, error: Exception) -> UnreadableSourceError:
    return UnreadableSourceError("broken_file", seen=path.name, reason=str(error))


def _is_kml(path: Path) -> bool:
    return path.suffix.lower() == ".kml"


def _as_named(block: pa.RecordBatch, path: Path, fields: Mapping[str, str]) -> pa.Table:
    """Return a block with the names of its fields, without what only says how a KML is drawn."""
    table = pa.Table.from_batches([block])
    if not _is_kml(path):
        return table
    drawn = [name for name in table.column_names if name in _HOW_KML_IS_DRAWN]
    table = table.drop_columns(drawn)
    return table.rename_columns([fields.get(name, name) for name in table.column_names])


def _quietly(reader: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield blocks without the driver's warning about repeated feature numbers, which go unused."""
    while True:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Several features with id", RuntimeWarning)
            block = next(reader, None)
        if block is None:
            return
        yield block


def _put_together(block: pa.RecordBatch) -> pa.RecordBatch:
    """Return a block whose letters are bytes of UTF-8 with the letters that these are."""
    arrays = [
        pa.array(
            [text and _bytes(text).decode(errors="ignore") for text in array.to_pylist()],
            array.type,
        )
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type)
        else array
        for array in block.columns
    ]
    names = [name_of_bytes(_bytes(name)) for name in block.schema.names]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")


def _shapefile_encoding(path: Path) -> str | None:
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or not table.exists():
        return None
    if has_cut_names(table):
        return _BYTE_BY_BYTE
    if path.with_suffix(".cpg").exists():
        return None
    try:
        table.read_bytes()[32:].decode()
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"
