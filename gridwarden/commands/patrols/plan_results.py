"""Commands that evaluate a plan against its random arm, and sum up a campaign."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import UsageProblemError, read_day
from gridwarden.console.plan_lines import line
from gridwarden.console.terminal import Answer, plain, table

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from dashboard.i18n import Translator
    from governance.patrols.results.campaigns import CampaignSummary
    from governance.patrols.results.evaluation import PlanEvaluation

ARMS: Final = ("arm", "planned", "visited", "looked", "found", "suspected", "expected", "rate",
               "low", "high")  # fmt: skip
MODES: Final = ("visit_kind", "planned", "visited", "found", "suspected", "no_access", "rate",
                "low", "high")  # fmt: skip


@command("evaluate-plan")
def evaluate_plan(
    call: Invocation,
    week: Annotated[
        date | None, typer.Argument(metavar="WEEK", parser=read_day, help="Any day of the week.")
    ] = None,
    *,
    plan_id: Annotated[
        str | None, typer.Option("--plan", help="This plan instead; so for a campaign.")
    ] = None,
) -> Answer:
    """Compare what a plan's list found with what its random arm found."""
    if (week is None) == (plan_id is None):
        raise UsageProblemError("week_not_named")
    result = call.office.plan_evaluation.evaluate(call.actor, week, plan_id=plan_id)
    return Answer(result, _evaluation_lines(result, call.say))


@command("campaign-summary")
def campaign_summary(
    call: Invocation,
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="The campaign's plan.")],
) -> Answer:
    """Sum up what was done on a campaign or a week's plan: person-times, places, problems."""
    summary = call.office.campaigns.summary(call.actor, plan_id)
    facts = plain(summary)
    assert isinstance(facts, dict)  # noqa: S101 -- of a dataclass
    sentences = {"sentence": summary.sentence, "sentence_en": summary.sentence_en}
    return Answer(facts | sentences, _campaign_lines(summary, call.say))


def _evaluation_lines(result: PlanEvaluation, say: Translator) -> Iterator[str | Table]:
    title = line(say, "judged", plan=result.plan_id, first=result.first, until=result.until)
    yield _named_table(title, result.arms, ARMS, say)
    yield say.name("plan_verdict", result.verdict)
    yield from _compared(result, say)
    if result.so_far_plans > 1:
        title = line(say, "so_far", weeks=result.so_far_plans, last=result.last)
        yield _named_table(title, result.so_far.arms, ARMS, say)
        yield say.name("plan_verdict", result.so_far.verdict)
    modes = result.modes.rename(columns={"mode": "visit_kind"})
    yield _named_table(line(say, "by_mode"), modes, MODES, say)
    if len(result.hours):
        hours = tuple(map(str, result.hours.columns))
        yield _named_table(line(say, "by_hour"), result.hours, hours, say)
    yield line(say, "missed", count=len(result.missed))


def _compared(result: PlanEvaluation, say: Translator) -> Iterator[str]:
    """Say by how much the list was ahead of chance, and what a visit anywhere would find."""
    if result.difference is not None:
        yield line(
            say, "difference", value=_points(result.difference), low=_points(result.difference_low),
            high=_points(result.difference_high), level=f"{result.level:.0%}",
        )  # fmt: skip
    if result.base_rate is not None:
        yield say(
            "A visit anywhere would find something in {rate} of cases ({low} to {high}).",
            rate=f"{result.base_rate:.1%}",
            low=f"{result.base_low:.1%}",
            high=f"{result.base_high:.1%}",
        )


def _points(share: float | None) -> str:
    return "—" if share is None else f"{share:+.1%}"


def _campaign_lines(summary: CampaignSummary, say: Translator) -> Iterator[str | Table]:
    from dashboard.i18n.patrol import progress_text  # its days are worded by Babel

    sentence = summary.sentence if say.language == "zh" else summary.sentence_en
    yield f"{summary.first} – {summary.last}: {sentence}"
    if text := progress_text(summary, say=say):
        yield text
    away = summary.elsewhere
    yield line(say, "campaign", planned=summary.planned, visits=summary.visits,
               joint=summary.joint, suspected=summary.suspected)  # fmt: skip
    yield line(say, "elsewhere", places=away.places, problems=away.problems)
    modes = summary.modes.rename(columns={"mode": "visit_kind"})
    for code, frame in (("by_kind", summary.kinds), ("by_mode", modes),
                        ("by_department", summary.departments)):  # fmt: skip
        if len(frame):
            yield _named_table(line(say, code), frame, tuple(map(str, frame.columns)), say)


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
