"""How a chain of duties reads: a card a duty, from the leader to the manager of the house."""

from collections.abc import Mapping
from datetime import timedelta
from html import escape

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import listed
from dashboard.ui import frame
from dashboard.ui.frame import Page
from governance.responsibility.chains import Chain, Link
from governance.responsibility.resolve import GAP


def show_chain(page: Page, chain: Chain) -> None:
    """Show the links of a chain in their order, what is wrong with one in words."""
    say, names = page.say, {}
    if any(link.others for link in chain.links):
        staff = page.office.responsibility.staff(page.actor)
        names = dict(zip(staff["person_id"], staff["name"], strict=True))
    cards = "".join(_card(link, names, say=say) for link in chain.links)
    st.html(f'<ol class="gw-chain" aria-label="{escape(say("Chain of duties"))}">{cards}</ol>')


def offer_change(page: Page, unit: str, *, key: str) -> None:
    """Lead to where a building's chain is changed."""
    if st.button(page.say("Change the duties of this building"), key=key):
        frame.go(page, "responsibility", part="chain", unit=unit)


def holder(link: Link, *, say: Translator) -> str:
    """Name who holds a duty; an organisation stands for itself."""
    return str(link.person or link.org or link.person_id or "") or say("nobody")


def _card(link: Link, names: Mapping[str, str], *, say: Translator) -> str:
    problems = "".join(
        f'<span class="gw-problem">{escape(say.name("duty_problem", each))}</span>'
        for each in link.problems
        if each != GAP  # its holder already reads “nobody”
    )
    return (
        f'<li class="{"gw-missing" if link.problems else ""}">'
        f'<div class="k">{escape(say.name("duty", link.duty))}</div>'
        f'<div class="v">{escape(holder(link, say=say))}{problems}</div>'
        f'<div class="d">{escape(" · ".join(_details(link, names, say=say)))}</div></li>'
    )


def _details(link: Link, names: Mapping[str, str], *, say: Translator) -> list[str]:
    """List what else is known of a link: organisation, telephone, span, pledge, source."""
    details = [link.org if link.person else "", link.title, link.phone]
    if link.valid_from and link.valid_to:
        last = link.valid_to - timedelta(days=1)  # what is kept is the first day without it
        details.append(say("{since} to {until}", since=link.valid_from, until=last))
    elif link.valid_from:
        details.append(say("since {since}", since=link.valid_from))
    if link.pledge_on:
        details.append(say("pledge of {day}", day=link.pledge_on))
    if link.others:
        others = listed((names.get(each) or each for each in link.others), say=say)
        details.append(say("also named: {others}", others=others))
    if link.source:
        details.append(say.name("duty_source", link.source))
    return [str(text) for text in details if text]
