"""A small office from three files: eight buildings, their complaints and their visits."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from imported import derive_all, opened_copy

from data.ingest.options import ImportOptions
from data.store.unit_of_work import Store
from governance.access.permissions import Actor, local_owner
from governance.office import Office
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

BUILDINGS = "楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度\n" + "".join(
    f"B{n},示例花园,{n}号楼,{'住宅' if n < 5 else '商铺'},{40 + n},{117.12 + n / 1000:.4f},36.19\n"
    for n in range(1, 9)
)
COMPLAINTS = """工单编号,来电时间,事发地址,来电人,联系电话,来源渠道
250912101108115401,2026-11-02 19:10,示例花园3号楼2单元501,张示例,13800000001,12345热线
250912101108115402,2026-11-05 18:40,示例花园3号楼,李示例,13800000002,信访
250912101108115403,不知道哪天,示例花园3号楼,王示例,13800000003,12345热线
250912101108115404,2026-11-09 20:00,示例花园附近,赵示例,13800000004,12345热线
"""
INSPECTIONS = """检查编号,检查时间,楼栋编码,检查结果
X1,2026-10-10 19:00,B3,属实
X2,2026-10-11 19:00,B5,未发现异常
"""


@pytest.fixture(scope="session", autouse=True)
def _cheap(cheap_hashes: None) -> None:
    """Sign in and plan quickly in all tests of this folder; what a password costs has its own."""


PERSONS = """人员编号,姓名,角色,所属单位,办公电话,在岗状态,任期止
P1,甲,包片领导,示例街道,0538-0000001,是,
P2,乙,网格长,示例社区,0538-0000002,是,
P3,丙,网格员,示例社区,0538-0000003,是,
P4,丁,网格员,示例社区,0538-0000004,是,
P5,戊,网格员,示例社区,0538-0000005,否,2026-10-31
"""
# B1 to B8 stand every 0.001 degrees along 36.19 N from 117.121 E.
GRIDS = ((117.1205, 117.1245, "P3"), (117.1245, 117.1285, "P5"))


@pytest.fixture
def actor() -> Actor:
    return local_owner()


@pytest.fixture
def frozen_now() -> Callable[[], datetime]:
    """Return a clock that stands still."""
    return lambda: NOW


@pytest.fixture
def stranger() -> Actor:
    return Actor(id="stranger", name="路人", roles=("nobody",))


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    texts = {"buildings": BUILDINGS, "complaints": COMPLAINTS, "inspections": INSPECTIONS}
    paths = {}
    for table, text in texts.items():
        paths[table] = folder / f"{table}.csv"
        paths[table].write_text(text, encoding="utf-8")
    return paths


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = create_workspace(tmp_path_factory.mktemp("empty") / "office")
    with closing(open_office(folder, now=lambda: NOW)) as office:
        derive_all(office)
    return folder


@pytest.fixture(scope="session")
def filled_folder(
    built_once: Callable[..., Path], empty_folder: Path, files: dict[str, Path]
) -> Path:
    def build(folder: Path) -> None:
        office = open_office(shutil.copytree(empty_folder, folder), now=lambda: NOW)
        for table, options in (
            ("buildings", ImportOptions(datum="wgs84")),
            ("complaints", None),
            ("inspections", None),
        ):
            office.imports.import_file(local_owner(), table, files[table], options)
        derive_all(office)
        office.close()

    return built_once("filled", build)


@pytest.fixture
def empty_office(tmp_path: Path, empty_folder: Path) -> Iterator[Office]:
    """Return an office without a file; copying the folder moves the office."""
    yield from opened_copy(empty_folder, tmp_path, now=NOW)


@pytest.fixture
def office(tmp_path: Path, filled_folder: Path) -> Iterator[Office]:
    """Return an office with three files imported."""
    yield from opened_copy(filled_folder, tmp_path, now=NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def open_copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Path], Office]]:
    """Return what opens a copy of an office on each database; PostgreSQL has none of its rows."""
    with ExitStack() as ending:

        def opened(folder: Path) -> Office:
            office = open_office(shutil.copytree(folder, tmp_path / "office"))
            ending.callback(office.close)
            if request.param == "postgresql":
                url = request.getfixturevalue("empty_store")()
                office._workspace.__dict__["store"] = Store(url)
            return office

        yield opened


@pytest.fixture(scope="session")
def scored_folder(built_once: Callable[..., Path], filled_folder: Path) -> Path:
    def build(folder: Path) -> None:
        office = open_office(shutil.copytree(filled_folder, folder), now=lambda: NOW)
        for day in (date(2026, 10, 1), NOW.date()):
            office.scores.run(local_owner(), as_of=day)
        office.close()

    return built_once("scored", build)


@pytest.fixture
def scored(tmp_path: Path, scored_folder: Path) -> Iterator[Office]:
    """Return the office with the scores of 1 October and of 24 November, today."""
    yield from opened_copy(scored_folder, tmp_path, now=NOW)


@pytest.fixture(scope="session")
def seen_scored(scored_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return a scored office, to be read and never changed."""
    yield from opened_copy(scored_folder, tmp_path_factory.mktemp("seen"), now=NOW)


@pytest.fixture(scope="session")
def staffed_folder(built_once: Callable[..., Path], filled_folder: Path) -> Path:
    def build(folder: Path) -> None:
        office = open_office(shutil.copytree(filled_folder, folder), now=lambda: NOW)
        _bring_in_staff(office, local_owner(), folder.parent)
        derive_all(office)
        office.close()

    return built_once("staffed", build)


@pytest.fixture
def staffed(tmp_path: Path, staffed_folder: Path) -> Iterator[Office]:
    """Return the office with five people and two grids; the eastern one's warden has left."""
    yield from opened_copy(staffed_folder, tmp_path, now=NOW)


@pytest.fixture
def set_warden(staffed: Office, actor: Actor) -> Callable[..., int]:
    """Return what gives the building B1 a warden from today on, or another duty, unit or day."""

    def setting(person: str | None, unit: str = "B1", **more: Any) -> int:
        given = {"target_kind": "building", "duty": "网格员", "valid_from": NOW.date()} | more
        return staffed.duties.set_duty(actor, target_id=unit, person_id=person, **given)

    return setting


def _bring_in_staff(office: Office, actor: Actor, folder: Path) -> None:
    """Import five people and two grids; the warden of the eastern one has left."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "网格编码": f"37099800100100{n}", "网格名称": f"第{n}网格", "社区": "示例社区",
                "包片领导": "P1", "网格长": "P2", "网格员": warden,
            },
            "geometry": shapely.geometry.mapping(shapely.box(west, 36.189, east, 36.191)),
        }
        for n, (west, east, warden) in enumerate(GRIDS, start=1)
    ]  # fmt: skip
    grids, people = folder / "staffed.geojson", folder / "people.csv"
    collection = {"type": "FeatureCollection", "features": features}
    grids.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    people.write_text(PERSONS, encoding="utf-8")
    office.imports.import_file(actor, "grids", grids, ImportOptions(datum="wgs84"))
    office.imports.import_file(actor, "persons", people)
