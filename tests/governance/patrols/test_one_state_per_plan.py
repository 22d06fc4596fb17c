"""A plan is made from one state of the data."""

from typing import Any

import pytest

from data.store.repositories.visits import Visits
from governance.access.permissions import Actor
from governance.office import Office
from governance.patrols.inputs.followed_visits import FollowedVisits
from tests.data.derived.test_visits import version
from tests.governance.patrols.conftest import options


@pytest.mark.parametrize(("asked_of", "name"),
                         [(Visits, "last_per_building"), (FollowedVisits, "last")])  # fmt: skip
def test_a_visit_recorded_while_a_plan_is_made_is_in_none_of_what_it_is_made_from(
    asked_of: type, name: str, desk: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    solver = desk.plans._plan_solver
    before = solver.plan_inputs(actor, options(), seed="s").buildings
    if asked_of is Visits:
        solver._followed = FollowedVisits(desk._resources)  # has read nothing, so it reads all
    real = getattr(asked_of, name)
    recorded: list[bool] = []

    def record_first(visits: object, **asked: Any) -> Any:
        if not recorded:
            recorded.append(True)
            with desk._workspace.store.begin() as unit:
                unit.visits.add(version(building_id="B1", result="疑似"))
                unit.commit()
        return real(visits, **asked)

    monkeypatch.setattr(asked_of, name, record_first)
    during = solver.plan_inputs(actor, options(), seed="s").buildings
    after = solver.plan_inputs(actor, options(), seed="s").buildings
    assert recorded
    assert during.equals(before)
    assert not after.equals(before)
