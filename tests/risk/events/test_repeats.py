"""Rows that tell of one visit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from risk import schema as c
from risk.events.repeats import (
    alike_visits,
    any_alike,
    are_empty_repeats,
    are_repeats,
    mark_copies,
    once_per_visit,
    without_copies,
    without_repeated_tickets,
)

VISITS = pd.DataFrame(
    {
        "row_key": ["a", "b", "c"],
        "building_id": ["B1", "B1", "B2"],
        "event_at": pd.to_datetime(["2026-11-01 10:00", "2026-11-01 10:00", "2026-11-01 10:00"]),
        "result": ["属实", "属实", "属实"],
        c.H3_R10: ["", "", ""],
    }
)


@pytest.mark.parametrize("numbers", [{}, {"inspection_id": ["", "", ""]}])
def test_a_table_without_the_column_of_numbers_is_one_without_numbers(
    numbers: dict[str, list[str]],
) -> None:
    marked = mark_copies(ibis.memtable(VISITS.assign(**numbers))).to_pandas()
    kept = without_copies(marked.sort_values("row_key", ignore_index=True))
    assert kept["row_key"].tolist() == ["a", "c"]


@pytest.mark.parametrize("keys", [["a", "b", "c"], ["b", "a", "c"]])
def test_which_row_of_a_visit_counts_is_not_a_matter_of_its_key(keys: list[str]) -> None:
    """Keys of rows without a number are hashes by the workspace's secret."""
    purposes = ["", "复查", ""]
    table = ibis.memtable(VISITS.assign(row_key=keys, purpose=purposes, cut=pd.Timestamp(0)))
    at_once = once_per_visit(table).to_pandas()
    at_each_cut = without_copies(mark_copies(table).to_pandas())
    assert sorted(at_once["purpose"]) == sorted(at_each_cut["purpose"]) == ["", "复查"]


@pytest.mark.parametrize("keys", [["a", "b", "c"], ["b", "a", "c"]])
def test_of_rows_alike_in_purpose_and_way_the_first_in_the_files_counts(keys: list[str]) -> None:
    place = {"import_id": ["1", "1", "1"], "sheet": [None, None, None], "source_row": [9, 10, 11]}
    table = ibis.memtable(
        VISITS.assign(row_key=keys, **place, kind=["培训", "", ""], cut=pd.Timestamp(0))
    )
    at_once = once_per_visit(table).to_pandas()
    at_each_cut = without_copies(mark_copies(table).to_pandas().sort_values("source_row"))
    assert sorted(at_once["kind"]) == sorted(at_each_cut["kind"]) == ["", "培训"]


@pytest.mark.parametrize(
    ("changed", "keys"),
    [
        ({}, ["a", "b"]),
        ({"building_id": ["B1", "B3", "B2"]}, []),
        ({"unit_id": ["1", "2", "1"]}, []),
        ({"unit_id": ["1", "1", "1"], "building_id": [None, None, "B2"]}, ["a", "b"]),
        ({"event_at": pd.to_datetime(["2026-11-01", "2026-11-02", None])}, []),
    ],
)
def test_visits_are_alike_that_share_building_unit_and_moment(
    changed: dict[str, list[str]], keys: list[str]
) -> None:
    learnt = pd.to_datetime(["2026-11-05", "2026-11-06", "2026-11-07"])
    table = ibis.memtable(VISITS.assign(learnt_at=learnt, **changed))
    assert any_alike(table) == bool(keys)
    assert sorted(alike_visits(table).to_pandas()["row_key"]) == keys


def test_no_visits_are_alike_where_there_are_none() -> None:
    assert not any_alike(ibis.memtable(VISITS.assign(learnt_at=VISITS["event_at"])).limit(0))


def test_a_row_without_a_result_is_dropped_where_another_tells_of_the_same_going() -> None:
    """Of units 1 and 2, and of places without a unit, which are told apart by nothing."""
    visits = pd.DataFrame(
        {
            "unit": ["", "", "2", "1", "1", "1", "1"],
            "unit_code": [-1, -1, 1, 0, 0, 0, 0],
            "day": [5, 5, 5, 6, 5, 5, 5],
            "purpose_code": [*[0] * 3, 0, 3, 0, 0],
            "found": [None, 0.0, None, None, None, None, 1.0],
        }
    )
    assert visits.index[~are_empty_repeats(visits)].tolist() == [0, 1, 2, 3, 4, 6]


