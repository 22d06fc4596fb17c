"""Rules of the audit log, on SQLite and, where its URL is given, on PostgreSQL."""

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_S
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from data.integrity.sealed.audit import verify_chain
from data.store.audit.chain import Head, seal_with, text_of_time
from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = b"of this test"
ROOT = Path(__file__).parents[4]
WRITERS = """
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, "")
from data.store.unit_of_work import Store
url, secret, file = sys.argv[1:]
store = Store(url, secret=secret.encode, head_file=Path(file))
with store.begin() as unit:
    unit.audit.newest()  # all is imported once
store.close()
if all(os.fork() for _ in range(3)):
    sys.exit(any(os.wait()[1] for _ in range(3)))
store = Store(url, secret=secret.encode, head_file=Path(file))
for n in range(20):
    with store.begin() as unit:
        unit.audit.add(at=datetime.now(UTC), actor="li", action="visit", facts={"n": n})
        unit.commit()
store.close()
"""
OLDEST = Path(__file__).parents[1] / "0001_first_tables.sql"


def write(store: Store, count: int = 1, *, actor: str = "zhang", at: datetime = NOON) -> None:
    for n in range(count):
        with store.begin() as unit:
            unit.audit.add(at=at, actor=actor, action="import", facts={"n": n, "文件": "投诉"})
            unit.commit()


def faults(store: Store) -> list[str]:
    return [fault.code for fault in verify_chain(store).faults]


def tamper(store: Store, *statements: str) -> None:
    """Do what only somebody with the database's own tools can: past every guard."""
    lite = store.engine.dialect.name == "sqlite"
    with store.engine.begin() as connection:
        if lite:
            found = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
            for name in found.scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit_events", "audit_head", "audit_checkpoints"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_new_log_is_unbroken(store: Store) -> None:
    assert faults(store) == []
    write(store, 3)
    report = verify_chain(store)
    assert (report.faults, report.events, report.head.number) == ((), 3, 3)


def test_an_event_names_the_seal_of_the_one_before(store: Store) -> None:
    write(store, 2)
    with store.begin() as unit:
        second, first = unit.audit.newest()
        assert (first.id, first.previous, second.id) == (1, "", 2)
        assert second.previous == first.seal
        assert len(second.seal) == 64


def test_what_was_rolled_back_leaves_no_gap(store: Store) -> None:
    write(store)
    with store.begin() as unit:
        unit.audit.add(at=NOON, actor="a", action="b", facts={})
    with store.begin() as unit:
        unit.audit.add(at=NOON, actor="a", action="b", facts={})
        unit.rollback()
        unit.audit.add(at=NOON, actor="a", action="c", facts={})
        unit.commit()
    report = verify_chain(store)
    assert (report.faults, report.events) == ((), 2)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_events SET actor = 'other' WHERE id = 2",
        "UPDATE audit_events SET action = 'imporT' WHERE id = 2",
        "UPDATE audit_events SET at = '2026-11-24 12:00:00.000001' WHERE id = 2",
        """UPDATE audit_events SET facts = '{"n":1}' WHERE id = 2""",
        "UPDATE audit_events SET seal = previous WHERE id = 2",
        "UPDATE audit_events SET previous = seal WHERE id = 2",
        "DELETE FROM audit_events WHERE id = 2",
        "DELETE FROM audit_events WHERE id = 1",
        "DELETE FROM audit_events WHERE id = 3",
        "DELETE FROM audit_events",
        "UPDATE audit_events SET id = 9 WHERE id = 3",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET number = 2",
        "UPDATE audit_head SET seal = 'x'",
    ],
)
def test_whatever_is_changed_behind_its_back_is_found(store: Store, change: str) -> None:
    write(store, 3)
    assert faults(store) == []
    tamper(store, change)
    assert faults(store) != []


def test_the_database_cannot_be_set_back_without_the_file(store: Store) -> None:
    write(store, 3)
    with store.begin() as unit:
        seal = unit.audit.newest()[1].seal
    tamper(
        store,
        "DELETE FROM audit_events WHERE id = 3",
        f"UPDATE audit_head SET number = 2, seal = '{seal}'",  # noqa: S608 -- an intruder's own
    )
    assert "audit_tail_missing" in faults(store)


def test_a_swapped_order_is_found(store: Store) -> None:
    write(store, 3)
    tamper(
        store,
        "UPDATE audit_events SET id = 99 WHERE id = 1",
        "UPDATE audit_events SET id = 1 WHERE id = 2",
        "UPDATE audit_events SET id = 2 WHERE id = 99",
    )
    assert "audit_event_changed" in faults(store)


