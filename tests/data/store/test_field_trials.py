"""A trial is sealed once and given up once; its row says whether it is still what was sealed."""

from datetime import date, datetime
from typing import Any

import pytest

from data.integrity.sealed.trials import verify_trials
from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- UTC, naive as stored
FIRST, LAST = date(2026, 11, 30), date(2026, 12, 27)
PROTOCOL: dict[str, Any] = {
    "design": {"first": "2026-11-30", "last": "2026-12-27", "power": 0.8},
    "buildings": [["B1", "high", 1, 12.345678], ["B2", "low", 1, 0.1 + 0.2]],
    "analysis": ["属实 is a find."],
}


@pytest.fixture
def drafted(store: Store) -> Store:
    with store.begin() as unit:
        unit.field_trials.add(
            trial_id="T1", made_at=NOON, made_by="li", design={}, first=FIRST, last=LAST
        )
        unit.commit()
    return store


@pytest.fixture
def sealed(drafted: Store) -> Store:
    with drafted.begin() as unit:
        assert unit.field_trials.seal("T1", protocol=PROTOCOL, by="li", at=NOON)
        unit.commit()
    return drafted


def test_what_was_sealed_comes_back_as_it_was(sealed: Store) -> None:
    with sealed.begin() as unit:
        row = unit.field_trials.get("T1")
        assert row is not None
        assert row.protocol == PROTOCOL
        assert unit.field_trials.is_as_sealed(row)
    assert list(verify_trials(sealed)) == [None]


def test_a_trial_is_sealed_once(sealed: Store) -> None:
    with sealed.begin() as unit:
        other = {**PROTOCOL, "buildings": []}
        assert unit.field_trials.seal("T1", protocol=other, by="x", at=NOON) is None


def test_a_trial_is_given_up_once_and_never_sealed_afterwards(drafted: Store) -> None:
    with drafted.begin() as unit:
        assert unit.field_trials.cancel("T1", reason="r", by="li", at=NOON)
        assert not unit.field_trials.cancel("T1", reason="s", by="li", at=NOON)
        assert unit.field_trials.seal("T1", protocol=PROTOCOL, by="li", at=NOON) is None


@pytest.mark.parametrize(
    ("first", "last", "meets"),
    [(date(2026, 11, 1), date(2026, 11, 29), 0), (date(2026, 11, 1), FIRST, 1),
     (LAST, date(2027, 1, 1), 1), (date(2026, 12, 28), date(2027, 1, 1), 0)],
)  # fmt: skip
def test_the_trials_of_a_span_are_those_sealed_whose_days_meet_it(
    sealed: Store, first: date, last: date, meets: int
) -> None:
    with sealed.begin() as unit:
        assert len(unit.field_trials.sealed_within(first, last)) == meets
        unit.field_trials.cancel("T1", reason="r", by="li", at=NOON)
        assert not unit.field_trials.sealed_within(first, last)


def test_looks_are_days_each_once(sealed: Store) -> None:
    with sealed.begin() as unit:
        unit.field_trials.hold_all()
        for day in (FIRST, FIRST, date(2026, 12, 3)):
            days = unit.field_trials.note_look("T1", day)
        assert days == ["2026-11-30", "2026-12-03"]


def test_a_draft_is_sound(drafted: Store) -> None:
    assert list(verify_trials(drafted)) == [None]
