"""Rules of plans as they were published last, on SQLite and, if given, on PostgreSQL."""

from datetime import timedelta

import pandas as pd

from data.store.unit_of_work import Store
from tests.data.store.repositories.patrols.test_earlier_stops import MONDAY, keep

Told = tuple[tuple[int, str] | None, list[tuple[str, int, str]], tuple[str, int] | None]


def told(store: Store) -> Told:
    """Return what each question about the plan and its week is answered."""
    with store.begin() as unit:
        listed: pd.DataFrame = unit.published_plans.all(limit=9)
        plans = list(zip(listed["plan_id"], listed["version"], listed["state"], strict=True))
        of_day = unit.published_plans.of_day(MONDAY, kind="week")
        return unit.published_plans.version("W1"), plans, of_day


def test_the_version_published_last_holds_whatever_draft_follows_it(store: Store) -> None:
    keep(store, 1, "draft")
    assert told(store) == (None, [], None)
    for number, state, version, since in (
        (2, "published", 2, "published"), (3, "draft", 2, "published"),
        (4, "published", 4, "published"), (5, "draft", 4, "published"),
        (6, "cancelled", 4, "cancelled"), (7, "draft", 4, "cancelled"),
        (8, "published", 8, "published"),
    ):  # fmt: skip
        keep(store, number, state)
        of_day = None if since == "cancelled" else ("W1", version)
        assert told(store) == ((version, since), [("W1", version, since)], of_day), number


def test_of_several_plans_the_one_published_last_is_that_of_a_day(store: Store) -> None:
    keep(store, 1, "published")
    keep(store, 1, "published", plan="W2")
    keep(store, 2, "draft", plan="W2")
    keep(store, 1, "draft", plan="W3")
    with store.begin() as unit:
        assert unit.published_plans.of_day(MONDAY, kind="week") == ("W2", 1)
        assert unit.published_plans.of_day(MONDAY, kind="campaign") is None
        assert unit.published_plans.of_day(MONDAY - timedelta(days=1), kind="week") is None
        assert unit.published_plans.version("W2", 2) is None
        assert unit.published_plans.all(limit=1)["plan_id"].tolist() == ["W2"]
