"""Commands that score, list the top units and explain a score."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option, name_of
from gridwarden.console.terminal import Answer, table
from gridwarden.console.wording import unit_name

if TYPE_CHECKING:
    from dashboard.i18n import Translator
    from risk.scoring.run import ScoreResult

SHOWN = ("rank", "tier:tier", "unit", "name", "score")


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
    line = call.say(
        "{snapshot}: {buildings} buildings, {cells} cells as of {day} (configuration {hash})",
        snapshot=result.snapshot_id, buildings=result.buildings, cells=result.cells,
        day=result.as_of, hash=result.config_hash[:8],
    )  # fmt: skip
    return Answer(result, [line, *_taught(result, call)])


@command("undo-score")
def undo_score(
    call: Invocation, snapshot_id: Annotated[str, typer.Argument(metavar="ID")]
) -> Answer:
    """Take a score back, so that the one before it is shown again."""
    call.office.scores.take_back(call.actor, snapshot_id)
    return Answer({"snapshot_id": snapshot_id}, [call.say("Took back {id}.", id=snapshot_id)])


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
    ranked = call.office.risk_map.top(call.actor, unit=unit, k=k, leaves_as=leaves_as)
    if export_to is not None:
        _write(ranked, export_to, unit=unit, say=call.say)
    rows = [each | {"score": f"{each['score']:.1f}"} for each in ranked]
    title = call.say("Where to look first: {unit}", unit=unit_name(unit, call.say))
    return Answer(ranked, [call.table(title, rows, SHOWN)])


@command("explain")
def explain(
    call: Invocation,
    unit: Annotated[str, typer.Argument(help="A building, cell, grid or community.")],
) -> Answer:
    """Say why a unit has its score, down to the rows."""
    from dashboard.i18n.measures import MINUS
    from dashboard.i18n.score_words import (
        came_about,
        complaints_count,
        meaning,
        origin,
        shared_words,
        sources,
        without_points,
    )

    answer, say = call.office.scores.explain(call.actor, unit), call.say
    head = (
        f"{answer.unit}: {say('Score')} {answer.score:.1f}, {say('Tier')} "
        f"{say.name('tier', answer.tier)}, {say('Rank')} {answer.rank}"
    )
    behind = {factor: answer.rows.get(factor, []) for factor in answer.points}
    rows = [
        (say.name("factor", factor), f"{points:+.1f}".replace("-", MINUS), len(behind[factor]),
         sources(behind[factor], say=say))
        for factor, points in answer.points.items()
    ]  # fmt: skip
    columns = [say("Factor"), say("Points"), say("Rows"), say("Came about by")]
    telling = (meaning, origin, came_about, without_points, complaints_count, shared_words)
    sentences = [tell(answer, say=say) for tell in telling]
    return Answer(
        answer, [head, *filter(None, dict.fromkeys(sentences)), table(say("Points"), columns, rows)]
    )


def _taught(result: ScoreResult, call: Invocation) -> list[str]:
    from dashboard.i18n.score_words import not_taught

    return [not_taught(say=call.say)] if result.state == "policy" else []


def _write(rows: list[dict[str, Any]], path: Path, *, unit: str, say: Translator) -> None:
    """Write a ranked list as a workbook or as CSV (UTF-8 with mark, for Excel)."""
    import pandas as pd

    from dashboard.documents.columns import UNITS, in_words, sheet
    from dashboard.documents.workbook import workbook
    from data.export.writers import write_frame
    from data.workspace.atomic import write_bytes
    from governance.scores.risk_map import TOP_COLUMNS

    ranked = pd.DataFrame(rows, columns=[*TOP_COLUMNS])
    if path.suffix.lower() == ".csv":
        heads = {each.name: each.header_in(say) for each in UNITS}
        worded = in_words(ranked, UNITS, say=say).rename(columns=heads)
        write_frame(worded, path)
    else:
        title = say("Where to look first: {unit}", unit=unit_name(unit, say))
        note = say("A score is a reason to look, never a finding.")
        write_bytes(path, workbook([sheet(title, ranked, UNITS, say=say, note=note)]))
