"""Commands that evaluate a plan against its random arm, and sum up a campaign."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gridwarden.console.days import read_day
from gridwarden.console.invocation import Json, invocation
from gridwarden.console.plan_lines import LINE
from gridwarden.console.terminal import records, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from dashboard.i18n import Translator
    from governance.patrols.results.campaigns import CampaignSummary
    from governance.patrols.results.evaluation import PlanEvaluation

ARMS: Final = ("arm", "planned", "visited", "looked", "found", "suspected", "expected", "rate",
               "low", "high")  # fmt: skip
MODES: Final = ("visit_kind", "planned", "visited", "found", "suspected", "no_access", "rate",
                "low", "high")  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("evaluate-plan")(evaluate_plan)
    app.command("campaign-summary")(campaign_summary)


def evaluate_plan(
    ctx: typer.Context,
    week: Annotated[str | None, typer.Argument(metavar="WEEK", help="Any day of the week.")] = None,
    *,
    plan_id: Annotated[
        str | None, typer.Option("--plan", help="This plan instead; so for a campaign.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare what a plan's list found with what its random arm found."""
    if (week is None) == (plan_id is None):
        raise typer.BadParameter("name a day of the week, or --plan ID")
    from dashboard.i18n import translator

    call = invocation(ctx, as_json=as_json)
    office, actor = call.office(), call.actor()
    found = office.plan_evaluation.evaluate(
        actor, read_day(week) if week else None, plan_id=plan_id
    )
    say = translator(call.language)
    call.terminal.result(_plain(found), show=lambda out: _show_evaluation(out, found, say))


def campaign_summary(
    ctx: typer.Context,
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="The campaign's plan.")],
    *,
    as_json: Json = False,
) -> None:
    """Sum up what was done on a campaign or a week's plan: person-times, places, problems."""
    from dashboard.i18n import translator

    call = invocation(ctx, as_json=as_json)
    told = call.office().campaigns.summary(call.actor(), plan_id)
    say = translator(call.language)
    sentences = {"sentence": told.sentence, "sentence_en": told.sentence_en}
    call.terminal.result(_plain(told) | sentences, show=lambda out: _show_campaign(out, told, say))


def _show_evaluation(out: Console, found: PlanEvaluation, say: Translator) -> None:
    title = _line(say, "judged", plan=found.plan_id, first=found.first, until=found.until)
    out.print(_named_table(title, found.arms, ARMS, say))
    out.print(say.name("plan_verdict", found.verdict), markup=False)
    for text in _compared(found, say):
        out.print(text, markup=False)
    if found.so_far_plans > 1:
        title = _line(say, "so_far", weeks=found.so_far_plans, last=found.last)
        out.print(_named_table(title, found.so_far.arms, ARMS, say))
        out.print(say.name("plan_verdict", found.so_far.verdict), markup=False)
    modes = found.modes.rename(columns={"mode": "visit_kind"})
    out.print(_named_table(_line(say, "by_mode"), modes, MODES, say))
    if len(found.hours):
        hours = tuple(map(str, found.hours.columns))
        out.print(_named_table(_line(say, "by_hour"), found.hours, hours, say))
    out.print(_line(say, "missed", count=len(found.missed)), markup=False)


def _compared(found: PlanEvaluation, say: Translator) -> Iterator[str]:
    """Say by how much the list was ahead of chance, and what a visit anywhere would find."""
    if found.difference is not None:
        yield _line(
            say, "difference", value=_points(found.difference), low=_points(found.difference_low),
            high=_points(found.difference_high), level=f"{found.level:.0%}",
        )  # fmt: skip
    if found.base_rate is not None:
        yield say(
            "A visit anywhere would find something in {rate} of cases ({low} to {high}).",
            rate=f"{found.base_rate:.1%}", low=f"{found.base_low:.1%}",
            high=f"{found.base_high:.1%}",
        )  # fmt: skip


def _points(share: float | None) -> str:
    return "—" if share is None else f"{share:+.1%}"


def _line(say: Translator, code: str, **facts: object) -> str:
    return say.name(LINE, code, **facts)


def _show_campaign(out: Console, told: CampaignSummary, say: Translator) -> None:
    sentence = told.sentence if say.language == "zh" else told.sentence_en
    out.print(f"{told.first} – {told.last}: {sentence}", markup=False)
    if not told.over:
        out.print(say("These days are not over yet; what is shown counts until now."))
    away = told.elsewhere
    for code, facts in (
        ("campaign", {"planned": told.planned, "visits": told.visits, "joint": told.joint,
                      "suspected": told.suspected}),
        ("elsewhere", {"places": away.places, "problems": away.problems}),
    ):  # fmt: skip
        out.print(_line(say, code, **facts), markup=False)
    modes = told.modes.rename(columns={"mode": "visit_kind"})
    for code, frame in (("by_kind", told.kinds), ("by_mode", modes),
                        ("by_department", told.departments)):  # fmt: skip
        if len(frame):
            out.print(_named_table(_line(say, code), frame, tuple(map(str, frame.columns)), say))


def _named_table(
    title: str, frame: pd.DataFrame, columns: tuple[str, ...], say: Translator
) -> Table:
    """Lay rows out with columns, arms and ways of visiting called as the field calls them."""
    codes = {name: [say.name(name, str(code)) for code in frame[name]]
             for name in ("arm", "visit_kind") if name in columns}  # fmt: skip
    named = frame[list(columns)].assign(**codes)
    rows = [[_figure(each) for each in row] for row in named.itertuples(index=False)]
    return table(title, [say.name("column", name) for name in columns], rows)


def _figure(value: object) -> object:
    """Return a figure to three places; nothing where it is unknown."""
    if not isinstance(value, float):
        return value
    return "" if math.isnan(value) else f"{value:.3f}"


def _plain(value: object) -> Any:  # noqa: ANN401 -- whatever JSON can hold
    """Return an answer whose tables are lists of rows."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if hasattr(value, "itertuples"):
        frame: Any = value
        known = frame.astype(object)
        return records(known.where(frame.notna(), None))
    return value
