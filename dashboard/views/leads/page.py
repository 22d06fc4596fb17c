"""线索筛查: which of the policy's forms texts tell of, and the words by which that is told."""

import streamlit as st

from dashboard.ui import pick
from dashboard.ui.frame import Page
from dashboard.views.leads import adverts, try_out, words
from governance.access.permissions import Action, may

_ADVERTS, _TRY, _MANY, _WORDS = "adverts", "try", "many", "words"


def show(page: Page) -> None:
    """Show one of the page's parts."""
    say = page.say
    st.title(say("Screening of leads"))
    page.caption(
        "Adverts and complaints are read for the forms of hidden tutoring that the policy names. "
        "What is found is a reason to look, never a finding."
    )
    parts = {_TRY: say("Try a text"), _MANY: say("Many texts"), _WORDS: say("Words")}
    if may(page.actor, Action.IMPORT) and page.actor.scope.street:
        parts |= {_ADVERTS: say("Take adverts in")}
    st.session_state.setdefault("leads_part", _TRY)
    part = pick.switch(say("Part"), parts, key="leads_part", hidden=True)
    with page.telling_failures():
        show_part = {_ADVERTS: adverts.show, _TRY: try_out.show, _MANY: try_out.show_many,
                     _WORDS: words.show}[part]  # fmt: skip
        show_part(page)
