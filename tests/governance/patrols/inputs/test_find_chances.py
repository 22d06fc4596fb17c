"""What a plan believes of a visit is what the score says, and of nothing else."""

import json
from datetime import timedelta

import numpy as np
import pytest

from data.contracts.vocabulary import SOMETHING
from data.results.snapshot import MANIFEST_FILE, Snapshot
from governance.access.permissions import Actor, local_owner
from governance.office import Office
from governance.patrols.inputs.find_chances import read_chances
from governance.patrols.routing.model.plan import Plan
from governance.patrols.validation import PlanRefusedError
from tests.governance.patrols.conftest import options


def latest(office: Office) -> Snapshot:
    snapshot = office.plans._snapshots.latest()
    assert snapshot is not None
    return snapshot


def make_old(office: Office) -> None:
    """Leave the facts that earlier versions wrote beside their score."""
    path = latest(office).folder / MANIFEST_FILE
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["scorecard"] = {"weights": manifest.pop("score")["weights"]}
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_the_chance_of_a_usual_visit_is_the_score_itself(planned: Office) -> None:
    solver = planned.plans._plan_solver
    inputs = solver.plan_inputs(local_owner(), options(), seed="seed")
    scores = inputs.buildings.set_index("building_id")["score"]
    expected = latest(planned).table("buildings").set_index("building_id")["score"]
    assert scores.to_dict() == expected.to_dict()
    usual = ~inputs.buildings["last_result"].isin(SOMETHING).to_numpy()
    assert usual.any()
    assert inputs.find_chance[usual] == pytest.approx(scores.to_numpy()[usual] / 100)


def test_going_back_has_the_learnt_effect_of_a_revisit(planned: Office) -> None:
    solver = planned.plans._plan_solver
    chances = read_chances(latest(planned), solver._followed.waiting(latest(planned).cut).index)
    ids = latest(planned).table("buildings")["building_id"].astype(object)
    nowhere, everywhere = np.zeros(len(ids), dtype=bool), np.ones(len(ids), dtype=bool)
    waits = ids.isin(chances.waited).to_numpy()
    _, plain = chances.of(ids, waiting=waits, revisit=nowhere)
    _, again = chances.of(ids, waiting=waits, revisit=everywhere)
    effect = latest(planned).manifest["score"]["conditions"]["revisit"]
    assert np.log1p(-again) == pytest.approx(np.log1p(-plain) * np.exp(effect))


def test_a_score_of_an_earlier_version_is_to_be_made_anew_before_a_plan(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    make_old(desk)
    assert latest(desk).is_of_earlier_model
    with pytest.raises(PlanRefusedError) as refused:
        desk.plans.make(planner, options())
    assert [problem.code for problem in refused.value.problems] == ["score_outdated"]
    assert desk.plans.get(planner, draft.plan_id).stops.equals(draft.stops)
    desk.scores.run(local_owner(), as_of=latest(desk).as_of + timedelta(days=1))
    assert desk.plans.make(planner, options()).totals.stops > 0
