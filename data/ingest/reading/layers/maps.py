"""Read map files – OSM extracts, vector tiles, Geofabrik's layers – as rows of `basemap`.

A file that names its kinds itself, under headers of the contract, is read like any other layer.
"""

import re
import tomllib
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from data.ingest.batches import SourceBatch
from data.ingest.reading.cell_text import batch_of_texts, texts_of_values
from data.ingest.reading.input_formats import Source, UnreadableSourceError
from data.ingest.reading.layers.drivers import open_files_alone
from data.ingest.reading.layers.features import read_layer_batches
from geo.coordinates.datums import from_wgs84, to_wgs84
from geo.shapes.repair import finite

Box = tuple[float, float, float, float]
CUT: Final = "map_cut"
"""Code of the note about a map of which only the office's area was read."""
HEADERS: Final = ("要素编号", "要素类别", "等级", "名称", "英文名称")
_TAGS: Final = ("highway", "railway", "waterway", "natural", "leisure", "landuse", "place",
                "boundary")  # fmt: skip
"""In the order in which they count where a feature has several."""
_OSM_LAYERS: Final = ("points", "lines", "multipolygons")
_LAYER_TAGS: Final = {
    "transportation": "highway", "transportation_name": "highway", "roads": "highway",
    "railways": "railway", "waterway": "waterway", "waterways": "waterway", "water": "water",
    "landcover": "landcover", "landuse": "landuse", "natural": "natural", "park": "leisure",
    "place": "place", "places": "place",
}  # fmt: skip
"""Layer of OpenMapTiles or Geofabrik → the tag whose values its ``class`` or ``fclass`` has."""
_WHOLE_LAYERS: Final = {"building": "建筑", "buildings": "建筑", "boundary": "边界",
                        "park": "绿地", "water": "水系"}  # fmt: skip
_OTHER_TAG: Final = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_ANY_SHAPE: Final = frozenset({"边界", "地名"})


def read_map_batches(
    source: Source,
    *,
    sheet: str | None = None,
    batch_rows: int = 200_000,
    box: Box | None = None,
) -> Iterator[SourceBatch]:
    """Yield what of a map file can be drawn, as text under headers of the contract.

    ``source``: an OSM extract, MBTiles, PMTiles, or any layer file; zipped Shapefiles as well.
    ``sheet``: only this layer.
    ``batch_rows``: as in `read_layer_batches`, for files that name their kinds themselves.
    ``box``: west, south, east and north, in degrees: only what touches it is read, so that an
    extract of a whole province fits into memory. Files that name their kinds themselves are read
    whole.

    Raises `UnreadableSourceError`: ``broken_file``, ``sheet_not_found``, or ``map_elsewhere`` where
    nothing touches the box.
    """
    path = Path(source)
    open_files_alone()
    name = f"/vsizip/{path}" if zipfile.is_zipfile(path) else str(path)
    try:
        layers = [str(each[0]) for each in pyogrio.list_layers(name)]
        if sheet is not None and sheet not in layers:
            raise UnreadableSourceError("sheet_not_found", seen=sheet, expected=", ".join(layers))
        drawn = [each for each in ([sheet] if sheet else layers) if _is_map(name, each)]
        first, notes = 1, ((CUT, ""),) if box else ()
        for layer in drawn:
            batch = _batch(name, layer, first_row=first, box=box)
            first += len(batch)
            yield replace(batch, notes=notes)
            notes = ()
    except (DataSourceError, DataLayerError) as error:
        raise UnreadableSourceError("broken_file", seen=path.name, reason=str(error)) from error
    if drawn and box and first == 1:
        raise UnreadableSourceError("map_elsewhere", seen=path.name)
    if not drawn:
        yield from read_layer_batches(source, sheet=sheet, batch_rows=batch_rows)


def _is_map(name: str, layer: str) -> bool:
    """Say whether a layer's features tell by tags what they are."""
    info = pyogrio.read_info(name, layer=layer, encoding="ISO-8859-1")  # names may be cut
    columns = set(info["fields"])
    if "osm_id" in columns and "other_tags" in columns:
        return layer in _OSM_LAYERS
    short = _short_name(layer)
    return short in _WHOLE_LAYERS or (short in _LAYER_TAGS and bool(columns & {"class", "fclass"}))


def _short_name(layer: str) -> str:
    """Return ``roads`` of ``gis_osm_roads_free_1``, and other names as they are."""
    return re.sub(r"^gis_osm_|(?:_a)?_free_\d+$", "", layer).lower()


