"""The same event over several channels: leads side by side, one answer, and back again."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st
from markupsafe import Markup, escape

from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.ui import change, links
from dashboard.ui.frame import Page
from dashboard.ui.task_panel import answer_in_background
from governance.cases.merging.evidence import WORDS_SPEAK_FROM
from governance.cases.merging.proposal import Proposal

_AT, _FOUND, _OUT = "merging_at", "merging_found", "merging_out"
_MADE = "merging_made"
"""How many decisions were made meanwhile."""
_SHORT: Final = 2
"""Stretches of text that are not longer are no difference worth marking."""


def show(page: Page) -> None:
    """Show the proposals one by one, and what was decided."""
    page.caption(
        "Leads that are likely of one event, by place, time, words, who reported and numbers that "
        "they name. Nothing is put together unless you say so; every decision can be taken back."
    )
    change.show_done()
    found = _proposals(page)
    if found:
        _turn_to_case(page, found)
        at = min(st.session_state.get(_AT, 0), len(found) - 1)
        _one(page, found[at], at=at, count=len(found))
    elif found is not None:
        page.info("No leads wait that look like one event.")
    _decided(page)


def _turn_to_case(page: Page, found: Sequence[Proposal]) -> None:
    """Go once to the first proposal about the case that the address names, if it names one."""
    case_no = links.opened("case")
    if case_no is None:
        return
    links.open_here("case", None)
    about = [at for at, each in enumerate(found) if case_no in each.case_nos]
    if about:
        _go(about[0])
    else:
        page.info("No proposal is about {case}; what else waits:", case=case_no)


def _proposals(page: Page) -> list[Proposal] | None:
    """Return the proposals as they were found, but for those decided since; None while looking.

    Leads are compared beside the page: at first, once all that was found is decided, and after a
    decision was taken back.
    """
    if _FOUND not in st.session_state:
        merging, actor = page.office.lead_merging, page.actor
        found = answer_in_background(
            page, ("one event", id(page.office), actor, st.session_state.get(_MADE, 0)),
            lambda _tell: merging.proposals(actor), text=page.say("Comparing leads"),
        )  # fmt: skip
        if found is None:
            return None
        st.session_state[_FOUND] = found
    held: list[Proposal] = st.session_state[_FOUND]
    return held


def _one(page: Page, proposal: Proposal, *, at: int, count: int) -> None:
    say = page.say
    leads = proposal.leads
    place = say("Proposal {n} of {count}", n=at + 1, count=count)
    content = say(
        "{leads} {leads:lead|leads} of {cases} {cases:case|cases}",
        leads=len(leads),
        cases=len(proposal.case_nos),
    )
    st.markdown(f"**{place}** · {content}")
    cards = [_card(lead, leads.iloc[0], say, first=at == 0) for at, lead in leads.iterrows()]
    st.html(render("cases/beside.html", leads=cards))
    chosen = _chosen(page, list(proposal.case_nos))
    apart = [number for number in proposal.case_nos if number not in chosen]
    merging = page.office.lead_merging
    numbers = proposal.case_nos
    accept = _deciding(lambda: merging.accept(page.actor, chosen, apart=apart), numbers)
    reject = _deciding(lambda: merging.reject(page.actor, numbers), numbers)
    done = say("Decided. It can be taken back below.")
    few = len(chosen) < 2  # noqa: PLR2004 -- two at least
    with st.container(horizontal=True):
        if st.button(say("One event"), key="merging_yes", type="primary", shortcut="Y",
                     disabled=few):  # fmt: skip
            change.make(page, accept, done=done)
        st.button(say("Several events"), key="merging_no", shortcut="N",
                  on_click=change.making(page, reject, done=done))  # fmt: skip
        st.button(say("Next"), key="merging_next", type="tertiary", shortcut="J",
                  on_click=_go, args=((at + 1) % count,))  # fmt: skip


def _chosen(page: Page, case_nos: list[str]) -> list[str]:
    """Ask which cases of a proposal are of its event; of two there is none to take out."""
    if len(case_nos) <= 2:  # noqa: PLR2004 -- two of something
        return case_nos
    return st.multiselect(
        page.say("Of one event"), case_nos, default=case_nos,
        key=f"{_OUT}_{'_'.join(case_nos)}",
        help=page.say("What you take out is kept apart from the others."),
    )  # fmt: skip


def _go(at: int) -> None:
    st.session_state[_AT] = at


def _deciding(decide: Callable[[], object], case_nos: Sequence[str] = ()) -> Callable[[], None]:
    """Return what decides and keeps the proposals about other cases; none without ``case_nos``."""

    def made() -> None:
        decide()
        st.session_state[_MADE] = st.session_state.get(_MADE, 0) + 1
        found = st.session_state.pop(_FOUND, ())
        left = [each for each in found if not {*each.case_nos} & {*case_nos}]
        if left and case_nos:
            st.session_state[_FOUND] = left

    return made


def _card(lead: pd.Series, other: pd.Series, say: Translator, *, first: bool) -> dict[str, Any]:
    """Return a lead as the template draws it, with what differs from the first marked."""
    names = {"ticket_no": say("Ticket"), "address": say("Address"), "title": say("Title"),
             "text": say("Text")}  # fmt: skip

    def value(name: str) -> str:
        text = str(lead[name] or "")
        return text if first or name == "ticket_no" else _marked(text, str(other[name] or ""))

    return {
        "head": f"{lead['case_no']} · {say.name('lead_channel', str(lead['channel']))}",
        "href": f"cases?case={lead['case_no']}&lang={say.language}",
        "at": pd.Timestamp(lead["received_at"]).strftime("%Y-%m-%d %H:%M"),
        "seen": say("The earliest: the others are compared with it.") if first
        else _seen(lead, say),
        "fields": [(header, value(name)) for name, header in names.items()],
    }  # fmt: skip


def _seen(lead: pd.Series, say: Translator) -> str:
    """Return in words what is seen of a lead beside the first."""
    texts = [say.name("merge_seen", lead[name]) for name in ("place", "contact") if lead[name]]
    if lead["caller"]:
        texts.append(say("reported by the same person"))
    if lead["named"]:
        texts.append(say("one names the other's number"))
    if lead["taught"]:
        agrees = lead["taught"] > 0
        texts.append(say("what is taught agrees") if agrees else say("what is taught differs"))
    days = round(float(lead["days"]))
    texts.append(say("{days} {days:day|days} apart", days=days))
    if lead["alike"] > WORDS_SPEAK_FROM:
        texts.append(say("words {share} % alike", share=round(100 * float(lead["alike"]))))
    return " · ".join(texts)


def _marked(text: str, other: str) -> Markup:
    """Return a text as HTML, its stretches that the other has not marked."""
    html = Markup()
    for kind, start, end, *_ in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
        differs = kind != "equal" and end - start >= _SHORT
        stretch = escape(text[start:end])
        html += Markup("<mark>{}</mark>").format(stretch) if differs else stretch
    return html


def _decided(page: Page) -> None:
    say, merging = page.say, page.office.lead_merging
    made, done = merging.decisions(page.actor, limit=10), say("Taken back.")
    if not made:
        return
    with st.expander(say("Decisions, the newest first")):
        for each in made:
            numbers = say(", ").join(each.case_nos)
            outcome = (
                say("{cases} went to {into}", cases=numbers, into=each.into)
                if each.into
                else say("{cases} are kept apart", cases=numbers)
            )
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(f"{each.at:%Y-%m-%d %H:%M} · {outcome}"))
                back = _deciding(partial(merging.unmerge, page.actor, each.merge_id))
                st.button(say("Take back"), key=f"merging_back_{each.merge_id}", type="tertiary",
                          on_click=change.making(page, back, done=done))  # fmt: skip