def test_an_event_put_in_without_the_secret_is_found(store: Store) -> None:
    write(store, 2)
    with store.begin() as unit:
        last = unit.audit.newest(1)[0]
        at, previous = text_of_time(last.at), last.seal
    seal = seal_with(b"guessed", 3, at, "zhang", "import", "{}", previous)
    tamper(
        store,
        f"INSERT INTO audit_events VALUES (3, '{at}', 'zhang', 'import', '{{}}', "  # noqa: S608 -- an intruder's own
        f"'{previous}', '{seal}')",
        f"UPDATE audit_head SET number = 3, seal = '{seal}'",  # noqa: S608 -- as above
    )
    assert faults(store) == ["audit_event_changed"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'other'",
        "DELETE FROM audit_events",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET number = 0",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(store: Store, statement: str) -> None:
    write(store, 2)
    with pytest.raises(DatabaseError, match="only added to"), store.engine.begin() as connection:
        connection.execute(text(statement))
    assert faults(store) == []


def test_many_writers_make_one_chain(store: Store) -> None:
    _ = store.engine
    crowd = [threading.Thread(target=write, args=(store, 10)) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    report = verify_chain(store)
    assert (report.faults, report.events) == ((), 60)


def test_several_processes_make_one_chain(store: Store, tmp_path: Path) -> None:
    write(store)
    command = [sys.executable, "-c", WRITERS]
    command += [store.url, SECRET.decode(), str(tmp_path / "audit.head")]
    subprocess.run(command, cwd=ROOT, check=True, timeout=PATIENCE_S)  # noqa: S603 -- ours
    report = verify_chain(store)
    assert (report.faults, report.events) == ((), 61)
    assert [path.name for path in tmp_path.glob("audit.head*")] == ["audit.head"]


@pytest.mark.parametrize("content", [None, "", "{}", '{"number": 1, "seal": "", "sealed": ""}'])
def test_a_head_file_that_is_gone_or_changed_is_found(store: Store, content: str | None) -> None:
    write(store, 3)
    file = store.sealing.file
    assert file is not None
    file.unlink()
    if content is not None:
        file.write_text(content, encoding="ascii")
    code = "audit_head_file_missing" if content is None else "audit_head_file_changed"
    assert faults(store) == [code]


def test_an_older_head_never_takes_a_newer_ones_place(store: Store) -> None:
    write(store, 2)
    newest = store.sealing.read_head()
    with store.begin() as unit:
        first = Head(1, unit.audit.newest()[1].seal)
        store.sealing.advance(first, seal_at=unit.audit.seal_at)
    assert store.sealing.read_head() == newest


def test_a_cut_end_is_still_found_after_the_log_went_on(store: Store) -> None:
    write(store, 5)
    with store.begin() as unit:
        seal = unit.audit.newest()[2].seal
    tamper(
        store,
        "DELETE FROM audit_events WHERE id > 3",
        f"UPDATE audit_head SET number = 3, seal = '{seal}'",  # noqa: S608 -- an intruder's own
    )
    write(store, 1)
    assert "audit_tail_missing" in faults(store)
    write(store, 5, actor="li")
    assert faults(store) == ["audit_file_differs"]


@pytest.mark.parametrize("content", [None, "{}"])
def test_a_file_that_was_taken_away_does_not_come_back_by_itself(
    store: Store, content: str | None
) -> None:
    write(store, 3)
    file = store.sealing.file
    assert file is not None
    file.unlink()
    if content is not None:
        file.write_text(content, encoding="ascii")
    write(store, 3)
    assert faults(store) != []


def test_another_secret_finds_every_event_changed(store: Store) -> None:
    write(store, 2)
    other = Store(store.url, secret=lambda: b"another")
    assert set(faults(other)) == {"audit_event_changed"}
    other.close()


def test_what_was_kept_long_enough_leaves_a_checkpoint(store: Store) -> None:
    write(store, 3, at=NOON - timedelta(days=300))
    write(store, 2)
    with store.begin() as unit:
        last = unit.audit.last_before((NOON - timedelta(days=200)).replace(tzinfo=None))
        assert last is not None
        assert unit.audit.remove_up_to(last, at=NOON, actor="a") == 3
        unit.audit.add(at=NOON, actor="a", action="prune_audit", facts={"removed": 3})
        unit.commit()
    report = verify_chain(store)
    assert (report.faults, report.events, report.removed) == ((), 3, 3)
    with store.begin() as unit:
        assert unit.audit.last_before((NOON - timedelta(days=200)).replace(tzinfo=None)) is None
    tamper(store, "UPDATE audit_checkpoints SET removed = 2")
    assert "audit_checkpoint_changed" in faults(store)


def test_an_old_event_after_a_young_one_keeps_the_young_one(store: Store) -> None:
    write(store, 1)
    write(store, 1, at=NOON - timedelta(days=300))
    with store.begin() as unit:
        assert unit.audit.last_before((NOON - timedelta(days=1)).replace(tzinfo=None)) is None


def test_events_are_found_by_person_action_and_time(store: Store) -> None:
    write(store, 2)
    write(store, 1, actor="li", at=NOON + timedelta(days=1))
    with store.begin() as unit:
        assert [e.id for e in unit.audit.find(person="zhang")] == [2, 1]
        assert [e.id for e in unit.audit.find(since=NOON.replace(tzinfo=None, hour=13))] == [3]
        assert unit.audit.find(action="export") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("投诉", [1]), ("a_B", [2]), ("100%", [3]), ("%", [3]), ("_", [2]), ("nothing", [])],
)
def test_events_are_found_by_what_is_in_their_facts_letter_by_letter(
    store: Store, text: str, found: list[int]
) -> None:
    for held in ("投诉.xlsx", "A_b.xlsx", "100%"):
        with store.begin() as unit:
            unit.audit.add(at=NOON, actor="li", action="export", facts={"file": held})
            unit.commit()
    with store.begin() as unit:
        assert [event.id for event in unit.audit.find(text=text)] == found


