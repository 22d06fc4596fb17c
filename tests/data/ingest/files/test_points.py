"""Coordinates that were dropped or cannot be right are told with their rows; a datum is doubted."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from refusals import refused_as

from data.ingest.coordinates.datum import SWAPPED
from data.ingest.results import ImportResult
from data.lake.manifest import Manifest
from data.workspace.folder import Workspace
from geo.coordinates.datums import from_wgs84

Send = Callable[..., ImportResult]
Rows = Callable[..., list[tuple[float | None, float | None]]]
PutRows = Callable[..., Manifest]
NOON = datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001 -- local times throughout
RNG = np.random.default_rng(12)
WEST, SOUTH, EAST, NORTH = 117.10, 36.18, 117.13, 36.205


def grid(workspace: Workspace, put_rows: PutRows) -> None:
    """Let the office know its border: one grid."""
    border = shapely.to_wkb(shapely.box(WEST, SOUTH, EAST, NORTH))
    put_rows(workspace, "grids", [{"grid_code": "370902001001001", "geom": border}], now=NOON)


def points(count: int, *, datum: str = "wgs84") -> list[str]:
    """Return so many points of the street as cells."""
    lon, lat = RNG.uniform(WEST, EAST, count), RNG.uniform(SOUTH, NORTH, count)
    x, y = from_wgs84(lon, lat, datum=datum)
    return [f"{a:.7f},{b:.7f}" for a, b in zip(x, y, strict=True)]


def test_rows_with_half_a_point_or_none_that_is_one_are_told(send: Send) -> None:
    lines = ["检查时间,地点,经度,纬度", "2026-11-01,甲,117.11,36.19", "2026-11-01,乙,117.11,",
             "2026-11-01,丙,,36.19", "2026-11-01,丁,0,0", "2026-11-01,戊,,"]  # fmt: skip
    result = send("inspections", lines, datum="wgs84")
    assert result.accepted == 5
    assert result.noted == {"half_point": 2, "zero_point": 1}
    assert result.noted_rows == {"half_point": ["3", "4"], "zero_point": ["5"]}
    cells = ["检查时间,地点,经纬度", '2026-11-01,甲,"117.11,36.19"', "2026-11-02,乙,在路口"]
    assert send("inspections", cells, datum="wgs84").noted_rows == {"unread_point": ["3"]}


def test_points_outside_the_offices_area_are_told(
    workspace: Workspace, put_rows: PutRows, send: Send
) -> None:
    grid(workspace, put_rows)
    lines = [f"2026-11-01,甲{i},{point}" for i, point in enumerate(points(30))]
    lines[4] = "2026-11-01,甲4,117.11,39.19"
    lines[9] = "2026-11-01,甲9,36.19,117.11"
    result = send("inspections", ["检查时间,地点,经度,纬度", *lines], datum="wgs84", dry_run=True)
    assert result.noted_rows == {"outside_point": ["6"]}
    assert result.reasons == {"out_of_range": 1}


def test_points_far_from_all_others_are_told_where_no_area_is_known(send: Send) -> None:
    lines = [f"2026-11-01,甲{i},{point}" for i, point in enumerate(points(40))]
    lines[7] = "2026-11-01,甲7,117.11,52.5"
    result = send("inspections", ["检查时间,地点,经度,纬度", *lines], datum="wgs84")
    assert (result.noted, result.noted_rows) == ({"stray_point": 1}, {"stray_point": ["9"]})


def test_points_that_no_conversion_reaches_are_told(send: Send) -> None:
    lines = ["检查时间,地点,经度,纬度,坐标系", "2026-11-01,甲,5000,4000,本地"]
    assert send("inspections", lines).noted_rows == {"lost_point": ["2"]}


@pytest.mark.parametrize("how", ["said", "column"])
def test_gcj_points_declared_as_wgs84_are_doubted_by_the_points_that_disagree(
    workspace: Workspace, put_rows: PutRows, send: Send, how: str
) -> None:
    grid(workspace, put_rows)
    shifted = [f"2026-11-01,甲{i},{p}" for i, p in enumerate(points(200, datum="gcj02"))]
    honest = [f"2026-11-01,乙{i},{p}" for i, p in enumerate(points(200))]
    header, said, tail = "检查时间,地点,经度,纬度", {"datum": "wgs84"}, ""
    if how == "column":
        header, said, tail = f"{header},坐标系", {}, ",WGS84"

    def warned(lines: list[str]) -> bool:
        result = send("inspections", [header, *(f"{line}{tail}" for line in lines)], **said)
        return "datum_doubtful" in result.warnings

    assert warned(shifted)
    assert not warned(honest)


def inside(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return RNG.uniform(WEST, EAST, count), RNG.uniform(SOUTH, NORTH, count)


def streets() -> list[shapely.LineString]:
    """Return streets from north to south, 140 m apart."""
    return [shapely.LineString([(x, SOUTH), (x, NORTH)]) for x in np.linspace(WEST, EAST, 20)]


def beside_streets(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return houses between the streets, none nearer to one than a tenth of a block."""
    block = (EAST - WEST) / 19
    lon = WEST + block * (RNG.integers(0, 19, count) + RNG.uniform(0.1, 0.9, count))
    return lon, RNG.uniform(SOUTH, NORTH, count)


