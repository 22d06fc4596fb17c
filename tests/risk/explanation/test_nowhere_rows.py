"""Rows of no building are kept as long as the table is the same, and no longer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pytest
from ibis import ir

from data.derived.backends import duckdb_sessions
from data.derived.backends.duckdb_sessions import ask_about_texts
from risk import schema as c
from risk.explanation import nowhere_rows
from risk.explanation.nowhere_rows import read_nowhere, read_nowhere_at
from tests.risk.conftest import CUT, make_engine, random_office


class Asked:
    """An office whose rows have a name, or none, and which counts how often they are asked for."""

    def __init__(self, name: str | None, *, seed: int = 1) -> None:
        rows = random_office(np.random.default_rng(seed), buildings=10, events=200)
        self._engine = make_engine(rows)
        if name is not None:
            self.name_of_rows = lambda table: f"{table}-{name}"
            self.state = f"state-{name}"

    def table(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        return self._engine.table(name, cut=cut)

    def versions(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        return self._engine.versions(name, cut=cut)


def keys_of(office: Asked, communities: list[str], name: str = "complaints") -> list[str]:
    rows = office.table(name, cut=CUT)
    found = read_nowhere(office, name, rows, {c.COMMUNITY: communities}, cut=CUT)
    return sorted(found[c.ROW_KEY].to_pylist())


def expected(office: Asked, communities: list[str]) -> list[str]:
    rows = office.table("complaints", cut=CUT).to_pyarrow().to_pandas()
    nowhere = rows[c.BUILDING].isna() | (rows[c.BUILDING] == "")
    return sorted(rows.loc[nowhere & rows[c.COMMUNITY].isin(communities), c.ROW_KEY])


def some_communities(office: Asked) -> list[str]:
    rows = office.table("complaints", cut=CUT).to_pyarrow().to_pandas()
    return sorted(set(rows.loc[rows[c.BUILDING].isna(), c.COMMUNITY].dropna()))


@pytest.fixture(autouse=True)
def times_asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def counted(rows: ir.Table, texts: Any, question: Any) -> Any:
        asked.append(question)
        return ask_about_texts(rows, texts, question)

    monkeypatch.setattr(nowhere_rows, "ask_about_texts", counted)
    nowhere_rows._KEPT.forget()
    return asked


def test_kept_rows_are_those_that_all_rows_would_give(times_asked: list[Any]) -> None:
    office, unnamed = Asked("one"), Asked(None)
    communities = some_communities(office)
    assert communities
    for each in ([communities[0]], communities, ["elsewhere"]):
        assert keys_of(office, each) == keys_of(unnamed, each) == expected(office, each)
    assert len(expected(office, communities)) > 0
    assert len(times_asked) == 1 + 3, "once of rows with a name, each time of others"


def test_rows_of_another_state_are_asked_for_anew(times_asked: list[Any]) -> None:
    one, other = Asked("one"), Asked("two", seed=2)
    communities = sorted({*some_communities(one), *some_communities(other)})
    assert keys_of(one, communities) == expected(one, communities)
    assert keys_of(other, communities) == expected(other, communities)
    assert len(times_asked) == 2


def test_many_rows_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nowhere_rows, "MOST_ROWS", 3)
    # SQL with this limit is not for sessions that equal this one.
    monkeypatch.setattr(duckdb_sessions, "_WRITTEN", WeakKeyDictionary())
    office = Asked("many")
    communities = some_communities(office)
    assert len(expected(office, communities)) > 3
    assert keys_of(office, communities) == expected(office, communities)


@pytest.mark.parametrize("table", ["inspections", "complaints"])
def test_rows_at_some_times_are_those_that_all_rows_would_give(table: str) -> None:
    every = Asked(None).table(table, cut=CUT).to_pyarrow().to_pandas()
    nowhere = every[every[c.BUILDING].isna()].dropna(subset=[c.EVENT_AT])
    times = sorted(nowhere[c.EVENT_AT].dt.to_pydatetime())[1::2]
    wanted = sorted(nowhere.loc[nowhere[c.EVENT_AT].isin(times), c.ROW_KEY])
    assert 0 < len(wanted) < len(nowhere)
    for office in (Asked("one"), Asked(None)):
        rows = office.table(table, cut=CUT)
        found = read_nowhere_at(office, table, rows, times, cut=CUT)
        assert sorted(found[c.ROW_KEY].to_pylist()) == wanted


def test_a_visit_renames_the_inspections_and_no_other_table(times_asked: list[Any]) -> None:
    office = Asked("one")
    communities = some_communities(office)
    for state, name, asked in (("a", "inspections", 1), ("a", "inspections", 1),
                               ("b", "inspections", 2), ("b", "complaints", 3),
                               ("c", "complaints", 3)):  # fmt: skip
        office.state = state
        keys_of(office, communities, name)
        assert len(times_asked) == asked
