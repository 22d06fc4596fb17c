"""What a chart of an evaluation says of its axis."""

from typing import Any

import pytest

from dashboard.charts.evaluation import intervals

ROW: dict[str, Any] = {"name": "a", "value": 1.2, "low": 0.9, "high": 1.5, "text": "×1.20",
                       "kind": "plain"}  # fmt: skip


@pytest.mark.parametrize("middle", [None, 1.0])
def test_the_axis_keeps_its_title_beside_the_line_of_no_difference(middle: float | None) -> None:
    drawn = intervals([ROW], title="times", middle=middle)
    channels = [layer["encoding"]["x"] for layer in drawn["layer"]]
    assert {channel.get("title", "times") for channel in channels} == {"times"}
