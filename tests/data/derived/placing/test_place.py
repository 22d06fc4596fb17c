"""Rules of placing a row: never surer than it is."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contracts.registry import TABLES
from data.derived.placing import addresses
from data.derived.placing.addresses import AddressBook
from data.derived.placing.building_register import NO_GRIDS, Grids, register_of_layer
from data.derived.placing.place import NARROW, Placer
from data.engine import Engine
from data.lake.manifest import Manifest
from data.lake.schema import arrow_schema
from data.workspace.folder import Workspace
from data.workspace.settings import PlaceSettings
from geo.addresses import match
from geo.addresses.match import RegisteredBuilding

PutRows = Callable[..., Manifest]

DAY = datetime(2026, 11, 20)  # noqa: DTZ001 -- local times throughout
LON, LAT, SIDE = 117.12, 36.19, 0.0003
FAR = 0.01  # about 900 m
HOUSES = {
    "A1": ("示例花园", "1号楼", 0.0),
    "A2": ("示例花园", "2号楼", 0.001),
    "B1": ("阳光小区", "1号楼", 0.02),
}


def house(building_id: str) -> dict[str, Any]:
    estate, number, east = HOUSES[building_id]
    shape = shapely.box(LON + east, LAT, LON + east + SIDE, LAT + SIDE)
    return {
        "building_id": building_id,
        "estate": estate,
        "building_no": number,
        "std_address": f"{estate}{number}",
        "geom": shapely.to_wkb(shape),
    }


def register() -> pa.Table:
    rows = pa.Table.from_pylist(
        [house(b) for b in HOUSES], schema=arrow_schema(TABLES["buildings"])
    )
    return register_of_layer(rows.to_pandas(), NO_GRIDS)


def grids() -> Grids:
    west = shapely.box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)
    return Grids.of(
        pd.DataFrame(
            {
                "grid_code": ["370902001001001"],
                "community_code": [None],
                "geom": [shapely.to_wkb(west)],
            }
        )
    )


REGISTER, GRIDS = register(), grids()


def place(decisions: Mapping[str, str | None] | None = None, **row: Any) -> dict[str, Any]:
    limits = PlaceSettings()
    placer = Placer(REGISTER, GRIDS, AddressBook(REGISTER, decisions or {}, limits), limits)
    complete = {name: row.get(name) for name in NARROW}
    kinds = [(n, pa.float64() if n in {"lon", "lat"} else pa.large_string()) for n in NARROW]
    placed: dict[str, Any] = placer.place(
        pa.Table.from_pylist([complete], schema=pa.schema(kinds))
    ).to_pylist()[0]
    return placed


def where(placed: Mapping[str, Any]) -> tuple[Any, ...]:
    return placed["match_level"], placed["building_id"], placed["match_method"]


@pytest.mark.parametrize(
    ("address", "contradicts"),
    [
        *(("示例花园9号楼", True), ("示例花园9-2-301", True), ("晨光里2号楼", True)),
        *(("示例花园1号楼", False), ("晨光里1号楼", False), ("示例花园", False)),
        *(("迎宾路18号", False), ("示例花园9号楼对面", False), ("说不清", False)),
    ],
)
def test_a_point_never_beats_a_house_number_that_contradicts_it(
    address: str,
    contradicts: bool,  # noqa: FBT001 -- of a parametrised test
) -> None:
    placed = place(raw_address=address, lon=LON + SIDE / 2, lat=LAT + SIDE / 2)
    if contradicts:
        assert where(placed) == ("cell", None, "conflict")
        assert placed["match_candidates"].split(";")[0] == "A1"
    else:
        assert placed["building_id"] == "A1"


def test_what_a_person_said_of_an_address_beats_what_contradicts_it() -> None:
    at = {"lon": LON + SIDE / 2, "lat": LAT + SIDE / 2, "raw_address": "示例花园9号楼"}
    assert place({"示例花园9号楼": "A2"}, **at)["building_id"] == "A2"


def test_a_decision_kept_under_an_older_key_holds() -> None:
    assert (
        place({"示例花园职工宿舍7号楼": "A2"}, raw_address="示例花园宿舍7号楼")["building_id"]
        == "A2"
    )


def test_a_known_building_code_is_that_building() -> None:
    assert where(place(building_id="B1", lon=LON, lat=LAT)) == ("building", "B1", "id")


def test_an_unknown_building_code_says_nothing() -> None:
    assert where(place(building_id="no such")) == ("none", None, "")


def test_a_point_in_a_footprint_is_that_building() -> None:
    placed = place(lon=LON + SIDE / 2, lat=LAT + SIDE / 2)
    assert where(placed) == ("building", "A1", "point")
    assert placed["match_score"] == 1


def test_a_point_a_few_metres_beside_one_counts_for_it_a_little_less() -> None:
    placed = place(lon=LON - 0.00003, lat=LAT)  # 2.7 m
    assert where(placed) == ("building", "A1", "point")
    assert placed["match_score"] == 0.9


def test_a_point_farther_off_is_its_cell_community_and_grid() -> None:
    placed = place(lon=LON - 0.0002, lat=LAT)
    assert where(placed) == ("cell", None, "cell")
    assert placed["h3_r10"].startswith("8a")
    assert (placed["grid_code"], placed["community_code"]) == ("370902001001001", "370902001001")


def test_a_unique_address_is_its_building_and_lends_it_its_point() -> None:
    placed = place(raw_address="示例花园2号楼")
    assert where(placed)[:2] == ("building", "A2")
    assert abs(placed["lon"] - (LON + 0.001 + SIDE / 2)) < 1e-9


def test_an_address_down_to_the_room_is_placed_in_the_room() -> None:
    assert where(place(raw_address="示例花园2号楼3单元1001室"))[:2] == ("room", "A2")


def test_where_address_and_point_agree_more_or_less_the_address_wins() -> None:
    placed = place(raw_address="示例花园2号楼", lon=LON + SIDE / 2, lat=LAT + SIDE / 2)
    assert where(placed)[:2] == ("building", "A2")  # the point is in A1, 90 m away


def test_where_they_contradict_each_other_the_row_counts_in_its_cell_and_a_person_decides() -> None:
    placed = place(raw_address="阳光小区1号楼", lon=LON + SIDE / 2, lat=LAT + SIDE / 2)
    assert where(placed) == ("cell", None, "conflict")
    assert placed["match_candidates"] == "B1;A1"


def test_a_review_ends_the_contradiction() -> None:
    placed = place(
        {"阳光小区1号楼": "B1"}, raw_address="阳光小区1号楼", lon=LON + SIDE / 2, lat=LAT
    )
    assert where(placed) == ("building", "B1", "reviewed")


def test_an_address_that_a_person_called_no_building_is_none() -> None:
    placed = place({"阳光小区1号楼": None}, raw_address="阳光小区1号楼")
    assert where(placed)[:2] == ("none", None)


def test_an_estate_without_a_number_is_never_a_building() -> None:
    placed = place(raw_address="示例花园小区内")
    assert placed["building_id"] is None
    assert set(placed["match_candidates"].split(";")) == {"A1", "A2"}
    assert placed["match_level"] in {"cell", "estate"}


def test_the_candidates_of_a_row_that_has_a_point_do_not_move_it() -> None:
    placed = place(raw_address="示例花园小区内", lon=LON - 0.0002, lat=LAT)
    assert where(placed) == ("cell", None, "cell")
    assert placed["match_candidates"]


def test_a_register_is_indexed_once_while_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    indexed: list[list[str]] = []
    index = match.RegisterIndex

    def indexing(register: Iterable[RegisteredBuilding]) -> Any:
        rows = list(register)
        indexed.append([row.building_id for row in rows])
        return index(rows)

    monkeypatch.setattr(match, "RegisterIndex", indexing)
    addresses._matcher_of.cache_clear()
    for _ in range(2):
        assert place(raw_address="示例花园1号楼")["building_id"] is not None
    ask = pa.array(["示例花园1号楼"])
    AddressBook(REGISTER.slice(1), {}, PlaceSettings()).answers(ask, where=np.array([True]))
    assert indexed == [REGISTER["building_id"].to_pylist(), REGISTER["building_id"].to_pylist()[1:]]


def test_nothing_known_is_nowhere() -> None:
    placed = place()
    assert where(placed) == ("none", None, "")
    assert (placed["h3_r10"], placed["lon"]) == (None, None)


@settings(max_examples=30)
@given(
    code=st.sampled_from([None, "A1", "B1", "?"]),
    address=st.sampled_from([None, "示例花园1号楼", "阳光小区1号楼", "别处9号楼", "示例花园"]),
    east=st.none() | st.floats(-0.02, 0.03),
)
def test_a_row_is_in_a_building_exactly_when_its_level_says_so(
    code: str | None, address: str | None, east: float | None
) -> None:
    lon = None if east is None else LON + east
    placed = place(building_id=code, raw_address=address, lon=lon, lat=LAT if lon else None)
    sure = placed["match_level"] in {"room", "building"}
    assert sure == (placed["building_id"] is not None)
    assert sure != bool(placed["match_candidates"]) or not placed["match_candidates"]
    if code in HOUSES:
        assert placed["building_id"] == code
    if lon is not None:
        assert placed["match_level"] in {"room", "building", "cell"}
        assert placed["h3_r10"] is not None


def test_a_building_layer_that_comes_later_places_what_was_there_before(
    workspace: Workspace, put_rows: PutRows
) -> None:
    complaint = {"ticket_no": "1", "received_at": DAY, "raw_address": "示例花园2号楼"}
    put_rows(workspace, "complaints", [complaint])
    engine = Engine(workspace)

    def building() -> Any:
        return (
            engine.table("complaints").select("building_id").to_pyarrow()["building_id"][0].as_py()
        )

    assert building() is None
    layer = put_rows(workspace, "buildings", [house(b) for b in HOUSES])
    assert building() == "A2"
    workspace.lake.undo(layer.import_id)
    assert building() is None


def test_a_review_holds_for_the_address_in_every_table(
    workspace: Workspace, put_rows: PutRows
) -> None:
    put_rows(workspace, "buildings", [house(b) for b in HOUSES])
    named = {"raw_address": "老化肥厂宿舍"}
    put_rows(workspace, "complaints", [{"ticket_no": "1", "received_at": DAY} | named])
    put_rows(workspace, "violations", [{"decision_no": "1", "decided_on": DAY} | named])
    with workspace.store.begin() as unit:
        unit.address_reviews.decide(
            "老化肥厂宿舍", table="complaints", building_id="B1", reviewer="r", at=DAY
        )
        unit.commit()
    engine = Engine(workspace)
    for table in ("complaints", "violations"):
        row = engine.table(table).to_pyarrow().to_pylist()[0]
        assert (row["building_id"], row["match_method"]) == ("B1", "reviewed")


@pytest.mark.parametrize("point_first", [True, False])
def test_a_row_without_a_point_is_placed_by_another_row_of_its_address(
    workspace: Workspace, put_rows: PutRows, *, point_first: bool
) -> None:
    with_point = {"decision_no": "1", "decided_on": DAY, "raw_address": "示例花园12号楼"}
    with_point |= {"lon": 117.1, "lat": 36.1}
    without = {"filing_no": "F1", "filed_on": DAY, "raw_address": "示例花园12-3-1001"}
    steps = [("violations", with_point), ("rentals", without)]
    for table, row in steps if point_first else steps[::-1]:
        put_rows(workspace, table, [row])
    engine = Engine(workspace)
    placed = engine.table("rentals").to_pyarrow().to_pylist()[0]
    (made,) = engine.table("buildings").to_pyarrow().to_pylist()
    assert (placed["match_level"], placed["lon"]) == ("room", 117.1)
    assert (made["building_id"], made["made"]) == (placed["building_id"], True)


def test_a_made_building_stands_where_it_was_first_said_to_be(
    workspace: Workspace, put_rows: PutRows
) -> None:
    points = {"1": (None, None), "2": (117.1, 36.1), "3": (117.3, 36.3), "4": (117.3, 36.3)}
    rows = [
        {"decision_no": number, "decided_on": DAY + int(number) * timedelta(days=1), "lon": lon,
         "lat": lat, "raw_address": "示例花园12号楼"}
        for number, (lon, lat) in points.items()
    ]  # fmt: skip
    put_rows(workspace, "violations", rows)
    (made,) = Engine(workspace).table("buildings").to_pyarrow().to_pylist()
    assert (made["lon"], made["lat"]) == (117.1, 36.1)
    assert made["learnt_at"] == DAY + timedelta(days=1)


def test_a_made_building_is_known_from_when_it_was_first_mentioned(
    workspace: Workspace, put_rows: PutRows
) -> None:
    put_rows(
        workspace,
        "violations",
        [{"decision_no": "1", "decided_on": DAY, "raw_address": "示例花园12号楼"}],
    )
    engine = Engine(workspace)
    assert engine.table("buildings", cut=DAY).count().to_pyarrow().as_py() == 0
    later = datetime(2026, 11, 21)  # noqa: DTZ001 -- local
    assert engine.table("buildings", cut=later).count().to_pyarrow().as_py() == 1


def test_buildings_that_the_sender_numbers_keep_their_numbers_without_a_layer(
    workspace: Workspace, put_rows: PutRows
) -> None:
    put_rows(
        workspace,
        "rentals",
        [
            {
                "filing_no": "1",
                "filed_on": DAY,
                "building_id": "X9",
                "raw_address": "示例花园9号楼",
            },
            {"filing_no": "2", "filed_on": DAY, "raw_address": "示例花园九号楼2单元301"},
        ],
    )
    rows = Engine(workspace).table("rentals").to_pyarrow().to_pylist()
    assert {row["building_id"] for row in rows} == {"X9"}
