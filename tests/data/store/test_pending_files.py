"""Rules of noting changes of files, on SQLite and, where its URL is given, on PostgreSQL."""

from datetime import UTC, datetime, timedelta

from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def add(store: Store, token: str, *, hours: int = 0) -> None:
    with store.begin() as unit:
        unit.pending_files.add(
            token, kind="import", key=f"key of {token}", actor="a", action="import",
            facts={"on": NOON.date()}, at=NOON + timedelta(hours=hours),
        )  # fmt: skip
        unit.commit()


def test_a_change_is_pending_until_it_is_taken_out_and_is_taken_out_once(store: Store) -> None:
    add(store, "b", hours=1)
    add(store, "c")
    with store.begin() as unit:
        assert unit.pending_files.tokens() == ["c", "b"]
        assert unit.pending_files.remove("c")
        assert not unit.pending_files.remove("c")
        unit.commit()
    with store.begin() as unit:
        assert unit.pending_files.tokens() == ["b"]
        assert unit.pending_files.get("c") is None


def test_what_was_noted_is_read_back_after_its_unit_of_work(store: Store) -> None:
    add(store, "b")
    with store.begin() as unit:
        found = unit.pending_files.get("b")
    assert found is not None
    assert (found.key, found.facts) == ("key of b", {"on": "2026-11-24"})
    assert found.at == NOON.replace(tzinfo=None)


def test_a_marker_that_is_taken_out_without_its_line_comes_back(store: Store) -> None:
    add(store, "b")
    with store.begin() as unit:
        unit.pending_files.remove("b")
    with store.begin() as unit:
        assert unit.pending_files.tokens() == ["b"]
