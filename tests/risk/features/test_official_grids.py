"""The official grids of a cut are those in force by what had been imported before it."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import shapely
from stored_rows import put_rows

from data.engine import Engine
from data.workspace.folder import Workspace
from risk.features.cache import RememberedSource
from risk.features.official_grids import read_grids, read_grids_at_each

NOON = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 -- local times throughout
LATER, DAY = NOON + timedelta(days=60), timedelta(days=1)


def grid(number: int, west: float, east: float) -> dict[str, Any]:
    border = shapely.box(west, 36.0, east, 36.2)
    return {"grid_code": f"37090200100100{number}", "geom": shapely.to_wkb(border)}


def test_grids_in_whose_place_others_are_are_of_cuts_before_alone(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "office")
    put_rows(workspace, "grids", [grid(1, 117.0, 117.2), grid(2, 117.2, 117.3)], now=NOON)
    halves = [grid(5, 117.0, 117.1), grid(6, 117.1, 117.2)]
    put_rows(workspace, "grids", halves, now=LATER)
    expected = {LATER: ["1", "2"], LATER + DAY: ["2", "5", "6"]}
    with closing(Engine(workspace)) as engine:
        for source in (engine, RememberedSource(engine)):
            at_each = read_grids_at_each(source, cut=list(expected))
            for cut, wanted in expected.items():
                assert at_each[cut]["grid_code"].str[-1].tolist() == wanted
                assert read_grids(source, cut=cut).equals(at_each[cut])
    workspace.store.close()
