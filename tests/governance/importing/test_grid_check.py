"""Every building belongs to exactly one grid, or is listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from pathlib import Path

    from governance.access.permissions import Actor
    from governance.office import Office

# B1 to B8 stand every 0.001 degrees along 36.19 N from 117.121 E.
WEST = shapely.box(117.1205, 36.189, 117.1235, 36.191)
EAST = shapely.box(117.1225, 36.189, 117.1275, 36.191)


def import_grids(office: Office, actor: Actor, folder: Path, *shapes: shapely.Polygon) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"网格编码": f"37099800100100{n}", "网格名称": f"第{n}网格"},
            "geometry": shapely.geometry.mapping(shape),
        }
        for n, shape in enumerate(shapes, start=1)
    ]
    path = folder / "grids.geojson"
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    office.imports.import_file(actor, "grids", path, datum="wgs84")


def test_a_building_outside_every_grid_is_offered_the_nearest(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    import_grids(office, actor, tmp_path, WEST, EAST)
    problems = office.grid_check.problems(actor)
    assert problems.orphans["building_id"].tolist() == ["B8"]
    assert problems.orphans["nearest_grid"].tolist() == ["370998001001002"]
    assert 0 < problems.orphans["distance_m"][0] < 100


def test_a_building_inside_two_grids_gets_one_and_is_listed(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    import_grids(office, actor, tmp_path, WEST, EAST)
    overlaps = office.grid_check.problems(actor).overlaps
    assert overlaps["building_id"].tolist() == ["B3"]
    assert overlaps["grids"].tolist() == ["370998001001001, 370998001001002"]
    assert overlaps["grid_code"].tolist() == ["370998001001001"]


def test_faults_of_the_layer_are_listed_by_kind(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    import_grids(office, actor, tmp_path, WEST, EAST)
    assert office.grid_check.problems(actor).faults["kind"].tolist() == ["overlap"]


def test_an_office_without_grids_has_no_problem_with_them(office: Office, actor: Actor) -> None:
    problems = office.grid_check.problems(actor)
    assert (problems.grids, problems.buildings) == (0, 8)
    assert problems.orphans.empty
    assert problems.overlaps.empty
    assert problems.faults.empty
