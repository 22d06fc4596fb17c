"""A run sees one state of the data: what comes in during it is in none of what it reads."""

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
    scored: Office, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
                scored.imports.import_file(actor, "complaints", path)
            return real(engine, name, **options)

        monkeypatch.setattr(Engine, "table", table)

    return arrange


@pytest.mark.parametrize("asked_before", [0, 5])
def test_an_import_during_a_score_is_in_none_of_it(
    scored: Office, actor: Actor, during: Callable[[int], None], asked_before: int
) -> None:
    before = scored.scores.snapshots(actor)["snapshot_id"].iloc[0]
    during(asked_before)
    assert scored.scores.run(actor).snapshot_id == before
    assert scored.scores.run(actor).snapshot_id != before  # the next one has it


def test_an_import_during_an_explanation_is_in_none_of_it(
    scored: Office, actor: Actor, during: Callable[[int], None]
) -> None:
    before = scored.scores.explain(actor, "B7")
    scored.scores._explanations.forget()
    during(0)
    assert scored.scores.explain(actor, "B7") == before
    assert scored.scores.explain(actor, "B7").changed != before.changed


def test_a_score_lists_the_imports_once_and_not_with_every_table(
    scored: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = scored._workspace.lake
    listed, real = [], type(lake).imports
    monkeypatch.setattr(type(lake), "imports", lambda *a, **o: (listed.append(1), real(*a, **o))[1])
    scored.scores.run(actor)
    assert len(listed) == 1
