"""What every page stands in: language, style, the office behind it and the way around."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from html import escape
from importlib import import_module
from typing import Concatenate, ParamSpec

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import navigation
from dashboard.i18n import LANGUAGES, Translator, language_of, translator
from dashboard.i18n.markdown import failure, plain_facts
from dashboard.i18n.patrol import named
from dashboard.navigation import Entry
from dashboard.runtime import background_tasks, context
from dashboard.runtime.run_queue import script_runs
from dashboard.server.assets_url import ASSETS, kept_url
from dashboard.server.request_facts import LANGUAGE_COOKIE
from dashboard.ui import account
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may
from governance.office import Office

ICON = ASSETS / "icon.svg"
NOTHING = "–"
"""What a table shows where there is nothing to show, in any language."""
_TRANSLATED = "translated_choices"
P = ParamSpec("P")
_own_words = st.components.v2.component(
    "gridwarden_own_words", js=(ASSETS / "own_words.js").read_text(encoding="utf-8")
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a view works with: whom it serves, through which office, in which words."""

    office: Office
    say: Translator
    opened_for: Actor | None = field(default=None, repr=False)
    approvals: Mapping[str, int] = field(default_factory=dict)
    """What waits for the person: `governance.overview.approvals.ApprovalService.waiting`."""
    _headers: list[str] = field(default_factory=list, repr=False, compare=False)

    @contextmanager
    def run(self) -> Iterator[None]:
        """Take whoever opened the page for who is acting until the script's run is over."""
        with context.run_for(self.opened_for):
            yield

    @property
    def actor(self) -> Actor:
        """Return who is acting; see :meth:`run`.

        A callback, a fragment and a download made when asked for come after the run that drew
        the page; there the store is asked anew, for the session may have ended since. A click on
        a page that is still open then does nothing but begin a new run, which says so.
        """
        try:
            return context.actor()
        except context.SignedOutError:
            if st.runtime.scriptrunner.get_script_run_ctx(suppress_warning=True) is None:
                raise
            st.rerun()

    def entries(self) -> list[Entry]:
        """Return the pages that the person sees."""
        return navigation.entries_for(self.actor, above=self.office.roll_ups.has_below())

    def header(self, markdown: str) -> None:
        """Draw what the rest of the page is about, or a part of the page that has parts."""
        self._headers.append(markdown)
        st.header(markdown)

    def heading(self, markdown: str) -> None:
        """Draw a heading one level below what is above it: below the title where no header is."""
        draw = st.subheader if self._headers else st.header
        draw(markdown)

    def subheader(self, text: str, /, **facts: object) -> None:
        """Draw an English sentence's translation as a `heading`, filled in as by ``say``."""
        self.heading(self.in_markdown(text, **facts))

    def caption(self, text: str, /, **facts: object) -> None:
        """Show a sentence as a caption."""
        st.caption(self.in_markdown(text, **facts))

    def info(self, text: str, /, **facts: object) -> None:
        """Say a sentence in a box."""
        st.info(self.in_markdown(text, **facts))

    def success(self, text: str, /, **facts: object) -> None:
        """Say in a box that something is in order."""
        st.success(self.in_markdown(text, **facts))

    def warning(self, text: str, /, **facts: object) -> None:
        """Say in a box that something is not."""
        st.warning(self.in_markdown(text, **facts))

    def in_markdown(self, text: str, /, **facts: object) -> str:
        """Translate for what reads Markdown, labels too; what is filled in is none of it."""
        return self.say(text, **plain_facts(facts))

    @contextmanager
    def telling_failures(self) -> Iterator[None]:
        """Turn an anticipated failure inside into its wording on the page."""
        try:
            yield
        except GridwardenError as error:
            st.error(failure(self.say, error))


def part(draw: Callable[Concatenate[Page, P], None]) -> Callable[Concatenate[Page, P], None]:
    """Let a part of a page be drawn alone when something is chosen in it.

    Who is acting is asked of the store once each time: the session may have ended since.
    """

    @wraps(draw)
    def drawn(page: Page, /, *args: P.args, **kwargs: P.kwargs) -> None:
        with script_runs.turn(), context.run_for(page.actor):
            draw(page, *args, **kwargs)

    return st.fragment(drawn)


def open_page() -> Page | None:
    """Set up the page and return what views need, or None where there is nothing to show."""
    say = translator(_language())
    _set_up(say)
    try:
        office, actor = context.office(), context.actor()
        waiting = office.approvals.waiting(actor) if may(actor, Action.ENTER) else {}
    except context.SignedOutError:
        account.signed_out(say)
        return None
    except GridwardenError as error:
        st.error(failure(say, error))
        return None
    if not may(actor, Action.ENTER):
        with st.sidebar:
            account.show(say, actor, own_password=True)
            _switch_language(say)
        account.no_role_yet(say, actor)
        return None
    if demo := office.settings(actor).demo:
        _say_demonstration(say)
    with st.sidebar:
        account.show(say, actor, own_password=not demo)
        _switch_language(say)
    return Page(office, say, opened_for=actor, approvals=waiting)


