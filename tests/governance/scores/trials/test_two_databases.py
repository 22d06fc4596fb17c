"""A trial lives from its design to its end on either database, and two cannot seal at once."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from trial_street import ASKED, FIRST, NOW, moved, protocol, visit

from data.integrity.verify import verify_workspace
from governance.access.permissions import Actor
from governance.office import Office
from governance.scores.trials.design import TrialError
from governance.scores.trials.protocol import drawn_of
from governance.scores.trials.records import TrialState
from gridwarden.compose import open_office


@pytest.fixture(params=["sqlite", "postgresql"])
def either(
    request: pytest.FixtureRequest,
    trial_street: Path,
    tmp_path: Path,
    empty_postgresql: Callable[[], str],
) -> Iterator[Office]:
    folder = shutil.copytree(trial_street, tmp_path / "either")
    if request.param == "postgresql":
        for old in folder.glob("*.db*"):  # it and the head of its log begin anew
            old.unlink()
        for head in folder.glob("audit*"):
            head.unlink()
        settings = folder / "gridwarden.toml"
        text = settings.read_text("utf-8").replace('[store]\nurl = ""', "", 1)
        settings.write_text(f'{text}\n[store]\nurl = "{empty_postgresql()}"\n', "utf-8")
    office = open_office(folder, now=lambda: NOW)
    yield office
    office.close()


def test_a_trial_lives_from_its_design_to_its_end(either: Office, planner: Actor) -> None:
    draft = either.trials.design(planner, ASKED)
    sealed = either.trials.seal(planner, draft.trial_id)
    buildings = drawn_of(protocol(either, sealed))["building_id"]
    visit(either, str(buildings[0]), FIRST, "属实")
    moved(either, FIRST).trials.result(planner, sealed.trial_id, early=True)
    end = moved(either, sealed.design.read_from)
    result = end.trials.result(planner, sealed.trial_id)
    assert result.arms["found"].sum() == 1
    assert (result.faults, len(result.trial.looks)) == ((), 1)
    assert [each.code for each in verify_workspace(either._workspace).problems] == []
    assert end.trials.cancel(planner, sealed.trial_id, reason="r").state == TrialState.CANCELLED


def test_of_two_that_are_sealed_at_once_one_is_refused(either: Office, planner: Actor) -> None:
    drafts = [either.trials.design(planner, ASKED).trial_id for _ in range(2)]

    def seal(trial_id: str) -> str:
        try:
            return either.trials.seal(planner, trial_id).state
        except TrialError as refused:
            return str(refused.code)

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(seal, drafts)) == ["sealed", "trial_overlaps"]
