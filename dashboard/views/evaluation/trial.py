"""A field trial of the score: designed, sealed, followed and read, for whoever makes plans."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.charts import evaluation as charts_evaluation
from dashboard.documents.columns import DAY, Column, columns_of, sheet
from dashboard.documents.workbook import Sheet
from dashboard.i18n.evaluation.trial import (
    design_rows,
    design_sentences,
    protocol_sentences,
    result_rows,
    short_sentence,
    verdict_sentences,
)
from dashboard.ui import change, chart, download, pick, table
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may
from governance.scores.trials.design import TrialOptions
from governance.scores.trials.records import Trial, TrialResult, TrialState
from risk.evaluation.trial.size import ARMS

_ARM = Column("trial_arm", kind="trial_arm")
DESIGN = (_ARM, *columns_of("available", "planned", "foretold", "assumed", "reached"))
WEEKS = (
    *columns_of("week"),
    Column("begins", format=DAY),
    *columns_of("planned", "visited", "looked"),
)
RESULT = (
    _ARM,
    *columns_of("planned", "not_visited", "no_look", "looked", "found", "suspected", "rate"),
    *columns_of("done_rate", "foretold", "came"),
)
_POWERS = (0.8, 0.9, 0.95)
_SHARES = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
_EARLY = "trial_early"
_GOING = (TrialState.SEALED, TrialState.RUNNING, TrialState.WAITING)


def show(page: Page) -> None:
    """Show the trials that there are and let another be designed; nothing to who must not know."""
    actor = page.actor
    if not (actor.scope.street and may(actor, Action.READ_TRIAL) and may(actor, Action.MAKE_PLAN)):
        return
    page.header(page.say("Field trial"))
    page.caption(
        "The only proof that does not rest on the past: chance draws as many buildings with a low, "
        "a middle and a high score, and teams visit them without knowing which is which. Size and "
        "analysis are laid down beforehand, so that nobody can choose the result afterwards."
    )
    with page.telling_failures():
        trials = page.office.trials.all(actor)
        if not trials:
            page.info("No field trial was designed yet.")
        else:
            names = {
                each.trial_id: f"{each.trial_id} · {page.say.name('trial_state', each.state)}"
                for each in trials
            }
            chosen = pick.one(page.say("Trial"), names, key="trial_choice")
            _show_trial(page, next(each for each in trials if each.trial_id == chosen))
        with st.expander(page.say("Design a trial"), expanded=not trials):
            _ask_design(page)


def _ask_design(page: Page) -> None:
    say = page.say
    page.caption("What is left empty comes from the scores, from the visits of the last half year "
                 "and from the settings.")  # fmt: skip
    with st.form("trial_design", border=False):
        first, second, third, fourth = st.columns(4)
        begins = pick.day(say("First day"), None, at=first)
        power = pick.one(say("Power"), {each: f"{each:.0%}" for each in _POWERS}, at=second)
        visits = third.number_input(say("Visits a week"), min_value=1.0, value=None)
        share = pick.one_or_none(
            say("Share of the visits"), {each: f"{each:.0%}" for each in _SHARES},
            none=say("as set"), at=fourth,
        )  # fmt: skip
        rates = _ask_rates(page)
        both = st.checkbox(
            say("The middle arm as well"), value=True,
            help=say("The power is also for the high arm against the middle one; that takes far "
                     "more buildings."),
        )  # fmt: skip
        submitted = st.form_submit_button(say("Work out and keep as a draft"))
    if submitted:
        options = TrialOptions(first=begins, power=power, visits_a_week=visits, both=both,
                               visit_share=share, **rates)  # fmt: skip
        change.make(
            page, lambda: page.office.trials.design(page.actor, options),
            done=say("The draft is kept. Nothing is drawn before it is sealed."),
        )  # fmt: skip


def _ask_rates(page: Page) -> dict[str, float | None]:
    """Ask for the rate that each arm is assumed to have, 0 to 1; None where it is left empty."""
    rates = {
        arm: at.number_input(
            page.say("Of 100 looks find something: {arm}", arm=page.say.name("trial_arm", arm)),
            min_value=0.0,
            max_value=100.0,
            value=None,
        )
        for arm, at in zip(ARMS, st.columns(3), strict=True)
    }
    return {arm: None if rate is None else rate / 100 for arm, rate in rates.items()}


def _show_trial(page: Page, trial: Trial) -> None:
    say = page.say
    if trial.state == TrialState.OVER:
        _show_result(page, page.office.trials.result(page.actor, trial.trial_id))
    st.markdown("\n\n".join(design_sentences(trial.design, say=say)))
    if trial.design.is_short:
        st.warning(short_sentence(trial.design, say=say))
    table.table(page, design_rows(trial.design), DESIGN, key="trial_arms", search=False)
    if trial.reason:
        page.warning("Given up: {reason}", reason=trial.reason)
    if trial.state == TrialState.DRAFT:
        _offer_seal(page, trial)
    if trial.sha256 is not None:
        page.caption("Sealed {at} by {who}. SHA-256 of the protocol, also in the audit log: "
                     "`{sha256}`", at=f"{trial.sealed_at:%Y-%m-%d %H:%M}", who=str(trial.sealed_by),
                     sha256=trial.sha256)  # fmt: skip
        _show_progress(page, trial)
        if trial.state == TrialState.OVER and may(page.actor, Action.EXPORT):
            st.download_button(
                say("Download what was sealed"), file_name=f"{trial.trial_id}.json",
                data=lambda: page.office.trials.protocol(page.actor, trial.trial_id).encode(),
                on_click="ignore", key="trial_protocol",
                help=say("The file's SHA-256 is the hash above, so that anybody can check it."),
            )  # fmt: skip
        if st.button(say("Verify what was sealed"), key="trial_verify"):
            _verify(page, trial)
    if trial.state in _GOING:
        _offer_early(page, trial)
    if trial.state in {TrialState.DRAFT, *_GOING}:
        _offer_cancel(page, trial)


def _offer_seal(page: Page, trial: Trial) -> None:
    say = page.say
    seal = partial(page.office.trials.seal, page.actor, trial.trial_id,
                   accept_short=trial.design.is_short)  # fmt: skip
    change.confirm(
        page, say("Seal the trial"), kind="primary", key="trial_seal", change=seal,
        yes=say("Draw the buildings and seal"), done=say("The trial is sealed."),
        explained=say("The buildings are drawn and the protocol is laid down; its hash goes into "
                      "the audit log. Nothing can be changed afterwards, only given up with a "
                      "reason."),
    )  # fmt: skip


def _offer_cancel(page: Page, trial: Trial) -> None:
    say = page.say
    with st.popover(say("Give the trial up")):
        reason = st.text_input(say("Reason"), key="trial_reason")
        if st.button(say("Give up for good"), key="trial_cancel"):
            change.make(
                page,
                lambda: page.office.trials.cancel(page.actor, trial.trial_id, reason=reason),
                done=say("The trial is given up; the reason stays with it."),
            )


def _offer_early(page: Page, trial: Trial) -> None:
    """Show the result before its time to whoever asks for it, which is written down."""
    say = page.say
    if trial.state != TrialState.SEALED:
        with st.popover(say("Look at the result early")):
            page.warning("That is written down, widens every interval of this trial for good, and "
                         "decides nothing.")  # fmt: skip
            ask = partial(st.session_state.update, {_EARLY: trial.trial_id})
            st.button(say("Look all the same"), key="trial_look", on_click=ask)
    if st.session_state.pop(_EARLY, None) == trial.trial_id:
        _show_result(page, page.office.trials.result(page.actor, trial.trial_id, early=True))


def _verify(page: Page, trial: Trial) -> None:
    check = page.office.trials.verify(page.actor, trial.trial_id)
    for fault in check.faults:
        st.error(page.say.name("trial_fault", fault))
    if not check.faults:
        page.success("What was sealed is unchanged: SHA-256 {sha256}.", sha256=check.sha256)


def _show_progress(page: Page, trial: Trial) -> None:
    weeks = page.office.trials.progress(page.actor, trial.trial_id)
    sums = weeks[["planned", "visited", "looked"]].sum()
    counts = {str(name): int(count) for name, count in sums.items()}
    st.progress(
        counts["visited"] / counts["planned"],
        page.say("{visited} of {planned} buildings visited, {looked} looked at.", **counts),
    )
    with st.expander(page.say("Week by week")):
        table.table(page, weeks, WEEKS, key="trial_weeks", search=False)


def _show_result(page: Page, result: TrialResult) -> None:
    say = page.say
    first, *rest = verdict_sentences(result, say=say)
    box = st.error if result.faults else st.success if result.verdict == "both" else st.info
    (st.warning if result.early else box)(f"**{first}**")
    st.markdown("\n".join(f"- {sentence}" for sentence in rest))
    title = say("Found of 100 buildings drawn")
    drawn = charts_evaluation.intervals(_rates(page, result.arms), title=title, middle=None)
    chart.show(drawn, key="trial_rates")
    table.table(page, result_rows(result), RESULT, key="trial_result", search=False)
    download.offer_sheets(
        page, say("Field trial"), sheets=lambda: _sheets(page, result), key="trial_excel",
        trial_id=result.trial.trial_id,
    )  # fmt: skip


def _rates(page: Page, arms: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {"name": page.say.name("trial_arm", str(row["arm"])), "kind": "plain",
         **{to: 100 * row[name] for to, name in (("value", "rate"), ("low", "low"),
                                                 ("high", "high"))},
         "text": f"{row['rate']:.1%} [{row['low']:.1%}, {row['high']:.1%}]"}
        for row in arms.to_dict("records")
    ]  # fmt: skip


def _sheets(page: Page, result: TrialResult) -> list[Sheet]:
    """Return the result as sheets: sentences with the protocol, arms, differences."""
    say, trial = page.say, result.trial
    lines = [trial.trial_id, f"SHA-256 {trial.sha256}", *verdict_sentences(result, say=say),
             *design_sentences(trial.design, say=say), *protocol_sentences(say=say)]  # fmt: skip
    gaps = result.differences.assign(trial_analysis=result.differences["analysis"])
    return [
        sheet(say("Field trial"), pd.DataFrame({"text": lines}), columns_of("text"), say=say),
        sheet(say("Arms"), result_rows(result), RESULT, say=say),
        sheet(
            say("Differences"), gaps,
            (Column("trial_analysis", kind="trial_analysis"),
             Column("more_arm", kind="trial_arm", source="more"),
             Column("less_arm", kind="trial_arm", source="less"),
             *columns_of("difference", "low", "high"),
             Column("trial_difference", kind="trial_difference", source="verdict")),
            say=say,
        ),
    ]  # fmt: skip
