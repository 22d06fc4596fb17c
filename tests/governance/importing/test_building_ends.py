"""A building that was pulled down: said once, it is on nothing that is to come; its past stays."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from imported import import_text

from data.integrity.verify import verify_workspace
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.importing.address_review import UnknownBuildingError
from governance.importing.building_ends import BuildingEndError
from governance.office import Office
from governance.security.compliance.audit import AuditFilter
from governance.visits.rules.new_visit import NewVisit
from tests.governance.conftest import BUILDINGS

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY, DAY = NOW.date(), date(2026, 11, 20)
PLANNER = Actor("li", "李统筹", ("planner",), Scope.whole())
MANAGER = Actor("zhao", "赵主任", ("office_manager",), Scope.whole())
AUDITOR = Actor("a", "审计", ("auditor",), Scope.whole())
WARDEN = Actor("wang", "王网格员", ("warden",), Scope(buildings=frozenset({"B3"})))


def end(office: Office, *buildings: str, on: date = DAY, actor: Actor = PLANNER) -> None:
    office.building_ends.end(actor, buildings or ("B3",), ended_on=on, reason="拆迁 13800001111")


def is_told(office: Office, building: str = "B3") -> bool:
    return building in office.building_ends.days(PLANNER, [building])


def lines(office: Office) -> list[str]:
    """Return what the log tells of it, the newest first."""
    events = office.audit.events(AUDITOR, AuditFilter())
    told = [json.loads(each["facts"]) for each in events if each["action"] == "end_buildings"]
    return [str(each["change"]) for each in told]


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(BuildingEndError) as caught:
        yield
    assert caught.value.code == code


def test_who_said_it_and_why_is_listed_and_one_line_of_the_log_tells_it(office: Office) -> None:
    end(office)
    (row,) = office.building_ends.all(MANAGER).to_dict("records")
    assert (row["building_id"], row["name"], row["ended_on"]) == ("B3", "示例花园3号楼", DAY)
    assert row["reason"] == "拆迁 138****1111", "numbers in it are hidden, as in every text"
    assert (row["by"], row["at"]) == ("li", datetime(2026, 11, 24, 12, 0))  # noqa: DTZ001 -- local
    assert lines(office) == ["building_ended"]
    assert office.building_ends.days(WARDEN, ["B3", "B4"]) == {"B3": DAY}


def test_it_is_taken_back_by_the_same_roles(office: Office) -> None:
    end(office)
    office.building_ends.take_back(MANAGER, ["B3"])
    assert not is_told(office)
    assert lines(office) == ["building_stands", "building_ended"]
    with refused("building_end_missing"):
        office.building_ends.take_back(MANAGER, ["B3"])
    end(office)
    assert is_told(office)


@pytest.mark.parametrize("actor", [WARDEN, Actor("z", "片", ("grid_chief",), Scope.whole()),
                                   Actor("p", "统", ("planner",), Scope(grids=frozenset("g")))],
                         ids=["warden", "grid chief", "a part of the street"])  # fmt: skip
def test_nobody_else_says_it_or_takes_it_back(office: Office, actor: Actor) -> None:
    end(office)
    with pytest.raises(NotAllowedError):
        end(office, "B4", actor=actor)
    with pytest.raises(NotAllowedError):
        office.building_ends.take_back(actor, ["B3"])
    with pytest.raises(NotAllowedError):
        office.building_ends.all(actor)
    assert is_told(office)


def test_what_is_not_usable_is_refused_whole(office: Office) -> None:
    ends = office.building_ends
    with pytest.raises(UnknownBuildingError):
        end(office, "B4", "B99")
    with refused("building_end_reason_missing"):
        ends.end(PLANNER, ["B4"], ended_on=DAY, reason=" ")
    with refused("building_end_later"):
        end(office, "B4", on=TODAY + timedelta(days=1))
    end(office)
    with refused("building_ended_already"):
        end(office, "B3", "B4")
    assert ends.all(PLANNER)["building_id"].tolist() == ["B3"]
    assert lines(office) == ["building_ended"]


def test_of_several_who_say_it_at_once_nothing_is_lost_and_one_is_heard_of_each_building(
    open_copy: Callable[[Path], Office], filled_folder: Path
) -> None:
    office = open_copy(filled_folder)
    asked = ["B1", "B2", "B3", "B4"] * 3

    def said(building: str) -> bool:
        try:
            office.building_ends.end(PLANNER, [building], ended_on=DAY, reason="拆迁")
        except BuildingEndError:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(said, asked))
    assert sum(answers) == 4
    assert sorted(office.building_ends.all(PLANNER)["building_id"]) == ["B1", "B2", "B3", "B4"]
    assert lines(office) == ["building_ended"] * 4


def test_an_own_table_of_buildings_says_it_too(empty_office: Office) -> None:
    header, *rows = BUILDINGS.splitlines()
    texts = [f"{header},停用日期", *(f"{row}," for row in rows)]
    texts[3] += "2026-11-20"
    import_text(empty_office, "buildings", "\n".join(texts))
    assert empty_office.building_ends.days(PLANNER, ["B2", "B3"]) == {"B3": DAY}
    (row,) = empty_office.building_ends.all(PLANNER).to_dict("records")
    assert (row["ended_on"], row["reason"], row["by"], row["at"]) == (DAY, "", "", None)
    with refused("building_ended_already"):
        end(empty_office)
    with refused("building_end_missing"):
        empty_office.building_ends.take_back(PLANNER, ["B3"])


def test_a_score_as_of_an_earlier_day_is_the_same_byte_for_byte(office: Office) -> None:
    day = DAY - timedelta(days=1)
    before = office.scores.run(PLANNER, as_of=day).snapshot_id
    end(office)
    assert office.scores.run(PLANNER, as_of=day).snapshot_id == before


def test_no_later_score_has_it_and_todays_is_due_again_by_itself(scored: Office) -> None:
    newest = scored.scores.run(PLANNER, as_of=TODAY)
    rests_on = scored.automatic_scoring._writer.versions()
    end(scored)
    assert scored.automatic_scoring._writer.versions() != rests_on
    later = scored.scores.run(PLANNER, as_of=TODAY)
    assert later.snapshot_id != newest.snapshot_id
    assert later.buildings == newest.buildings - 1
    assert "B3" not in {row["unit"] for row in scored.risk_map.top(PLANNER)}
    scored.building_ends.take_back(PLANNER, ["B3"])
    assert scored.scores.run(PLANNER, as_of=TODAY).snapshot_id == newest.snapshot_id


def test_it_is_due_and_counted_no_longer_but_was_before(scored: Office) -> None:
    def due(day: date) -> int:
        rows = scored.coverage.summary(PLANNER, since=day, until=day, by="street")
        return int(rows.loc[rows["tier"] == "", "due"].sum())

    was, now = due(DAY - timedelta(days=1)), due(TODAY)
    assert "B3" in set(scored.coverage.breaches(PLANNER)["building_id"])
    asked = scored.coverage.cadence(PLANNER)
    end(scored)
    assert "B3" not in set(scored.coverage.breaches(PLANNER)["building_id"])
    assert (due(DAY - timedelta(days=1)), due(TODAY)) == (was, now - 1)
    assert sum(scored.coverage.cadence(PLANNER).buildings.values()) == (
        sum(asked.buildings.values()) - 1
    )


def test_it_is_on_no_days_list_and_its_page_says_from_when(scored: Office) -> None:
    end(scored)
    listed = scored.worklist.my_buildings(WARDEN).set_index("building_id").loc["B3"]
    assert (listed["today"], listed["order"], listed["days_late"]) == (False, 0, 0)
    assert pd.isna(listed["due_on"])
    assert listed["ended_on"].date() == DAY
    assert scored.worklist.building(WARDEN, "B3").row["ended_on"].date() == DAY
    before = scored.worklist.my_buildings(WARDEN, on=DAY - timedelta(days=1))
    assert before.set_index("building_id").loc["B3", "today"], "while it stood it was due"


def test_its_visits_stay_and_another_one_may_say_that_it_is_not_there(scored: Office) -> None:
    end(scored)
    scored.visits.record(WARDEN, NewVisit(key="k", building_id="B3", result="已不在"))
    assert scored.worklist.visits(WARDEN, building_id="B3")["result"].tolist() == ["已不在"]


def test_no_unlisted_place_is_one(office: Office) -> None:
    listed = set(office.unlisted.buildings(MANAGER)["building_id"])
    assert "B3" in listed
    end(office)
    assert set(office.unlisted.buildings(MANAGER)["building_id"]) == listed - {"B3"}


def test_nobody_is_missing_there_and_nobody_is_proposed(staffed: Office) -> None:
    end(staffed, "B3", "B8")
    work = staffed.responsibility.work(MANAGER)
    assert work.buildings == 6
    assert not {"B3", "B8"} & set(work.rows["building_id"])
    assert not {"B3", "B8"} & set(staffed.assignment.preview(MANAGER).rows["building_id"])
    chain = staffed.responsibility.chain(MANAGER, "B8")
    assert not any(link.problems for link in chain.links), "its page says who answered for it"
    past = staffed.responsibility.duties_of_day(MANAGER, on=DAY - timedelta(days=1))
    assert {"B3", "B8"} <= set(past["building_id"])


LATER = "工单编号,来电时间,事发地址,诉求人,楼栋编码\n{},{},示例花园3号楼2单元501,张示例,{}\n"


def later_rows(office: Office) -> tuple[list[int], list[str], int]:
    """Return how many the list counts, their addresses, and how many the start page counts."""
    told = [line.count for line in office.overview.summary(PLANNER).warnings
            if line.kind == "later_rows"]  # fmt: skip
    counted = office.building_ends.all(PLANNER)["later_rows"].tolist()
    rows = office.building_ends.later_rows(PLANNER, "B3")
    return counted, rows["address"].tolist(), sum(told)


def test_rows_of_after_its_end_wait_for_a_person_until_they_name_another_building(
    office: Office,
) -> None:
    assert later_rows(office) == ([], [], 0)
    end(office)
    assert later_rows(office) == ([0], [], 0), "those of before its end are in their place"
    import_text(office, "complaints", LATER.format("250912101108115405", "2026-11-20 09:00", ""))
    counted, (address,), told = later_rows(office)
    assert (counted, told) == ([1], 1)
    assert "501" not in address, "masked, as rows beside a decision about an address are"
    with pytest.raises(NotAllowedError):
        office.building_ends.later_rows(WARDEN, "B3")
    import_text(office, "complaints", LATER.format("250912101108115405", "2026-11-20 09:00", "B4"),
                name="corrected.csv")  # fmt: skip
    assert later_rows(office) == ([0], [], 0)
    rows = office._engine.table("complaints").to_pandas().set_index("ticket_no")
    assert rows.loc["250912101108115405", "building_id"] == "B4"


def test_rows_that_lie_there_stay_where_they_are_and_the_workspace_is_sound(
    office: Office,
) -> None:
    def placed() -> list[str]:
        rows = office._engine.table("complaints").order_by("row_key").to_pandas()
        return rows["building_id"].tolist()

    before, name = placed(), office._engine.name_of_rows("complaints")
    end(office)
    assert (placed(), office._engine.name_of_rows("complaints")) == (before, name)
    assert verify_workspace(office._workspace).problems == ()
