"""A grid is out of force from its own date on, or where a later file has divided its area anew."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.derived.placing.ended_grids import GridEnd, ended_grids

DAY = date(2026, 3, 2)
SCHEMA = pa.schema(
    [
        ("grid_code", pa.large_string()),
        ("kind", pa.large_string()),
        ("valid_to", pa.timestamp("us")),
        ("geom", pa.large_binary()),
    ]
)
Files = Callable[..., tuple[tuple[Path, date], ...]]


def grid(code: str, west: int, east: int, **facts: Any) -> dict[str, Any]:
    """Return a grid of some metres of a street that is ten metres long."""
    return {"grid_code": code, "geom": shapely.to_wkb(shapely.box(west, 0, east, 1))} | facts


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return what writes the rows of imports, the first of `DAY`, each a day after the other."""

    def write(*imports: Sequence[dict[str, Any]]) -> tuple[tuple[Path, date], ...]:
        folder = tmp_path_factory.mktemp("grids")
        dated = []
        for number, rows in enumerate(imports):
            path = folder / f"{number}.parquet"
            pq.write_table(pa.Table.from_pylist(list(rows), SCHEMA), path)
            dated.append((path, DAY + timedelta(days=number)))
        return tuple(dated)

    return write


OLD = [grid("A", 0, 10), grid("B", 10, 20)]
NEW = [grid("A1", 0, 4), grid("A2", 4, 10)]


def test_grids_of_a_later_file_are_in_the_place_of_one_that_they_cover(files: Files) -> None:
    divided = [grid("C", 0, 4), grid("D", 4, 10), grid("B", 10, 20)]
    assert ended_grids(files(OLD, divided)) == {"A": GridEnd(None, ("C", "D"))}


def test_several_grids_that_were_made_one_are_out_of_force(files: Files) -> None:
    assert ended_grids(files(OLD, [grid("E", 0, 20)])) == {
        "A": GridEnd(None, ("E",)),
        "B": GridEnd(None, ("E",)),
    }


def test_a_grid_that_later_ones_cover_in_part_stays(files: Files) -> None:
    assert ended_grids(files(OLD, [grid("C", 0, 7)])) == {}


def test_grids_of_one_file_end_none_of_each_other(files: Files) -> None:
    assert ended_grids(files([*OLD, grid("C", 0, 10)])) == {}


def test_grids_of_another_kind_and_parts_of_a_grid_end_none(files: Files) -> None:
    of_kind = [each | {"kind": "基础网格"} for each in OLD]
    micro = [grid("M1", 0, 4, kind="微网格"), grid("M2", 4, 10, kind="微网格")]
    assert ended_grids(files(of_kind, micro)) == {}
    assert ended_grids(files(OLD, NEW)) == {}


def test_the_file_of_before_brings_its_grids_back_when_it_is_imported_again(files: Files) -> None:
    divided = [grid("C", 0, 4), grid("D", 4, 10)]
    assert ended_grids(files(OLD, divided, OLD)) == {
        "C": GridEnd(None, ("A",)),
        "D": GridEnd(None, ("A",)),
    }


def test_a_grid_ends_on_its_own_date_and_not_before(files: Files) -> None:
    on = datetime(2026, 3, 2)  # noqa: DTZ001 -- local times throughout
    ended, lasting = grid("A", 0, 10, valid_to=on), grid("B", 10, 20, valid_to=on)
    lasting["valid_to"] += timedelta(days=1)
    assert ended_grids(files([ended, lasting])) == {"A": GridEnd(DAY)}


def test_a_grid_without_a_border_is_neither(files: Files) -> None:
    assert ended_grids(files([grid("A", 0, 10, geom=None)], [grid("C", 0, 10, geom=None)])) == {}


@given(st.data())
def test_any_files_end_what_a_plain_count_of_metres_says(files: Files, data: st.DataObject) -> None:
    stretches = st.tuples(st.integers(0, 9), st.integers(1, 10)).filter(
        lambda ends: ends[0] < ends[1]
    )
    layers = data.draw(
        st.lists(
            st.dictionaries(st.sampled_from("ABCD"), stretches, max_size=3), min_size=1, max_size=4
        )
    )
    held: dict[str, tuple[int, set[int]]] = {}
    for number, layer in enumerate(layers):
        held |= {code: (number, set(range(*ends))) for code, ends in layer.items()}
    expected = set()
    for code, (number, metres) in held.items():
        later = set().union(*(other for at, other in held.values() if at > number))
        if len(metres & later) * 5 >= len(metres) * 4:
            expected.add(code)
    rows = [[grid(code, *ends) for code, ends in layer.items()] for layer in layers]
    assert set(ended_grids(files(*rows))) == expected
