"""The Word templates of notices: taken out, edited in Word, put in, or the shipped one again."""

from collections.abc import Iterable

import streamlit as st

from dashboard.ui import change
from dashboard.ui.frame import Page
from governance.records.bulletins import templates as bulletins
from governance.records.notices.template_files import PLACEHOLDERS, TemplateInUse
from governance.records.rendering.template_files import MOST_MEGABYTES


def show(page: Page) -> None:
    """List the templates, each with what can be done with it."""
    page.caption(
        "Take a template out, change its wording and look in Word or WPS, and put it in again. "
        "What stands in double braces is filled in. Notices keep the template they were reviewed "
        "with."
    )
    people = page.office.notice_desk.people(page.actor)
    for used in page.office.notice_papers.templates(page.actor):
        with st.container(border=True, key=f"template_{used.name}"):
            _one(page, used, by=people.get(used.by, used.by))
    _explain(page, page.say("What a template may ask for"), "notice_placeholder", PLACEHOLDERS)
    _explain(page, page.say("What a template of bulletins may ask for"), "bulletin_placeholder",
             bulletins.PLACEHOLDERS)  # fmt: skip


def _explain(page: Page, title: str, kind: str, names: Iterable[str]) -> None:
    with st.expander(title):
        st.markdown("\n".join(f"- `{{{{ {each} }}}}` {page.say.name(kind, each)}"
                              for each in names))  # fmt: skip


def _one(page: Page, used: TemplateInUse, *, by: str) -> None:
    say, name = page.say, page.say.name("notice_template", used.name)
    st.markdown(f"**{name}**")
    state = say("of this office, since {day}, by {who}", day=used.at[:10], who=by)
    st.caption(
        f"{state if used.own else say('as shipped')} · {say('version')} `{used.sha256[:12]}`"
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            say("Download as Word"), file_name=f"{name}.docx", key=f"template_{used.name}_get",
            data=lambda: page.office.notice_papers.template(page.actor, used.name),
            on_click="ignore",
        )  # fmt: skip
        if used.own:
            change.confirm(
                page, say("Back to the shipped one"),
                explained=say("Notices from now on are printed with the template as shipped."),
                yes=say("Use the shipped one"), key=f"template_{used.name}_reset",
                change=lambda: page.office.notice_papers.reset_template(page.actor, used.name),
                done=say("The shipped template is in use again."),
            )  # fmt: skip
    put = st.file_uploader(say("Put a changed one in"), ["docx"], key=f"template_{used.name}_put",
                           max_upload_size=MOST_MEGABYTES)  # fmt: skip
    if put is not None and st.button(say("Use this file"), key=f"template_{used.name}_use",
                                     type="primary"):  # fmt: skip
        change.make(
            page,
            lambda: page.office.notice_papers.set_template(page.actor, used.name, put.getvalue()),
            done=say("The template is in use for notices from now on."),
        )