def _batch(name: str, layer: str, *, first_row: int, box: Box | None) -> SourceBatch:
    within = _in_units_of(pyogrio.read_info(name, layer=layer)["crs"], box)
    with warnings.catch_warnings():  # what the driver repairs, and numbers that go unused
        warnings.simplefilter("ignore", RuntimeWarning)
        meta, table = pyogrio.read_arrow(name, layer=layer, bbox=within)
    shapes = shapely.from_wkb(
        table[meta["geometry_name"] or "wkb_geometry"].to_numpy(), on_invalid="ignore"
    )
    frame = table.drop_columns([meta["geometry_name"] or "wkb_geometry"]).to_pandas()
    tags = _OtherTags(frame)
    kinds = _kinds_of(layer, frame, tags)
    kinds = np.where(_is_fitting(kinds, shapes), kinds, "")
    drawn = kinds != ""
    parts = [kind.partition("/") for kind in kinds[drawn]]
    columns = (
        _ids(layer, frame)[drawn],
        [kind for kind, _, _ in parts],
        [level for _, _, level in parts],
        tags.first("name:zh", "name")[drawn],
        tags.first("name:en", "name_en", "name:latin")[drawn],
    )
    texts = [texts_of_values(list(each), integers_are_floats=False) for each in columns]
    geometry = _in_degrees(finite(shapes[drawn]), meta["crs"])
    return batch_of_texts(
        texts, HEADERS, first_row=first_row, count=int(drawn.sum()), sheet=layer,
        geometry=pa.array(shapely.to_wkb(geometry).tolist(), pa.large_binary()),
        crs="wgs84" if "other_tags" in frame else "EPSG:4326",
    )  # fmt: skip


def _kinds_of(layer: str, frame: pd.DataFrame, tags: "_OtherTags") -> NDArray[np.object_]:
    """Return kind, or kind and level with a stroke between, of each feature; empty for none."""
    words = _words()
    kinds = np.full(len(frame), "", dtype=object)
    if "other_tags" in frame:
        for tag in _TAGS:
            found = pd.Series(tags.first(tag)).map(words[tag]).fillna("").to_numpy(dtype=object)
            kinds = np.where(kinds == "", found, kinds)
        return kinds
    short = _short_name(layer)
    column = "fclass" if "fclass" in frame else "class"
    if short in _LAYER_TAGS and column in frame:
        kinds = frame[column].map(words[_LAYER_TAGS[short]]).fillna("").to_numpy(dtype=object)
    return np.where(kinds == "", _WHOLE_LAYERS.get(short, ""), kinds)


def _is_fitting(kinds: NDArray[np.object_], shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Say which features have a shape that their kind is drawn by: no lakes that are points."""
    dimension = shapely.get_dimensions(shapes)
    kind = np.array([each.partition("/")[0] for each in kinds], dtype=object)
    lines = np.isin(kind, ["道路", "铁路"])
    areas = np.isin(kind, ["绿地", "用地", "建筑"])
    free = np.isin(kind, list(_ANY_SHAPE))
    fitting: NDArray[np.bool_] = (
        (free & (dimension >= 0))
        | (lines & (dimension == 1))
        | (areas & (dimension == 2))  # noqa: PLR2004 -- an area
        | (~lines & ~areas & ~free & (dimension >= 1))
    )
    return fitting


def _ids(layer: str, frame: pd.DataFrame) -> NDArray[np.object_]:
    """Return what each feature is called in its source, empty where nothing names it."""
    ids = np.full(len(frame), "", dtype=object)
    for column in ("osm_way_id", "osm_id"):
        if column in frame:
            known = frame[column].notna().to_numpy() & (ids == "")
            ids[known] = [f"{layer}/{column[4:]}/{each}" for each in frame[column][known]]
    return ids


def _in_units_of(crs: str | None, box: Box | None) -> Box | None:
    """Return a box in degrees in what a layer is in; None where that is neither these nor tiles."""
    if box is None or crs in {None, "EPSG:4326", "EPSG:4490"}:
        return box
    if crs != "EPSG:3857":
        return None
    lon, lat = np.array(box[::2]), np.array(box[1::2])
    x, y = from_wgs84(lon, lat, datum="EPSG:3857")
    return float(x[0]), float(y[0]), float(x[1]), float(y[1])


def _in_degrees(shapes: NDArray[np.object_], crs: str | None) -> NDArray[np.object_]:
    """Return shapes of web tiles, which are in metres, in degrees; their datum stays as it is."""
    if crs != "EPSG:3857":
        return shapes
    moved: NDArray[np.object_] = shapely.transform(
        shapes, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], datum="EPSG:3857"))
    )
    return moved


class _OtherTags:
    """Tags of features, those in columns of their own and those in ``other_tags``."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._others: list[dict[str, str]] | None = None
        if "other_tags" in frame:
            self._others = [
                dict(_OTHER_TAG.findall(each)) for each in frame["other_tags"].fillna("")
            ]

    def first(self, *names: str) -> NDArray[np.object_]:
        """Return of each feature the first of some tags that it has, empty where none."""
        values = np.full(len(self._frame), "", dtype=object)
        for name in names:
            if name in self._frame:
                given = self._frame[name].fillna("").astype(str).to_numpy(dtype=object)
            elif self._others is not None:
                given = np.array([each.get(name, "") for each in self._others], dtype=object)
            else:
                continue
            values = np.where(values == "", given, values)
        return values


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
