"""What the planner reads when the service refuses: every problem in its own words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboard.i18n import Words


def text_of(error: GridwardenError, *, say: Words) -> str:
    """Return a failure in words; one that lists coded problems names each by its code."""
    problems = [
        say.name(
            "plan_problem",
            str(problem.code),
            seen=problem.seen,
            expected=problem.expected,
            field=problem.field,
        )
        for problem in getattr(error, "problems", ())
        if hasattr(problem, "code") and say.knows("plan_problem", str(problem.code))
    ]
    return " ".join(problems) or say.error(error)


@contextmanager
def telling(say: Words) -> Iterator[None]:
    """Turn an anticipated failure inside into its wording on the page."""
    try:
        yield
    except GridwardenError as error:
        st.error(text_of(error, say=say))
