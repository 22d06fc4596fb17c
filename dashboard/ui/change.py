"""Changes that a person makes on a page: made, said once at the next run, or refused in words."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.ui.frame import Page
from data.privacy.pseudonyms import hides_numbers
from governance.cases.rules.workflow.views import ManyAnswer

_DONE = "change_done"
_MOST_REASONS = 5
Done = str | Callable[[Any], str]
"""What is said of a change that was made, or what says it from the change's result."""


def announce(text: str) -> None:
    """Have the next run say that something was done."""
    st.session_state[_DONE] = text


def show_done() -> None:
    """Say once what was done before this run."""
    if text := st.session_state.pop(_DONE, None):
        st.success(plain(text))


def make(page: Page, change: Callable[[], object], *, done: Done = "") -> None:
    """Make a change and draw the page anew, or say why it was refused; not for callbacks."""
    with page.telling_failures():
        _make(change, done)
        st.rerun()


def making(page: Page, change: Callable[[], object], *, done: Done = "") -> Callable[[], None]:
    """Return the callback that makes a change before the next run.

    For changes of what the page shows. What is typed or chosen beside the button comes with the
    click, so that a callback has it as it was before: such a change is made where
    ``if st.button(…)`` says so, by `make`.
    """

    def made() -> None:
        with page.telling_failures():
            _make(change, done)

    return made


def outcome_of_many(answers: Sequence[ManyAnswer], action: str, *, say: Translator) -> str:
    """Say with how many something was done, and why not with the others.

    ``action``: what was done, in words.
    """
    failed = [each for each in answers if each.error is not None]
    text = say("{action}: {count} done.", action=action, count=len(answers) - len(failed))
    if not failed:
        return text
    reasons = [f"{each.number} – {say.error(each.error)}" for each in failed if each.error]
    more = ["…"] if len(reasons) > _MOST_REASONS else []
    left = say("{count} stayed as they are:", count=len(failed))
    return "\n\n".join([f"{text} {left}", *reasons[:_MOST_REASONS], *more])


def tell_hiding(page: Page) -> None:
    """Say below fields that what is typed there is not kept as it is."""
    page.caption("Telephone and identity numbers typed here are hidden when they are saved.")


def with_hidden(text: str, *typed: str, say: Translator) -> str:
    """Return what is said of a change; that numbers were hidden too, where some were.

    ``typed``: the texts in which they are hidden.
    """
    if not hides_numbers(*typed):
        return text
    return f"{text} {say('Telephone or identity numbers in it were hidden.')}".strip()


def begun_from(editor: str, current: str | None) -> str | None:
    """Return the version that the changes in an editor were begun from.

    ``editor``: key of a data editor; what was changed in it stays over runs.
    """
    kept = f"{editor}_version"
    edited = any((st.session_state.get(editor) or {}).values())
    if not edited or kept not in st.session_state:
        st.session_state[kept] = current
    version: str | None = st.session_state[kept]
    return version


def confirm(
    page: Page,
    label: str,
    *,
    explained: str,
    yes: str,
    key: str,
    change: Callable[[], object],
    done: Done = "",
    kind: Literal["primary", "secondary"] = "secondary",
) -> None:
    """Offer a change that is made only once its consequence was read.

    ``label``: what the button says that unfolds the question.
    ``key``: identity of that button. It names what the change is made to, where another such thing
    may be shown next: a second press must not change that one.
    """
    with st.popover(label, type=kind, key=f"{key}_asked"):
        st.markdown(explained)
        st.button(plain(yes), key=key, type=kind, on_click=making(page, change, done=done))


def removable(page: Page, text: str, *, key: str, remove: Callable[[], object]) -> None:
    """Show a line that can be removed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch")
        if st.button(page.say("Remove"), key=key, type="tertiary"):
            make(page, remove)


def _make(change: Callable[[], object], done: Done) -> None:
    result = change()
    if text := done if isinstance(done, str) else done(result):
        announce(text)
