"""Ask the past whether the score beats counting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.invocation import invocation
from gridwarden.terminal import plain, table

if TYPE_CHECKING:
    from rich.console import Console

    from governance.evaluation import Evaluation
    from risk.backtest.verdict import Verdict

SHOWN = {
    "days_earlier": "days earlier",
    "found_first_half": "first half",
    "auc": "AUC",
    "precision_at_200": "p@200",
    "hit_10": "hit 10 %",
    "pai_10": "PAI 10 %",
    "pei_10": "PEI 10 %",
    "churn": "same list",
}


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command("backtest")(backtest)


def backtest(  # noqa: PLR0913 -- one option per thing that can be asked
    ctx: typer.Context,
    *,
    unit: Annotated[
        str, typer.Option(help="What is ranked: building, cell:8, cell:9 or cell:10.")
    ] = "building",
    event: Annotated[
        str | None,
        typer.Option(
            help="What is to be found: violations, inspections:found or inspections:critical. "
            "Violations where there are any, else finds, when not given."
        ),
    ] = None,
    origins: Annotated[
        str | None,
        typer.Option(
            metavar="FROM:TO:EVERY",
            help="Days to stand on, e.g. 2013-01-01:2014-07-01:2mo (d, w or mo); TO is the last. "
            "The last ones that the data allow when not given.",
        ),
    ] = None,
    horizon: Annotated[
        list[str] | None,
        typer.Option(metavar="SPAN", help="How far to look, e.g. 90d or 2mo; may be repeated."),
    ] = None,
    among: Annotated[
        str, typer.Option(help="Rank all units, or only those inspected in the window.")
    ] = "all",
    k: Annotated[
        int | None, typer.Option("--k", min=1, help="Units that a week's capacity can look at.")
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option(help="Only this method; may be repeated.")
    ] = None,
    area: Annotated[
        bool, typer.Option("--area/--no-area", help="Let the score use neighbourhoods.")
    ] = True,
    json_to: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write everything to this file.")
    ] = None,
) -> None:
    """Rank the past as it could have been ranked then; compare with simple methods."""
    call = invocation(ctx, as_json=False)
    with call.terminal.progress() as advance:
        result = call.office().backtest(
            call.actor(),
            unit=unit,
            event=event,
            origins=origins,
            horizons=tuple(horizon or ("90d",)),
            among=among,
            k=k,
            methods=tuple(method or ()),
            area=area,
            progress=advance,
        )
    if json_to is not None:
        write_evaluation(result, json_to)
    call.terminal.result(result, show=lambda out: _show(out, result))


def write_evaluation(result: Evaluation, path: Path) -> None:
    """Write an evaluation as one JSON object."""
    import json

    text = json.dumps(plain(result), ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _show(out: Console, result: Evaluation) -> None:
    """Lay out one table per horizon, best known measures first, and the verdict."""
    groups = dict.fromkeys(
        (line["event"], line["unit"], line["horizon"], line["among"]) for line in result.summary
    )
    for group in groups:
        event, unit, horizon, among = group
        lines = [
            line
            for line in result.summary
            if (line["event"], line["unit"], line["horizon"], line["among"]) == group
        ]
        rows: list[list[object]] = [
            [line["method"], *(_number(line["means"], name) for name in SHOWN)] for line in lines
        ]
        title = (
            f"{event}, {unit}, {among}, {horizon}: mean of {lines[0]['origins']} origins, "
            f"{lines[0]['n_units']:.0f} units, {lines[0]['n_events']:.0f} events each"
        )
        out.print(table(title, ["method", *SHOWN.values()], rows))
        verdict = result.verdict(event=event, unit=unit, horizon=horizon, among=among)
        if verdict is not None:
            out.print(verdict_sentence(verdict), markup=False)
    if result.absent:
        out.print(f"Not installed here: {', '.join(result.absent)}", markup=False)


def verdict_sentence(verdict: Verdict) -> str:
    """Say a verdict in plain words."""
    facts = verdict.facts
    others = ", ".join(
        f"{name}, {_plain_amount(verdict, facts[key])}"
        for key, name in (
            ("best", f"by {facts['best_method']}, the best other"),
            ("counting", "ordered by past count"),
            ("chance", "at random"),
        )
        if facts[key] is not None
    )
    start = (
        "The same visits in this order find what they find {amount} days earlier"
        if verdict.code.startswith("days")
        else "The first tenth of this order holds {amount} of what was found"
    )
    sure = (
        f" Ahead of the best other in {facts['ahead']} of {facts['origins']} windows."
        if facts["ahead"] is not None
        else ""
    )
    return f"{start.format(amount=_plain_amount(verdict, facts['ours']))}; {others}.{sure}"


def _plain_amount(verdict: Verdict, value: float | None) -> str:
    if value is None:
        return "?"
    return f"{value:.1f}" if verdict.code.startswith("days") else f"{value:.0%}"


def _number(means: dict[str, dict[str, float | None]], name: str) -> str:
    value = means.get(name, {}).get("mean")
    return "" if value is None else f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"
