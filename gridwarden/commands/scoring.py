"""Commands that score, list the top units and explain a score."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option, name_of
from gridwarden.console.terminal import Answer, records, table

if TYPE_CHECKING:
    import pandas as pd

    from risk.scoring.run import ScoreResult

NOTE = "评分只提示先看哪里, 不是结论。"
SHOWN = ("rank", "tier", "unit", "name", "score")


@command("score")
def score(
    call: Invocation,
    *,
    as_of: Annotated[
        date | None, day_option(help="Use what was learnt by the end of this day.")
    ] = None,
) -> Answer:
    """Score every building, cell and grid as of a date; keep the result."""
    result = call.office.scores.run(call.actor, as_of=as_of)
    line = (
        f"{result.snapshot_id}: {result.buildings} buildings, {result.cells} cells as of "
        f"{result.as_of} (configuration {result.config_hash[:8]})"
    )
    return Answer(result, [line, *_taught(result, call)])


@command("undo-score")
def undo_score(
    call: Invocation, snapshot_id: Annotated[str, typer.Argument(metavar="ID")]
) -> Answer:
    """Take a score back, so that the one before it is shown again."""
    call.office.scores.take_back(call.actor, snapshot_id)
    return Answer({"snapshot_id": snapshot_id}, [f"Took back {snapshot_id}."])


@command("top")
def top(
    call: Invocation,
    *,
    unit: Annotated[
        str, typer.Option(help="building, cell:8, cell:9, cell:10, grid or community.")
    ] = "building",
    k: Annotated[int, typer.Option("-k", min=1, help="How many.")] = 20,
    export_to: Annotated[
        Path | None, typer.Option("--export", help="Also write them to a .xlsx or .csv file.")
    ] = None,
) -> Answer:
    """List where to look first, by the newest score."""
    leaves_as = name_of(export_to, ".xlsx", ".csv")
    frame = call.office.risk_map.top(call.actor, unit=unit, k=k, leaves_as=leaves_as)
    if export_to is not None:
        _write(frame, export_to, unit=unit)
    ranked = records(frame)
    columns = [name for name in SHOWN if name in frame]  # who may not know why has no score
    rows = [[_shown(row[name]) for name in columns] for row in ranked]
    return Answer(ranked, [table(f"Top {len(rows)}: {unit}", columns, rows)])


@command("explain")
def explain(
    call: Invocation,
    unit: Annotated[str, typer.Argument(help="A building, cell, grid or community.")],
) -> Answer:
    """Say why a unit has its score, down to the rows."""
    from dashboard.i18n.score_words import (
        came_about,
        complaints_count,
        meaning,
        origin,
        shared_words,
        sources,
    )

    answer, say = call.office.scores.explain(call.actor, unit), call.say
    head = (
        f"{answer.unit}: {say('Score')} {answer.score:.1f}, {say('Tier')} "
        f"{say.name('tier', answer.tier)}, {say('Rank')} {answer.rank}"
    )
    behind = {factor: answer.rows.get(factor, []) for factor in answer.points}
    rows = [
        (say.name("factor", factor), f"{points:+.1f}", len(behind[factor]),
         sources(behind[factor], say=say))
        for factor, points in answer.points.items()
    ]  # fmt: skip
    columns = [say("Factor"), say("Points"), say("Rows"), say("Came about by")]
    telling = (meaning, origin, came_about, complaints_count, shared_words)
    said = [told(answer, say=say) for told in telling]
    return Answer(
        answer, [head, *filter(None, dict.fromkeys(said)), table(say("Points"), columns, rows)]
    )


def _taught(result: ScoreResult, call: Invocation) -> list[str]:
    """Say whether visits have taught the score."""
    from dashboard.i18n.score_words import not_taught

    return [not_taught(say=call.say)] if result.state == "policy" else []


def _write(ranked: pd.DataFrame, path: Path, *, unit: str) -> None:
    """Write a ranked list as a workbook or as CSV (UTF-8 with mark, for Excel)."""
    from dashboard.documents.workbook import Sheet, workbook

    if path.suffix.lower() == ".csv":
        ranked.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        path.write_bytes(workbook([Sheet(title=f"先看哪里 {unit}", table=ranked, note=NOTE)]))


def _shown(value: object) -> object:
    """Return a cell as people read it."""
    return f"{value:.1f}" if isinstance(value, float) else value
