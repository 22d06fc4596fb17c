"""Who is away, which building stays with whom, and what wardens and buildings are like."""

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.i18n.markdown import plain
from dashboard.i18n.staff import people_names
from dashboard.maps.layer_cache import forget_answers
from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from dashboard.views.responsibility import chains
from governance.access.permissions import Action, may

_MOST_STAIRS = 40


def show(page: Page) -> None:
    """Show absences, fixed pairs and limits; who may edit duties may change them."""
    say = page.say
    limits = page.office.constraints.limits(page.actor)
    fixed = limits.buildings[limits.buildings["fixed_person_id"].fillna("") != ""]
    label = say("Absences ({absent}), fixed pairs ({fixed}), limits ({limits})",
                absent=len(limits.absences), fixed=len(fixed),
                limits=len(limits.wardens))  # fmt: skip
    with st.expander(label), page.telling_failures():
        if not may(page.actor, Action.EDIT_RESPONSIBILITY):
            page.caption("The office manager and the planner set these.")
            return
        names = people_names(page.office.responsibility.staff(page.actor), say=say)
        _show_absences(page, limits.absences, names)
        _show_fixed(page, fixed, names)
        _show_limits(page, limits.wardens, names)
        _show_needs(page, limits.buildings)


def _show_absences(page: Page, absences: pd.DataFrame, names: Mapping[str, str]) -> None:
    say, service = page.say, page.office.constraints
    st.markdown(f"**{say('Who is away')}**")
    for row in absences.to_dict("records"):
        until = "…" if pd.isna(row["until"]) else f"{row['until']:%Y-%m-%d}"
        text = say("{who}: from {since}, back on {until}", until=until,
                   who=names.get(row["person_id"], row["person_id"]),
                   since=f"{row['since']:%Y-%m-%d}")  # fmt: skip
        remove = partial(service.remove_absence, page.actor, int(row["id"]))
        change.removable(page, text, key=f"absence_{row['id']}", remove=_fresh(remove))
    with st.form("absence_form", border=False, clear_on_submit=True):
        person = pick.one_or_none(say("Person"), names, none=say("choose"))
        left, right = st.columns(2)
        since = pick.day(say("Away from"), page.office.clock.today(), at=left)
        back = pick.day(say("Back on (empty: open)"), None, at=right)
        if st.form_submit_button(say("Add the absence")) and person and since:
            add = partial(service.set_absence, page.actor, person, since=since, until=back)
            change.make(page, _fresh(add))


def _show_fixed(page: Page, fixed: pd.DataFrame, names: Mapping[str, str]) -> None:
    say = page.say
    fix = partial(page.office.constraints.set_building_need, page.actor)
    st.markdown(f"**{say('Who keeps a building')}**")
    called = _building_names(page) if len(fixed) else {}
    for unit, person in zip(fixed["building_id"], fixed["fixed_person_id"], strict=True):
        text = f"{called.get(unit) or unit} → {names.get(person, person)}"
        remove = partial(fix, str(unit), fixed_person_id=None)
        change.removable(page, text, key=f"fixed_{unit}", remove=_fresh(remove))
    chosen = chains.choose_building(page, key="fixed")
    person = pick.one_or_none(say("Stays with"), names, none=say("choose"), key="fixed_person")
    if st.button(say("Fix this pair"), disabled=not (chosen and person), key="fixed_add"):
        change.make(page, _fresh(partial(fix, str(chosen), fixed_person_id=person)))


def _show_limits(page: Page, limits: pd.DataFrame, names: Mapping[str, str]) -> None:
    say = page.say
    st.markdown(f"**{say('Stairs and languages')}**")
    for row in limits.to_dict("records"):
        stairs = row["max_stairs"]
        most = "" if pd.isna(stairs) else say("{floors} floors without a lift at most",
                                              floors=int(stairs))  # fmt: skip
        noted = " · ".join(text for text in (most, say(", ").join(row["languages"] or ())) if text)
        st.caption(plain(f"{names.get(row['person_id'], row['person_id'])}: {noted}"))
    with st.form("limit_form", border=False, clear_on_submit=True):
        person = pick.one_or_none(say("Person"), names, none=say("choose"))
        stairs = st.number_input(
            say("Floors without a lift at most (empty: any)"), 0, _MOST_STAIRS, value=None
        )
        languages = _languages(st.text_input(say("Languages besides Chinese, with commas")))
        if st.form_submit_button(say("Set the limit")) and person:
            limit = partial(page.office.constraints.set_warden_limit, page.actor, person)
            change.make(page, _fresh(partial(limit, max_stairs=stairs, languages=languages)))


def _show_needs(page: Page, needs: pd.DataFrame) -> None:
    say = page.say
    lifts: dict[bool | None, str] = {
        None: say("as its storeys say"),
        True: say("has a lift"),
        False: say("has no lift"),
    }
    st.markdown(f"**{say('Lift and languages of a building')}**")
    noted = {
        row["building_id"]: (
            None if pd.isna(row["lift"]) else bool(row["lift"]),
            row["languages"] or (),
        )
        for row in needs.to_dict("records")
    }
    noted = {
        unit: (lift, needed) for unit, (lift, needed) in noted.items() if needed or lift is not None
    }
    called = _building_names(page) if noted else {}
    for unit, (lift, needed) in noted.items():
        st.caption(plain(f"{called.get(unit) or unit}: {' · '.join([lifts[lift], *needed])}"))
    chosen = chains.choose_building(page, key="need")
    has_lift, needed = noted.get(chosen, (None, ()))
    with st.form(f"need_form_{chosen}", border=False):
        lift = pick.one(say("Lift"), lifts, index=list(lifts).index(has_lift))
        label = say("Languages its warden must speak, with commas")
        languages = _languages(st.text_input(label, value="，".join(needed)))
        if st.form_submit_button(say("Set for this building"), disabled=not chosen):
            need = partial(page.office.constraints.set_building_need, page.actor, str(chosen))
            change.make(page, _fresh(partial(need, lift=lift, languages=languages)))


def _languages(text: str) -> list[str]:
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    return [part for part in parts if part]


def _building_names(page: Page) -> dict[str, str]:
    duties = page.office.responsibility.duties_of_day(page.actor)
    return dict(zip(duties["building_id"], duties["name"], strict=True))


def _fresh(limit: Callable[[], object]) -> Callable[[], None]:
    """Return a change of a limit after which no proposal that was looked at is shown again."""

    def changed() -> None:
        limit()
        forget_answers()

    return changed
