"""No page that was opened before reads more rows where there are more buildings."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sized_street
from counted_rows import counting_rows
from pages import opened

from dashboard.maps import layer_cache
from dashboard.runtime import context
from governance.visits.rules.new_visit import NewVisit

SIZES = (60, 240)
PAGES = {
    "start": ("",),
    "map": ("",),
    "building": ("",),
    "plan": ("make", "board", "publish", "after", "campaign", "teams", "days"),
    "responsibility": ("work", "chain", "assign", "handover"),
    "importing": ("",),
    "cases": ("inbox", "deadlines"),
    "leads": ("",),
    "records.ledger": ("decide", "key", "rules"),
    "records.evidence": ("list",),
    "records.notices": ("bulletins", "notices", "exposure", "blacklist", "templates", "deadlines"),
    "evaluation": ("",),
    "people": ("log", "accounts"),
    "my_buildings": ("",),
}
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
    office.visits.record(sized_street.OWNER, NewVisit(key=f"v{size}", building_id="B00003"))
    office._engine.table("inspections")  # the file of visits is made anew by whoever asks first
    with counting_rows() as rows:
        opened("start")
    found["start/after a visit"] = rows
    office.close()
    return found


def test_a_page_reads_as_many_rows_of_a_street_four_times_the_size(
    counted: dict[int, Counted],
) -> None:
    few, many = (counted[size] for size in SIZES)
    grown = {
        page: {asker: (few[page][asker], count) for asker, count in rows.items()
               if count > few[page][asker]}
        for page, rows in many.items()
        if rows.total() != few[page].total()
    }  # fmt: skip
    assert grown == {}, grown


def test_rows_are_counted_wherever_they_come_from(counted: dict[int, Counted]) -> None:
    board, start = counted[SIZES[0]]["plan/board"], counted[SIZES[0]]["start/after a visit"]
    assert board.total() > 0, "the store"
    assert any("due_counts" in asker for asker in start), "DuckDB"
