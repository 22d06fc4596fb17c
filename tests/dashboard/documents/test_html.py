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
from governance.cases.public_reports.outcome import ReportOutcome

HOSTILE = "\"'><script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"

OWN_SCRIPT = '<script src="/gw/public/assets/report.js?v=1" defer></script>'
ON = date(2026, 11, 24)
CHIP = dict.fromkeys(("outline", "fill", "name"), HOSTILE)


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
    item = {
        "fill": HOSTILE,
        "outline": HOSTILE,
        "height": HOSTILE,
        "name": HOSTILE,
        "pattern": HOSTILE,
    }
    return render("map/legend.html", items=[item])


def report() -> str:
    section = Section(HOSTILE, (HOSTILE,), ((HOSTILE,),), HOSTILE)
    return report_page(
        HOSTILE, office=HOSTILE, note=HOSTILE, facts={HOSTILE: HOSTILE}, sections=[section],
        say=translator("en"),
    )  # fmt: skip


def case_lead() -> str:
    texts = dict.fromkeys(("channel", "ticket", "at", "title", "text"), HOSTILE)
    return render("cases/lead.html", chips=[HOSTILE], facts=[(HOSTILE, HOSTILE)], **texts)


def case_history() -> str:
    step = dict.fromkeys(("stage", "at", "action", "moved", "who", "note"), HOSTILE)
    steps = [{**step, "facts": [(HOSTILE, HOSTILE)]}]
    return render("cases/history.html", label=HOSTILE, steps=steps)


def public(template: str, **facts: object) -> str:
    """Render one of the pages for the public, with hostile words in every field."""
    typed = dict.fromkeys(
        (
            "text",
            "address",
            "lon",
            "lat",
            "key",
            "contact_name",
            "contact_phone",
            "receipt",
            "pin",
            "wants_reward",
        ),
        HOSTILE,
    )
    rules = SimpleNamespace(photos=6, photo_megabytes=10)
    return render(
        f"public/{template}", say=translator("en"), languages=LANGUAGES, version="1",
        typed=typed, wrong={"text": HOSTILE}, path="/gw/public/report",
        problems=[{"field": "text", "message": HOSTILE}, {"field": "", "message": HOSTILE}],
        office=SimpleNamespace(street=HOSTILE, name=HOSTILE, demo=True),
        offer=SimpleNamespace(rules=rules, unasked=()),
        most=dict.fromkeys(("text", "address", "contact_name"), 10), **facts,
    )  # fmt: skip


