"""No name that somebody sends becomes a path out of where it belongs."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
import streamlit as st
from service_arguments import arguments_of, parameters_of, services
from small_browser import Browser
from starlette.routing import Route
from two_communities import OWN, open_built, text_of

from dashboard.maps import layer_cache
from dashboard.runtime import context
from dashboard.server.routes import own_routes
from dashboard.views.importing.upload import _stored
from data.ingest.reading.open import OpenSource
from governance.access.permissions import local_owner
from governance.office import Office

OWNER = local_owner()
BAIT = "gw-bait"
NAMES = ("../bait", "../../bait", "..\\bait")
CHANGES_ALL = ("backups.", "close", "audit.", "accounts.lock", "imports.import_file", "plans.make",
               "plans.preview", "plans.forecast", "scores.run", "trials.")  # fmt: skip
"""Services that are left out: they end the office or take long, and take no name of a file."""


@pytest.fixture(scope="module")
def office(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return an office in whose neighbourhood, and in each of whose folders' parents, lies bait."""
    around = tmp_path_factory.mktemp("paths")
    made = open_built(shutil.copytree(two_communities, around / "o"))
    for folder in (around, around / "o"):
        for name in ("bait", "bait.parquet", "bait.bin", "bait.jpg", "bait.docx", "bait.part"):
            (folder / name).write_text(BAIT, encoding="utf-8")
    layer_cache.forget_layers()
    context.provide(made, everyone=OWNER)
    yield made
    context.withdraw()
    layer_cache.forget_layers()
    made.close()


def outside(office: Office) -> dict[Path, bytes]:
    """Return the files beside the office and at its top, as far as they are bait or new."""
    root = office._workspace.root
    found = [*root.parent.glob("*"), *root.glob("bait*")]
    return {path: path.read_bytes() for path in found if path.is_file()}


def texts_of(name: str) -> list[str]:
    """Return the arguments of a service that are texts."""
    return [each.name for each in parameters_of(name)[1:] if "str" in str(each.annotation)
            and "Mapping" not in str(each.annotation)]  # fmt: skip


@pytest.mark.parametrize("hostile", NAMES[:2])
def test_no_service_reads_or_writes_what_a_name_leads_to(office: Office, hostile: str) -> None:
    before = outside(office)
    for name in services():
        if name.startswith(CHANGES_ALL) or not texts_of(name):
            continue
        told = {each: hostile for each in texts_of(name) if "Sequence" not in each}
        service: Any = office
        for part in name.split("."):
            service = getattr(service, part)
        try:
            answer = text_of(service(OWNER, **arguments_of(name, **told)))
        except Exception as error:  # noqa: BLE001 -- whatever it says, it must not have read
            answer = str(error)
        assert BAIT not in answer, name
        assert outside(office) == before, name


@pytest.mark.parametrize("hostile", [*NAMES[1:3], "bait\0"])
def test_no_route_answers_what_a_name_leads_to(office: Office, hostile: str) -> None:
    browser, before = Browser(), outside(office)
    for route in own_routes():
        if not isinstance(route, Route) or "GET" not in (route.methods or {"GET"}):
            continue
        path = route.path
        for gap in route.param_convertors:
            path = path.replace(f"{{{gap}:path}}", quote(hostile)).replace(
                f"{{{gap}}}", quote(hostile, safe="")
            )
        if path != route.path:
            answer = browser.get(path)
            assert BAIT not in answer.text, path
            assert answer.status_code < 500, path
    assert outside(office) == before


@pytest.mark.parametrize("name", ["../../bait.csv", "/opt/bait.csv", "a/b/../../../bait.csv"])
def test_an_upload_lies_in_its_own_folder_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(st, "session_state", {"import_folder": SimpleNamespace(path=tmp_path)})
    kept = _stored(SimpleNamespace(name=name, getvalue=lambda: b"a\n1\n"))  # type: ignore[arg-type]
    assert kept.resolve().is_relative_to(tmp_path.resolve())
    assert kept.name == "bait.csv"


@pytest.mark.parametrize("member", ["../../bait.csv", "/opt/gw-bait.csv", "x\\..\\..\\bait.csv"])
def test_a_zip_unpacks_nothing_beside_its_own_folder(tmp_path: Path, member: str) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(member, "工单编号,来电时间\nT1,2026-11-01\nT2,2026-11-02\n")
    (inside / "sent.zip").write_bytes(content.getvalue())
    source = OpenSource(inside / "sent.zip")
    assert [len(batch) for batch in source.batches()] == [2]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["sent.zip"]
    assert not Path("/opt/gw-bait.csv").exists()


def test_the_bait_would_be_seen(office: Office) -> None:
    assert BAIT in (office._workspace.lake.root / ".." / "bait").read_text()
    assert office.worklist.building(OWNER, OWN[0]).row["building_id"] == OWN[0]
