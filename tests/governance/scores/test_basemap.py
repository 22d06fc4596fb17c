"""What the map is drawn on: the imported basemap, or streets fitted to addresses."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from two_communities import COMMUNITY, ESTATES, OWN, open_built

from data.ingest.options import ImportOptions
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.scores.basemap import OSM_ATTRIBUTION, BasemapService, road_of, roads_of

ROAD = {"type": "LineString", "coordinates": [[117.12, 36.19], [117.13, 36.19]]}


@pytest.fixture
def office(two_communities: Path, tmp_path: Path) -> Iterator[Office]:
    folder = shutil.copytree(two_communities, tmp_path / "office")
    opened = open_built(folder)
    yield opened
    opened.close()


def import_basemap(office: Office, tmp_path: Path, **properties: str) -> None:
    feature = {"type": "Feature", "geometry": ROAD, "properties": properties}
    path = tmp_path / "basemap.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    office.imports.import_file(local_owner(), "basemap", path, ImportOptions(datum="wgs84"))


def test_streets_are_fitted_once_for_each_scope_until_the_register_changes(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = []
    fit = BasemapService._fitted
    monkeypatch.setattr(
        BasemapService, "_fitted", lambda *given: fitted.append(given[1].scope) or fit(*given)
    )
    owner = local_owner()
    some = replace(owner, scope=Scope(communities=frozenset({COMMUNITY["M"]})))
    for _ in range(2):
        office.basemap.features(owner)
        office.basemap.features(some)
    assert fitted == [owner.scope, some.scope]
    path = tmp_path / "more.csv"
    path.write_text("楼栋编码,标准地址,经度,纬度\nZ9,示例路9号,117.12,36.19\n", encoding="utf-8")
    office.imports.import_file(owner, "buildings", path, ImportOptions(datum="wgs84"))
    office.basemap.features(owner)
    assert len(fitted) == 3


def test_a_house_lies_on_the_road_whose_door_it_is_and_an_estate_s_buildings_on_none() -> None:
    addresses = ["松溪街道学湾路5号", "学湾路甲7号", "学湾路5号丽隆名城1号楼", "丽隆名城2号楼",
                 "5号路12号", "桐岸村16号", ""]  # fmt: skip
    assert roads_of(addresses) == ["学湾路", "学湾路", "", "", "5号路", "", ""]


def test_what_was_imported_is_drawn_where_it_is(office: Office, tmp_path: Path) -> None:
    import_basemap(office, tmp_path, 要素类别="道路", 等级="主干道", 名称="东岳大街")
    (row,) = office.basemap.features(local_owner()).to_dict("records")
    assert (row["kind"], row["level"], row["name"]) == ("道路", "主干道", "东岳大街")
    assert json.loads(shapely.to_geojson(shapely.from_wkb(row["geom"]))) == ROAD


def test_a_map_of_a_larger_area_is_cut_to_ten_kilometres_around_the_office_and_says_so(
    office: Office, tmp_path: Path
) -> None:
    here = shapely.from_geojson(json.dumps(ROAD))
    far = shapely.affinity.translate(here, yoff=0.3)
    path = tmp_path / "gis_osm_roads_free_1.gpkg"
    gpd.GeoDataFrame(
        {"fclass": ["primary", "primary"], "name": ["东岳大街", "远处的路"]},
        geometry=[here, far], crs=4326,
    ).to_file(path, driver="GPKG")  # fmt: skip
    result = office.imports.import_file(
        local_owner(), "basemap", path, ImportOptions(datum="wgs84")
    )
    assert "map_cut" in result.warnings
    assert office.basemap.features(local_owner())["name"].tolist() == ["东岳大街"]


def test_an_import_that_is_taken_back_is_no_longer_drawn(office: Office, tmp_path: Path) -> None:
    import_basemap(office, tmp_path, 要素类别="道路", 名称="东岳大街")
    newest = office.imports.history(local_owner())["import_id"].iloc[0]
    office.imports.undo(local_owner(), str(newest))
    assert office.basemap.features(local_owner()).empty


def test_openstreetmap_is_named_by_itself(office: Office, tmp_path: Path) -> None:
    assert office.basemap.attribution(local_owner()) == ""
    import_basemap(office, tmp_path, 要素编号="lines/id/7", 要素类别="道路")
    assert office.basemap.attribution(local_owner()) == OSM_ATTRIBUTION


def test_names_of_estates_are_those_one_may_see(office: Office) -> None:
    own = Actor(id="w", name="w", roles=("warden",), scope=Scope(buildings=frozenset(OWN)))
    whole = office.basemap.places(local_owner()).estates["name"].tolist()
    assert ESTATES["T"] in whole
    assert ESTATES["T"] not in office.basemap.places(own).estates["name"].tolist()


def test_footprints_are_those_in_the_box_that_one_may_see(office: Office, tmp_path: Path) -> None:
    places = {"Z1": (117.12, 36.19), "Z2": (117.121, 36.19), "Z3": (117.3, 36.19)}
    outlines = {code: shapely.box(x, y, x + 1e-4, y + 1e-4) for code, (x, y) in places.items()}
    features = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(outline)),
         "properties": {"楼栋编码": code, "标准地址": f"示例路{code[1]}号"}}
        for code, outline in outlines.items()
    ]  # fmt: skip
    path = tmp_path / "houses.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    office.imports.import_file(local_owner(), "buildings", path, ImportOptions(datum="wgs84"))
    box = (117.11, 36.18, 117.13, 36.2)
    near = office.basemap.footprints(local_owner(), box)
    assert sorted(near.tolist(), key=shapely.to_wkt) == [outlines["Z1"], outlines["Z2"]]
    own = Actor(id="w", name="w", roles=("warden",), scope=Scope(buildings=frozenset({"Z2"})))
    (seen,) = office.basemap.footprints(own, box)
    assert seen.equals(outlines["Z2"])


def test_a_community_is_the_union_of_the_grids_one_may_see(office: Office, tmp_path: Path) -> None:
    squares = [shapely.box(117.1 + n / 100, 36.1, 117.11 + n / 100, 36.11) for n in range(3)]
    codes = [COMMUNITY["M"] + "001", COMMUNITY["M"] + "002", COMMUNITY["T"] + "001"]
    features = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(square)),
         "properties": {"网格编码": code, "网格名称": code[-3:], "所属社区": "云桥社区"}}
        for square, code in zip(squares, codes, strict=True)
    ]  # fmt: skip
    path = tmp_path / "grids.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    office.imports.import_file(local_owner(), "grids", path, ImportOptions(datum="wgs84"))
    known = office.basemap.places(local_owner()).communities.set_index("unit")["geom"]
    (mine, _) = shapely.from_wkb(known.map(bytes).tolist())
    assert mine.equals(shapely.union_all(squares[:2]))
    one = Scope(grids=frozenset([codes[0]]))
    chief = Actor(id="c", name="c", roles=("grid_chief",), scope=one)
    (seen,) = shapely.from_wkb(office.basemap.places(chief).communities["geom"].map(bytes).tolist())
    assert seen.equals(squares[0])


_PLACES = st.sampled_from(["", "松溪街道", "泰安市岱岳区", "柏桥社区", "3区"])
_ROADS = st.sampled_from(
    ["桐兴大街", "经7路", "2号路", "东岳大街中段", "示例花园", "八一路", "G104国道", "五马巷"]
)
_NUMBERS = st.sampled_from(["", "号", "号院", "-2号", "号楼3单元402室", "甲号", "幢1层"])


@given(st.lists(st.tuples(_PLACES, _ROADS, st.integers(0, 2_500), _NUMBERS), max_size=12))
def test_the_road_of_each_of_many_addresses_is_the_one_it_has_alone(
    parts: list[tuple[str, str, int, str]],
) -> None:
    addresses = [f"{place}{road}{number}{rest}" for place, road, number, rest in parts]
    assert roads_of(addresses) == [road_of(each) for each in addresses]
