"""No page that was opened before reads more rows where there are more buildings."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sized_street
from counted_rows import counting_rows
from pages import opened

from benchmarks.pages.page_times import PAGES
from dashboard.maps import layer_cache
from dashboard.runtime import context
from governance.access.permissions import Actor, Scope
from governance.visits.rules.new_visit import NewVisit

SIZES = (60, 240)
AFTER = "start/after a visit"
CHIEF = "the first list of plans of a grid chief"
BOUNDED = {
    "governance/overview/facts.py:find_risers": "at most eight",
    "data/derived/unit_names.py:_read_buildings": "names of those",
    "governance/visits/due_counts.py:count_due": "a row for each place and tier",
    "governance/visits/worklist.py:visits": "at most MOST_VISITS, the newest",
    "data/derived/inputs.py:read_inputs": "a few for each table that is asked",
}
"""What the start page may read more of after a visit, and what bounds it."""
Counted = dict[str, Counter[str]]


@pytest.fixture(scope="module")
def counted(built_once: Callable[..., Path]) -> Iterator[dict[int, Counted]]:
    """Count the rows of each page at both sizes, opened for the second time."""
    yield {size: _count(built_once, size) for size in SIZES}
    context.withdraw()


def _count(built_once: Callable[..., Path], size: int) -> Counted:
    folder = built_once(f"street_of_{size}", lambda to: sized_street.build_street(to, size))
    office = sized_street.open_street(folder)
    context.provide(office, everyone=sized_street.MANAGER)
    layer_cache.forget_layers()
    found: Counted = {}
    for view, parts in PAGES.items():
        for part in parts:
            asked = {"part": part} if part else {}
            opened(view, **asked)
            with counting_rows() as rows:
                opened(view, **asked)
            found[f"{view}/{part}"] = rows
    chief = Actor("chief", "网格长", ("grid_chief",), Scope(grids=frozenset({"370902001001000"})))
    with counting_rows() as rows:
        office.plans.all(chief)
    found[CHIEF] = rows
    office.visits.record(sized_street.OWNER, NewVisit(key=f"v{size}", building_id="B00003"))
    office._engine.table("inspections")  # the file of visits is made anew by whoever asks first
    with counting_rows() as rows:
        opened("start")
    found[AFTER] = rows
    office.close()
    return found


def test_a_page_reads_as_many_rows_of_a_street_four_times_the_size(
    counted: dict[int, Counted],
) -> None:
    few, many = (
        {page: rows.total() for page, rows in counted[size].items() if page not in {AFTER, CHIEF}}
        for size in SIZES
    )
    assert many == few


def test_after_a_visit_the_start_page_reads_no_table_anew(counted: dict[int, Counted]) -> None:
    few, many = (counted[size][AFTER] for size in SIZES)
    grown = {asker.partition(" < ")[0] for asker in many if many[asker] > few[asker]}
    assert grown <= set(BOUNDED), grown


def test_a_list_of_plans_reads_codes_of_grids_and_no_building(counted: dict[int, Counted]) -> None:
    for size in SIZES:
        rows = counted[size][CHIEF]
        assert any("visible_plans.py:_codes" in asker for asker in rows)
        assert rows.total() < SIZES[0] // 2, "however many buildings the plan leaves uncovered"


def test_rows_are_counted_wherever_they_come_from(counted: dict[int, Counted]) -> None:
    board, start = counted[SIZES[0]]["plan/board"], counted[SIZES[0]][AFTER]
    assert board.total() > 0, "the store"
    assert any("due_counts" in asker for asker in start), "DuckDB"