PAGES: dict[str, Callable[[], str]] = {
    "cases/head.html": lambda: render(
        "cases/head.html",
        facts=[(HOSTILE, HOSTILE)],
        **dict.fromkeys(("case_no", "stage", "card", "tone", "title"), HOSTILE),
    ),
    "cases/lead.html": case_lead,
    "cases/history.html": case_history,
    "cases/photos.html": lambda: render("cases/photos.html", photos=[HOSTILE], alt=HOSTILE),
    "public/report.html": lambda: public("report.html"),
    "public/outcome.html": lambda: public("outcome.html"),
    "public/receipt.html": lambda: public(
        "receipt.html", receipt=SimpleNamespace(receipt=HOSTILE, pin=HOSTILE)
    ),
    "public/standing.html": lambda: public(
        "standing.html",
        outcome=ReportOutcome(
            stage=HOSTILE,
            receipt=HOSTILE,
            received_on=ON,
            passed_on_to=HOSTILE,
            answered_on=ON,
            answer=HOSTILE,
            closed_on=ON,
        ),
    ),
    "paper/report.html": report,
    "records/custody.html": lambda: render(
        "records/custody.html", lines=[dict.fromkeys(("at", "what", "who", "more"), HOSTILE)]
    ),
    "records/facts.html": lambda: render(
        "records/facts.html", number=HOSTILE, rows=[(HOSTILE, HOSTILE)]
    ),
    "records/save.html": lambda: render(
        "records/save.html", action=HOSTILE, fields={HOSTILE: HOSTILE}, label=HOSTILE
    ),
    "notices/line.html": lambda: render(
        "notices/line.html", texts=[HOSTILE], **dict.fromkeys(("stage", "card", "tone"), HOSTILE)
    ),
    "notices/paper.html": lambda: render(
        "notices/paper.html",
        paragraphs=[{"text": HOSTILE, "head": True}],
        heads=[HOSTILE],
        entries=[[HOSTILE]],
        **dict.fromkeys(("title", "addressee", "office", "day"), HOSTILE),
    ),
    "sign_in/sign_in.html": lambda: before(
        "sign_in/sign_in.html", login=HOSTILE, demo_roles=[HOSTILE], directory=True
    ),
    "sign_in/password.html": lambda: before(
        "sign_in/password.html", name=HOSTILE, must=False, least=HOSTILE
    ),
    "paper/visit_list.html": visits,
    "paper/route_sheets.html": route,
    "paper/handover_sheets.html": handover,
    "map/heading.html": lambda: render(
        "map/heading.html", title=HOSTILE, facts=HOSTILE, note=HOSTILE
    ),
    "map/legend.html": legend,
    "map/list.html": lambda: render(
        "map/list.html",
        title=HOSTILE,
        rows=[dict.fromkeys(("fill", "rank", "name", "tier", "why"), HOSTILE)],
    ),
    "places/chip.html": lambda: render("places/chip.html", chip=CHIP),
    "places/facts.html": lambda: render(
        "places/facts.html", unit=HOSTILE, tier=HOSTILE, chip=CHIP, facts={HOSTILE: HOSTILE}
    ),
    "places/first.html": lambda: render(
        "places/first.html", chip=CHIP, score=HOSTILE, lines={HOSTILE: HOSTILE}
    ),
    "places/suspicion.html": lambda: render(
        "places/suspicion.html",
        clock=HOSTILE,
        late=True,
        lines={HOSTILE: HOSTILE},
        photos=[HOSTILE],
        alt=HOSTILE,
    ),
    "places/photos.html": lambda: render("places/photos.html", photos=[HOSTILE], alt=HOSTILE),
    "places/unit_card.html": lambda: render(
        "places/unit_card.html",
        points=[(HOSTILE, HOSTILE)],
        **dict.fromkeys(("title", "kind", "facts", "meaning", "rates", "why"), HOSTILE),
    ),
    "places/chain.html": lambda: render(
        "places/chain.html",
        label=HOSTILE,
        links=[
            dict.fromkeys(("missing", "duty", "holder", "details"), HOSTILE)
            | {"problems": [HOSTILE]}
        ],
    ),
    "cases/beside.html": lambda: render(
        "cases/beside.html",
        leads=[
            dict.fromkeys(("head", "href", "at", "seen"), HOSTILE)
            | {"fields": [(HOSTILE, HOSTILE)]}
        ],
    ),
    "pages/coverage.html": lambda: render(
        "pages/coverage.html",
        title=HOSTILE,
        heads=[HOSTILE],
        nowhere=HOSTILE,
        rows=[dict.fromkeys(("name", "unit", "due", "visited", "text", "few"), HOSTILE)],
    ),
    "pages/network.svg": lambda: render(
        "pages/network.svg",
        size=HOSTILE,
        title=HOSTILE,
        lines=[((HOSTILE, HOSTILE), (HOSTILE, HOSTILE), True)],
        nodes=[((0, 0), True, HOSTILE)],
    ),
    "pages/table.html": lambda: render(
        "pages/table.html",
        kind=HOSTILE,
        title=HOSTILE,
        heads=[HOSTILE],
        named=True,
        rows=[[(HOSTILE, False), (HOSTILE, True)]],
    ),
}
PARTS = {"field.html", "paper/print.html", "public/base.html", "public/fields.html",
         "sign_in/before.html", "sign_in/forms.html"}  # fmt: skip
"""Templates that the pages extend or import, and one that holds nothing of anybody."""


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_hostile_name_comes_out_escaped(name: str) -> None:
    page = PAGES[name]().replace(OWN_SCRIPT, "")
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
