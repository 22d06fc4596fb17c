"""How a chain of duties reads: a card a duty, from the leader to the manager of the house."""

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from dashboard.documents.html import render
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
    links = [_card(link, names, say=say) for link in chain.links]
    st.html(render("places/chain.html", label=say("Chain of duties"), links=links))


def offer_change(page: Page, unit: str, *, key: str) -> None:
    """Lead to where a building's chain is changed."""
    if st.button(page.say("Change the duties of this building"), key=key):
        frame.go(page, "responsibility", part="chain", unit=unit)


def holder(link: Link, *, say: Translator) -> str:
    """Name who holds a duty; an organisation stands for itself."""
    return str(link.person or link.org or link.person_id or "") or say("nobody")


def _card(link: Link, names: Mapping[str, str], *, say: Translator) -> dict[str, object]:
    """Return a link as the template draws it; a gap's holder already reads “nobody”."""
    return {
        "duty": say.name("duty", link.duty), "holder": holder(link, say=say),
        "missing": bool(link.problems),
        "problems": [say.name("duty_problem", each) for each in link.problems if each != GAP],
        "details": " · ".join(_details(link, names, say=say)),
    }  # fmt: skip


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
