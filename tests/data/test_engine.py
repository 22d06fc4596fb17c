"""Rules of reading tables, on DuckDB and on Spark."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import ibis
import pyarrow.parquet as pq
import pytest
from ibis.expr.operations import DatabaseTable
from patience import PATIENCE_S

from data.contracts.registry import TABLES, UnknownTableError
from data.derived.placing.place import is_placed
from data.engine import Engine
from data.lake.manifest import Manifest
from data.lake.schema import LAKE_COLUMNS, PLACEMENT_COLUMNS, REGISTER_COLUMNS
from data.lake.validity import held_at
from data.workspace.folder import Workspace
from tests.data.derived.test_visits import HOUR, known, local, put, version
from tests.data.derived.test_visits import NOON as VISITED

PutRows = Callable[..., Manifest]

START = datetime(2026, 1, 1)  # noqa: DTZ001 -- local times throughout
NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- the same


def test_an_empty_workspace_has_every_table_with_all_its_columns(workspace: Workspace) -> None:
    engine = Engine(workspace)
    for name, contract in TABLES.items():
        expected = {f.name for f in contract.stored} - {"lon", "lat"} | set(LAKE_COLUMNS)
        expected |= set(PLACEMENT_COLUMNS) if is_placed(contract) else set()
        table = engine.table(name)
        assert table.count().to_pyarrow().as_py() == 0
        assert (set(REGISTER_COLUMNS) if name == "buildings" else expected) <= set(table.columns)


def test_columns_have_the_same_types_before_and_after_the_first_row(
    workspace: Workspace, put_rows: PutRows
) -> None:
    engine = Engine(workspace)
    before = {name: engine.table(name).schema() for name in ("complaints", "buildings")}
    put_rows(workspace, "complaints", [{"ticket_no": "1", "received_at": START}])
    put_rows(workspace, "buildings", [{"building_id": "A", "lon": 117.1, "lat": 36.1}])
    after = {name: engine.table(name).schema() for name in ("complaints", "buildings")}
    assert before == after


def test_a_view_has_the_columns_and_types_that_duckdb_reads_in_its_file(
    workspace: Workspace, put_rows: PutRows
) -> None:
    put_rows(workspace, "complaints", [{"ticket_no": "1", "received_at": START}])
    put_rows(workspace, "buildings", [{"building_id": "A", "lon": 117.1, "lat": 36.1}])
    put(workspace, version("V1"))
    engine = Engine(workspace)
    read = [engine.table(name, cut=cut) for name in TABLES for cut in (None, NOON)]
    views = {view for table in read for view in table.op().find(DatabaseTable)}
    assert len(views) > len(TABLES) / 2
    session = read[0].get_backend()
    assert {v.name: v.schema for v in views} == {v.name: session.get_schema(v.name) for v in views}


def test_rows_from_before_a_field_existed_have_it_unknown(
    workspace: Workspace, put_rows: PutRows
) -> None:
    manifest = put_rows(workspace, "inspections", [{"inspection_id": "X1", "at": START}])
    path = workspace.lake.rows_path(manifest)
    pq.write_table(pq.read_table(path).drop_columns(["other_count"]), path)
    put_rows(
        workspace, "inspections", [{"inspection_id": "X2", "at": START, "other_count": 3}], now=NOON
    )
    rows = Engine(workspace).table("inspections").order_by("row_key").to_pyarrow()
    assert rows["other_count"].to_pylist() == [None, 3]


def test_there_is_no_table_of_another_name(workspace: Workspace) -> None:
    with pytest.raises(UnknownTableError):
        Engine(workspace).table("pupils")


def test_a_row_learnt_at_the_cut_is_not_yet_known(workspace: Workspace, put_rows: PutRows) -> None:
    put_rows(workspace, "complaints", [{"ticket_no": "1", "received_at": START}])
    engine = Engine(workspace)
    counts = [
        engine.table("complaints", cut=START + timedelta(microseconds=after)).count().to_pyarrow()
        for after in (0, 1)
    ]
    assert [count.as_py() for count in counts] == [0, 1]


def test_a_row_that_was_learnt_late_is_known_late(workspace: Workspace, put_rows: PutRows) -> None:
    late = START + timedelta(days=30)
    row = {"decision_no": "1", "decided_on": START, "learnt_at": late}
    put_rows(workspace, "violations", [row])
    engine = Engine(workspace)
    assert engine.table("violations", cut=late).count().to_pyarrow().as_py() == 0
    later = late + timedelta(days=1)
    assert engine.table("violations", cut=later).count().to_pyarrow().as_py() == 1


def test_a_corrected_version_is_known_from_its_import_whatever_time_of_entry_it_gives(
    workspace: Workspace, put_rows: PutRows
) -> None:
    entered = START + timedelta(days=3)
    ticket = {"ticket_no": "1", "received_at": START, "learnt_at": entered}
    put_rows(workspace, "complaints", [ticket | {"is_true": "不属实"}])
    corrected = NOON + timedelta(days=30)
    put_rows(workspace, "complaints", [ticket | {"is_true": "属实"}], now=corrected)
    engine = Engine(workspace)
    said = [
        engine.table("complaints", cut=cut).to_pyarrow()["is_true"].to_pylist()
        for cut in (entered, NOON, corrected, corrected + timedelta(days=1))
    ]
    assert said == [[], ["不属实"], ["不属实"], ["属实"]]


def test_what_a_row_says_was_here_for_certain_from_the_import_that_first_said_it(
    workspace: Workspace, put_rows: PutRows
) -> None:
    ticket, day = {"ticket_no": "1", "received_at": START}, timedelta(days=1)
    closed = ticket | {"is_true": "属实"}
    engine = Engine(workspace)
    for days, row, expected in ((0, ticket, 0), (1, ticket, 0), (2, closed, 2), (3, closed, 2)):
        put_rows(workspace, "complaints", [row], now=NOON + days * day)
        (told,) = engine.table("complaints").to_pyarrow()["imported_at"].to_pylist()
        assert told == NOON + expected * day
    early = engine.table("complaints", cut=NOON + 2 * day).to_pyarrow()
    assert (early["imported_at"].to_pylist(), early["is_true"].to_pylist()) == ([NOON], [None])


def test_the_versions_of_a_table_are_what_it_says_at_every_cut(
    workspace: Workspace, put_rows: PutRows
) -> None:
    day = timedelta(days=1)
    for days, told in ((0, None), (2, "不属实"), (4, "属实")):
        row = {"ticket_no": "1", "received_at": START, "is_true": told}
        put_rows(workspace, "complaints", [row], now=NOON + days * day)
    engine = Engine(workspace)
    versions = engine.versions("complaints")
    for days, told in ((1, None), (3, "不属实"), (5, "属实")):
        cut = NOON + days * day
        held = versions.filter(held_at(versions, ibis.literal(cut)))
        rows = held.drop("version_learnt_at", "superseded_at").to_pyarrow()
        assert rows["is_true"].to_pylist() == [told]
        assert rows.equals(engine.table("complaints", cut=cut).to_pyarrow())


@pytest.mark.parametrize("pieces", [1, 4])
def test_each_row_of_an_only_import_is_known_from_its_own_time_however_it_came(
    workspace: Workspace, put_rows: PutRows, pieces: int
) -> None:
    times = [START + timedelta(hours=number) for number in range(2_000)]
    rows = [{"ticket_no": str(number), "received_at": at} for number, at in enumerate(times)]
    put_rows(workspace, "complaints", rows, pieces=pieces)
    told = Engine(workspace).table("complaints").select("received_at", "learnt_at").to_pyarrow()
    assert sorted(told["received_at"].to_pylist()) == times
    assert told["learnt_at"].to_pylist() == told["received_at"].to_pylist()


def test_registers_are_known_at_any_date(workspace: Workspace, put_rows: PutRows) -> None:
    put_rows(workspace, "grids", [{"grid_code": "370902001001001"}])
    put_rows(workspace, "buildings", [{"building_id": "A"}])
    engine = Engine(workspace)
    for name in ("grids", "buildings"):
        assert engine.table(name, cut=START).count().to_pyarrow().as_py() == 1


def test_an_event_in_the_future_is_known_from_its_import_at_the_latest(
    workspace: Workspace, put_rows: PutRows
) -> None:
    event = NOON + timedelta(days=90)
    put_rows(workspace, "complaints", [{"ticket_no": "1", "received_at": event}], now=NOON)
    (row,) = Engine(workspace).table("complaints").to_pyarrow().to_pylist()
    assert row["learnt_at"] == NOON


def by_building(engine: Engine, cut: datetime | None) -> list[dict[str, Any]]:
    """Return what one expression gives on an engine: counts and decayed sums by building."""
    rows = engine.table("complaints", cut=cut)
    age = ibis.literal(NOON).delta(rows["event_at"], unit="microsecond").cast("float64")
    half, half_life = (ibis.literal(value, "float64") for value in (0.5, 8.64e12))
    weighed = rows.mutate(weight=half ** (age / half_life))
    grouped = weighed.group_by("building_id", "h3_r10", "match_level").agg(
        rows=weighed.count(), weight=weighed["weight"].sum(), first=weighed["learnt_at"].min()
    )
    return sorted(grouped.to_pyarrow().to_pylist(), key=lambda row: str(row["h3_r10"]))


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # pyspark and ibis warn about each other's old habits
def test_the_same_expression_and_the_visits_are_the_same_on_spark(
    workspace: Workspace, put_rows: PutRows, spark: Any
) -> None:
    places = [{"building_id": f"B{n}", "lon": 117.1 + n / 100, "lat": 36.1} for n in range(5)]
    put_rows(workspace, "buildings", places)
    complaints = [
        {
            "ticket_no": str(n),
            "received_at": START + timedelta(hours=49 * n),
            "building_id": f"B{n % 6}",
            "title": "补课",
        }
        for n in range(40)
    ]
    put_rows(workspace, "complaints", complaints)
    put_rows(workspace, "complaints", [row | {"title": "噪音"} for row in complaints[:9]])
    put(workspace, version(), version("V2"), version("V2", 2, result="疑似"))
    engines = Engine(workspace), Engine(workspace, spark=spark)
    ours, theirs = (by_building(engine, START + timedelta(days=40)) for engine in engines)
    assert [row | {"weight": None} for row in ours] == [row | {"weight": None} for row in theirs]
    weights = [row["weight"] for row in ours]
    assert [row["weight"] for row in theirs] == pytest.approx(weights, rel=1e-12)
    results = [known(engine, local(VISITED) + 1.5 * HOUR) for engine in engines]
    assert results == [{"V1": "未发现异常", "V2": "未发现异常"}] * 2


def test_many_threads_may_ask_at_once_for_tables_without_a_row(workspace: Workspace) -> None:
    engine = Engine(workspace)

    def count(turn: int) -> int:
        rows = engine.table(("inspections", "complaints", "grids")[turn % 3])
        found: int = rows.count().to_pyarrow().as_py()
        return found

    with ThreadPoolExecutor(max_workers=6) as pool:
        asked = [pool.submit(count, turn) for turn in range(24)]
        assert sum(each.result(timeout=PATIENCE_S) for each in asked) == 0
