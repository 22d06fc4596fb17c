"""A decision moves the rows of its address, and nothing else is made again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from data.derived.build import Derivation
from data.derived.inputs import read_inputs
from data.derived.placing.addresses import AddressBook
from data.derived.placing.place import NARROW, Placer
from data.derived.placing.reviews import add_past_placements
from data.engine import Engine
from data.lake.manifest import Manifest
from data.lake.validity import local_import_time
from data.workspace.folder import Workspace
from geo.addresses.normalise import normalise_address

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
ADDRESSES = ("示例花园", "示例花园。", "示例花园3号楼", "老化肥厂宿舍", "示例花园3号楼对面", None)
DECISIONS = {"示例花园": "B2", "老化肥厂宿舍": None, "示例花园3号楼": "B1"}


@pytest.fixture
def office(workspace: Workspace, put_rows: Callable[..., Manifest]) -> Workspace:
    houses = [
        {"building_id": f"B{n}", "estate": "示例花园", "building_no": f"{n}号楼",
         "lon": 117.1 + n / 1000, "lat": 36.1}
        for n in range(1, 5)
    ]  # fmt: skip
    put_rows(workspace, "buildings", houses)
    rows: list[dict[str, Any]] = [
        {"ticket_no": f"{n}", "raw_address": text, "received_at": NOON - timedelta(days=n)}
        for n, text in enumerate(ADDRESSES * 3)
    ]
    rows[1] |= {"lon": 117.104, "lat": 36.1}
    rows[2] |= {"building_id": "B4"}
    put_rows(workspace, "complaints", rows)
    put_rows(workspace, "rentals", [{"filing_no": "L", "raw_address": "示例花园4号楼"}])
    return workspace


def decide(workspace: Workspace, decisions: dict[str, str | None], at: datetime) -> None:
    with workspace.store.begin() as unit:
        for address, building in decisions.items():
            unit.address_reviews.decide(
                address, table="complaints", building_id=building, reviewer="r", at=at
            )
        unit.commit()


def test_decided_rows_are_where_placing_all_rows_by_the_decisions_puts_them(
    office: Workspace,
) -> None:
    decide(office, DECISIONS, NOON + timedelta(days=1))
    with Derivation(office) as derivation:
        register = pq.read_table(derivation.register_path())
        book = AddressBook(register, DECISIONS, office.settings.place)
        placer = Placer(register, derivation.grids, book, office.settings.place)
        (manifest,) = office.lake.imports("complaints")
        stored = pq.read_table(office.lake.rows_path(manifest))
        narrow = [name for name in NARROW if name in stored.column_names]
        oracle: pa.Table = placer.place(stored.select(narrow))
        parts = derivation.placed_column(manifest, "match_level")
        levels = [level for part in parts for level in part.to_pylist()]
    assert levels == oracle["match_level"].to_pylist()
    engine = Engine(office)
    now = engine.table("complaints").to_pyarrow()
    engine.close()
    for name in ("building_id", "match_level", "match_method", "match_candidates", "h3_r10"):
        expected = dict(zip(stored["row_key"].to_pylist(), oracle[name].to_pylist(), strict=True))
        found = dict(zip(now["row_key"].to_pylist(), now[name].to_pylist(), strict=True))
        assert found == expected, name


def files(workspace: Workspace) -> set[str]:
    engine = Engine(workspace)
    engine.waiting_files()
    engine.read_addresses()
    for table in ("complaints", "rentals"):
        engine.table(table).count().to_pandas()
    engine.close()
    derived = workspace.derived_path
    return {path.relative_to(derived).as_posix() for path in derived.rglob("*.parquet")}


def test_a_decision_makes_only_the_files_of_tables_with_its_address_again(
    office: Workspace,
) -> None:
    before = files(office)
    decide(office, {"示例花园": "B2"}, NOON + timedelta(days=1))
    assert [name.rpartition("-")[0] for name in files(office) - before] == ["decided/complaints"]


def test_what_waits_does_not_depend_on_decisions(office: Workspace) -> None:
    engine = Engine(office)
    before = engine.waiting_files()
    waiting = pq.read_table(before[0]).to_pandas()
    decide(office, DECISIONS, NOON + timedelta(days=1))
    assert engine.waiting_files() == before
    engine.close()
    keys = waiting.groupby("address_key").size().to_dict()
    assert keys["示例花园"] == 6 - 1, "one of them is placed by its own point"
    assert keys["老化肥厂宿舍"] == 3
    assert "示例花园3号楼" not in keys
    assert set(waiting["table"]) == {"complaints"}


def rows_of(workspace: Workspace) -> list[dict[str, Any]]:
    """Return all versions of the complaints as they are read, every place of each."""
    engine = Engine(workspace)
    rows = engine.versions("complaints").to_pyarrow().to_pylist()
    engine.close()
    return sorted(rows, key=repr)


def rows_placed_at_once(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the same, every row of every import looked at."""
    with Derivation(workspace) as derivation:
        path = derivation.current_path("complaints")
        assert path is not None
        every, parts = pq.read_table(path), []
        for manifest in workspace.lake.imports("complaints"):
            rows = every.filter(pc.equal(every["import_id"], manifest.import_id))
            keys = np.array([normalise_address(t or "") for t in rows["raw_address"].to_pylist()],
                            dtype=object)  # fmt: skip
            parts.append(add_past_placements(
                rows, keys, imported_at=local_import_time(manifest),
                reviews=read_inputs(workspace).reviews, placer=lambda: derivation.placer,
            ))  # fmt: skip
    engine = Engine(workspace)
    columns = engine.versions("complaints").columns
    engine.close()
    return sorted(pa.concat_tables(parts).select(columns).to_pylist(), key=repr)


