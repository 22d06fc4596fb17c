"""Commands of field trials: design, seal, give up, list, read, verify."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option
from gridwarden.console.terminal import Answer, table

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from dashboard.i18n import Translator
    from governance.scores.trials.records import Trial, TrialResult

TrialId = Annotated[str, typer.Argument(metavar="TRIAL", help="The trial's id.")]
First = Annotated[
    date | None, day_option("--from", help="Its first day; next Monday if not given.")
]
Rate = Annotated[float | None, typer.Option(min=0, max=1, help="Assumed finds per look, 0 to 1.")]


@command("trial-design")
def trial_design(
    call: Invocation,
    *,
    first: First = None,
    power: Annotated[float | None, typer.Option(help="Chance to show what is there.")] = None,
    alpha: Annotated[float | None, typer.Option(help="Chance of a false alarm, two-sided.")] = None,
    share: Annotated[float | None, typer.Option(help="Share of the visits it may take.")] = None,
    low_until: Annotated[float | None, typer.Option(help="Share of the low arm.")] = None,
    high_from: Annotated[float | None, typer.Option(help="Where the high arm begins.")] = None,
    both: Annotated[
        bool, typer.Option("--both/--high-low", help="Power against the middle arm as well.")
    ] = True,
    low: Rate = None,
    middle: Rate = None,
    high: Rate = None,
    looked: Annotated[float | None, typer.Option(help="Share of visits with a look.")] = None,
    visits: Annotated[float | None, typer.Option(help="Visits that are made a week.")] = None,
) -> Answer:
    """Work out the size and length of a field trial and keep it as a draft."""
    from governance.scores.trials.design import TrialOptions

    options = TrialOptions(
        first=first, power=power, alpha=alpha, visit_share=share, low=low, middle=middle, high=high,
        looked_share=looked, visits_a_week=visits, low_until=low_until, high_from=high_from,
        both=both,
    )  # fmt: skip
    trial = call.office.trials.design(call.actor, options)
    return Answer(trial, _trial_lines(trial, call.say))


@command("trial-seal")
def trial_seal(
    call: Invocation,
    trial_id: TrialId,
    *,
    accept_short: Annotated[
        bool, typer.Option("--accept-short", help="Seal it though the sub-district is too small.")
    ] = False,
) -> Answer:
    """Draw a trial's buildings and lay everything down; nothing can be changed afterwards."""
    trial = call.office.trials.seal(call.actor, trial_id, accept_short=accept_short)
    return Answer(trial, _trial_lines(trial, call.say))


@command("trial-cancel")
def trial_cancel(
    call: Invocation,
    trial_id: TrialId,
    *,
    reason: Annotated[str, typer.Option(help="Why; it stays with the trial.")],
) -> Answer:
    """Give a trial up."""
    trial = call.office.trials.cancel(call.actor, trial_id, reason=reason)
    return Answer(trial, _trial_lines(trial, call.say))


@command("trials")
def trials(call: Invocation) -> Answer:
    """List the field trials, newest first, and how far those that run are."""
    every = call.office.trials.all(call.actor)
    progress = {
        trial.trial_id: call.office.trials.progress(call.actor, trial.trial_id)
        for trial in every
        if trial.sha256 is not None
    }
    facts = {"trials": every, "progress": progress}
    return Answer(facts, _list_lines(every, progress, call.say))


@command("trial-result")
def trial_result(
    call: Invocation,
    trial_id: TrialId,
    *,
    early: Annotated[
        bool, typer.Option("--early", help="Before its time: logged, and it widens intervals.")
    ] = False,
) -> Answer:
    """Read what a trial found."""
    result = call.office.trials.result(call.actor, trial_id, early=early)
    return Answer(result, _result_lines(result, call.say))


@command("trial-verify")
def trial_verify(
    call: Invocation,
    trial_id: TrialId,
    *,
    protocol: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the protocol here, once it is over.")
    ] = None,
) -> Answer:
    """Work a trial's hash out anew and draw again; exit code 1 where something differs."""
    check = call.office.trials.verify(call.actor, trial_id)
    if protocol is not None:
        opened = call.office.trials.protocol(call.actor, trial_id)
        protocol.write_text(opened, encoding="utf-8", newline="")
    faults = [call.say.name("trial_fault", fault) for fault in check.faults]
    sound = call.say("What was sealed is unchanged: SHA-256 {sha256}.", sha256=check.sha256)
    return Answer(check, faults or [sound], failed=bool(faults))


def _trial_lines(trial: Trial, say: Translator) -> Iterator[str | Table]:
    from dashboard.i18n.evaluation.trial import design_rows, design_sentences, short_sentence

    yield f"{trial.trial_id} · {say.name('trial_state', trial.state)}"
    yield _named(design_rows(trial.design), say)
    yield from design_sentences(trial.design, say=say)
    if trial.design.is_short:
        yield short_sentence(trial.design, say=say)
    if trial.sha256:
        yield f"SHA-256 {trial.sha256}"
    if trial.reason:
        yield say("Given up: {reason}", reason=trial.reason)


def _list_lines(
    every: tuple[Trial, ...], progress: dict[str, pd.DataFrame], say: Translator
) -> Iterator[str | Table]:
    if not every:
        yield say("No field trial was designed yet.")
    for trial in every:
        yield from _trial_lines(trial, say)
        if trial.trial_id in progress:
            counts = progress[trial.trial_id][["planned", "visited", "looked"]].sum()
            yield say(
                "{visited} of {planned} buildings visited, {looked} looked at.",
                **{str(name): int(count) for name, count in counts.items()},
            )


def _result_lines(result: TrialResult, say: Translator) -> Iterator[str | Table]:
    from dashboard.i18n.evaluation.trial import result_rows, verdict_sentences

    yield _named(result_rows(result), say)
    yield from verdict_sentences(result, say=say)


def _named(rows: pd.DataFrame, say: Translator) -> Table:
    arms = [say.name("trial_arm", str(arm)) for arm in rows["trial_arm"]]
    cells = rows.assign(trial_arm=arms).itertuples(index=False)
    return table("", [say.name("column", str(name)) for name in rows], cells)
