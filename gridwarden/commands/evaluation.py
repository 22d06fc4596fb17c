"""Commands of the backtest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.terminal import Answer, plain, table
from gridwarden.console.wording import unit_name

if TYPE_CHECKING:
    from rich.table import Table

    from dashboard.i18n import Translator
    from governance.scores.evaluation import Evaluation

SHOWN = ("precision_at_k_visits", "days_earlier", "found_first_half", "auc", "precision_at_k",
         "hit_10", "pai_10", "pei_10", "churn")  # fmt: skip


Unit = Annotated[str, typer.Option(help="What is ranked: building, cell:8, cell:9 or cell:10.")]
Event = Annotated[
    str | None,
    typer.Option(
        help="What is to be found: violations, inspections:found or inspections:critical. "
        "Finds where there are any, else violations, when not given."
    ),
]
Origins = Annotated[
    str | None,
    typer.Option(
        metavar="FROM:TO:EVERY",
        help="Days to stand on, e.g. 2013-01-01:2014-07-01:2mo (d, w or mo); TO is the last. "
        "The last ones that the data allow when not given.",
    ),
]
Horizons = Annotated[
    list[str] | None,
    typer.Option(metavar="SPAN", help="How far to look, e.g. 90d or 2mo; may be repeated."),
]
Among = Annotated[
    str,
    typer.Option(
        help="Rank only the units inspected in the window (inspected), or all: a check of where "
        "visits are scheduled, not of where risk is."
    ),
]
Capacity = Annotated[
    int | None,
    typer.Option(
        "--k", min=1, help="Units that a week's work can look at; by the settings when not given."
    ),
]
Methods = Annotated[list[str] | None, typer.Option(help="Only this method; may be repeated.")]
Area = Annotated[bool, typer.Option("--area/--no-area", help="Let the score use neighbourhoods.")]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", help="Write everything to this file.")
]


@command("backtest", json=False)
def backtest(
    call: Invocation,
    *,
    unit: Unit = "building",
    event: Event = None,
    origins: Origins = None,
    horizon: Horizons = None,
    among: Among = "inspected",
    k: Capacity = None,
    method: Methods = None,
    area: Area = True,
    json_to: JsonFile = None,
) -> Answer:
    """Rank the past as it could have been ranked then; compare with simple methods."""
    with call.progress() as advance:
        result = call.office.evaluation.backtest(
            call.actor, unit=unit, event=event, origins=origins, among=among, k=k, area=area,
            horizons=tuple(horizon or ("90d",)), methods=tuple(method or ()), progress=advance,
        )  # fmt: skip
    if json_to is not None:
        write_evaluation(result, json_to)
    return Answer(result, _lines(result, call.say))


def write_evaluation(result: Evaluation, path: Path) -> None:
    """Write an evaluation as one JSON object."""
    import json

    text = json.dumps(plain(result), ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _lines(result: Evaluation, say: Translator) -> Iterator[str | Table]:
    """Lay out one table per horizon, best known measures first, and the verdict."""
    from dashboard.i18n.evaluation.verdict import which_order

    groups: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for line in result.summary:
        group = (line["event"], line["unit"], line["horizon"], line["among"])
        groups.setdefault(group, []).append(line)
    for group, lines in groups.items():
        event, unit, horizon, among = group
        rows: list[list[object]] = [
            [say.name("method", line["method"]), *(_number(line["means"], name) for name in SHOWN)]
            for line in lines
        ]  # fmt: skip
        title = say(
            "{event}, {unit}, {among}, {horizon}: mean of {origins} windows, each of {units} units "
            "with {finds} finds",
            event=say.name("event", event), unit=unit_name(unit, say),
            among=say.name("among", among), horizon=horizon, origins=lines[0]["origins"],
            units=f"{lines[0]['n_units']:.0f}", finds=f"{lines[0]['n_events']:.0f}",
        )  # fmt: skip
        heads = [say.name("measure", name) for name in SHOWN]
        yield table(title, [say.name("column", "method"), *heads], rows)
        if sentences := verdict_sentences(result, group, say):
            yield sentences
    yield which_order(say=say)


def verdict_sentences(result: Evaluation, group: tuple[str, str, str, str], say: Translator) -> str:
    """Say a verdict in the page's words; empty where the score was not evaluated."""
    from dashboard.i18n.evaluation.verdict import (
        headline,
        promised,
        standing,
        whole_order,
        without_area,
    )
    from governance.scores.evaluation_tables import Case, judge_case, top_tenth

    event, unit, horizon, among = group
    case = Case(event=event, unit=unit, among=among, horizon=horizon)
    verdict = judge_case(result.summary, case)
    if verdict is None:
        return ""
    if verdict.ours.mean is None:
        return say("Nothing was found in these windows, so no order can be told from another.")
    sentences = [headline(verdict, among=among, say=say), standing(verdict, say=say)]
    whole = judge_case(result.summary, case, measure=case.whole_measure)
    if whole is not None and whole.ours.mean is not None:
        sentences.append(whole_order(whole, unit=unit, say=say))
    if text := without_area(verdict, say=say):
        sentences.append(text)
    if (top := top_tenth(result.summary, case)) is not None:
        sentences.append(promised(top, say=say))
    return "\n".join(sentences)


def _number(means: dict[str, dict[str, float | None]], name: str) -> str:
    value = means.get(name, {}).get("mean")
    return "" if value is None else f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"
