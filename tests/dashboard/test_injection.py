"""What somebody wrote is shown as text: no tag, link, formula or script of theirs gets out."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from bent_office import BENT, LINK, OWNER, TAG, build_office, open_built
from pages import html, opened
from small_browser import Browser
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.i18n.markdown import plain
from dashboard.maps import layer_cache
from dashboard.runtime import context
from dashboard.server.routes import own_routes
from governance.office import Office

PAGES = {
    "start": ("",), "map": ("",), "building": ("",), "leads": ("",), "importing": ("",),
    "plan": ("make", "board", "compare", "publish", "after", "teams"),
    "responsibility": ("work", "chain", "handover"),
    "cases": ("inbox", "deadlines"),
    "records.ledger": ("lines", "decide", "key", "rules"),
    "records.evidence": ("list",),
    "records.notices": ("bulletins", "notices", "exposure"),
    "people": ("log", "accounts", "exports"),
}  # fmt: skip
SINGLE = (("building", "unit", "B1"), ("cases", "case", "XS-2026-0001"),
          ("records.ledger", "line", "DM-2026-0001"))  # fmt: skip
TEXT_ONLY = {"html", "text", "code", "json", "arrow_data_frame", "arrow_table", "imgs", "iframe",
             "bidi_component", "component_instance", "deck_gl_json_chart"}  # fmt: skip
"""Elements of which no field is read as Markdown; their own rules check them."""
READ = {"label", "help", "body", "content", "title", "delta", "caption", "text"}
"""Fields that Streamlit reads as Markdown, in whichever element they are."""
TELL_FAILURES = {
    "ui/sections/score/scoring_state.py",  # filled into a sentence, which escapes it
    "ui/change.py",  # said by `show_done`, which escapes it
    "views/plan/board/edits.py",  # to a component, which shows text
}  # fmt: skip
PLACES = {"layer": "building", "tiles": "0-0-0", "unit": "B1", "building": "B1",
          "community": "370902001001", "number": "CL-2026-0001"}  # fmt: skip


@pytest.fixture(scope="module")
def office(built_once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
           ) -> Iterator[Office]:  # fmt: skip
    made = built_once("bent", build_office)
    bent = open_built(shutil.copytree(made, tmp_path_factory.mktemp("bent") / "o"))
    layer_cache.forget_layers()
    context.provide(bent, everyone=OWNER)
    yield bent
    context.withdraw()
    layer_cache.forget_layers()
    bent.close()


def asked_pages() -> list[tuple[str, dict[str, str]]]:
    whole = [(view, {"part": part} if part else {}) for view in PAGES for part in PAGES[view]]
    return [*whole, *((view, {name: value}) for view, name, value in SINGLE)]


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(("view", "query"), asked_pages(), ids=str)
def test_no_page_draws_a_tag_or_a_link_of_somebody(view: str, query: dict[str, str]) -> None:
    app = opened(view, **query)
    drawn = html(app)
    assert TAG not in drawn.lower()
    for kind, text, html_allowed in markdown_of(app):
        assert not (TAG in text and html_allowed), (kind, text)
        assert f"[x{LINK}" not in re.sub(r"\\.", "", text), (kind, text)


def markdown_of(app: AppTest) -> Iterator[tuple[str, str, bool]]:
    """Yield the kind of each element, each text that is read as Markdown, whether with tags."""
    for node in nodes(app._tree):
        proto = getattr(node, "proto", None)
        if proto is not None and node.type not in TEXT_ONLY:
            tags = bool(getattr(proto, "allow_html", False))
            yield from ((node.type, text, tags) for text in read_texts(proto))
            if node.type == "radio":
                yield from ((node.type, str(text), tags) for text in proto.options)


def nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from nodes(child)


def read_texts(proto: Any) -> Iterator[str]:
    for field, value in proto.ListFields():
        many = value if field.is_repeated else [value]
        for each in many:
            if field.type == field.TYPE_MESSAGE:
                yield from read_texts(each) if hasattr(each, "ListFields") else ()
            elif field.name in READ and isinstance(each, str):
                yield each


def test_a_failure_is_told_to_markdown_through_one_place_alone() -> None:
    folder = Path(dashboard.__file__).parent
    views = [*(folder / "views").rglob("*.py"), *(folder / "ui").rglob("*.py")]
    telling = {path.relative_to(folder).as_posix() for path in views
               if "say.error(" in path.read_text(encoding="utf-8")}  # fmt: skip
    assert telling == TELL_FAILURES


def paths(office: Office) -> Iterator[str]:
    """Yield the address of every route that answers a page or data, filled in."""
    snapshot = str(office.scores.snapshots(OWNER)["snapshot_id"].iloc[0])
    for route in own_routes():
        if isinstance(route, Route) and "GET" in (route.methods or {"GET"}):
            path = route.path
            for gap in route.param_convertors:
                value = snapshot if gap == "snapshot" else PLACES.get(gap, "0" * 64)
                path = path.replace(f"{{{gap}:path}}", value).replace(f"{{{gap}}}", value)
            yield path
    plan = office.plans.all(OWNER)["plan_id"].iloc[0]
    shifts = "".join(f"&shift={e}" for e in office.plans.get(OWNER, plan).shifts["shift_id"])
    yield from (f"/gw/plan-{kind}?plan={plan}{shifts}" for kind in ("map", "sheet"))


def test_no_route_answers_markup_of_somebody(office: Office) -> None:
    browser, shown = Browser(), 0
    for path in paths(office):
        answer = browser.get(path)
        kind = answer.headers.get("content-type", "")
        if "html" in kind or "javascript" in kind or "svg" in kind:
            assert TAG not in answer.text.lower(), path
            shown += "gw-bent" in answer.text
        elif kind.startswith("application/vnd"):
            check_workbook(answer.content, path)
    assert shown > 2


@pytest.mark.parametrize("ending", ["csv", "xlsx", "geojson"])
def test_no_export_holds_a_formula_or_a_link(office: Office, tmp_path: Path, ending: str) -> None:
    held = 0
    tables = ("buildings", "complaints", "inspections", "violations", "rentals", "persons")
    for table in tables[: 5 if ending == "geojson" else 6]:  # people are in no place
        path = tmp_path / f"{table}.{ending}"
        office.exports.export_table(OWNER, table, path)
        content = path.read_bytes()
        held += "gw-bent" in (content.decode() if ending != "xlsx" else unzipped(content))
        if ending == "xlsx":
            check_workbook(content, table)
        if ending == "csv":
            cells = pd.read_csv(path, dtype=str, header=None).fillna("").to_numpy().ravel()
            assert not [cell for cell in cells if re.match(r"\s*[=+@-]", cell)], table
    assert held > 2


def unzipped(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())


def check_workbook(content: bytes, about: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink], about
    assert "<f>" not in unzipped(content)


def test_papers_and_workbooks_of_records_hold_text_alone(office: Office) -> None:
    numbers = office.notice_lists.page(OWNER).rows["notice_no"]
    assert len(numbers) >= 2
    for number in numbers:
        paper = unzipped(office.notice_papers.paper(OWNER, str(number)))
        assert "gw-bent" in paper
        assert TAG not in paper
    results = office.cases.results_workbook(OWNER, list(office.cases.inbox(OWNER).rows["case_no"]))
    assert "gw-bent" in unzipped(results)
    check_workbook(results, "results")


def test_the_text_is_one_that_would_do_all_that(office: Office) -> None:
    assert BENT.startswith("=")
    assert all(each in BENT for each in (TAG, f"[x{LINK}", "</script>", '"'))
    assert office._engine.table("complaints").to_pandas()["title"].eq(BENT).all()
    assert f"[x{LINK}" not in re.sub(r"\\.", "", plain(BENT))
