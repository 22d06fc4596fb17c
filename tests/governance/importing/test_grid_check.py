"""Every building belongs to exactly one grid, or is listed."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st
from moving_clock import MovingClock

from data.ingest.options import ImportOptions
from data.ingest.results import ImportResult
from geo.shapes.cell_coverage import cell_shares
from governance.access.permissions import Actor
from governance.importing.grid_check import PAST_END, contradicted_households
from governance.office import Office
from gridwarden.compose import open_office

# B1 to B8 stand every 0.001 degrees along 36.19 N from 117.121 E.
WEST = shapely.box(117.1205, 36.189, 117.1235, 36.191)
FAR = shapely.box(117.1405, 36.189, 117.1425, 36.191)
EAST = shapely.box(117.1225, 36.189, 117.1275, 36.191)


def import_grids(
    office: Office,
    actor: Actor,
    folder: Path,
    *shapes: shapely.Polygon,
    first: int = 1,
    **facts: str,
) -> ImportResult:
    features = [
        {
            "type": "Feature",
            "properties": {"网格编码": f"37099800100100{n}", "网格名称": f"第{n}网格"} | facts,
            "geometry": shapely.geometry.mapping(shape),
        }
        for n, shape in enumerate(shapes, start=first)
    ]
    path = folder / "grids.geojson"
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return office.imports.import_file(actor, "grids", path, ImportOptions(datum="wgs84"))


def import_halves(office: Office, actor: Actor, folder: Path) -> ImportResult:
    """Import two grids of other codes in the place of one; return the import."""
    halves = [
        shapely.box(117.1205, 36.189, 117.1215, 36.191),
        shapely.box(117.1215, 36.189, 117.1235, 36.191),
    ]
    return import_grids(office, actor, folder, *halves, first=5)


def test_grids_divided_anew_hold_the_buildings_and_the_old_one_is_told(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    import_grids(office, actor, tmp_path, WEST)
    result = import_halves(office, actor, tmp_path)
    told = "370998001001001 → 370998001001005, 370998001001006"
    assert result.warned_about["grids_replaced"] == [told]
    problems = office.grid_check.problems(actor)
    assert problems.grids == 2
    assert problems.overlaps.empty
    assert problems.faults.empty
    assert problems.ended.to_dict("records") == [
        {
            "grid_code": "370998001001001",
            "name": "第1网格",
            "ended_on": None,
            "replaced_by": "370998001001005, 370998001001006",
        }
    ]
    office.scores.run(actor)
    scored = office.risk_map.layer(actor, layer="grid")["unit"]
    assert sorted(scored) == ["370998001001005", "370998001001006"]
    office.imports.undo(actor, result.import_id)
    problems = office.grid_check.problems(actor)
    assert problems.grids == 1
    assert problems.ended.empty


def test_dates_to_come_are_told_and_one_that_has_come_since_is_a_fault(
    filled_folder: Path, actor: Actor, tmp_path: Path
) -> None:
    clock = MovingClock(datetime(2026, 11, 24, 4, 0, tzinfo=UTC))
    office = open_office(shutil.copytree(filled_folder, tmp_path / "office"), now=clock)
    dates = {"启用日期": "2026-11-25", "停用日期": "2026-12-01"}
    result = import_grids(office, actor, tmp_path, WEST, **dates)
    assert result.warned_about["grids_begin_later"] == ["2026-11-25"]
    assert office.grid_check.problems(actor).faults.empty
    clock.ahead(timedelta(days=7))
    problems = office.grid_check.problems(actor)
    assert problems.faults["kind"].tolist() == [PAST_END]
    assert problems.ended.empty
    assert import_grids(office, actor, tmp_path, EAST, WEST, **dates).warned_about == {}
    assert office.grid_check.problems(actor).ended["ended_on"].tolist() == [date(2026, 12, 1)] * 2
    office.close()


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
    assert problems.households.empty
    assert problems.empty.empty


def test_a_grid_without_a_building_is_named(office: Office, actor: Actor, tmp_path: Path) -> None:
    import_grids(office, actor, tmp_path, WEST, FAR)
    empty = office.grid_check.problems(actor).empty
    assert empty.to_dict("records") == [{"grid_code": "370998001001002", "name": "第2网格"}]


def test_a_grid_without_a_building_is_scored_shown_and_explained(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    import_grids(office, actor, tmp_path, WEST, FAR)
    result = office.scores.run(actor)
    seen = office.risk_map.layer(actor, layer="grid").set_index("unit")
    assert seen.loc["370998001001002", ["score", "low", "high", "buildings"]].tolist() == [0] * 4
    assert shapely.from_wkb(seen.loc["370998001001002", "geom"]).equals(FAR)
    owned = cell_shares([FAR], resolution=9).cell
    owned = set(owned) & set(office.risk_map.layer(actor, layer="cell:9")["unit"])
    assert owned
    every = office.risk_map.layer(actor, layer="cell:10")
    own_cells = set(every["unit"][every["buildings"] == 0]) & set(
        cell_shares([FAR], resolution=10).cell
    )
    assert own_cells
    assert office.scores.explain(actor, "370998001001002").score == 0
    for layer, units in (("grid", {"370998001001002"}), ("cell:9", owned), ("cell:10", own_cells)):
        part = office.risk_map.layer(actor, layer=layer, communities=["370998001001"])
        assert set(units) <= set(part["unit"])
        assert part["unit"].is_unique
    assert result.buildings == 8


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 400)), min_size=1, max_size=6),
    st.integers(0, 1500),
)
def test_households_contradict_where_the_sum_is_a_tenth_off_or_too_large_already(
    counts: list[int | None], stated: int
) -> None:
    grids = pd.DataFrame({"grid_code": ["a", "b"], "households": [stated, None]})
    register = pd.DataFrame({"grid_code": ["a"] * len(counts), "household_count": counts})
    found = contradicted_households(grids, register)
    total = sum(count or 0 for count in counts)
    too_many, too_few = total > stated * 1.1 + 1e-9, total < stated * 0.9 - 1e-9
    wrong = too_many or (too_few and None not in counts)
    assert found["grid_code"].tolist() == (["a"] if wrong else [])
    if wrong:
        told = found[["households", "counted", "buildings", "without_count"]].iloc[0].tolist()
        assert told == [stated, total, len(counts), counts.count(None)]
