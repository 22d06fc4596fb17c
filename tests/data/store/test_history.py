"""A state that follows from a history: read from rows and from JSON alike."""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from data.store.history import ReplayedState, encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(ReplayedState):
    STAGE: ClassVar[str] = "status"

    status: str = "new"
    at: datetime | None = None
    on: date | None = None
    by: tuple[str, ...] = ()
    words: str | None = None


def event(seq: int, to: str, **values: Any) -> SimpleNamespace:
    return SimpleNamespace(seq=seq, to_status=to, facts=encoded(values))


AT, ON = datetime(2026, 11, 29, 8, 30), date(2026, 11, 29)  # noqa: DTZ001 -- local, as stored


def test_a_history_gives_what_its_events_say_the_newest_last() -> None:
    history = [
        event(1, "new", at=AT, on=ON, by=("li",), words="2026-11-29"),
        event(2, "done", by=("li", "wang"), on=None),
    ]
    state = Kept.of_history(history)
    assert state == Kept(version=2, status="done", at=AT, by=("li", "wang"), words="2026-11-29")


def test_a_row_of_its_values_gives_the_state_again() -> None:
    state = Kept(version=3, status="done", at=AT, on=ON, by=("li",), words="text")
    assert state.values()["by"] == ["li"]
    assert "version" not in state.values()
    assert Kept.of_row(SimpleNamespace(version=3, **state.values())) == state


def test_facts_give_neither_the_version_nor_what_every_event_says_anew() -> None:
    assert Kept.fact_fields() == {"at", "on", "by", "words"}


@pytest.mark.parametrize("value", [None, AT, ON, ("a",), "text", 7])
def test_what_json_keeps_is_plain(value: Any) -> None:
    (plain,) = encoded({"field": value}).values()
    assert plain is None or isinstance(plain, (str, list, int))
