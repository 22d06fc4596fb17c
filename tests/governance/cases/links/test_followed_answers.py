"""Answers that follow the visits that come are those of an office that reads every row."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from actors import person
from imported import copied_office, import_text, opened_copy
from sqlalchemy import delete

from data.derived.answers import followed_answers
from data.derived.answers.followed_answers import buildings_visited
from data.store.tables.visits import VisitVersion
from governance.cases.links.service import LinkService
from governance.cases.unlisted import service as unlisted
from governance.office import Office
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from tests.governance.conftest import NOW

MANAGER, WARDEN = person("office_manager"), person("grid_chief", "wang")
RENTALS = (
    "备案编号,楼栋编码,承租人,承租人类型,租赁用途,租期起,租期止,备案日期\n"
    "R1,B3,某某科技有限公司,企业,居住,2026-03-01,2026-10-12,2026-03-01\n"
    "R2,B6,某某科技有限公司,企业,商业,2026-11-20,2027-10-01,2026-11-20\n"
    "R3,B4,另某科技有限公司,企业,居住,2026-03-01,2026-10-01,2026-03-01\n"
    "R4,B5,另某科技有限公司,企业,居住,2026-11-22,2027-10-01,2026-11-22\n"
)
RESULTS = ("属实", "疑似", "未发现异常", "无人")


@pytest.fixture(scope="module")
def rented_folder(scored_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with copied_office(scored_folder, tmp_path_factory.mktemp("rented"), now=NOW) as office:
        import_text(office, "rentals", RENTALS)
    return office._workspace.root


@pytest.fixture
def street(rented_folder: Path, tmp_path: Path) -> Iterator[Office]:
    yield from opened_copy(rented_folder, tmp_path, now=NOW)


@pytest.fixture
def reading(street: Office) -> Iterator[Callable[[], Office]]:
    """Return what opens the office anew: it has read nothing, so that it reads all."""
    opened: list[Office] = []

    def open_again() -> Office:
        opened.append(open_office(street._workspace.root, now=lambda: NOW))
        return opened[-1]

    yield open_again
    for office in opened:
        office.close()


def visit(
    office: Office, key: str, building: str, result: str = "未发现异常", days: int = 0
) -> str:
    at = office.clock.local() - timedelta(days=days)
    new = NewVisit(key=key, building_id=building, result=result, at=at)
    return office.visits.record(WARDEN, new).visit_id


def answers(office: Office) -> dict[str, pd.DataFrame]:
    around = {f"at {each}": office.links.of_building(MANAGER, each) for each in ("B3", "B5")}
    return around | {
        "parties": office.links.parties(MANAGER),
        "moved in": office.links.moved_in(MANAGER).rename("n").reset_index(),
        "on no list": office.unlisted.buildings(MANAGER),
        "without links": office.unlisted.buildings(person("planner")),
    }


def assert_same(found: dict[str, pd.DataFrame], wanted: dict[str, pd.DataFrame]) -> None:
    for name, frame in wanted.items():
        pd.testing.assert_frame_equal(found[name], frame, obj=name)


def test_after_visits_they_are_those_of_an_office_that_reads_all(
    street: Office, reading: Callable[[], Office]
) -> None:
    """Among them are one before a move, its withdrawal, and a find where nothing was."""
    chance, kept = Random(1), list[str]()  # noqa: S311 -- no secret
    answers(street)
    for step in range(3):
        if kept and chance.random() < 0.3:
            street.visits.undo(WARDEN, kept.pop())
        for number in range(chance.randint(1, 2)):
            building, result = f"B{chance.randint(1, 8)}", chance.choice(RESULTS)
            days = chance.randint(0, 6)
            kept.append(visit(street, f"{step}-{number}", building, result, days))
        found = answers(street)
        if step:
            assert_same(found, answers(reading()))


def test_a_visit_before_a_move_is_a_check_and_no_more_once_it_is_withdrawn(street: Office) -> None:
    def moved_in() -> list[str]:
        return street.links.moved_in(MANAGER).index.tolist()

    assert moved_in() == ["B6"]
    number = visit(street, "a", "B4", days=5)
    assert moved_in() == ["B5", "B6"]
    street.visits.undo(WARDEN, number)
    assert moved_in() == ["B6"]


def test_no_table_is_read_whole_for_a_visit(
    street: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("all rows were read")

    answers(street)
    monkeypatch.setattr(LinkService, "_read_links", read)
    monkeypatch.setattr(unlisted.UnlistedService, "_read", read)
    visit(street, "a", "B8", "属实")
    assert "B8" in set(answers(street)["on no list"]["building_id"])
    import_text(street, "rentals", RENTALS.replace("R", "S"))
    with pytest.raises(AssertionError, match="all rows"):
        answers(street)


def test_the_buildings_visited_are_those_of_every_version_since(
    street: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def visited() -> set[str] | None:
        return buildings_visited(street._engine.pinned(), street._workspace.store, since=since)

    first = visit(street, "a", "B1")
    visit(street, "b", "B2")
    since = street._engine.pinned().state.visits
    street.visits.undo(WARDEN, first)
    visit(street, "c", "B7")
    assert visited() == {"B1", "B7"}
    monkeypatch.setattr(followed_answers, "MOST_CAME", 1)
    assert visited() is None


def test_a_row_of_a_file_that_tells_of_the_visit_is_another_building_that_changed(
    street: Office,
) -> None:
    since = street._engine.pinned().state.visits
    number = visit(street, "a", "B1")
    told = f"检查编号,检查时间,楼栋编码,检查结果\n{number},2026-11-01 19:00,B2,发现\n"
    import_text(street, "inspections", told)
    engine, store = street._engine.pinned(), street._workspace.store
    assert buildings_visited(engine, store, since=since) == {"B1", "B2"}


def test_where_visits_were_deleted_no_buildings_are_named(street: Office) -> None:
    visit(street, "a", "B1")
    since = street._engine.pinned().state.visits
    visit(street, "b", "B2")
    visit(street, "c", "B2")
    store = street._workspace.store
    with store.begin() as unit:
        unit._session.execute(delete(VisitVersion).where(VisitVersion.key == "b"))
        unit.commit()
    assert buildings_visited(street._engine.pinned(), store, since=since) == {"B2"}
    with store.begin() as unit:
        unit._session.execute(delete(VisitVersion).where(VisitVersion.key == "a"))
        unit.commit()
    assert buildings_visited(street._engine.pinned(), store, since=since) is None
