"""The office scores by itself: after a change has rested, once, with its line in the log."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from imported import import_text
from moving_clock import MovingClock
from patience import PATIENCE_S

from data.engine import Engine
from data.results.run_log import Run
from data.results.snapshots import SnapshotStore
from data.workspace.locks import hold_lock
from governance.access.permissions import (
    MACHINE,
    Actor,
    NotAllowedError,
    Scope,
    automatic_scorer,
    local_owner,
)
from governance.office import Office
from governance.scores import score_writer
from governance.scores.automatic.service import LOCK_FILE
from governance.scores.score_writer import SCORED_TABLES
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from risk.config.score import ScoreConfig
from risk.scoring.run import cut_after

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- the same, local
OWNER, SCORER = local_owner(), automatic_scorer()
QUIET, LONGEST = timedelta(seconds=60), timedelta(minutes=10)
SECOND = timedelta(seconds=1)
PERSONS = "人员编号,姓名,角色,所属单位,办公电话,在岗状态,任期止\nP1,甲,网格员,示例社区,,是,\n"
COMPLAINT = "工单编号,来电时间,楼栋编码,事发地址\n7,2026-11-20 10:00,B2,示例花园2号楼\n"


@pytest.fixture
def hands() -> MovingClock:
    return MovingClock(NOW)


@pytest.fixture
def folder(scored_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(scored_folder, tmp_path / "office")


@pytest.fixture
def scoring(folder: Path, hands: MovingClock) -> Iterator[Office]:
    """Return an office whose newest score is today's and holds everything."""
    office = open_office(folder, now=hands)
    yield office
    office.close()


