"""No page that was opened before reads more rows where there are more buildings."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sized_street
from counted_rows import counting_rows
from pages import opened, run

from benchmarks.pages.page_times import PAGES
from dashboard import navigation
from dashboard.maps import layer_cache
from dashboard.runtime import context
from dashboard.ui import parts
from dashboard.ui.frame import Page
from dashboard.views.leads import page as leads
from dashboard.views.people import audit_log
from governance.access.permissions import Actor, Scope
from governance.visits.rules.new_visit import NewVisit

SIZES = (60, 240)
AFTER = "start/after a visit"
FOLLOWING = {"leads": ("links", "unlisted")}
"""Parts whose answer of before a visit is changed where it was."""
KEPT_BY_SESSIONS = {"merging"}
"""Parts that compare all that is open, once for each who opens them: a click does not."""
GRID = "the first list of plans of a planner of one grid"
BOUNDED = {
    "governance/overview/facts.py:find_risers": "at most eight",
    "data/derived/answers/unit_names.py:_read_buildings": "names of those",
    "governance/visits/due_counts.py:count_due": "a row for each place and tier",
    "governance/visits/recorded.py:listed": "at most MOST_VISITS, the newest",
    "data/derived/inputs.py:read_inputs": "a few for each table that is asked",
}
"""What the start page may read more of after a visit, and what bounds it."""
Counted = dict[str, Counter[str]]


@pytest.fixture(scope="module")
def offered() -> dict[str, set[str]]:
    """Return view → names of the parts that it offered when it was opened to be counted."""
    return {}


@pytest.fixture(scope="module")
def counted(
    built_once: Callable[..., Path], offered: dict[str, set[str]]
) -> Iterator[dict[int, Counted]]:
    """Count the rows of each page at both sizes, opened for the second time."""
    real = parts.show_parts

    def show(page: Page, among: Sequence[parts.Part], **how: Any) -> bool:
        *_, view = offered  # the one that is being opened
        offered[view] = {part.name for part in among if part.allowed}
        return real(page, among, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit_log, "_MOST", SIZES[0] // 2)  # there are more events in both streets
        patch.setattr(parts, "show_parts", show)
        yield {size: _count_pages(built_once, size, offered) for size in SIZES}
    context.withdraw()


def _count_pages(
    built_once: Callable[..., Path], size: int, offered: dict[str, set[str]]
) -> Counted:
    folder = built_once(f"street_of_{size}", lambda to: sized_street.build_street(to, size))
    office = sized_street.open_street(folder)
    context.provide(office, everyone=sized_street.OWNER)  # who sees every part
    layer_cache.forget_layers()
    found: Counted = {}
    for view, names in PAGES.items():
        offered.pop(view, None)
        offered[view] = {""}
        for part in names:
            asked = {"part": part} if part else {}
            app = opened(view, **asked)
            with counting_rows() as rows:
                run(app) if part in KEPT_BY_SESSIONS else opened(view, **asked)
            found[f"{view}/{part}"] = rows
    planner = Actor("p", "调度员", ("planner",), Scope(grids=frozenset({"370902001001000"})))
    with counting_rows() as rows:
        office.plans.all(planner)
    found[GRID] = rows
    office.visits.record(sized_street.OWNER, NewVisit(key=f"v{size}", building_id="B00003"))
    office._engine.table("inspections")  # the file of visits is made anew by whoever asks first
    with counting_rows() as rows:
        opened("start")
    found[AFTER] = rows
    for view, names in FOLLOWING.items():
        for part in names:
            with counting_rows() as rows:
                opened(view, part=part)
            found[_after(part)] = rows
    office.close()
    return found


def _after(part: str) -> str:
    return f"{part} after a visit"


def test_a_page_reads_as_many_rows_of_a_street_four_times_the_size(
    counted: dict[int, Counted],
) -> None:
    few, many = (
        {
            page: rows.total()
            for page, rows in counted[size].items()
            if "/" in page and page != AFTER
        }
        for size in SIZES
    )
    assert many == few


@pytest.mark.usefixtures("counted")
def test_every_part_of_every_page_is_counted(offered: dict[str, set[str]]) -> None:
    views = [each.module for each in navigation.PAGES if not each.above]
    named = {each.removeprefix("dashboard.views.").removesuffix(".page") for each in views}
    assert named == PAGES.keys()
    assert {view: {*names} for view, names in PAGES.items()} == offered | {"leads": {*leads._SHOWN}}


def test_after_a_visit_the_start_page_reads_no_table_anew(counted: dict[int, Counted]) -> None:
    few, many = (counted[size][AFTER] for size in SIZES)
    grown = {asker.partition(" < ")[0] for asker in many if many[asker] > few[asker]}
    assert grown <= set(BOUNDED), grown


@pytest.mark.parametrize("part", [part for parts in FOLLOWING.values() for part in parts])
def test_what_follows_a_visit_reads_no_more_of_a_street_four_times_the_size(
    counted: dict[int, Counted], part: str
) -> None:
    few, many = (counted[size][_after(part)] for size in SIZES)
    grown = {asker.partition(" < ")[0] for asker in many if many[asker] > few[asker]}
    assert grown <= set(BOUNDED), grown


def test_a_list_of_plans_reads_codes_of_grids_and_no_building(counted: dict[int, Counted]) -> None:
    for size in SIZES:
        rows = counted[size][GRID]
        assert any("visible_plans.py:_codes" in asker for asker in rows)
        assert rows.total() < SIZES[0] // 2, "however many buildings the plan leaves uncovered"


def test_rows_are_counted_wherever_they_come_from(counted: dict[int, Counted]) -> None:
    board, start = counted[SIZES[0]]["plan/board"], counted[SIZES[0]][AFTER]
    assert board.total() > 0, "the store"
    assert any("due_counts" in asker for asker in start), "DuckDB"
