"""Suspicions wait for a grid chief until somebody looked, in their own scope alone."""

import io
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from two_communities import COMMUNITY, FOREIGN, OWN, open_built

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.overview.suspicions import SUSPICIONS
from governance.visits.rules.new_visit import NewVisit, VisitRefusedError

CALENDAR = Calendar.shipped()
DAYS = st.dates(date(2025, 12, 1), date(2026, 12, 31))
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def acting(role: str, community: str) -> Actor:
    scope = Scope(communities=frozenset({COMMUNITY[community]}))
    return Actor(id=f"{role}-{community}", name=role, roles=(role,), scope=scope)


CHIEF, OTHER = acting("grid_chief", "M"), acting("grid_chief", "T")


@pytest.fixture
def office(two_communities: Path, tmp_path: Path) -> Iterator[Office]:
    opened = open_built(shutil.copytree(two_communities, tmp_path / "o"))
    yield opened
    opened.close()


def suspect(office: Office, building: str, key: str, *, unit: str = "") -> str:
    """Record a suspicion as the owner and return its visit's id."""
    visit = NewVisit(key=key, building_id=building, result="疑似", unit=unit)
    return office.visits.record(local_owner(), visit).visit_id


def test_a_chief_sees_what_waits_in_their_community_and_nobody_elses(office: Office) -> None:
    own, foreign = suspect(office, OWN[0], "a"), suspect(office, FOREIGN[0], "b")
    told = office.suspicions.waiting(CHIEF)
    assert list(told) == list(SUSPICIONS)
    assert told["visit_id"].tolist() == [own]
    assert told["next_step"].tolist() == ["chief_looks"]
    assert told["working_days_left"].tolist() == [2]
    assert office.suspicions.waiting(OTHER)["visit_id"].tolist() == [foreign]
    with pytest.raises(NotAllowedError):
        office.suspicions.waiting(OTHER, building_id=OWN[0])


def test_nothing_waits_at_a_building_that_was_pulled_down(office: Office) -> None:
    suspicion = suspect(office, OWN[0], "a")
    office.building_ends.end(local_owner(), [OWN[0]], ended_on=NOW.date(), reason="拆迁")
    assert office.suspicions.waiting(CHIEF).empty
    with pytest.raises(VisitRefusedError):
        office.suspicions.settle(CHIEF, suspicion, found=True)
    office.building_ends.take_back(local_owner(), [OWN[0]])
    assert office.suspicions.waiting(CHIEF)["visit_id"].tolist() == [suspicion]


def test_the_photo_of_a_suspicion_is_seen_in_its_community_alone(office: Office) -> None:
    visit = suspect(office, OWN[0], "a")
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "blue").save(content, "PNG")
    office.photos.attach(local_owner(), visit, content.getvalue(), no_faces=True)
    (sha256,) = office.suspicions.waiting(CHIEF)["photos"].iloc[0]
    assert office.photos.read(CHIEF, sha256)
    with pytest.raises(NotAllowedError):
        office.photos.read(OTHER, sha256)


@pytest.mark.parametrize(("found", "result"), [(False, "未发现异常"), (True, "属实")])
def test_settling_records_a_visit_at_that_door_and_can_be_taken_back(
    office: Office, *, found: bool, result: str
) -> None:
    visit = suspect(office, OWN[0], "a", unit="1单元101")
    kept = office.suspicions.settle(CHIEF, visit, found=found)
    last = office.worklist.visits(CHIEF, building_id=OWN[0]).iloc[0]
    assert (last["visit_id"], last["result"], last["unit"]) == (kept.visit_id, result, "1单元101")
    assert office.suspicions.waiting(CHIEF).empty
    with pytest.raises(VisitRefusedError, match="settled"):
        office.suspicions.settle(CHIEF, visit, found=found)
    office.visits.undo(CHIEF, kept.visit_id)
    assert office.suspicions.waiting(CHIEF)["visit_id"].tolist() == [visit]


def test_nobody_settles_what_is_not_theirs(office: Office) -> None:
    visit = suspect(office, OWN[0], "a")
    with pytest.raises(VisitRefusedError, match="settled"):
        office.suspicions.settle(OTHER, visit, found=False)
    for role in ("warden", "planner"):
        with pytest.raises(NotAllowedError):
            office.suspicions.settle(acting(role, "M"), visit, found=False)


def test_a_suspicion_does_not_lapse(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = suspect(office, OWN[0], "a")
    later = NOW + timedelta(days=200)
    monkeypatch.setattr(type(office.suspicions), "_now", lambda _: later)
    told = office.suspicions.waiting(CHIEF)
    assert told["visit_id"].tolist() == [visit]
    assert told["working_days_left"].iloc[0] < -100


def test_a_communitys_report_is_of_that_community_and_for_who_sees_all_of_it(
    office: Office,
) -> None:
    suspect(office, OWN[0], "a")
    suspect(office, FOREIGN[0], "b")
    report = office.overview.community(local_owner(), COMMUNITY["M"])
    assert sum(report.tiers.values()) == len(OWN)
    assert set(report.suspicions["building_id"]) == {OWN[0]}
    assert set(report.facts.first["unit"]) <= set(OWN)
    with pytest.raises(NotAllowedError):
        office.overview.community(OTHER, COMMUNITY["M"])


@given(DAYS, DAYS)
def test_working_days_are_counted_one_by_one(due: date, today: date) -> None:
    first, last = min(due, today), max(due, today)
    days = [first + timedelta(days=n + 1) for n in range((last - first).days)]
    plain = len([day for day in days if not CALENDAR.is_rest_day(day)])
    left = WorkingDays(CALENDAR).read(datetime.combine(due, time()), today).balance
    assert left == (plain if due >= today else -plain)
