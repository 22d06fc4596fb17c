"""Rules of the names that the file of the register gives without a query engine."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.derived.answers.building_names import names_at_hand
from data.derived.answers.unit_names import UnitNames
from data.derived.placing.building_ends import BuildingEnd, write_ends
from data.engine import Engine
from data.workspace.folder import Workspace

PutRows = Callable[..., Any]
EARLIER, LATER = datetime(2026, 3, 2, 12, 0), datetime(2026, 6, 2, 12, 0)  # noqa: DTZ001 -- local
ASKED = ("B1", "B2", "B3", "nowhere")


def house(number: int, **facts: Any) -> dict[str, Any]:
    return {"building_id": f"B{number}", "lon": 117.1 + number / 1000, "lat": 36.1} | facts


@pytest.fixture
def engine(workspace: Workspace, put_rows: PutRows) -> Iterator[Engine]:
    """Return an office whose register, of two buildings, is still to be made."""
    first = house(1, estate="示例花园", building_no="1号楼")
    second = house(2, std_address="云岱区松溪街道学湾路265号")
    put_rows(workspace, "buildings", [first, second], now=EARLIER)
    made = Engine(workspace)
    yield made
    made.close()


def an_end(workspace: Workspace) -> None:
    end = BuildingEnd(
        ended_on=date(2026, 5, 1), reason="", by="owner", at=LATER.replace(tzinfo=UTC)
    )
    with workspace.store.begin() as unit:
        write_ends(unit, {"B1": end})
        unit.commit()


def test_the_register_is_at_hand_as_soon_as_it_is_made_and_no_more_once_it_is_another(
    workspace: Workspace, engine: Engine, put_rows: PutRows
) -> None:
    changes: tuple[Callable[[], Any], ...] = (
        lambda: None,
        lambda: put_rows(workspace, "buildings", [house(3, estate="新苑")], now=LATER),
        lambda: put_rows(workspace, "grids", [{"grid_code": "370902001001001"}], now=LATER),
        lambda: an_end(workspace),
    )
    for change in changes:
        change()
        assert names_at_hand(workspace, ASKED) is None
        named = UnitNames(engine).buildings(ASKED)
        assert names_at_hand(workspace, ASKED) == named
    assert named == {"B1": "示例花园1号楼", "B2": "学湾路265号", "B3": "新苑"}
