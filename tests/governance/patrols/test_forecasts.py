"""A kept forecast holds as long as nothing that it follows from has changed."""

import errno
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from governance.access.permissions import Actor, local_owner
from governance.office import Office
from governance.patrols.base import PlanSolver
from governance.patrols.routing.model.forecast import PlanForecast
from governance.patrols.routing.model.plan import PlanOptions
from governance.records.ledger.key_lists import NewKeySubject
from governance.records.ledger.line_entry import NewLine
from governance.records.ledger.rules.occasions import Occasion
from governance.visits.rules.new_visit import NewVisit
from tests.governance.patrols.conftest import MONDAY, TEAMS, options

TOLD = PlanForecast(teams=3, shifts=6, stops=24, due=39, kept=31, weeks=9, finds=0.7,
                    usual_finds=0.9, narrower=None)  # fmt: skip
ASKED = PlanOptions(kind="campaign", first=MONDAY, last=MONDAY + timedelta(days=6))


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[PlanOptions]:
    """Return what was worked out, in order; the answer is made up."""
    found = list[PlanOptions]()

    def forecast(_: PlanSolver, _actor: Any, options: PlanOptions, **_asked: Any) -> PlanForecast:
        found.append(options)
        return TOLD

    monkeypatch.setattr(PlanSolver, "forecast", forecast)
    return found


def test_what_was_worked_out_once_is_read_the_next_time_under_any_title_but_for_no_other_choice(
    desk: Office, planner: Actor, worked_out: list[PlanOptions]
) -> None:
    first = desk.plans.forecast(planner, ASKED)
    assert desk.plans.forecast(planner, ASKED) == first
    assert desk.plans.forecast(planner, replace(ASKED, title="寒假专项", focus="假期")) == first
    assert worked_out == [ASKED]
    desk.plans.forecast(planner, replace(ASKED, kinds=("商铺",)))
    assert len(worked_out) == 2


def _visit(office: Office) -> None:
    office.visits.record(local_owner(), NewVisit(key="v", building_id="B1"))


def _one_team_more(office: Office) -> None:
    office.teams.save(local_owner(), replace(TEAMS[0], team_id="new", name="第四队"))


def _line_of_the_ledger(office: Office) -> None:
    line = NewLine(kind="楼栋", reason="上级交办", note="督办", building_id="B2")
    office.ledger.enter(local_owner(), line)


def _institution_to_watch(office: Office) -> None:
    office.key_lists.add(
        local_owner(),
        NewKeySubject(key_list="托管", name="晨光托管", building_id="B3", note="暑期曾办班"),
    )


def _occasion_of_the_office(office: Office) -> None:
    exams = Occasion(first=MONDAY, last=MONDAY, kind="exam", name="期末考试")
    office.key_lists.set_occasions(local_owner(), [exams])


def _plan_of_the_week_before(office: Office) -> None:
    week = options(first=MONDAY - timedelta(days=7), last=MONDAY - timedelta(days=1))
    made = office.plans.make(local_owner(), week)
    office.plans.publish(local_owner(), made.plan_id, version=1)


CHANGES = (
    _visit,
    _one_team_more,
    _line_of_the_ledger,
    _institution_to_watch,
    _occasion_of_the_office,
    _plan_of_the_week_before,
)


def test_it_is_worked_out_anew_after_a_change(
    desk: Office, planner: Actor, worked_out: list[PlanOptions]
) -> None:
    desk.plans.forecast(planner, ASKED)
    for number, change in enumerate(CHANGES, start=2):
        change(desk)
        desk.plans.forecast(planner, ASKED)
        assert len(worked_out) == number, change


def test_a_damaged_file_is_written_anew(
    desk: Office, planner: Actor, worked_out: list[PlanOptions]
) -> None:
    first = desk.plans.forecast(planner, ASKED)
    (file,) = (desk._workspace.derived_path / "forecasts").iterdir()
    file.write_bytes(file.read_bytes().replace(b"9", b"8").replace(b"1", b"7"))
    assert [desk.plans.forecast(planner, ASKED) for _ in range(2)] == [first, first]
    assert len(worked_out) == 2


def test_a_disk_that_takes_no_file_stops_no_forecast(
    desk: Office, planner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patch:
        patch.setattr("data.derived.cache.write_bytes", full)
        untold = desk.plans.forecast(planner, ASKED)
    assert desk.plans.forecast(planner, ASKED) == untold
