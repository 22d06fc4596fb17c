"""A plan is made from one state of the data."""

from typing import Any

import pytest

from data.store.repositories.visits import Visits
from governance.access.permissions import Actor
from governance.office import Office
from tests.data.derived.test_visits import version
from tests.governance.patrols.conftest import options


def test_a_visit_recorded_while_a_plan_is_made_is_in_none_of_what_it_is_made_from(
    desk: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.plans._plan_solver.plan_inputs(actor, options(), seed="s").buildings
    real = Visits.last_per_building
    recorded: list[bool] = []

    def record_first(visits: Visits, **asked: Any) -> Any:
        if not recorded:
            recorded.append(True)
            with desk._workspace.store.begin() as unit:
                unit.visits.add(version(building_id="B1", result="疑似"))
                unit.commit()
        return real(visits, **asked)

    monkeypatch.setattr(Visits, "last_per_building", record_first)
    during = desk.plans._plan_solver.plan_inputs(actor, options(), seed="s").buildings
    after = desk.plans._plan_solver.plan_inputs(actor, options(), seed="s").buildings
    assert recorded
    assert during.equals(before)
    assert not after.equals(before)
