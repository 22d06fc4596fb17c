"""线索筛查: which of the policy's forms texts tell of, and the words by which that is told."""

import streamlit as st

from dashboard.ui import pick
from dashboard.ui.frame import Page
from dashboard.views.leads import adverts, links, merge, try_out, unlisted, words
from governance.access.permissions import Action, may

_ADVERTS, _TRY, _MANY, _WORDS = "adverts", "try", "many", "words"
_MERGING, _LINKS, _UNLISTED = "merging", "links", "unlisted"
_SHOWN = {
    _TRY: try_out.show,
    _MANY: try_out.show_many,
    _WORDS: words.show,
    _ADVERTS: adverts.show,
    _MERGING: merge.show,
    _LINKS: links.show,
    _UNLISTED: unlisted.show,
}


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
    if may(page.actor, Action.MERGE_LEADS):
        parts |= {_MERGING: say("One event")}
    if may(page.actor, Action.SEE_LINKS):
        parts |= {_LINKS: say("Links")}
    if may(page.actor, Action.SEE_REASONS):
        parts |= {_UNLISTED: say("On no list")}
    begun = st.query_params.get("part", _TRY)
    st.session_state.setdefault("leads_part", begun if begun in parts else _TRY)
    part = pick.switch(say("Part"), parts, key="leads_part", hidden=True)
    with page.telling_failures():
        _SHOWN[part](page)
