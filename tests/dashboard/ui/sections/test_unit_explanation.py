"""Prior and posterior weights stand side by side, and drift is told where scores stand."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pages import opened, texts

from dashboard.maps.layer_cache import forget_layers
from dashboard.ui.sections.unit_explanation import weights_table
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
        for name, weight in explained.learning.weights.items()
    }
    learning = replace(explained.learning, weights=weights)
    table = weights_table(replace(explained, learning=learning))
    assert table["change"].tolist()[:3] == pytest.approx([0.2, -0.15, 0.0])
    assert (table["prior"] + table["change"]).tolist() == pytest.approx(table["posterior"])


@pytest.mark.usefixtures("served_city")
def test_the_page_of_a_building_says_what_its_number_is(
    explained: ExplainedUnit, first_building: str
) -> None:
    said = texts(opened("building", unit=first_building))
    assert "到这里认真查 100 次，约有" in said
    assert f"{explained.learning.visits:,} 次有结果的检查" in said


def test_a_trend_joins_no_scores_of_two_models(
    serve: Callable[..., Any], own_city: Office, first_building: str
) -> None:
    serve(own_city)
    trend = own_city.scores.trend(local_owner(), first_building)
    assert len(trend) > 2
    assert "此前的得分由以前的模型算出" not in texts(opened("building", unit=first_building))
    as_earlier(own_city, str(trend["snapshot_id"].iloc[0]))
    app = opened("building", unit=first_building)
    assert f"走势从 {trend['as_of'].iloc[1]:%Y-%m-%d} 开始" in texts(app)


def test_a_snapshot_of_the_earlier_model_is_marked_where_it_is_shown(
    serve: Callable[..., Any], own_city: Office, first_building: str
) -> None:
    serve(own_city)
    newest = str(own_city.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    as_earlier(own_city, newest)
    assert "由以前的模型算出" in texts(opened("building", unit=first_building))
    assert "到这里认真查" not in texts(opened("building", unit=first_building))


def as_earlier(office: Office, snapshot_id: str) -> None:
    """Give a snapshot the manifest that the earlier model wrote."""
    path = office._workspace.root / "snapshots" / snapshot_id / "manifest.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    del facts["score"]
    card = {"rate": 1e-4, "weights": {"complaints": 0.6}, "source": "policy"}
    path.write_text(json.dumps(facts | {"scorecard": card}), encoding="utf-8")


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
