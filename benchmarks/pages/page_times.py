"""Open every page of a large office and tell what it costs: seconds of wall and CPU time.

Run ``python -m benchmarks.pages.page_times WORKSPACE [--as LOGIN] [--visits] [--pages A,B]
[--warmed]``, e.g.
on the city of 200,000 buildings that ``benchmarks/pages/map_paint.py --cells 100000 --workspace
WORKSPACE`` has built. Each page is run as Streamlit runs it, by whoever owns the workspace or an
account that it is for (`--as` is for the accounts of a demonstration, without passwords): first in
a process that has read nothing, then again, as on every later click; with `--visits` once more
after a visit was recorded, which stays in the workspace; with `--pages` only these, by their
folders in ``dashboard/views``; with `--warmed` after all that a server imports before people can
connect and makes ahead after that. Browsers are not part of it.
`benchmarks.pages.district_office` fills such a workspace up to the records of a district. Exits
with 1 if a later run takes more than a second of CPU time.
"""

import argparse
import sys
import time
import uuid
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboard.app import WARM
from dashboard.navigation import entries_for
from dashboard.runtime import context
from dashboard.ui import task_panel
from dashboard.views.map import warm_up
from geo.late_parts import part_modules
from governance.access.permissions import Actor, local_owner
from governance.office import Office
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import made_ahead, open_office

LIMIT_S = 1.0
PATIENCE_S = 600
PAGES = {
    "start": ("",),
    "map": ("",),
    "building": ("",),
    "plan": ("make", "board", "compare", "publish", "after", "campaign", "teams", "days"),
    "responsibility": ("work", "chain", "assign", "handover"),
    "importing": ("file", "list", "addresses", "ended", "grids", "score", "callback"),
    "cases": ("inbox", "deadlines"),
    "leads": ("try", "many", "words", "adverts", "merging", "links", "unlisted"),
    "records.ledger": ("decide", "lines", "key", "rules"),
    "records.evidence": ("list", "add"),
    "records.notices": (
        "bulletins",
        "notices",
        "exposure",
        "blacklist",
        "templates",
        "deadlines",
    ),
    "evaluation": ("",),
    "people": ("log", "accounts", "new", "exports", "personal"),
    "my_buildings": ("",),
}
_SCRIPT = """
from dashboard.ui import frame
from dashboard.views.{view} import page as view

page = frame.open_page()
if page is not None:
    view.show(page)
"""


# A server looks for components once; `AppTest`, one for each run, would spend .2 s of CPU on it.
vars(manifest_scanner)["scan_component_manifests"] = cache(
    manifest_scanner.scan_component_manifests
)

vars(task_panel)["PATIENCE_S"] = PATIENCE_S  # what is worked out beside a page is counted as well


def main() -> None:
    """Print a line for each page; the slowest last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--as", dest="login", default="")
    parser.add_argument("--visits", action="store_true")
    parser.add_argument("--pages", default=",".join(PAGES))
    parser.add_argument("--warmed", action="store_true")
    asked = parser.parse_args()
    office = open_office(asked.workspace)
    actor = office.sign_in.act_as(asked.login, None) if asked.login else local_owner()
    context.provide(office, everyone=actor)
    if asked.warmed:
        _warm(office)
    building = _first_building(office)
    found = []
    theirs = {entry.module for entry in entries_for(actor)}
    for view in asked.pages.split(","):
        for part in PAGES[view] if f"dashboard.views.{view}.page" in theirs else ():
            query = {"part": part} if part else {}
            query |= {"unit": building} if view == "building" else {}
            found.append((_open(view, query), _open(view, query), f"{view}/{part}".rstrip("/")))
            (_, first), (wall, cpu), name = found[-1]
            told = f"{name:28}{first:8.2f} s CPU at first, then {cpu:6.2f} s of {wall:6.2f}"
            if asked.visits:
                _record(office, actor, building)
                told += f"; {_open(view, query)[1]:6.2f} s CPU after a visit"
            print(told, flush=True)
    office.close()
    slow = [name for _, (_, cpu), name in found if cpu > LIMIT_S]
    print(f"over {LIMIT_S:g} s of CPU: {', '.join(slow) or 'none'}")
    sys.exit(int(bool(slow)))


def _warm(office: Office) -> None:
    """Do what a server has done some time after its start, in a thread that ends."""
    for module in (*part_modules(Office), *WARM):
        import_module(module)

    def work() -> None:
        warm_up.do_what_comes_once()
        with context.run_for(local_owner()):
            for make in (warm_up.steps, *made_ahead()):
                list(make(office))

    used = time.process_time()
    thread = Thread(target=work)
    thread.start()
    thread.join()
    print(f"made ahead in {time.process_time() - used:.2f} s CPU")


def _first_building(office: Any) -> str:  # noqa: ANN401 -- governance.office.Office
    register = office._engine.table("buildings")  # noqa: SLF001 -- a benchmark looks inside
    return str(register.limit(1).to_pyarrow()["building_id"][0])


def _record(office: Any, actor: Actor, building: str) -> None:  # noqa: ANN401 -- governance.office.Office
    visit = NewVisit(key=uuid.uuid4().hex, building_id=building, result="未发现异常")
    office.visits.record(actor, visit)


def _open(view: str, query: dict[str, str]) -> tuple[float, float]:
    """Run a page; return the seconds of wall and CPU time."""
    page = AppTest.from_string(_SCRIPT.format(view=view))
    for name, value in query.items():
        page.query_params[name] = value
    began, used = time.perf_counter(), time.process_time()
    page.run(timeout=PATIENCE_S)
    if page.exception:
        raise RuntimeError(str(page.exception[0].value))
    return time.perf_counter() - began, time.process_time() - used


if __name__ == "__main__":
    main()
