"""Addresses a machine could not place for sure, or at all: a person decides, every row follows."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.maps.layer_cache import cached, forget_answers
from dashboard.ui import change, frame, pick, table
from dashboard.ui.frame import Page
from dashboard.views.importing.review import one_address
from dashboard.views.importing.upload import offer_part
from governance.access.permissions import Action, may
from governance.importing.waiting_addresses import Order

_OPEN = "review_open"
"""The address that is being decided."""
_SKIPPED = "review_skipped"
_LAST = "review_last"
"""Address and sentence of the decision that this visitor made last, while it can be undone."""
_ORDERS: tuple[Order, ...] = ("likely", "rows", "newest")
WAITING = (
    Column("example", header="Address"),
    Column("rows", header="Rows"),
    Column("tables", header="Tables"),
    Column("choices", header="Candidates"),
    Column("community"),
    Column("newest", header="Newest row", format=MINUTE),
)
DECIDED = (
    Column("example", header="Address"),
    Column("rows", header="Rows"),
    Column("name", header="Decided as"),
    Column("reviewer", header="Who"),
    Column("at", header="Decided at", format=MINUTE),
)


def show(page: Page) -> None:
    """Show what waits, one of it with all that speaks for and against, and what was decided."""
    say = page.say
    queue = _filtered(page)
    _lead_to_ended(page)
    _offer_undo(page)
    if queue is None:
        page.success("Every address is placed or decided.")
    elif queue.empty:
        page.info("No address to decide passes these filters.")
    else:
        _show_open(page, queue)
        _list(page, queue)
    decided = page.office.address_review.decisions(page.actor)
    if not decided.empty:
        with st.expander(say("Decided so far: {count}", count=len(decided))):
            _show_decided(page, decided)


def _filtered(page: Page) -> pd.DataFrame | None:
    """Ask for filters and return what passes; None where nothing waits at all."""
    say, review = page.say, page.office.address_review
    everything = review.queue(page.actor)
    if everything.empty:
        return None
    rows = int(everything["rows"].sum())
    st.markdown(
        say("**{count}** addresses wait, with **{rows}** rows. A row counts for a building only "
            "when its address is certain.", count=len(everything), rows=rows)
    )  # fmt: skip
    names = _communities(page)
    tables = sorted({name for held in everything["tables"] for name in held})
    text, by_table, by_place, order = st.columns([2, 2, 2, 1.4], vertical_alignment="bottom")
    containing = text.text_input(say("Search these addresses"), key="review_search")
    with by_table:
        chosen = pick.some(
            say("Tables"), say.names("table", tables), none=say("all"), key="review_tables"
        )
    held = {code for codes in everything["communities"] for code in codes}
    with by_place:
        places = pick.some(
            say("Community"),
            {code: names.get(code) or code for code in sorted(held)},
            none=say("all"),
            key="review_communities",
        )
    orders = {each: say.name("review_order", each) for each in _ORDERS}
    by = pick.one(say("Sort by"), orders, key="review_order", at=order)
    return review.queue(
        page.actor, containing=containing, tables=chosen, communities=places, order=by
    )


def _lead_to_ended(page: Page) -> None:
    """Lead to the rows of after a building's end, which wait elsewhere, to who may take it back."""
    if not (may(page.actor, Action.END_BUILDINGS) and page.actor.scope.street):
        return
    ends = page.office.building_ends
    count = cached("later_rows", lambda: ends.count_later_rows(page.actor))
    if count:
        text = page.say("Not among these: {count} rows of after a building was pulled down.",
                        count=count)  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text)
            offer_part(
                page.say("See these rows"), page.say("Buildings pulled down"), key="review_ended"
            )


def _communities(page: Page) -> dict[str, str]:
    review = page.office.address_review
    return cached("communities", lambda: review.communities(page.actor))


