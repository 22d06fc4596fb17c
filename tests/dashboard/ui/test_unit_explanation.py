"""Prior and posterior weights stand side by side, and drift is told where scores stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui.unit_explanation import weights_table

if TYPE_CHECKING:
    from collections.abc import Callable


def building_script() -> None:
    from dashboard.ui import frame
    from dashboard.views.building import page as building_page

    page = frame.open_page()
    assert page is not None
    building_page.show(page)


def opened() -> AppTest:
    app = AppTest.from_function(building_script)
    app.query_params["unit"] = "B00003"
    app.run(timeout=20)
    assert [str(e.value) for e in app.exception] == []
    return app


def test_the_weight_that_moved_most_comes_first(office: Any) -> None:
    table = weights_table(office.scores.explain(None, "B00003"))
    assert table["change"].tolist() == pytest.approx([-0.15, 0.12])
    assert (table["prior"] + table["change"]).tolist() == pytest.approx(table["posterior"])


@pytest.mark.usefixtures("office")
def test_learnt_weights_say_from_what() -> None:
    said = [each.value for each in opened().caption]
    assert any("2024-11-23 至 2026-08-24，142 个查实事件" in text for text in said)


def test_too_little_history_is_a_state_of_its_own(make_office: Callable[..., Any]) -> None:
    make_office(buildings=30, weights_from="policy")
    assert any("数据不足以学习权重" in each.value for each in opened().caption)


def test_drift_is_told_on_the_page_of_a_building(make_office: Callable[..., Any]) -> None:
    make_office(buildings=30)
    assert [each.value for each in opened().warning] == []
    make_office(buildings=30, pinned="s20260930")
    assert "与基准相比，得分或其依据变化很大" in opened().warning[0].value
