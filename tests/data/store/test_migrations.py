"""Rules of the store, on SQLite and, where its URL is given, on PostgreSQL."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from data.store.every_table import METADATA
from data.store.migrate import newest_migration
from data.store.tables.base import NEWEST_MIGRATION
from data.store.unit_of_work import Store, StoreError

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
OLDEST = Path(__file__).parent / "0001_first_tables.sql"


def test_what_was_not_committed_is_rolled_back(store: Store) -> None:
    with store.begin() as unit:
        unit.settings.put("kept", [1])
        unit.commit()
    with store.begin() as unit:
        unit.settings.put("kept", [2])
        unit.settings.put("lost", "x")
    with store.begin() as unit:
        assert (unit.settings.get("kept"), unit.settings.get("lost")) == ([1], None)


def test_an_error_rolls_back(store: Store) -> None:
    def fail() -> None:
        with store.begin() as unit:
            unit.settings.put("lost", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.begin() as unit:
        assert unit.settings.get("lost", "absent") == "absent"


def test_a_mapping_is_remembered_for_its_sender_and_table_only(store: Store) -> None:
    with store.begin() as unit:
        unit.header_mappings.remember({"at": "时间", "note": "备注"}, sender="s", table="t")
        unit.header_mappings.remember({"at": "日期"}, sender="s", table="t")
        unit.header_mappings.remember({"at": "when"}, sender="s", table="other")
        unit.commit()
    with store.begin() as unit:
        assert unit.header_mappings.of(sender="s", table="t") == {"at": "日期"}
        assert unit.header_mappings.of(sender="else", table="t") == {}


def test_the_last_decision_about_an_address_holds(store: Store) -> None:
    with store.begin() as unit:
        for building in ("A", None, "B"):
            unit.address_reviews.decide(
                "示例花园12号楼", table="complaints", building_id=building, reviewer="r", at=NOON
            )
        unit.address_reviews.decide(
            "不是楼", table="complaints", building_id=None, reviewer="r", at=NOON
        )
        unit.commit()
    with store.begin() as unit:
        assert unit.address_reviews.decisions() == {"示例花园12号楼": "B", "不是楼": None}
        assert unit.address_reviews.withdraw("不是楼", at=NOON)
        assert not unit.address_reviews.withdraw("不是楼", at=NOON)


def test_every_decision_revision_and_withdrawal_changes_the_state_of_reviews(store: Store) -> None:
    seen = []
    with store.begin() as unit:
        reviews = unit.address_reviews
        seen.append(reviews.state())
        for hour, (address, building) in enumerate([("甲", "A"), ("乙", "B"), ("甲", None)]):
            reviews.decide(
                address, table="complaints", building_id=building, reviewer="r",
                at=NOON + timedelta(hours=hour),
            )  # fmt: skip
            seen.append(reviews.state())
        reviews.withdraw("乙", at=NOON + timedelta(hours=9))
        seen.append(reviews.state())
    assert len(set(seen)) == len(seen) == 5


def test_audit_events_keep_actor_facts_and_utc(store: Store) -> None:
    with store.begin() as unit:
        for action in ("import", "undo"):
            unit.audit.add(at=NOON.replace(tzinfo=UTC), actor="a", action=action, facts={"n": 1})
        unit.commit()
    with store.begin() as unit:
        newest = unit.audit.newest()
        assert [event.action for event in newest] == ["undo", "import"]
        assert (newest[0].at, newest[0].facts) == (NOON, {"n": 1})


def test_the_migrations_make_exactly_the_declared_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []


def test_a_sound_store_has_no_problems(store: Store) -> None:
    assert store.problems() == []


def test_the_oldest_store_opens_with_its_data(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.executescript(OLDEST.read_text(encoding="utf-8"))
    old.close()
    store = Store(f"sqlite:///{path}")
    with store.begin() as unit:
        assert unit.address_reviews.decisions() == {"示例花园12号楼": "B0001"}
        assert unit.header_mappings.of(sender="s", table="complaints") == {"title": "标题"}
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []
    store.close()


def test_a_store_that_does_not_answer_says_so() -> None:
    with pytest.raises(StoreError):
        Store("sqlite:////no/such/folder/x.db").begin()


def test_readers_of_a_sqlite_store_never_wait(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'x.db'}")
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    store.close()


def test_the_tables_are_those_of_the_newest_migration() -> None:
    assert newest_migration() == NEWEST_MIGRATION
