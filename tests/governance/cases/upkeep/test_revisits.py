"""Closed is not fixed: places of confirmed cases are looked at again, by somebody else."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from case_steps import CHIEF, MANAGER, WHOLE_WAY, folder_with_case, go, lead, person, take_in

from data.contracts.case_vocabulary import Stage
from governance.access.permissions import Actor
from governance.cases.upkeep.revisits import Revisit, Revisits
from governance.office import Office
from governance.patrols.base import with_revisits
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from tests.governance.conftest import NOW

NO = "XS-2026-0001"
CLOSED = date(2026, 11, 24)
WARDEN = person("warden")


class Street:
    """An office whose clock can be put on."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.office = open_office(folder, now=lambda: self.now)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def visit(self, actor: Actor, result: str = "未发现异常") -> None:
        key = f"{actor.id}{self.now}"
        self.office.visits.record(actor, NewVisit(key=key, building_id="B3", result=result))

    def due(self, until: date) -> list[tuple[date, int]]:
        found = self.office._resources.part(Revisits).due(until)
        return [(each.due_on, each.number) for each in found]


@pytest.fixture(scope="module")
def closed_folder(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_with_case(
        filled_folder,
        tmp_path_factory.mktemp("closed"),
        steps=len(WHOLE_WAY),
        now=NOW,
        building_id="B3",
    )


@pytest.fixture
def street(closed_folder: Path, tmp_path: Path) -> Iterator[Street]:
    """Return a street on the day on which its one case, a find, was closed."""
    street = Street(shutil.copytree(closed_folder, tmp_path / "office"))
    yield street
    street.office.close()


def test_a_closed_find_is_looked_at_again_after_30_60_and_90_days(street: Street) -> None:
    days = {n: CLOSED + timedelta(days=n) for n in (30, 60, 90)}
    assert street.due(days[30] - timedelta(days=1)) == []
    for number, (n, day) in enumerate(days.items(), start=1):
        assert street.due(day) == [(day, number)]
        street.wait(n - (street.now.date() - CLOSED).days)
        street.visit(WARDEN)
        assert street.due(day) == []


def test_who_verified_does_not_make_the_re_visit(street: Street) -> None:
    street.wait(30)
    street.visit(CHIEF)
    assert len(street.due(street.now.date())) == 1
    street.visit(WARDEN)
    assert street.due(street.now.date()) == []


def test_a_case_that_was_not_true_is_not_looked_at_again(office: Office) -> None:
    take_in(office, lead(building_id="B3"))
    go(office, 2)
    for actor, action, facts in (
        (CHIEF, "verify", {"finding": "不属实"}),
        (person("hotline_clerk"), "reply", {"reply_by": "电话", "reply": "未发现"}),
        (MANAGER, "close", {}),
    ):
        office.cases.act(actor, NO, action, facts)
    assert not office._resources.part(Revisits).due(CLOSED + timedelta(days=100))


def test_a_re_visit_that_finds_something_opens_the_same_case_again(street: Street) -> None:
    street.wait(30)
    street.visit(WARDEN)
    assert street.office.cases.catch_up(MANAGER).reopened == ()
    street.visit(person("warden", "other"), "属实")
    assert street.office.cases.catch_up(MANAGER).reopened == (NO,)
    view = street.office.cases.case(MANAGER, NO)
    assert (view.facts["stage"], view.history["note"].iloc[-1]) == (Stage.ASSIGNED, "revisit")
    assert street.office.cases.catch_up(MANAGER).reopened == ()


def test_the_plan_has_an_appointment_there_and_keeps_an_earlier_one() -> None:
    days = pd.to_datetime(["2026-12-20", "2026-12-28", None, None])
    buildings = pd.DataFrame(
        {
            "building_id": ["B1", "B2", "B3", "B4"],
            "next_step": ["again", "again", "refer", "none"],
            "retry_at": pd.Series(days).astype("datetime64[us]"),
            "sensitive": False,
            "last_at": pd.Series([None] * 4).astype("datetime64[us]"),
        }
    )
    due = [Revisit("N", f"B{n}", date(2026, 12, 24), 1) for n in (1, 2, 3)]
    planned = with_revisits(buildings, due, rest_days={"last_at": 5})
    assert planned["next_step"].tolist() == ["again", "again", "again", "none"]
    assert [str(day)[:10] for day in planned["retry_at"]] == [
        "2026-12-20", "2026-12-24", "2026-12-24", "NaT"
    ]  # fmt: skip
    assert planned["sensitive"].tolist() == [True, True, True, False]
    assert with_revisits(buildings, [], rest_days={"last_at": 5}).equals(buildings)


def test_what_was_not_agreed_at_a_visit_waits_for_as_long_as_anything_else() -> None:
    buildings = pd.DataFrame(
        {
            "building_id": ["B1", "B2", "B3"],
            "next_step": ["none", "none", "again"],
            "retry_at": pd.to_datetime([None, None, "2026-12-24"]).astype("datetime64[us]"),
            "sensitive": False,
            "last_at": pd.to_datetime(["2026-12-23", "2026-12-01", "2026-12-23"]),
            "last_stop_on": pd.to_datetime([None, "2026-12-14", "2026-12-14"]),
        }
    )
    due = [Revisit("N", f"B{n}", date(2026, 12, 24), 1) for n in (1, 2, 3)]
    planned = with_revisits(buildings, due, rest_days={"last_at": 5, "last_stop_on": 12})
    assert [str(day)[:10] for day in planned["retry_at"]] == [
        "2026-12-28", "2026-12-26", "2026-12-24"
    ]  # fmt: skip