def test_the_log_says_what_was_done_with_just_these_facts_since_a_moment(store: Store) -> None:
    write(store, 2)
    facts, noon = {"n": 1, "文件": "投诉"}, NOON.replace(tzinfo=None)
    asked: dict[str, Any] = {"person": "zhang", "action": "import", "facts": facts, "since": noon}
    with store.begin() as unit:
        assert unit.audit.says(**asked)
        for other in (
            *({"person": "li"}, {"action": "export"}, {"since": noon + timedelta(seconds=1)}),
            *({"facts": {"n": 1}}, {"facts": facts | {"n": 2}}),
        ):
            assert not unit.audit.says(**asked | other)


@pytest.mark.parametrize("part", [b"zhang", b"import", b"2026-11-24", b'{"n"'])
def test_one_flipped_byte_of_the_file_is_found(tmp_path: Path, part: bytes) -> None:
    path = tmp_path / "gridwarden.db"
    store = Store(f"sqlite:///{path}", secret=lambda: SECRET)
    write(store, 3)
    with store.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    store.close()
    content = path.read_bytes()
    at = content.rindex(part) + 1
    for bit in range(8):
        damaged = bytearray(content)
        damaged[at] ^= 1 << bit
        path.write_bytes(bytes(damaged))
        again = Store(f"sqlite:///{path}", secret=lambda: SECRET)
        assert faults(again) != [], f"bit {bit}"
        again.close()


def test_the_log_of_the_oldest_store_is_chained(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.executescript(OLDEST.read_text(encoding="utf-8"))
        events: list[tuple[Any, ...]] = [
            (n, "2026-01-02 03:04:05.000000", "local", "import", '{"n":1}') for n in (4, 7)
        ]
        old.executemany("INSERT INTO audit_events VALUES (?, ?, ?, ?, ?)", events)
    old.close()
    store = Store(f"sqlite:///{path}", secret=lambda: SECRET, head_file=tmp_path / "audit.head")
    report = verify_chain(store)
    with store.begin() as unit:
        kept = [(event.id, event.facts) for event in unit.audit.find()]
    assert report.faults == ()
    assert [number for number, _ in kept] == list(range(report.head.number, 0, -1))
    assert kept[0][1] == {"n": 1}
    store.close()


def test_twenty_thousand_events_are_all_verified(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'many.db'}", secret=lambda: SECRET)
    key, seal, rows = store.sealing.key(), "", []
    for n in range(1, 20_001):
        previous = seal
        seal = seal_with(key, n, text_of_time(NOON), "a", "b", "{}", previous)
        rows.append((n, text_of_time(NOON), "a", "b", "{}", previous, seal))
    engine = create_engine(store.url)
    store.upgrade()
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO audit_events VALUES (?,?,?,?,?,?,?)", rows)
        connection.exec_driver_sql("UPDATE audit_head SET number = 20000, seal = ?", (seal,))
    engine.dispose()
    report = verify_chain(store)
    assert (report.faults, report.events) == ((), 20_000)
    store.close()


def test_events_are_found_by_what_they_are_about(store: Store) -> None:
    for team, change in (("T1", "team"), ("T2", "team"), ("T1", "team_removed")):
        with store.begin() as unit:
            facts = {"team": team, "change": change, "members": ["丙"]}
            unit.audit.add(at=NOON, actor="li", action="make_plan", facts=facts)
            unit.commit()
    write(store)

    def found(**about: str) -> list[str]:
        with store.begin() as unit:
            return [str(each.facts.get("change")) for each in unit.audit.find(about=about)]

    assert found(team="T1") == ["team_removed", "team"]
    assert found(team="T1", change="team") == ["team"]
    assert found(team="T3") == found(nothing="T1") == []
