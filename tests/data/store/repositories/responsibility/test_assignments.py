"""Rules of stored proposals, on SQLite and, where its URL is given, on PostgreSQL."""

from datetime import UTC, date, datetime, timedelta

from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def keep(store: Store, number: int) -> None:
    content = {
        "options": {"stickiness": number / 8},
        "totals": {"moved": number, "max_over_mean": 1.5},
        "wardens": {"person_id": ["W1", "W2"], "moved_in": [number, 0]},
    }
    with store.begin() as unit:
        unit.assignments.keep(
            f"P{number}", at=NOON + timedelta(hours=number), by="li",
            valid_from=date(2026, 12, 1), content=content,
        )  # fmt: skip
        unit.commit()


def listed(store: Store, count: int) -> list[tuple[str, float, int, list[int]]]:
    with store.begin() as unit:
        lines = unit.assignments.newest(count)
    return [(line.id, line.stickiness, line.moved, list(line.moved_in)) for line in lines]


def test_the_newest_proposals_are_listed_whichever_were_listed_before(store: Store) -> None:
    told = [(f"P{n}", n / 8, n, [n, 0]) for n in range(6)]
    for number in range(6):
        keep(store, number)
        assert listed(store, 3) == told[: number + 1][::-1][:3]
    assert listed(store, 9) == told[::-1]
    assert listed(store, 2) == told[:3:-1]