def test_rows_decided_one_by_one_are_those_of_a_table_that_is_written_anew(
    office: Workspace,
) -> None:
    at = local_import_time(office.lake.imports("complaints")[0])
    steps: list[dict[str, str | None] | str] = [
        {"示例花园": "B2"}, {"老化肥厂宿舍": None}, "示例花园", {"示例花园": "B3"},
        {"示例花园3号楼": "B1"}, {"老化肥厂宿舍": "B4"}, "示例花园3号楼",
    ]  # fmt: skip
    for number, step in enumerate(steps):
        at += timedelta(hours=1)
        if isinstance(step, str):
            with office.store.begin() as unit:
                assert unit.address_reviews.withdraw(step, at=at)
                unit.commit()
        else:
            decide(office, step, at)
        assert rows_of(office) == rows_placed_at_once(office), number


def test_only_what_was_decided_since_is_placed(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(office, {"示例花园": "B2", "老化肥厂宿舍": None}, NOON + timedelta(days=1))
    rows_of(office)
    placed, place = [], Placer.place

    def counted(self: Placer, rows: pa.Table) -> pa.Table:
        placed.extend(rows["raw_address"].to_pylist())
        return place(self, rows)

    monkeypatch.setattr(Placer, "place", counted)
    decide(office, {"示例花园3号楼": "B1"}, NOON + timedelta(days=2))
    rows_of(office)
    assert set(placed) == {"示例花园3号楼"}


def test_what_was_pinned_before_a_decision_is_read_as_it_was(office: Workspace) -> None:
    engine = Engine(office)
    pinned = engine.pinned()
    before = sorted(pinned.table("complaints").to_pyarrow().to_pylist(), key=repr)
    decide(office, DECISIONS, NOON + timedelta(days=1))
    now = sorted(engine.table("complaints").to_pyarrow().to_pylist(), key=repr)
    again = sorted(pinned.table("complaints").to_pyarrow().to_pylist(), key=repr)
    engine.close()
    assert again == before != now


def test_what_waits_is_found_without_reading_the_addresses_of_placed_rows(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Derivation(office) as derivation:
        for manifest in (*office.lake.imports("complaints"), *office.lake.imports("rentals")):
            derivation.placement_path(manifest)
        read: list[str] = []
        monkeypatch.setattr(
            "geo.addresses.normalise.normalise_address",
            lambda text: read.append(text) or normalise_address(text),
        )
        waiting = pq.read_table(derivation.waiting_path())
    addresses = waiting["raw_address"].to_pylist()
    assert (
        set(read) - {""}
        == set(addresses)
        == {"示例花园", "示例花园。", "老化肥厂宿舍", "示例花园3号楼对面"}
    )
    assert waiting["address_key"].to_pylist() == [normalise_address(each) for each in addresses]
