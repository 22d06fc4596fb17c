"""What every page stands in: language, style, the office behind it and the way around."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import context
from dashboard.routes import ASSETS
from dashboard.words import LANGUAGES, Words, language_of, words
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamlit.navigation.page import StreamlitPage

    from governance.access import Actor
    from governance.offices import Office

from contextlib import contextmanager

ICON = ASSETS / "icon.svg"
_html_language = st.components.v2.component(
    "gridwarden_html_language",
    js="""export default function (component) {
      document.documentElement.lang = component.data.language;
    }""",
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a view works with: whom it serves, through which office, in which words."""

    office: Office
    actor: Actor
    say: Words


def open_page() -> Page | None:
    """Set up the page and return what views need, or None when no office is served."""
    say = words(_language())
    st.set_page_config(page_title=say("Gridwarden"), page_icon=str(ICON), layout="wide")
    st.html(ASSETS / "page.css")
    _html_language(
        data={"language": "zh-CN" if say.language == "zh" else "en"}, key="html_language"
    )
    try:
        page = Page(context.office(), context.actor(), say)
    except GridwardenError as error:
        st.error(say.error(error))
        return None
    if page.office.settings(page.actor).demo:
        st.html(f'<p class="gw-demo">{escape(say("Demonstration data: an invented street"))}</p>')
    with st.sidebar:
        _switch_language(say)
    return page


def navigate(page: Page) -> StreamlitPage:
    """Draw the way around and return the page that was asked for."""
    return st.navigation(list(pages(page).values()), position="top")


def pages(page: Page) -> dict[str, StreamlitPage]:
    """Return every page a person may open, by name."""
    from dashboard.views import building, evaluation, importing
    from dashboard.views import map as street_map

    say = page.say
    return {
        "map": st.Page(
            lambda: street_map.show(page), title=say("Map"), url_path="map", default=True
        ),
        "building": st.Page(
            lambda: building.show(page), title=say("Building"), url_path="building"
        ),
        "importing": st.Page(lambda: importing.show(page), title=say("Import"), url_path="import"),
        "evaluation": st.Page(
            lambda: evaluation.show(page), title=say("Evaluation"), url_path="evaluation"
        ),
    }


def go(page: Page, name: str, **query: str) -> None:
    """Open another page, with something already chosen on it."""
    st.switch_page(pages(page)[name], query_params={**_kept_query(), **query})


@contextmanager
def telling_failures(say: Words) -> Iterator[None]:
    """Turn an anticipated failure inside into its wording on the page."""
    try:
        yield
    except GridwardenError as error:
        st.error(say.error(error))


def _language() -> str:
    asked = st.query_params.get("lang") or st.session_state.get("language")
    chosen = asked if asked in LANGUAGES else None
    if chosen:
        st.session_state["language"] = chosen
        st.query_params["lang"] = chosen
    return chosen or language_of(st.context.locale)


def _switch_language(say: Words) -> None:
    st.segmented_control(
        say("Language"),
        list(LANGUAGES),
        default=say.language,
        format_func=LANGUAGES.__getitem__,
        key="language_choice",
        on_change=_language_chosen,
        required=True,
    )


def _language_chosen() -> None:
    st.session_state["language"] = st.session_state["language_choice"]
    st.query_params["lang"] = st.session_state["language_choice"]


def _kept_query() -> dict[str, str]:
    chosen = st.session_state.get("language")
    return {"lang": chosen} if chosen else {}
