"""The server scores beside the pages."""

import shutil
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, current_thread, main_thread

import pytest
from patience import PATIENCE_S

from dashboard.runtime.background_scorer import scoring_in_background
from governance.access.permissions import local_owner
from governance.scores.automatic.service import AutomaticScoringService
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
OWNER = local_owner()


def test_a_visit_recorded_while_it_runs_is_in_the_next_score(
    two_communities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock goes a minute ahead with each look, so nothing is waited for but the score."""
    shown, made = [NOW], Event()
    real = AutomaticScoringService.step

    def step(service: AutomaticScoringService, *args: object, **options: object) -> bool:
        shown[0] += timedelta(minutes=1)
        assert current_thread() is not main_thread()
        scored = real(service, *args, **options)  # type: ignore[arg-type]
        if scored:
            made.set()
        return scored

    monkeypatch.setattr(AutomaticScoringService, "step", step)
    office = open_office(
        shutil.copytree(two_communities, tmp_path / "office"), now=lambda: shown[0]
    )
    office.scores.run(OWNER)
    building = str(office.risk_map.top(OWNER, k=1)[0]["unit"])
    with scoring_in_background(office, every_s=0.01):
        office.visits.record(OWNER, NewVisit(key="k", building_id=building, result="属实"))
        assert made.wait(PATIENCE_S)
    assert office.scores.explain(OWNER, building).changed == []
    office.close()


def test_tickets_that_were_imported_elsewhere_become_cases_while_it_runs(
    two_communities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Event()
    monkeypatch.setattr(AutomaticScoringService, "step", lambda *_, **__: looked.set())
    office = open_office(shutil.copytree(two_communities, tmp_path / "office"), now=lambda: NOW)
    assert office.cases.inbox(OWNER).total == 0
    with scoring_in_background(office, every_s=0.01):
        assert looked.wait(PATIENCE_S)
    assert office.cases.inbox(OWNER).total > 0
    office.close()


def test_of_two_servers_one_works_and_the_other_takes_over_when_it_ends(
    two_communities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (
        open_office(folder, now=lambda: NOW)
        for folder in [shutil.copytree(two_communities, tmp_path / "office")] * 2
    )
    looked = {id(first.automatic_scoring): Event(), id(second.automatic_scoring): Event()}
    monkeypatch.setattr(
        AutomaticScoringService, "step", lambda service, *_, **__: looked[id(service)].set()
    )
    ones, others = looked.values()
    lock = first._workspace.background_lock
    with ExitStack() as serving:
        serving.enter_context(scoring_in_background(second, every_s=0.01, only_one=lock))
        assert others.wait(PATIENCE_S)
        with scoring_in_background(first, every_s=0.01, only_one=lock):
            assert not ones.wait(0.5)
            serving.close()
            assert ones.wait(PATIENCE_S)
    first.close()
    second.close()