@pytest.fixture
def current(scoring: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return the same office, where making a score costs next to nothing."""
    monkeypatch.setattr(score_writer, "run_score", save_score)
    return scoring


def save_score(
    _: object,
    snapshots: SnapshotStore,
    *,
    as_of: date,
    config: ScoreConfig,
    run: Run,
    announce: Any,
    hand_on: object,  # noqa: ARG001 -- there is no score to hand on
) -> None:
    """Save as a score of what it is to rest on, in place of one that is computed."""
    ranked = {"score": [1.0], "rank": [1], "tier": ["蓝"]}  # a visit drawn by lot asks for tiers
    buildings = pd.DataFrame({"building_id": ["B1"], **ranked})
    units = pd.DataFrame({"unit_kind": ["grid"], "unit": ["G"], **ranked})
    snapshots.save(
        as_of=as_of, cut=cut_after(as_of), config={}, config_hash=config.config_hash,
        tables={"buildings": buildings, "units": units}, facts=dict(run.rests_on), run=run,
        announce=announce,
    )  # fmt: skip


def set_scoring(folder: Path, settings: str) -> None:
    """Replace the settings file of an office by a section of it."""
    (folder / "gridwarden.toml").write_text(settings, encoding="utf-8")


def visit(office: Office, key: str = "k", building: str = "B4") -> str:
    return office.visits.record(
        OWNER, NewVisit(key=key, building_id=building, result="属实")
    ).visit_id


def lines(office: Office) -> list[dict[str, Any]]:
    """Return the facts of what the server did by itself, oldest first."""
    with office._workspace.store.begin() as unit:
        return [dict(event.facts) for event in unit.audit.find(person=MACHINE)][::-1]


def step(office: Office) -> bool:
    return office.automatic_scoring.step(SCORER)


def scored_after(office: Office, hands: MovingClock, wait: timedelta = QUIET) -> bool:
    """Let the server notice what there is, wait, and say whether it then scored."""
    assert not step(office)
    hands.ahead(wait)
    return step(office)


CHANGES: dict[str, tuple[Callable[[Office], object], str]] = {
    "import": (lambda office: import_text(office, "complaints", COMPLAINT), "imports"),
    "undo": (
        lambda office: office.imports.undo(
            OWNER, str(office.imports.history(OWNER)["import_id"].iloc[0])
        ),
        "imports",
    ),
    "review": (
        lambda office: office.address_review.decide(
            OWNER, table="complaints", address="示例花园附近", building_id="B1"
        ),
        "reviews",
    ),
    "pulled down": (
        lambda office: office.building_ends.end(
            OWNER, ["B1"], ended_on=NOW.date() - timedelta(days=1), reason="拆迁"
        ),
        "ended",
    ),
    "visit": (visit, "visits"),
    "undone visit": (lambda office: office.visits.undo(OWNER, visit(office)), "visits"),
}


@pytest.mark.parametrize(("change", "kind"), CHANGES.values(), ids=CHANGES)
def test_what_a_score_rests_on_makes_one_due_and_it_is_made_after_the_quiet_time(
    current: Office, hands: MovingClock, change: Callable[[Office], object], kind: str
) -> None:
    step(current)
    change(current)
    state = current.automatic_scoring.state(OWNER)
    assert state.due_at == NOON + QUIET
    assert not scored_after(current, hands, QUIET - SECOND)
    hands.ahead(SECOND)
    assert step(current)
    newest = current._snapshots.latest()
    assert newest is not None
    (line,) = lines(current)
    told = {"snapshot_id": newest.snapshot_id, "as_of": "2026-11-24"}
    assert line == told | {"automatic": True, "because": [kind]}
    state = current.automatic_scoring.state(OWNER)
    assert (state.due_at, state.made_at) == (None, NOON + QUIET)


def test_what_was_scored_by_itself_holds_the_change(scoring: Office, hands: MovingClock) -> None:
    before = scoring.scores.explain(OWNER, "B4").score
    visit(scoring)
    assert scored_after(scoring, hands)
    answer = scoring.scores.explain(OWNER, "B4")
    assert answer.score != before
    assert answer.changed == []


@pytest.fixture(params=["sqlite", "postgresql"])
def on_each_store(
    request: pytest.FixtureRequest,
    folder: Path,
    hands: MovingClock,
    empty_postgresql: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    """Return the office over each database, where making a score costs next to nothing."""
    monkeypatch.setattr(score_writer, "run_score", save_score)
    if request.param == "postgresql":
        set_scoring(folder, f'[store]\nurl = "{empty_postgresql()}"\n')
    office = open_office(folder, now=hands)
    office.scores.run(OWNER)
    yield office
    office.close()


def test_two_changes_within_the_quiet_time_make_one_score(
    on_each_store: Office, hands: MovingClock
) -> None:
    office = on_each_store
    visit(office, "a")
    assert not scored_after(office, hands, QUIET / 2)
    visit(office, "b", "B6")
    assert not scored_after(office, hands, QUIET - SECOND)
    hands.ahead(SECOND)
    assert step(office)
    assert not scored_after(office, hands, LONGEST)
    assert [line["because"] for line in lines(office)] == [["visits"]]


def test_changes_that_never_rest_are_scored_at_the_longest_wait(
    current: Office, folder: Path, hands: MovingClock
) -> None:
    set_scoring(folder, "[scoring]\nquiet_seconds = 300\n")
    office, often = open_office(folder, now=hands), timedelta(seconds=250)
    for number in range(2):
        visit(current, f"k{number}")
        assert not step(office)
        hands.ahead(often)
    visit(current, "k2")
    assert not scored_after(office, hands, LONGEST - 2 * often - SECOND)
    hands.ahead(SECOND)
    assert step(office)
    office.close()


def test_where_nothing_changed_nothing_is_scored(current: Office, hands: MovingClock) -> None:
    import_text(current, "persons", PERSONS)
    assert not scored_after(current, hands, LONGEST)
    assert lines(current) == []


def test_a_score_reads_no_table_whose_import_makes_none_due(
    scoring: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = set()

    def noting(real: Callable[..., Any]) -> Callable[..., Any]:
        def reading(engine: Engine, name: str, **options: Any) -> Any:
            read.add(name)
            return real(engine, name, **options)

        return reading

    for name in ("table", "versions"):
        monkeypatch.setattr(Engine, name, noting(getattr(Engine, name)))
    scoring.scores.run(OWNER)
    assert {"buildings", "inspections"} <= read <= set(SCORED_TABLES)


def test_looking_for_changes_reads_no_table(
    current: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("table", "versions", "pinned"):
        monkeypatch.delattr(Engine, name)
    assert not step(current)
    assert current.automatic_scoring.state(OWNER).failure is None


def test_a_new_day_is_scored(current: Office, hands: MovingClock) -> None:
    hands.ahead(timedelta(days=1))
    assert scored_after(current, hands)
    assert [line["because"] for line in lines(current)] == [["day"]]
    newest = current._snapshots.latest()
    assert newest is not None
    assert str(newest.as_of) == "2026-11-25"


def test_a_score_that_a_person_made_meanwhile_is_not_made_again(
    current: Office, hands: MovingClock
) -> None:
    visit(current)
    assert not step(current)
    current.scores.run(OWNER)
    assert not scored_after(current, hands, LONGEST)


def test_a_score_of_another_day_leaves_that_of_today_due(
    current: Office, hands: MovingClock
) -> None:
    visit(current)
    current.scores.run(OWNER, as_of=NOON.date() - timedelta(days=3))
    assert scored_after(current, hands)


def test_a_change_during_the_score_is_scored_after_it(
    current: Office, hands: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*args: Any, **options: Any) -> None:
        save_score(*args, **options)
        if not lines(current):
            visit(current, "meanwhile", "B6")
        hands.ahead(timedelta(minutes=1))

    monkeypatch.setattr(score_writer, "run_score", slow)
    visit(current)
    assert scored_after(current, hands)
    due = current.automatic_scoring.state(OWNER).due_at
    assert due == NOON + QUIET + timedelta(minutes=5)  # four times as long as the score took
    assert not scored_after(current, hands, timedelta(minutes=4) - SECOND)
    hands.ahead(SECOND)
    assert step(current)


def test_a_restart_notices_what_changed_while_no_server_ran(
    current: Office, folder: Path, hands: MovingClock
) -> None:
    visit(current)
    again = open_office(folder, now=hands)
    assert scored_after(again, hands)
    again.close()
    assert not scored_after(current, hands, LONGEST)


def test_other_settings_make_a_score_due_at_the_start_and_servers_do_not_score_in_turns(
    current: Office, folder: Path, hands: MovingClock
) -> None:
    step(current)
    set_scoring(folder, "[score.weights]\nring = 0.0\n")
    changed = open_office(folder, now=hands)
    assert scored_after(changed, hands)
    assert [line["because"] for line in lines(changed)] == [["settings"]]
    for office in (current, changed) * 2:
        assert not scored_after(office, hands, LONGEST)
    changed.close()


def test_of_two_servers_one_scores(current: Office, folder: Path, hands: MovingClock) -> None:
    visit(current)
    other = open_office(folder, now=hands)
    with hold_lock(folder / LOCK_FILE):
        assert not scored_after(current, hands)
    assert lines(current) == []
    assert step(current)
    assert not scored_after(other, hands, LONGEST)
    other.close()


def test_switched_off_it_scores_nothing_and_says_nothing(folder: Path, hands: MovingClock) -> None:
    set_scoring(folder, "[scoring]\nautomatic = false\n")
    office = open_office(folder, now=hands)
    visit(office)
    assert not scored_after(office, hands, LONGEST)
    state = office.automatic_scoring.state(OWNER)
    assert (state.at_work, state.is_pending) == (False, False)
    office.close()


def test_where_no_server_scores_by_itself_nothing_is_said_to_be_on_its_way(current: Office) -> None:
    visit(current)
    state = current.automatic_scoring.state(OWNER)
    assert (state.at_work, state.is_pending) == (False, False)


def test_an_office_without_buildings_is_not_scored(
    empty_office: Office, hands: MovingClock
) -> None:
    object.__setattr__(empty_office._resources, "now", hands)
    assert not scored_after(empty_office, hands, LONGEST)


@pytest.fixture
def broken(current: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return the office with a visit that cannot be scored."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(score_writer, "run_score", fail)
    visit(current)
    return current


def test_a_failure_is_told_once_and_not_repeated_at_once(
    broken: Office, hands: MovingClock
) -> None:
    assert not scored_after(broken, hands)
    failed_at = NOON + QUIET
    for _ in range(3):
        hands.ahead(QUIET)
        assert not step(broken)
    (line,) = lines(broken)
    assert line == {
        "automatic": True, "because": ["visits"], "failed": "scoring_failed",
        "seen": "ZeroDivisionError", "retry_at": str(failed_at + timedelta(minutes=5)),
    }  # fmt: skip
    failure = broken.automatic_scoring.state(OWNER).failure
    assert failure is not None
    assert (failure.at, failure.retry_at) == (failed_at, failed_at + timedelta(minutes=5))


def test_failures_are_repeated_ever_less_often_until_one_succeeds(
    broken: Office, hands: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored_after(broken, hands)
    for minutes in (5, 10, 20, 40, 60, 60):
        told = len(lines(broken))
        hands.ahead(timedelta(minutes=minutes) - SECOND)
        assert not step(broken)
        assert len(lines(broken)) == told
        hands.ahead(SECOND)
        assert not step(broken)
        assert len(lines(broken)) == told + 1
    monkeypatch.setattr(score_writer, "run_score", save_score)
    hands.ahead(timedelta(minutes=60))
    assert step(broken)
    assert broken.automatic_scoring.state(OWNER).failure is None


def test_a_failure_is_over_once_somebody_scored(
    broken: Office, monkeypatch: pytest.MonkeyPatch, hands: MovingClock
) -> None:
    scored_after(broken, hands)
    monkeypatch.setattr(score_writer, "run_score", save_score)
    broken.scores.run(OWNER)
    assert broken.automatic_scoring.state(OWNER).failure is None


def test_what_fails_since_the_server_ends_is_told_to_nobody(
    broken: Office, hands: MovingClock
) -> None:
    step(broken)
    hands.ahead(QUIET)
    assert not broken.automatic_scoring.step(SCORER, ended=lambda: True)
    assert lines(broken) == []


def test_a_state_that_cannot_be_read_stops_nothing_and_is_told(current: Office) -> None:
    (current._workspace.snapshots_path / "runs.jsonl").write_text("{", encoding="utf-8")
    assert not step(current)
    assert [line["failed"] for line in lines(current)] == ["snapshot_damaged"]


def test_a_failure_is_told_to_who_may_score_alone(broken: Office, hands: MovingClock) -> None:
    scored_after(broken, hands)
    told = {
        role: broken.automatic_scoring.state(Actor(role, role, (role,), Scope.whole())).failure
        is not None
        for role in ("office_manager", "planner", "grid_chief", "warden")
    }
    assert told == {"office_manager": True, "planner": True, "grid_chief": False, "warden": False}


def test_who_may_not_see_the_map_is_not_told_how_current_it_is(current: Office) -> None:
    for role in ("auditor", "system_administrator", "property_owner"):
        with pytest.raises(NotAllowedError):
            current.automatic_scoring.state(Actor(role, role, (role,), Scope.whole()))


def test_who_may_not_score_makes_none_due(current: Office) -> None:
    part = Scope(buildings=frozenset({"B1"}))
    for role, scope in (("grid_chief", Scope.whole()), ("planner", part)):
        with pytest.raises(NotAllowedError):
            current.automatic_scoring.step(Actor(role, role, (role,), scope))


def test_clicks_go_on_while_the_office_scores_by_itself(
    scoring: Office, hands: MovingClock
) -> None:
    visit(scoring)
    assert not step(scoring)
    hands.ahead(QUIET)
    ids = set(scoring.scores.snapshots(OWNER)["snapshot_id"])
    with ThreadPoolExecutor(5) as threads:
        made = threads.submit(step, scoring)
        asked = [
            threads.submit(ask)
            for ask in (
                lambda: scoring.risk_map.layer(OWNER, layer="building"),
                lambda: scoring.scores.explain(OWNER, "B3"),
                lambda: scoring.automatic_scoring.state(OWNER),
                lambda: visit(scoring, "meanwhile", "B5"),
            )
            * 5
        ]
        for each in asked:
            each.result(timeout=PATIENCE_S)
        assert made.result(timeout=PATIENCE_S)
    assert set(scoring.scores.snapshots(OWNER)["snapshot_id"]) != ids
    assert scoring.verify(OWNER).problems == ()
