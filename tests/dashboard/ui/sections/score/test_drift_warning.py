"""The warning of drift is about the newest score, not about one of minutes ago."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest
from pages import opened, texts

from governance.access.permissions import local_owner
from governance.office import Office
from governance.scores.monitoring import Drift, MonitoringService
from risk.monitoring.drift import DRIFTED, STEADY

WARNED = "使用前请先弄清原因"


def drift(state: str) -> Drift:
    return Drift(
        reference_id="a", reference_as_of=date(2026, 11, 1), pinned_by="li",
        pinned_at=datetime(2026, 11, 1, tzinfo=UTC), snapshot_id="b", as_of=date(2026, 11, 24),
        same_config=True, same_model=True, state=state,
        columns=pd.DataFrame({"column": ["score"], "state": [state]}),
    )  # fmt: skip


def test_a_newer_score_is_compared_at_once(
    serve: Callable[..., Any], city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(city, local_owner())
    newest, asked = ["b"], []
    states = {"b": STEADY, "c": DRIFTED}

    def compare(_: object, __: object) -> Drift:
        asked.append(newest[0])
        return drift(states[newest[0]])

    monkeypatch.setattr(MonitoringService, "compared", lambda *_: ("a", newest[0]))
    monkeypatch.setattr(MonitoringService, "drift", compare)
    for _ in range(2):
        assert WARNED not in texts(opened("building"))
    newest[0] = "c"
    for _ in range(2):
        assert WARNED in texts(opened("building"))
    assert asked == ["b", "c"]
