"""Prior and posterior weights stand side by side, and drift is told where scores stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pages import opened, texts

from dashboard.i18n import translator
from dashboard.maps.layer_cache import forget_layers
from dashboard.ui.sections.unit_explanation import origin, weights_table
from governance.access.permissions import local_owner
from governance.office import Office
from governance.scores.scoring import ExplainedUnit


@pytest.fixture(scope="module")
def explained(city: Office, first_building: str) -> ExplainedUnit:
    return city.scores.explain(local_owner(), first_building)


def test_the_weight_that_moved_most_comes_first(explained: ExplainedUnit) -> None:
    moved = {"ring": 0.2, "complaints": -0.15}
    weights = {
        name: replace(weight, posterior=weight.prior + moved.get(name, 0.0))
        for name, weight in explained.weights.items()
    }
    table = weights_table(replace(explained, weights=weights))
    assert table["change"].tolist()[:3] == pytest.approx([0.2, -0.15, 0.0])
    assert (table["prior"] + table["change"]).tolist() == pytest.approx(table["posterior"])


def test_learnt_weights_say_from_what(explained: ExplainedUnit) -> None:
    learnt = replace(
        explained, weights_from="learnt", trained_from="2024-11-23T00:00:00",
        trained_until="2026-08-25T00:00:00", events=142,
    )  # fmt: skip
    assert "2024-11-23 至 2026-08-24，142 个查实事件" in origin(learnt, say=translator("zh"))


@pytest.mark.usefixtures("served_city")
def test_too_little_history_is_a_state_of_its_own(first_building: str) -> None:
    assert "数据不足以学习权重" in texts(opened("building", unit=first_building))


def test_drift_is_told_on_the_page_of_a_building(
    serve: Callable[..., Any], own_city: Office, first_building: str
) -> None:
    serve(own_city)
    assert [each.value for each in opened("building", unit=first_building).warning] == []
    oldest = min(own_city.scores.snapshots(local_owner())["snapshot_id"])
    own_city.monitoring.pin_reference(local_owner(), oldest)
    forget_layers()  # as the page that pins does
    told = opened("building", unit=first_building).warning[0].value
    assert "与基准相比，得分或其依据变化很大" in told