def test_empty_repeats_are_those_of_a_plain_search() -> None:
    """Among many goings, whose numbers meet in their last bits."""
    rng = np.random.default_rng(5)
    visits = pd.DataFrame(
        {
            "unit_code": rng.integers(-1, 400, 3_000),
            c.DAY: rng.integers(20_000, 20_005, 3_000),
            "purpose_code": rng.integers(0, 3, 3_000),
            "found": rng.choice([0.0, 1.0, np.nan], 3_000),
        }
    )
    told: set[tuple[int, ...]] = set()
    plain = []
    for row in visits[::-1].itertuples(index=False):
        plain.append(row[0] >= 0 and row[:3] in told and np.isnan(row.found))
        told.add(row[:3])
    assert are_empty_repeats(visits).tolist() == plain[::-1]
    assert 100 < sum(plain) < 2_000
    repeated = visits.duplicated(list(visits.columns[:3]), keep="last")
    assert are_repeats(visits).tolist() == repeated.tolist()


def tickets(seed: int) -> pd.DataFrame:
    """Return tickets at two cuts that point to each other, themselves, none or an unknown one."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    numbers = [None, *(f"T{number}" for number in range(int(rng.integers(1, count + 1))))]
    pointed = [None, "", "unknown", *numbers] if rng.random() < 0.8 else [None, ""]
    frame: dict[str, Any] = {
        c.ROW_KEY: [f"row-{number}" for number in range(count)],
        c.CUT: rng.choice(pd.to_datetime(["2026-10-01", "2026-11-01"]).as_unit("us"), count),
        "ticket_no": rng.choice(np.array(numbers, dtype=object), count),
        "related_ticket": rng.choice(np.array(pointed, dtype=object), count),
        "status": rng.choice(np.array([None, "", "已结案", "重复件"], dtype=object), count),
    }
    if rng.random() < 0.3:  # each the one before it
        frame["ticket_no"] = [f"T{number}" for number in range(count)]
        frame["related_ticket"] = [None, *frame["ticket_no"][:-1]]
    return pd.DataFrame(frame)


def without_repeats_by_hand(rows: pd.DataFrame, marks: tuple[str, ...]) -> list[str]:
    """Return the keys of the rows that are kept, each looked at by itself."""
    status = rows["status"].fillna("")
    new = rows[[not any(mark in text for mark in marks) for text in status]]
    kept = []
    for row in new.itertuples():
        points = isinstance(row.related_ticket, str) and row.related_ticket != ""
        others = new[(new["ticket_no"] == row.related_ticket) & (new[c.CUT] == row.cut)]
        if not (points and row.related_ticket != row.ticket_no and len(others)):
            kept.append(row.row_key)
    return sorted(kept)


def repeats_of_tickets_are_left_out(session: Any, seeds: range, folder: Path) -> None:
    """Compare a session's answers with those by hand, for offices of these seeds."""
    left_out, marks = 0, ("重复",)
    for seed in seeds:
        rows = tickets(seed)
        file = folder / f"tickets-{seed}.parquet"
        pq.write_table(pa.table({name: pa.array(each) for name, each in rows.items()}), file)
        kept = without_repeated_tickets(session.read_parquet(str(file)), marks)
        keys = kept.to_pyarrow()[c.ROW_KEY].to_pylist()
        assert sorted(keys) == without_repeats_by_hand(rows, marks), seed
        assert kept.columns == tuple(rows.columns)
        new = ~rows["status"].fillna("").str.contains("重复")
        left_out += int(new.sum()) - len(keys)
    assert left_out > len(seeds)


def test_a_ticket_that_points_to_another_known_at_its_cut_is_a_repeat(tmp_path: Path) -> None:
    repeats_of_tickets_are_left_out(ibis.duckdb.connect(), range(60), tmp_path)


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # pyspark 4.0 itself warns with pandas 3
def test_repeats_of_tickets_on_spark_are_those_of_duckdb(spark: Any, tmp_path: Path) -> None:
    repeats_of_tickets_are_left_out(ibis.pyspark.connect(spark), range(4), tmp_path)
