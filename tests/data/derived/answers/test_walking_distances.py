"""Walking distances: which of several holds."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from data.contracts.registry import TABLES
from data.derived.answers.walking_distances import WAY_COLUMNS, read_known_ways
from data.engine import Engine
from data.workspace.folder import Workspace

LATER = datetime(2026, 11, 25, 12, 0)  # noqa: DTZ001 -- local times throughout
CONTRACT = TABLES["walking_distances"]


@pytest.fixture
def engine(workspace: Workspace) -> Iterator[Engine]:
    made = Engine(workspace)
    yield made
    made.close()


def a_way(start: str, end: str, metres: float) -> dict[str, Any]:
    way = {"from_building_id": start, "to_building_id": end, "distance_m": metres}
    return {"way_no": f"{start}-{end}-{metres}"} | way


def test_nothing_imported_is_nothing_known(engine: Engine) -> None:
    known = read_known_ways(engine)
    assert known.empty
    assert tuple(known.columns) == WAY_COLUMNS


def test_of_a_pair_given_again_the_newest_holds_and_each_direction_stands_alone(
    workspace: Workspace, engine: Engine, put_rows: Callable[..., Any]
) -> None:
    put_rows(workspace, CONTRACT.name, [a_way("B1", "B2", 90), a_way("B2", "B1", 70)])
    again = [a_way("B1", "B2", 300), a_way("B1", "B2", 260), a_way("B3", "B1", 40)]
    put_rows(workspace, CONTRACT.name, again, now=LATER)
    assert [tuple(row) for row in read_known_ways(engine).itertuples(index=False)] == [
        ("B1", "B2", 260.0),
        ("B2", "B1", 70.0),
        ("B3", "B1", 40.0),
    ]
