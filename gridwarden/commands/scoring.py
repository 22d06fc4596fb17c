"""Commands that score, list the top units and explain a score."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.console.invocation import Json, invocation
from gridwarden.console.terminal import records, table

if TYPE_CHECKING:
    from rich.console import Console

    from dashboard.i18n import Translator
    from risk.explain import Explanation

SHOWN = ("rank", "tier", "unit", "name", "score")


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("score")(score)
    app.command("top")(top)
    app.command("explain")(explain)


def score(
    ctx: typer.Context,
    *,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Use what was learnt by the end of this day."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Score every building, cell and grid as of a date; keep the result."""
    call = invocation(ctx, as_json=as_json)
    day: date | None = as_of.date() if as_of else None
    result = call.office().scores.run(call.actor(), as_of=day)

    def show(out: Console) -> None:
        out.print(
            f"{result.snapshot_id}: {result.buildings} buildings, {result.cells} cells as of "
            f"{result.as_of} (configuration {result.config_hash[:8]})",
            markup=False,
        )

    call.terminal.result(result, show=show)


def top(
    ctx: typer.Context,
    *,
    unit: Annotated[
        str, typer.Option(help="building, cell:8, cell:9, cell:10, grid or community.")
    ] = "building",
    k: Annotated[int, typer.Option("-k", min=1, help="How many.")] = 20,
    export_to: Annotated[
        Path | None, typer.Option("--export", help="Also write them to a .xlsx or .csv file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List where to look first, by the newest score."""
    from gridwarden.console.ranking_files import write_ranking

    call = invocation(ctx, as_json=as_json)
    frame = call.office().risk_map.top(call.actor(), unit=unit, k=k, leaves_as=_name_of(export_to))
    if export_to is not None:
        write_ranking(frame, export_to, unit=unit)
    ranked = records(frame)
    columns = [name for name in SHOWN if name in frame]  # who may not know why has no score
    rows = [[_shown(row[name]) for name in columns] for row in ranked]
    call.terminal.result(
        ranked, show=lambda out: out.print(table(f"Top {len(rows)}: {unit}", columns, rows))
    )


def explain(
    ctx: typer.Context,
    unit: Annotated[str, typer.Argument(help="A building, cell, grid or community.")],
    *,
    as_json: Json = False,
) -> None:
    """Say why a unit has its score, down to the rows."""
    from dashboard.i18n import translator

    call = invocation(ctx, as_json=as_json)
    answer = call.office().scores.explain(call.actor(), unit)
    say = translator(call.language)
    call.terminal.result(answer, show=lambda out: _show_explanation(out, answer, say))


def _show_explanation(out: Console, answer: Explanation, say: Translator) -> None:
    """Lay out a score with its points, in the words of the page."""
    tier = say.name("tier", answer.tier)
    out.print(
        f"{answer.unit}: {say('Score')} {answer.score:.1f}, {say('Tier')} {tier}, "
        f"{say('Rank')} {answer.rank}",
        markup=False,
    )
    rows: list[list[object]] = [
        [say.name("factor", factor), f"{points:+.1f}", len(answer.rows.get(factor, []))]
        for factor, points in answer.points.items()
    ]
    out.print(table(say("Points"), [say("Factor"), say("Points"), say("Rows")], rows))


def _shown(value: object) -> object:
    """Return a cell as people read it."""
    return f"{value:.1f}" if isinstance(value, float) else value


def _name_of(path: Path | None) -> str | None:
    return path.name if path else None
