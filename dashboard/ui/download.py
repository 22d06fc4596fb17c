"""A button for what leaves the office as a file: for who may, and written down when it goes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.ui.frame import Page
from governance.access.permissions import Action, may


def offer(
    page: Page,
    label: str,
    *,
    made: Callable[[], bytes],
    file_name: str,
    key: str,
    mime: str | None = None,
    explained: str | None = None,
    **facts: object,
) -> None:
    """Offer a file to whoever may export; nothing is drawn for anybody else.

    Parameters
    ----------
    label
        What the button says.
    made
        Makes the file when it is asked for.
    file_name
        What it will be called.
    key
        Identity of the button.
    mime
        Kind of file, where its name does not tell.
    explained
        What the button says when one stays on it.
    facts
        What the audit log keeps besides the file's name.
    """
    if not may(page.actor, Action.EXPORT):
        return

    def noted() -> bytes:
        page.office.risk_map.note_export(page.actor, file=file_name, **facts)
        return made()

    st.download_button(
        label, data=noted, file_name=file_name, mime=mime, help=explained, key=key,
        on_click="ignore",
    )  # fmt: skip
