"""Importing one file: choose, look at what was understood, correct it, count, import."""

import hashlib
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.maps.layer_cache import forget_layers
from dashboard.ui import links, pick
from dashboard.ui.frame import Page
from dashboard.ui.sections.score import scoring_state
from dashboard.views.importing import history, preview, result
from data.derived.placing.addresses import SURE_LEVELS
from data.ingest.reading.archives import SENT
from data.ingest.results import ImportResult
from data.ingest.run import Progress
from data.workspace.atomic import ABANDONED_S
from governance.access.permissions import Action, may, require_whole

TABLES = ("complaints", "adverts", "rentals", "violations", "inspections", "buildings", "grids",
          "units", "persons", "assignments", "walking_distances", "basemap")  # fmt: skip
TABS_KEY = "import_tabs"
"""Holds which part of the page is open."""
KINDS = [
    *("xlsx", "xls", "xlsm", "et", "ods", "csv", "tsv", "txt", "dbf", "htm", "html"),
    *("json", "jsonl", "parquet", "geojson", "gpkg", "kml", "kmz", "gml", "zip", "gz"),
    *("pbf", "osm", "mbtiles", "pmtiles"),
]


def show(page: Page) -> None:
    """Walk through importing a file; every step stays visible on the page."""
    say = page.say
    require_whole(page.actor, Action.IMPORT)
    table = _ask_table(page)
    upload = st.file_uploader(
        say("2. The file, as it is"),
        type=KINDS,
        key="import_upload",
        help=say(
            "Excel, CSV (UTF-8 or GBK), JSON, Parquet, GeoJSON, GeoPackage, KML, zips of these."
        ),
    )
    if upload is None:
        page.caption(
            "Merged titles, several sheets, totals and footers may stay; the header "
            "row is found by itself."
        )
        return
    path = _stored(upload)
    understood = preview.show(page, table, path)
    if understood is not None:
        _run(page, table, path, understood)


def _ask_table(page: Page) -> str:
    """Ask which table a file is, beginning with the one that a link named; offer its template."""
    say = page.say
    if (linked := links.opened("table")) in TABLES:
        links.open_here("table", None)
        st.session_state[preview.TABLE_KEY] = linked
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    names = say.names("table", TABLES)
    table = pick.one(say("1. Which table is it?"), names, key=preview.TABLE_KEY, at=left)
    right.download_button(
        say("Download the template"),
        data=lambda: page.office.imports.template(page.actor, table),
        file_name=f"{names[table]}.xlsx",
        on_click="ignore",
        key="import_template",
    )
    return table


def _run(page: Page, table: str, path: Path, understood: preview.Understood) -> None:
    say = page.say
    page.subheader("4. Import")
    import_file = partial(
        page.office.imports.import_file, page.actor, table, path, understood.options
    )
    count, go = st.columns(2)
    if count.button(say("Only count, change nothing"), key="import_dry", width="stretch"):
        with st.spinner(say("Counting …")):
            counted = import_file(dry_run=True)
        page.info("Counted only; nothing was stored.")
        result.show(page, counted, known=understood)
    if go.button(say("Import"), type="primary", key="import_go", width="stretch"):
        with _bar(page) as advance:
            imported = import_file(progress=advance)
        forget_layers()
        history.choose(imported.import_id)
        page.success("Imported.")
        _tell_what_follows(page, imported)
        result.show(page, imported, known=understood)


@contextmanager
def _bar(page: Page) -> Iterator[Progress]:
    """Give what shows how far the work of a block is, from the first that it tells to its end."""
    say, bar = page.say, st.empty()

    def advance(stage: str, done: int, total: int) -> None:
        share = min(done / total, 1.0) if total else 0.0
        bar.progress(share, text=f"{say('Importing …')} {say.name('stage', stage)}")

    yield advance
    bar.empty()


def _tell_what_follows(page: Page, imported: ImportResult) -> None:
    """Say when the score counts what came, or offer to score; lead to addresses that wait."""
    say = page.say
    if imported.repeated:
        return
    scored = page.office.automatic_scoring.state(page.actor)
    with _bar(page) as advance:
        page.office.catch_up(page.actor, progress=advance)
    _lead_to_cases(page, imported)
    with st.container(horizontal=True, vertical_alignment="center"):
        if scored.at_work:
            scoring_state.show(page)
        elif may(page.actor, Action.SCORE):
            st.markdown(say("The score does not count this import yet."))
            offer_part(say("Calculate it now"), say("Score"), key="import_score_now")
        unsure = {level: n for level, n in imported.located.items() if level not in SURE_LEVELS}
        if any(unsure.values()) and may(page.actor, Action.REVIEW_ADDRESS):
            label = say("Decide on addresses")
            offer_part(label, say("Addresses to decide"), key="import_decide")


def _lead_to_cases(page: Page, imported: ImportResult) -> None:
    """Lead to the inbox, to who may see it, where tickets came in.

    Each new row is a lead, whoever took it in: the server may have been faster than the page.
    """
    if imported.table == "complaints":
        new = imported.accepted - imported.replaced
        label = page.say("New leads: {count} · open the inbox", count=new)
        links.show(page, "cases", label, show="mine")


def offer_part(label: str, part: str, *, key: str) -> None:
    """Offer to open another part of the page Import, which its tab calls so."""

    def open_part() -> None:
        st.session_state[TABS_KEY] = part

    st.button(label, key=key, on_click=open_part)


class _UploadFolder:
    """A folder for one visit's uploads, deleted when the visit is over.

    Uploads hold what people sent, names and numbers included; nothing of them stays behind. What a
    server left that was killed is deleted with the first upload a day later.
    """

    def __init__(self) -> None:
        for left in Path(tempfile.gettempdir()).glob(f"{SENT}*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > ABANDONED_S:
                    shutil.rmtree(left)
        self.path = Path(tempfile.mkdtemp(prefix=SENT))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _stored(upload: UploadedFile) -> Path:
    """Put an upload where the importer can read it, once per content, under its own name."""
    if "import_folder" not in st.session_state:
        st.session_state["import_folder"] = _UploadFolder()
    content = upload.getvalue()
    digest = hashlib.sha256(content).hexdigest()[:16]
    folder = st.session_state["import_folder"].path / digest
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(folder / Path(upload.name).name)
    if not path.exists():
        path.write_bytes(content)
    return path