@pytest.mark.parametrize("known", ["grids", "border", "inspections", "streets"])
def test_a_register_of_points_alone_is_told_its_datum_by_what_else_is_known(
    workspace: Workspace,
    put_rows: PutRows,
    send: Send,
    known: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lon, lat = beside_streets(400) if known == "streets" else inside(150)
    if known == "grids":
        grid(workspace, put_rows)
    elif known == "border":
        border = workspace.root / "border.geojson"
        border.write_text(shapely.to_geojson(shapely.box(WEST, SOUTH, EAST, NORTH)), "utf-8")
        monkeypatch.setattr(Workspace, "border_path", border)
    elif known == "streets":
        paths = shapely.linestrings([[(x, SOUTH), (x, NORTH)] for x in lon])  # through houses
        rows = [{"feature_id": str(i), "kind": "道路", "level": level, "geom": shapely.to_wkb(line)}
                for level, lines in ((None, streets()), ("小路", paths))
                for i, line in enumerate(lines, 1000 * (level is None))]  # fmt: skip
        put_rows(workspace, "basemap", rows, now=NOON)
    else:
        visits = [{"inspection_id": f"X{i}", "at": NOON, "lon": a, "lat": b}
                  for i, (a, b) in enumerate(zip(lon, lat, strict=True))]  # fmt: skip
        put_rows(workspace, "inspections", visits, now=NOON)
    x, y = from_wgs84(lon, lat, datum="gcj02")
    lines = [f"B{i},{a:.7f},{b:.7f}" for i, (a, b) in enumerate(zip(x, y, strict=True))]
    with refused_as("datum_missing", suggestion="gcj02"):
        send("buildings", ["楼栋编码,经度,纬度", *lines])


def test_a_file_that_declares_its_projection_wrongly_is_doubted(
    workspace: Workspace, put_rows: PutRows, send: Send, tmp_path: Path
) -> None:
    import geopandas

    grid(workspace, put_rows)
    x, y = from_wgs84(RNG.uniform(WEST, EAST, 90), RNG.uniform(SOUTH, NORTH, 90), datum="gcj02")
    shapes = geopandas.GeoDataFrame(
        {"楼栋编码": [f"B{i}" for i in range(90)]}, geometry=shapely.points(x, y), crs="EPSG:4490"
    )
    shapes.to_file(tmp_path / "b.gpkg")
    result = send("buildings", tmp_path / "b.gpkg")
    assert set(result.warnings) >= {"datum_from_file", "datum_doubtful"}


def test_a_file_of_two_points_with_exchanged_columns_is_refused_and_says_so(send: Send) -> None:
    lines = ["樓棟編碼,經度,緯度", "B1,36.19,117.12", "B2,36.20,117.13"]
    with refused_as(SWAPPED):
        send("buildings", lines)
    assert SWAPPED in send("buildings", lines, datum="gcj02").warnings


def test_a_comma_before_three_figures_of_a_degree_parts_no_thousands(
    send: Send, rows_of: Rows
) -> None:
    send("inspections", ["at;lon;lat", "2026-11-03;-9,128;38,72", "2026-11-04;179,5;38,725"],
         datum="wgs84")  # fmt: skip
    assert rows_of("inspections", "lon", "lat", by="at") == [(-9.128, 38.72), (179.5, 38.725)]


def test_a_point_behind_an_address_is_read_where_no_column_has_points(
    send: Send, rows_of: Rows
) -> None:
    address = '"12 High Street\nAUSTIN, TX 78704\n(30.25, -97.75)"'
    lines = [f"2026-11-03,{address}", f"2026-11-04,{address}", "2026-11-05,14 High Street"]
    send("inspections", ["date,address", *lines])
    assert rows_of("inspections", "lon", "lat", by="at") == [
        (-97.75, 30.25), (-97.75, 30.25), (None, None),
    ]  # fmt: skip
    more = ["date,address,lon,lat", f"2026-11-06,{address},-97.7,30.2"]
    assert "point" not in send("inspections", more, dry_run=True, datum="wgs84").mapping


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_a_row_with_an_empty_shape_is_imported_without_one(
    send: Send, rows_of: Rows, tmp_path: Path, ending: str
) -> None:
    names = ["示例花园1号楼", "示例花园2号楼"]
    shapes = [shapely.Polygon(), shapely.box(WEST, SOUTH, EAST, NORTH)]
    table = gpd.GeoDataFrame({"楼栋编码": ["A1", "A2"], "地址": names}, geometry=shapes, crs=4326)
    table.to_file(tmp_path / f"shapes.{ending}")
    send("buildings", tmp_path / f"shapes.{ending}", datum="wgs84")
    held = rows_of("buildings", "building_id", "geom")
    assert [(unit, shape is not None) for unit, shape in held] == [("A1", False), ("A2", True)]
