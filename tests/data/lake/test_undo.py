"""Imports and undos in any order: the lake against a plain dictionary."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.engine import Engine
from data.lake.imports import ImportNotFoundError
from data.lake.manifest import Manifest
from data.workspace.folder import Workspace

PutRows = Callable[..., Manifest]

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
START = datetime(2026, 1, 1)  # noqa: DTZ001 -- local times throughout
KEYS, CONTENTS = ("a", "b", "c"), ("x", "y", "z")


@dataclass(frozen=True)
class Line:
    """One row: its key, its content, the day it happened and the day it was learnt, if said."""

    key: str
    content: str
    day: int
    learnt: int | None

    def as_row(self) -> dict[str, Any]:
        learnt = None if self.learnt is None else START + timedelta(days=self.learnt)
        return {
            "ticket_no": self.key,
            "title": self.content,
            "received_at": START + timedelta(days=self.day),
            "learnt_at": learnt,
        }


LINES = st.builds(
    Line,
    st.sampled_from(KEYS),
    st.sampled_from(CONTENTS),
    st.integers(0, 2),
    st.none() | st.integers(0, 400),
)
FILES = st.lists(LINES, max_size=4, unique_by=lambda line: line.key)


def view(imports: list[tuple[datetime, list[Line]]], cut: datetime | None) -> dict[str, Any]:
    """Return key → (content, learnt_at) from the imports that count: the slow, plain rule."""
    learnt: dict[tuple[str, int], datetime] = {}
    for order, (imported_at, lines) in enumerate(imports):
        for line in lines:
            seen_before = any(line.key == other.key for _, ls in imports[:order] for other in ls)
            if line.learnt is not None:
                given = START + timedelta(days=line.learnt)
                moment = max(given, imported_at) if seen_before else given
            elif seen_before:
                moment = imported_at
            else:
                moment = min(START + timedelta(days=line.day), imported_at)
            learnt[line.key, order] = moment
    held: dict[str, Any] = {}
    for order, (_, lines) in enumerate(imports):
        for line in lines:
            if cut is not None and learnt[line.key, order] >= cut:
                continue
            same = [
                learnt[other.key, before]
                for before, (_, others) in enumerate(imports)
                for other in others
                if (other.key, other.content, other.day) == (line.key, line.content, line.day)
            ]
            held[line.key] = (line.content, min(same))
    return held


def read(engine: Engine, cut: datetime | None) -> dict[str, Any]:
    rows = engine.table("complaints", cut=cut).to_pyarrow().to_pylist()
    assert len({row["row_key"] for row in rows}) == len(rows)
    return {row["row_key"]: (row["title"], row["learnt_at"]) for row in rows}


@pytest.fixture(scope="module")
def office(
    empty_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Workspace, Engine]]:
    """Return a workspace and its engine, whose imports each example takes back when it ends."""
    folder = shutil.copytree(empty_folder, tmp_path_factory.mktemp("undo") / "office")
    engine = Engine(workspace := Workspace.open(folder))
    yield workspace, engine
    engine.close()


@settings(max_examples=12)
@given(
    files=st.lists(FILES, min_size=1, max_size=4),
    undone=st.sets(st.integers(0, 3)),
    early=st.booleans(),
    days=st.integers(0, 420),
)
def test_the_view_is_that_of_never_having_imported_what_was_undone(
    office: tuple[Workspace, Engine],
    put_rows: PutRows,
    files: list[list[Line]],
    undone: set[int],
    *,
    early: bool,
    days: int,
) -> None:
    cut, (workspace, engine) = START + timedelta(days=days), office
    imports, kept = [], []
    for order, lines in enumerate(files):
        moment = NOON + timedelta(days=order)
        manifest = put_rows(workspace, "complaints", [x.as_row() for x in lines], now=moment)
        imports.append(manifest.import_id)
        if early:
            read(engine, None)  # derived files are made in between, or only at the end
        if order not in undone:
            kept.append((moment, lines))
    for order in sorted(undone, reverse=early):
        if order < len(imports):
            workspace.lake.undo(imports[order])
    assert read(engine, None) == view(kept, None)
    assert read(engine, cut) == view(kept, cut)
    for manifest in workspace.lake.imports():
        workspace.lake.undo(manifest.import_id)


def test_an_import_is_undone_once_and_still_listed_when_asked_for(
    workspace: Workspace, put_rows: PutRows
) -> None:
    manifest = put_rows(workspace, "complaints", [Line("a", "x", 0, None).as_row()])
    workspace.lake.undo(manifest.import_id)
    with pytest.raises(ImportNotFoundError):
        workspace.lake.undo(manifest.import_id)
    assert workspace.lake.imports() == []
    assert [m.undone for m in workspace.lake.imports(undone=True)] == [True]


def test_the_state_of_a_table_changes_with_an_import_and_with_its_undoing_and_with_nothing_else(
    workspace: Workspace, put_rows: PutRows
) -> None:
    lake, seen = workspace.lake, []
    seen.append(lake.state_of(["persons", "grids"]))
    manifest = put_rows(workspace, "grids", [{"grid_code": "370902001001001"}])
    seen.append(lake.state_of(["persons", "grids"]))
    put_rows(workspace, "complaints", [{"ticket_no": "1"}])
    assert lake.state_of(["persons", "grids"]) == seen[-1]
    lake.undo(manifest.import_id)
    seen.append(lake.state_of(["persons", "grids"]))
    assert len(set(seen)) == 3