def _say_demonstration(say: Translator) -> None:
    text = say("Demonstration data: a fictional sub-district")
    if background_tasks.earlier_scores.is_set():
        text += " · " + say("scores of earlier months follow in a minute")
    st.html(f'<p class="gw-demo">{escape(text)}</p>')


def _set_up(say: Translator) -> None:
    """Name and style the page, say Streamlit's own words in its language, keep the focus."""
    st.set_page_config(page_title=say("Gridwarden"), page_icon=str(ICON), layout="wide")
    st.html(ASSETS / "page.css")
    st.logo(str(ICON), size="large")
    words = say.all_names("streamlit")
    _own_words(
        data={
            "language": "zh-CN" if say.language == "zh" else "en",
            "code": say.language,
            "words": {text: meant for text, meant in words.items() if text != meant},
            "modules": [kept_url("focus.js"), kept_url("tables.js")],
        },
        key="own_words",
    )


def navigate(page: Page) -> StreamlitPage:
    """Draw the way around and return the page that was asked for."""
    allowed = pages(page)
    home = navigation.landing_page(page.actor)
    others = [
        st.Page(lambda: _not_yours(page), title=page.say.name("page", entry.name),
                url_path=entry.url_path, visibility="hidden")
        for entry in navigation.PAGES
        if entry.name not in allowed
    ]  # fmt: skip
    front = st.Page(
        _shows(page, home) if home else lambda: _not_yours(page),
        title=page.say.name("page", home.name) if home else page.say("Gridwarden"),
        default=True,
        visibility="hidden",
    )
    menu = {
        group and _title(page, "menu", group, entries): [allowed[each.name] for each in entries]
        for group, entries in navigation.menu_of(page.entries()).items()
    }
    return st.navigation({**menu, "": [front, *menu.get("", []), *others]}, position="top")


def pages(page: Page) -> dict[str, StreamlitPage]:
    """Return every page that a person may open, by name."""
    return {
        each.name: st.Page(_shows(page, each), title=title, url_path=each.url_path)
        for each in page.entries()
        for title in [_title(page, "page", each.name, [each])]
    }


def _title(page: Page, kind: str, name: str, entries: Sequence[Entry]) -> str:
    """Name a page or a part of the menu, with how much waits there for the person's approval."""
    count = sum(page.approvals.get(navigation.APPROVALS.get(each.name, ""), 0) for each in entries)
    title = page.say.name(kind, name)
    return page.say("{name} ({more})", name=title, more=count) if count else title


def _shows(page: Page, entry: Entry) -> Callable[[], None]:
    def shown() -> None:
        import_module(entry.module).show(page)

    return shown


def _not_yours(page: Page) -> None:
    """Say that this page is for others, and where one's own are."""
    say = page.say
    st.title(say("This page is not among yours"))
    roles = named("role", page.actor.roles, say=say)
    st.write(say("You are signed in as {roles}; this page belongs to other duties.", roles=roles))
    home = navigation.landing_page(page.actor)
    if home and st.button(say("Go to {page}", page=say.name("page", home.name)), type="primary"):
        go(page, home.name)


def go(page: Page, name: str, **query: str) -> None:
    """Open another page, with something already chosen on it."""
    target = pages(page).get(name)
    if target is None:
        st.warning(page.say("This page is not among yours"))
        return
    st.switch_page(target, query_params={**_kept_query(), **query})


def translated(key: str) -> str:
    """Return the key of a choice whose options are worded in the page's language.

    A browser holds on to the words it shows; a choice named here is drawn anew in the other
    language, with what was chosen, when that is switched.
    """
    st.session_state.setdefault(_TRANSLATED, set()).add(key)
    return key


def _language() -> str:
    requested = st.query_params.get("lang") or st.session_state.get("language")
    chosen = requested if requested in LANGUAGES else None
    if chosen:
        st.session_state["language"] = chosen
        st.query_params["lang"] = chosen
    remembered = st.context.cookies.get(LANGUAGE_COOKIE)
    return chosen or (remembered if remembered in LANGUAGES else language_of(st.context.locale))


def _switch_language(say: Translator) -> None:
    st.segmented_control(
        say("Language"), list(LANGUAGES), default=say.language, format_func=LANGUAGES.__getitem__,
        key="language_choice", on_change=_language_chosen, required=True,
    )  # fmt: skip


def _language_chosen() -> None:
    st.session_state["language"] = st.session_state["language_choice"]
    st.query_params["lang"] = st.session_state["language_choice"]
    for key in st.session_state.get(_TRANSLATED, ()):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def _kept_query() -> dict[str, str]:
    chosen = st.session_state.get("language")
    return {"lang": chosen} if chosen else {}