def _show_open(page: Page, queue: pd.DataFrame) -> None:
    """Show the address that is being decided: the one chosen, else the first not skipped."""
    addresses = queue["address"].tolist()
    if st.session_state.get(_OPEN) not in addresses:
        skipped = st.session_state.setdefault(_SKIPPED, set())
        left = [each for each in addresses if each not in skipped]
        if not left:
            skipped.clear()
        st.session_state[_OPEN] = (left or addresses)[0]
    address = str(st.session_state[_OPEN])
    row = queue.set_index("address").loc[address]

    def decide(building_id: str | None) -> None:
        moved = page.office.address_review.decide(
            page.actor, table=str(row["table"]), address=address, building_id=building_id
        )
        st.session_state[_LAST] = (address, _outcome(page, str(row["example"]), building_id, moved))
        forget_answers()

    place = addresses.index(address) + 1
    where = page.say("{place} of {count}", place=place, count=len(addresses))
    one_address.show(page, address, where=where, decide=decide, skip=_skip)


def _outcome(page: Page, example: str, building_id: str | None, rows: int) -> str:
    if building_id is None:
        return page.say("“{address}”: no building, {rows} rows", address=example, rows=rows)
    name = page.office.address_review.find_buildings(page.actor, building_id, limit=1)
    building = name.get(building_id, building_id)
    return page.say("“{address}” is {building}, {rows} rows moved", address=example,
                    building=building, rows=rows)  # fmt: skip


def _skip() -> None:
    st.session_state.setdefault(_SKIPPED, set()).add(st.session_state.pop(_OPEN))


def _list(page: Page, queue: pd.DataFrame) -> None:
    """List what waits; a chosen line is opened."""
    say, names = page.say, _communities(page)
    listed = queue.assign(
        tables=[_counted(held, say=say) for held in queue["tables"]],
        choices=[len(ids) for ids in queue["candidates"]],
        community=[
            say(", ").join(names.get(c) or c for c in codes) for codes in queue["communities"]
        ],
    )

    def open_line(place: int) -> None:
        st.session_state[_OPEN] = str(listed["address"].iloc[place])

    page.subheader("All that wait: {count}", count=len(listed))
    table.table(
        page, listed, WAITING, key="review_list", search=False, pick=open_line
    )  # fmt: skip


def _counted(held: dict[str, int], *, say: Translator) -> str:
    if len(held) == 1:
        return say.name("table", next(iter(held)))
    return say(", ").join(f"{say.name('table', name)} {n}" for name, n in held.items())


def _offer_undo(page: Page) -> None:
    """Offer to take back the decision that was made last."""
    if _LAST not in st.session_state:
        return
    address, sentence = st.session_state[_LAST]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(page.say("Decided: {address}", address=plain(sentence)))
        st.button(
            page.say("Undo this decision"),
            key="review_undo",
            type="tertiary",
            shortcut="U",
            on_click=change.making(page, _undo(page, address)),
        )


def _undo(page: Page, address: str) -> Callable[[], None]:
    def undo() -> None:
        page.office.address_review.withdraw(page.actor, address=address)
        if st.session_state.get(_LAST, ("",))[0] == address:
            del st.session_state[_LAST]
        st.session_state[_OPEN] = address
        forget_answers()

    return undo


def _show_decided(page: Page, decided: pd.DataFrame) -> None:
    """List the decisions, each of which can be taken back."""
    say = page.say
    worded = decided.assign(
        name=[
            (name or unit) if unit else say("no building")
            for name, unit in zip(decided["name"], decided["building_id"], strict=True)
        ]
    )
    chosen = frame.translated("review_decided_chosen")

    def choose(place: int) -> None:
        st.session_state[chosen] = str(worded["address"].iloc[place])

    page.caption("Pick a line to take its decision back.")
    table.table(page, worded, DECIDED, key="review_decided", pick=choose, height_px=300)
    address = st.session_state.get(chosen)
    if address in set(decided["address"]):
        change.confirm(
            page,
            say("Take back: {address}", address=plain(str(address))),
            explained=say("Its rows wait for a decision again; the log keeps both."),
            yes=say("Yes, take it back"),
            key="review_take_back",
            change=_undo(page, str(address)),
        )
