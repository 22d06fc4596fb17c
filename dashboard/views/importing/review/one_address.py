"""One address that waits: its rows, the buildings that it may mean, and the three answers."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.maps.layer_cache import cached
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.sections import places_map
from dashboard.ui.sections.places_map import Place, Places
from governance.importing.address_candidates import Candidate, Reason
from governance.importing.address_review import OpenAddress

Decide = Callable[[str | None], None]

_MAP_PX = 430
_ON_BUTTONS = 9
"""So many candidates have a key of their own."""
_CHOICE = "review_choice"
"""Address and building that are chosen and not yet confirmed."""
ROWS = (
    Column("at", header="When", format=MINUTE),
    Column("table", kind="table"),
    Column("text", header="What was written"),
    Column("address", header="Address"),
    Column("source"),
)


def show(page: Page, address: str, *, where: str, decide: Decide, skip: Callable[[], None]) -> None:
    """Show an address with nothing chosen, until a person confirms, refuses or skips.

    ``address``: normalised.
    ``where``: its place in the list, in words.
    ``decide``: called with the building, or None for none, once it was confirmed.
    ``skip``: leaves it for later.
    """
    review = page.office.address_review
    opened = cached(("address", address), lambda: review.look(page.actor, address))
    chosen = _chosen(address)
    with st.container(border=True, key="review_card"):
        _head(page, opened, where=where)
        left, right = st.columns([5, 4], gap="medium")
        with left:
            _list_candidates(page, opened, chosen)
            named = {each.building_id: each.name for each in opened.candidates}
            other = _other_building(page, opened, named)
            _answers(page, named, chosen or other, decide=decide, skip=skip)
        with right:
            _map(page, opened, chosen)
        _rows(page, opened)


def _chosen(address: str) -> str | None:
    of, unit = st.session_state.get(_CHOICE, ("", None))
    return unit if of == address else None


def _choose(address: str, unit: str) -> None:
    st.session_state[_CHOICE] = (address, unit)


def _head(page: Page, opened: OpenAddress, *, where: str) -> None:
    say = page.say
    page.heading(plain(opened.example))
    texts = [where, say("one decision for {rows} rows", rows=opened.count)]
    texts += [say.name("address_doubt", doubt) for doubt in opened.doubts]
    texts += [say("“{name}” stands in several communities", name=each) for each in opened.namesakes]
    st.caption(" · ".join(map(plain, texts)))


def _list_candidates(page: Page, opened: OpenAddress, chosen: str | None) -> None:
    say = page.say
    if not opened.candidates:
        text = say("No address of the register is like it.")
        likely = " · ".join(filter(None, (opened.likely_street, opened.likely_estate)))
        st.markdown(plain(f"{text} {say('Likeliest: {names}', names=likely) if likely else ''}"))
        return
    for number, each in enumerate(opened.candidates[:_ON_BUTTONS], 1):
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key=f"review_line_{number}"
        ):
            st.button(
                str(number),
                key=f"review_pick_{number}",
                type="primary" if each.building_id == chosen else "secondary",
                shortcut=str(number),
                on_click=_choose,
                args=(opened.address, each.building_id),
            )
            st.markdown(_described(each, say=say), width="stretch")
    more = opened.candidates[_ON_BUTTONS:]
    if more:
        _choose_of_more(page, opened, more)


def _choose_of_more(page: Page, opened: OpenAddress, more: tuple[Candidate, ...]) -> None:
    key = f"review_more_{opened.address}"
    names = {
        each.building_id: f"{number}. {each.name}"
        for number, each in enumerate(more, _ON_BUTTONS + 1)
    }

    def choose() -> None:
        if unit := st.session_state[key]:
            _choose(opened.address, unit)

    st.selectbox(
        page.say("{count} more candidates", count=opened.candidate_count - _ON_BUTTONS),
        list(names),
        index=None,
        placeholder=page.say("choose"),
        format_func=lambda unit: names.get(unit, unit),
        key=key,
        on_change=choose,
    )


def _described(candidate: Candidate, *, say: Translator) -> str:
    """Say what a candidate is called, what speaks for it and what against."""
    place = " · ".join(filter(None, (candidate.community, candidate.std_address)))
    lines = [f"**{plain(candidate.name)}** {plain(place)}"]
    likely = [_reason(each, say=say) for each in candidate.reasons if not each.is_against]
    against = [_reason(each, say=say) for each in candidate.reasons if each.is_against]
    if likely:
        lines.append(f":green[✓ {plain(' · '.join(likely))}]")
    if against:
        lines.append(f":red[✗ {plain(' · '.join(against))}]")
    return "  \n".join(lines)


def _reason(reason: Reason, *, say: Translator) -> str:
    return say.name("address_reason", reason.code, said=reason.stated, known=reason.known)


def _other_building(page: Page, opened: OpenAddress, named: dict[str, str]) -> str | None:
    """Ask for words of another building, where no candidate fits.

    ``named``: names of buildings; those that are found join them.
    """
    with st.expander(page.say("Another building"), expanded=not opened.candidates):
        text = pick.search_text(page, key=f"review_other_{opened.address}")
        if not text:
            return None
        found = page.office.address_review.find_buildings(page.actor, text)
        if not found:
            page.caption("No building matches “{text}”.", text=text)
            return None
        named |= found
        return pick.one_or_none(
            page.say("{count} found", count=len(found)),
            found,
            none=page.say("choose"),
            key=f"review_found_{opened.address}",
        )


def _answers(
    page: Page,
    names: Mapping[str, str],
    chosen: str | None,
    *,
    decide: Decide,
    skip: Callable[[], None],
) -> None:
    """Offer the three answers; nothing is confirmed that was not chosen."""
    say = page.say
    label = say("Confirm this building")
    if chosen is not None:
        label = say("Confirm {building}", building=names.get(chosen, chosen))

    def confirm() -> None:
        decide(chosen)

    with st.container(horizontal=True, key="review_answers"):
        st.button(
            label,
            key="review_yes",
            type="primary",
            disabled=chosen is None,
            shortcut="Enter",
            on_click=change.making(page, confirm),
        )
        st.button(
            say("None fits"),
            key="review_none",
            shortcut="0",
            on_click=change.making(page, lambda: decide(None)),
        )
        st.button(say("Skip"), key="review_skip", type="tertiary", shortcut="S", on_click=skip)
    page.caption(
        "None fits: the rows stay without a building, and the address is not asked about again."
    )


def _map(page: Page, opened: OpenAddress, chosen: str | None) -> None:
    pins = [
        Place(number, each.building_id, each.name, each.std_address, each.lon, each.lat)
        for number, each in enumerate(opened.candidates, 1)
        if each.lon == each.lon
    ]
    places = Places(
        subject=opened.address,
        pins=pins,
        outlines=[(each.building_id, each.rings) for each in opened.outlines],
        points=pd.DataFrame(opened.points).drop_duplicates().to_numpy().round(6).tolist(),
        chosen=chosen,
    )
    places_map.show(
        page,
        places,
        key="candidates_map",
        height_px=_MAP_PX,
        on_pick=lambda unit: _choose(opened.address, unit),
    )


def _rows(page: Page, opened: OpenAddress) -> None:
    rows = opened.rows
    shown = [each for each in ROWS if each.name in {"at", "table"} or rows[each.name].any()]
    label = page.say("Its rows: {count}", count=opened.count)
    if len(rows) < opened.count:
        label = page.say("Its newest rows: {count} of {all}", count=len(rows), all=opened.count)
    st.markdown(f"**{label}**")
    table.table(page, rows, shown, key="review_rows", search=False, height_px=240)
