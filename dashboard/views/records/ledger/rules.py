"""The rules of the ledger: what holds, trying others on the past, and setting a version."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.documents.columns import DAY, Column
from dashboard.i18n.patrol import listed
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from data.contracts.ledger_vocabulary import InReason, LedgerCadence, LedgerTier
from governance.access.permissions import Action, may
from governance.records.ledger.rules.settings import PROPOSED, RANGES, LedgerRules
from governance.records.ledger.rules_service import RulesVersion, TriedOut

_TRIED: Final = "ledger_tried"
_NUMBERS: Final = tuple(RANGES)
DIFFERENCES: Final = (
    Column("more", kind="ledger_difference", header="What would be otherwise"),
    Column("place", header="Building"),
    Column("community_name", header="Community"),
    Column("in_on", header="On since", format=DAY),
    Column("reason", kind="ledger_reason", header="Reason"),
    Column("out_on", header="Off since", format=DAY),
)
VERSIONS: Final = (
    Column("version", header="Version"),
    Column("holds", kind="ledger_holds", header="Where it stands"),
    Column("valid_from", header="Valid from", format=DAY),
    Column("set_by", header="Set by"),
    Column("why", header="Why"),
)


def show(page: Page) -> None:
    """Say in words what holds; offer to try others out and to set them, to who may."""
    versions = page.office.ledger_rules.versions(page.actor)
    held = next(each for each in versions if each.holds)
    _say_rules(page, held.rules)
    if may(page.actor, Action.SET_LEDGER_RULES) and page.actor.scope.street:
        _try(page, held.rules)
    _versions(page, versions)


def _say_rules(page: Page, rules: LedgerRules) -> None:
    say = page.say
    named = listed(say.names("ledger_reason", rules.reasons).values(), say=say)
    st.markdown(
        "\n".join(
            [
                "- " + say("Proposed to come on by: {reasons}.", reasons=named),
                "- " + say("{suspicions} visits with a suspicion or a find within "
                           "{suspicion_days} days are enough; so are {staff} people or firms of "
                           "closed institutions at one building.", **rules.to_mapping()),
                "- " + say("Proposed to leave after {clean_visits} visits that found nothing, by "
                           "{clean_people} people at least, over {clean_days} days.",
                           **rules.to_mapping()),
                "- " + say("What is older than {fact_days} days proposes nothing.",
                           **rules.to_mapping()),
            ]
        )
    )  # fmt: skip


def _try(page: Page, rules: LedgerRules) -> None:
    say = page.say
    page.subheader("Try other rules on the past")
    with st.form("ledger_rules"):
        values = _ask(page, rules)
        if st.form_submit_button(say("Try them on the past year"), type="primary",
                                 key="ledger_rules_try"):  # fmt: skip
            with page.telling_failures():
                tried = page.office.ledger_rules.try_out(page.actor, values)
                st.session_state[_TRIED] = (values, tried)
    if _TRIED in st.session_state:
        _tell(page, *st.session_state[_TRIED])


def _ask(page: Page, rules: LedgerRules) -> dict[str, Any]:
    """Ask for all of the rules, beginning with those that hold."""
    say = page.say
    values: dict[str, Any] = {
        "reasons": pick.some(say("Reasons that propose"), say.names("ledger_reason", PROPOSED),
                             none=say("none"), default=rules.reasons, key="ledger_r_reasons")
    }  # fmt: skip
    columns = st.columns(3)
    for place, name in enumerate(_NUMBERS):
        low, high = RANGES[name]
        values[name] = columns[place % 3].number_input(
            say.name("ledger_rule", name), low, high, getattr(rules, name), key=f"ledger_r_{name}"
        )
    with st.expander(say("Tiers and how often")):
        values["tiers"] = _map(page, "ledger_reason", InReason, "tier", LedgerTier, rules.tiers)
        values["cadences"] = _map(page, "tier", LedgerTier, "ledger_cadence", LedgerCadence,
                                  rules.cadences)  # fmt: skip
    return values


def _map(
    page: Page, of: str, codes: Iterable[str], kind: str, words: Iterable[str],
    begun: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    names = page.say.names(kind, words)
    columns = st.columns(3)
    return {
        str(code): str(
            pick.one(page.say.name(of, code), names, key=f"ledger_r_{of}_{code}",
                     at=columns[place % 3], index=list(names).index(begun[code]))
        )
        for place, code in enumerate(codes)
    }  # fmt: skip


def _tell(page: Page, values: dict[str, Any], tried: TriedOut) -> None:
    say = page.say
    st.markdown(
        say("These rules would have listed **{more} more** and dropped **{fewer}**; {both} would "
            "have been on the ledger either way.", more=tried.more, fewer=tried.fewer,
            both=tried.both)
    )  # fmt: skip
    if len(tried.rows):
        rows = tried.rows.assign(more=tried.rows["more"].map({True: "more", False: "fewer"}))
        table.of_buildings(page, rows, DIFFERENCES, unit="building_id", key="ledger_differences",
                           search=True)  # fmt: skip
    with st.form("ledger_rules_set"):
        day = pick.day(say("Valid from"), page.office.clock.today(), key="ledger_r_from")
        why = st.text_input(say("Why"), key="ledger_r_why")
        change.tell_hiding(page)
        if st.form_submit_button(say("Let these rules hold"), key="ledger_rules_save"):

            def set_them() -> None:
                page.office.ledger_rules.set_rules(
                    page.actor, values, valid_from=day or page.office.clock.today(), why=why
                )
                del st.session_state[_TRIED]

            done = say("The rules are set; what is on the ledger stays.")
            change.make(page, set_them, done=change.with_hidden(done, why, say=say))


def _versions(page: Page, versions: tuple[RulesVersion, ...]) -> None:
    page.subheader("Versions of the rules")
    rows = pd.DataFrame(
        [[each.version, "holds" if each.holds else "", each.valid_from, each.set_by,
          each.why or page.say("as shipped")] for each in versions],
        columns=["version", "holds", "valid_from", "set_by", "why"],
    )  # fmt: skip
    table.table(page, rows, VERSIONS, key="ledger_versions", search=False)
