"""A run sees one state of the data: what comes in during it is in none of what it reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.engine import Engine
from governance.access.permissions import Actor
from governance.office import Office

LATER = """工单编号,来电时间,事发地址,来电人,联系电话,来源渠道
250912101108115499,2026-11-12 20:00,示例花园7号楼,周示例,13800000009,12345热线
"""


@pytest.fixture
def during(
    office: Office, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], None]:
    """Return what has a complaint imported once a run has asked for so many tables."""

    def arrange(asked_before: int) -> None:
        path = tmp_path / "later.csv"
        path.write_text(LATER, encoding="utf-8")
        real, asked = Engine.table, 0

        def table(engine: Engine, name: str, **options: Any) -> Any:
            nonlocal asked
            asked += 1
            if asked == asked_before + 1:
                office.imports.import_file(actor, "complaints", path)
            return real(engine, name, **options)

        monkeypatch.setattr(Engine, "table", table)

    return arrange


@pytest.mark.parametrize("asked_before", [0, 1, 5])
def test_an_import_during_a_score_is_in_none_of_it(
    office: Office, actor: Actor, during: Callable[[int], None], asked_before: int
) -> None:
    before = office.scores.run(actor)
    during(asked_before)
    assert office.scores.run(actor).snapshot_id == before.snapshot_id
    assert office.scores.run(actor).snapshot_id != before.snapshot_id  # the next one has it


def test_an_import_during_an_explanation_is_in_none_of_it(
    office: Office, actor: Actor, during: Callable[[int], None]
) -> None:
    office.scores.run(actor)
    before = office.scores.explain(actor, "B7")
    during(0)
    assert office.scores.explain(actor, "B7") == before
    assert office.scores.explain(actor, "B7").changed != before.changed


def test_a_score_lists_the_imports_once_and_not_with_every_table(
    office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.scores.run(actor)
    lake = office._workspace.lake
    listed, real = [], type(lake).imports
    monkeypatch.setattr(type(lake), "imports", lambda *a, **o: (listed.append(1), real(*a, **o))[1])
    office.scores.run(actor)
    assert len(listed) == 1
