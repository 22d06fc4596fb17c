"""What came after a score is told of a building at once, and equals the newer score."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from imported import import_text
from moving_clock import MovingClock

from governance.access.permissions import (
    Actor,
    NotAllowedError,
    Scope,
    automatic_scorer,
    local_owner,
)
from governance.office import Office
from governance.scores import live
from governance.scores.scoring import ExplainedUnit
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from risk.explanation.lookup import UnknownUnitError

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- the same, local
OWNER, SCORER = local_owner(), automatic_scorer()
COMPLAINT = (
    "工单编号,来电时间,楼栋编码,事发地址,来电人\n7,2026-11-20 10:00,B2,示例花园2号楼,王示例\n"
)
LEASE = "备案编号,楼栋编码,租赁期限起,租赁期限止,地址\nL1,B2,2026-01-01,2027-01-01,示例花园2号楼\n"


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(NOW)


@pytest.fixture
def office(office: Office, clock: MovingClock) -> Office:
    """Return an office that scores by itself and has just scored."""
    served = open_office(office._workspace.root, now=clock)
    step_until_scored(served, clock)
    return served


def step_until_scored(office: Office, clock: MovingClock) -> None:
    for _ in range(3):
        if office.automatic_scoring.step(SCORER):
            return
        clock.ahead(timedelta(seconds=61))
    pytest.fail("nothing was scored")


def weights_of(told: ExplainedUnit) -> dict[str, float]:
    return {name: weight.posterior for name, weight in told.learning.weights.items()}


def visit(office: Office, *, number: int = 0) -> str:
    at = NOON - timedelta(minutes=5 + number)
    made = NewVisit(key=f"k{number}", building_id="B3", at=at, result="属实")
    return office.visits.record(OWNER, made).visit_id


def test_a_visit_is_told_of_before_the_newer_score_which_then_says_the_same(
    office: Office, clock: MovingClock
) -> None:
    before = office.scores.explain(OWNER, "B3")
    assert office.scores.with_news(OWNER, "B3") is None
    visit(office)
    assert not office.automatic_scoring.step(SCORER)
    news = office.scores.with_news(OWNER, "B3")
    assert news is not None
    assert (news.visits, news.complaints, news.was) == (1, 0, before.score)
    assert news.score != news.was
    assert office.scores.with_news(OWNER, "B5") is None
    step_until_scored(office, clock)
    after = office.scores.explain(OWNER, "B3")
    assert after.snapshot_id != before.snapshot_id
    assert weights_of(after) == weights_of(before)
    assert news.score == after.score
    assert office.scores.with_news(OWNER, "B3") is None


def test_a_complaint_of_an_import_is_told_of(office: Office) -> None:
    import_text(office, "complaints", COMPLAINT)
    office.automatic_scoring.step(SCORER)
    news = office.scores.with_news(OWNER, "B2")
    assert news is not None
    assert (news.visits, news.complaints) == (0, 1)
    assert news.score > news.was


def test_rows_are_taken_in_once_and_added_to_those_before(office: Office) -> None:
    for number in (1, 2):
        visit(office, number=number)
        for _ in range(2):
            office.automatic_scoring.step(SCORER)
        news = office.scores.with_news(OWNER, "B3")
        assert news is not None
        assert news.visits == number


def test_an_earlier_score_is_told_of_without_what_came_since(office: Office) -> None:
    newest = office.scores.explain(OWNER, "B3").snapshot_id
    office.scores.run(OWNER, as_of=NOON.date() - timedelta(days=30))
    visit(office)
    office.automatic_scoring.step(SCORER)
    assert office.scores.with_news(OWNER, "B3", snapshot_id=newest) is not None
    older = office.scores.snapshots(OWNER)["snapshot_id"].iloc[1]
    assert office.scores.with_news(OWNER, "B3", snapshot_id=str(older)) is None


def taken_back(office: Office) -> None:
    imported = office.imports.history(OWNER)
    last = imported[imported["table"] == "inspections"]["import_id"].iloc[0]
    office.imports.undo(OWNER, str(last))


def other_table(office: Office) -> None:
    import_text(office, "rentals", LEASE)


@pytest.mark.parametrize("change", [taken_back, other_table])
def test_what_only_a_full_score_can_tell_is_not_told_before_it(
    office: Office, change: Callable[[Office], None]
) -> None:
    visit(office)
    change(office)
    office.automatic_scoring.step(SCORER)
    assert office.scores.with_news(OWNER, "B3") is None
    assert office.automatic_scoring.state(OWNER).failure is None


def test_many_rows_at_once_wait_for_the_newer_score(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_ROWS", 1)
    visit(office, number=1)
    visit(office, number=2)
    office.automatic_scoring.step(SCORER)
    assert office.scores.with_news(OWNER, "B3") is None


def test_of_a_large_office_no_state_is_kept(
    office: Office, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_BUILDINGS", 1)
    visit(office)
    step_until_scored(office, clock)
    visit(office, number=9)
    office.automatic_scoring.step(SCORER)
    assert office.scores.with_news(OWNER, "B3") is None


def test_nothing_is_kept_where_no_server_watches(office: Office, clock: MovingClock) -> None:
    alone = open_office(office._workspace.root, now=clock)
    alone.scores.run(OWNER)
    visit(alone)
    assert alone.scores.with_news(OWNER, "B3") is None


def test_only_who_may_know_why_is_told_and_only_of_their_own(office: Office) -> None:
    visit(office)
    office.automatic_scoring.step(SCORER)
    warden = Actor(id="w", name="丙", roles=("warden",), scope=Scope(buildings=frozenset({"B3"})))
    with pytest.raises(NotAllowedError):
        office.scores.with_news(warden, "B3")
    chief = Actor(
        id="g", name="乙", roles=("local_owner",), scope=Scope(buildings=frozenset({"B5"})),
        delegated=frozenset({"B3"}),
    )  # fmt: skip
    with pytest.raises(UnknownUnitError):
        office.scores.with_news(chief, "B3")
