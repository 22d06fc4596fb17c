"""Of the scores that nobody asked for, which go."""

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data.results.run_log import Run
from governance.access.permissions import Action, automatic_scorer, local_owner
from governance.office import Office
from governance.scores.automatic.rules import ScoringRules
from governance.scores.automatic.superseded import superseded
from gridwarden.compose import open_office
from risk.scoring.run import cut_after

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
RULES = ScoringRules()
OWNER = local_owner()


def run(day: date, name: str, *, automatic: bool = True, hours: float = 1.0) -> Run:
    """Return a run of a day, so many hours into it by UTC."""
    at = datetime.combine(day, time(), UTC) + timedelta(hours=hours)
    return Run(snapshot_id=f"{day:%Y%m%d}-{name}", at=at, automatic=automatic)


def gone(runs: list[Run]) -> set[str]:
    found = superseded(runs, now=NOW, today=TODAY, rules=RULES)
    return {name.partition("-")[2] for name in found}


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_of_one_day_the_newest_stays_and_the_others_go_after_a_day() -> None:
    runs = [run(days_ago(2), "a"), run(days_ago(2), "b", hours=9), run(TODAY, "c"), run(TODAY, "d")]
    assert gone(runs) == {"a"}


def test_the_last_of_each_day_stays_for_ninety_days_and_the_last_of_each_week_after() -> None:
    runs = [run(days_ago(days), f"d{days}") for days in reversed(range(120))]
    kept = {days for days in range(120) if f"d{days}" not in gone(runs)}
    old = {days for days in kept if days > 90}
    assert kept - old == set(range(91))
    assert {days_ago(days).isoweekday() for days in old} == {7}
    assert len(old) == 4


def test_what_a_person_asked_for_stays_whenever() -> None:
    runs = [
        run(days_ago(2), "asked", automatic=False), run(days_ago(2), "by itself", hours=2),
        run(days_ago(2), "by itself", hours=3), run(days_ago(2), "both", hours=4),
        run(days_ago(2), "both", automatic=False, hours=5), run(days_ago(2), "last", hours=6),
    ]  # fmt: skip
    assert gone(runs) == {"by itself"}


def test_a_run_of_unknown_time_stays() -> None:
    old, last = run(days_ago(2), "old"), run(days_ago(2), "last", hours=2)
    assert gone([old, last]) == {"old"}
    assert gone([Run(snapshot_id=old.snapshot_id, automatic=True), last]) == set()


@pytest.fixture
def office(filled_folder: Path, tmp_path: Path) -> Office:
    return open_office(shutil.copytree(filled_folder, tmp_path / "office"), now=lambda: NOW)


def save(office: Office, day: date, score: float) -> str:
    """Keep a score that nobody asked for."""
    saved = office._snapshots.save(
        as_of=day, cut=cut_after(day), config={}, config_hash="h", facts={},
        tables={
            "buildings": pd.DataFrame({"building_id": ["B1"], "score": [score]}),
            "units": pd.DataFrame({"unit_kind": ["grid"], "unit": ["G"], "score": [score]}),
        },
        run=Run(at=datetime.combine(day, time(int(score)), UTC), automatic=True),
    )  # fmt: skip
    return saved.snapshot_id


def test_deleted_are_neither_pinned_nor_tried_in_the_field_nor_exported_and_each_has_its_line(
    office: Office,
) -> None:
    pinned, exported, tried, plain, newest = (save(office, days_ago(3), n) for n in range(1, 6))
    with office._workspace.store.begin() as unit:
        unit.field_trials.add(
            trial_id="T1", made_at=NOW.replace(tzinfo=None), made_by="owner",
            design={"snapshot_id": tried}, first=NOW.date(), last=NOW.date(),
        )  # fmt: skip
        unit.commit()
    office.monitoring.pin_reference(OWNER, pinned)
    office.risk_map.note_export(OWNER, file="map.html", snapshot_id=exported)
    deleted = office.automatic_scoring._superseded.delete(automatic_scorer(), RULES)
    assert deleted == [plain]
    assert {s.snapshot_id for s in office._snapshots.snapshots()} == {
        pinned, exported, tried, newest,
    }  # fmt: skip
    with office._workspace.store.begin() as unit:
        facts = unit.audit.find(person="machine", action=Action.SCORE.value)
        assert [dict(each.facts) for each in facts] == [{"deleted": plain, "automatic": True}]
    assert office.verify(OWNER).problems == ()
    office.close()
