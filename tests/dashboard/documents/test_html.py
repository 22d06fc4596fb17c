"""Every page made from a template escapes what is filled in."""

import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from dashboard.documents.handover_sheets import HEADERS, write_html
from dashboard.documents.html import TEMPLATES, render
from dashboard.documents.reports.paper import Section, report_page
from dashboard.documents.route_sheets import patrol_pages
from dashboard.documents.visit_list import patrol_sheet
from dashboard.i18n import LANGUAGES, translator
from dashboard.server.auth.sign_in_routes import query

HOSTILE = "\"'><script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
ON = date(2026, 11, 24)


def before(template: str, **facts: object) -> str:
    """Render a page from before signing in."""
    sheet = dict.fromkeys(("style", "icon", "path", "following", "notice"), HOSTILE)
    office = SimpleNamespace(street=HOSTILE, name=HOSTILE)
    return render(
        template, sheet={**sheet, "facts": office, "problems": [HOSTILE]}, query=query,
        say=translator("en"), languages=LANGUAGES, **facts,
    )  # fmt: skip


def visits() -> str:
    row = {"name": HOSTILE, "tier": HOSTILE, "look_for": [HOSTILE], "last_at": pd.NaT}
    return patrol_sheet(pd.DataFrame([row]), on=ON, name=HOSTILE, office=HOSTILE)


def route() -> str:
    row = {"team": HOSTILE, "day": pd.Timestamp(ON), "part": HOSTILE, "place": 1, "arrive": 600.0,
           "minutes": 10.0, "name": HOSTILE, "address": f"{HOSTILE} 1", "look_for": [HOSTILE],
           "mode": HOSTILE, "departments": [HOSTILE]}  # fmt: skip
    return patrol_pages([pd.DataFrame([row])], office=HOSTILE, say=translator("en"))


def handover() -> str:
    days = {"valid_from": pd.Timestamp(ON), "last_visit_at": pd.NaT, "open": True}
    frame = pd.DataFrame([dict.fromkeys(HEADERS, HOSTILE) | days])
    return write_html(frame, office=HOSTILE, on=ON).decode()


def legend() -> str:
    item = {"fill": HOSTILE, "outline": HOSTILE, "height": HOSTILE, "name": HOSTILE}
    return render("map_legend.html", items=[item])


def report() -> str:
    section = Section(HOSTILE, (HOSTILE,), ((HOSTILE,),), HOSTILE)
    return report_page(
        HOSTILE, office=HOSTILE, note=HOSTILE, facts={HOSTILE: HOSTILE}, sections=[section],
        say=translator("en"),
    )  # fmt: skip


PAGES: dict[str, Callable[[], str]] = {
    "report.html": report,
    "sign_in.html": lambda: before(
        "sign_in.html", login=HOSTILE, demo_roles=[HOSTILE], directory=True
    ),
    "password.html": lambda: before("password.html", name=HOSTILE, must=False, least=HOSTILE),
    "visit_list.html": visits,
    "route_sheets.html": route,
    "handover_sheets.html": handover,
    "map_heading.html": lambda: render(
        "map_heading.html", title=HOSTILE, facts=HOSTILE, note=HOSTILE
    ),
    "map_legend.html": legend,
    "map_list.html": lambda: render(
        "map_list.html",
        title=HOSTILE,
        rows=[dict.fromkeys(("fill", "rank", "name", "tier", "why"), HOSTILE)],
    ),
}
PARTS = {"before.html", "field.html", "forms.html", "print.html"}
"""Templates that the pages extend or import, and one that holds nothing of anybody."""


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_hostile_name_comes_out_escaped(name: str) -> None:
    page = PAGES[name]()
    assert "<script" not in page
    assert ESCAPED in page


def test_no_template_is_left_out() -> None:
    assert set(TEMPLATES.list_templates()) == PAGES.keys() | PARTS


@pytest.mark.parametrize("name", sorted(PAGES.keys() | PARTS))
def test_no_template_switches_escaping_off(name: str) -> None:
    assert TEMPLATES.get_template(name).environment.autoescape is True
    assert TEMPLATES.loader is not None
    source, _, _ = TEMPLATES.loader.get_source(TEMPLATES, name)
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", source)
