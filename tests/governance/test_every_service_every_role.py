"""Every service, asked by every role about somebody else's building, gives away nothing of it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from service_arguments import call, parameters_of, services

from geo.errors import GridwardenError
from governance.access import ROLES, Actor, Scope, local_owner
from gridwarden.assemble import create_workspace, open_office

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from governance.offices import Office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
OWN, FOREIGN = ("M1", "M2"), ("Z7", "Z8", "Z9")
OWN_SCOPE = Scope(buildings=frozenset(OWN))
ESTATES = {"M": "槐荫花园", "Z": "别处新村"}
COMMUNITY = {"M": "370902001001", "Z": "370902001002"}
TICKET = "26110210110811660"
BUILDINGS = "楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度,社区代码,网格编码\n" + "".join(
    f"{b},{ESTATES[b[0]]},{b[1]}号楼,住宅,4{b[1]},{117.12 + int(b[1]) / 900:.4f},36.19,"
    f"{COMMUNITY[b[0]]},{COMMUNITY[b[0]]}001\n"
    for b in OWN + FOREIGN
)
COMPLAINTS = "工单编号,来电时间,楼栋编码,事发地址,来电人,联系电话,诉求内容\n" + "".join(
    f"{TICKET}{b[1]},2026-11-0{b[1]} 19:10,{b},{ESTATES[b[0]]}{b[1]}号楼,王某某,1380000000{b[1]},"
    f"反映{ESTATES[b[0]]}有人补课\n"
    for b in OWN + FOREIGN
)
INSPECTIONS = "检查编号,检查时间,楼栋编码,检查结果,备注\n" + "".join(
    f"X{b},2026-10-1{b[1]} 19:00,{b},{'属实' if b[1] in '17' else '未发现异常'},{b}看过\n"
    for b in OWN + FOREIGN
)
FOREIGN_MARKS = (*FOREIGN, ESTATES["Z"], COMMUNITY["Z"], *(f"{TICKET}{b[1]}" for b in FOREIGN))
NEVER_TOLD = ("王某某", "13800000")
ASKS_BACK = frozenset({"template", "note_export"})
"""Services whose answer only holds what they were given."""


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two") / "office"
    create_workspace(folder)
    office = open_office(folder, now=lambda: NOW)
    files = {"buildings": BUILDINGS, "complaints": COMPLAINTS, "inspections": INSPECTIONS}
    for table, text in files.items():
        path = folder / f"{table}.csv"
        path.write_text(text, encoding="utf-8")
        office.import_file(local_owner(), table, path, datum="wgs84")
    office.score(local_owner(), as_of=date(2026, 11, 1))
    office.score(local_owner(), as_of=date(2026, 11, 24))
    office.close()
    return folder


@pytest.fixture(scope="module")
def two(scored: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = shutil.copytree(scored, tmp_path_factory.mktemp("walk") / "office")
    office = open_office(folder, now=lambda: NOW)
    yield office
    office.close()


def _questions(name: str, folder: Path, snapshot: str) -> Iterator[dict[str, Any]]:
    """Ask without naming anything, then for each of the foreign names that a service takes."""
    usual = {"path": folder / "out.csv", "snapshot_id": snapshot, "building_id": FOREIGN[0],
             "unit": FOREIGN[0], "rows": True, "text": ESTATES["Z"]}  # fmt: skip
    yield usual
    yield {**usual, "unit": f"grid:{COMMUNITY['Z']}001", "path": folder / "out.xlsx"}
    yield {**usual, "unit": f"community:{COMMUNITY['Z']}", "communities": [COMMUNITY["Z"]]}
    takes = {parameter.name for parameter in parameters_of(name)}
    for layer in ("cell:8", "grid", "community"):
        if takes & {"layer"}:
            yield {**usual, "layer": layer}
    for table in ("buildings", "inspections"):
        if takes & {"table"}:
            yield {**usual, "table": table}


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"local_owner"}))
@pytest.mark.parametrize("name", services())
def test_nobody_learns_of_a_building_that_is_not_his(
    two: Office, tmp_path: Path, name: str, role: str
) -> None:
    actor = Actor(id=f"{role}1", name=role, roles=(role,), scope=OWN_SCOPE)
    snapshot = str(two.snapshots(local_owner())["snapshot_id"].iloc[0])
    for asked in _questions(name, tmp_path, snapshot):
        told = _answer(two, name, actor, asked)
        for path in tmp_path.iterdir():
            told += _text(path.read_bytes())
            path.unlink()
        said = [value for value in asked.values() if isinstance(value, str)]
        marks = set(FOREIGN_MARKS) - set(said) if name in ASKS_BACK else set(FOREIGN_MARKS)
        assert not [mark for mark in marks if mark in told]
        assert not [mark for mark in NEVER_TOLD if mark in told]


def test_the_walk_would_see_what_it_looks_for(two: Office) -> None:
    whole = Actor(id="m", name="m", roles=("office_manager",), scope=Scope.whole())
    told = _answer(two, "atlas", whole, {"layer": "building"})
    assert ESTATES["Z"] in told
    assert FOREIGN[0] in told


@pytest.mark.parametrize("layer", ["cell:10", "grid", "community"])
def test_a_part_of_the_street_is_ranked_by_itself(two: Office, layer: str) -> None:
    planner = Actor(id="p", name="p", roles=("planner",), scope=OWN_SCOPE)
    units = two.atlas(planner, layer=layer)
    assert list(units["rank"]) == list(range(1, len(units) + 1))
    assert units["score"].sum() > 0


@pytest.mark.parametrize("role", ["warden", "building_head", "hotline_clerk"])
def test_who_may_not_know_why_gets_no_number_to_read_it_from(two: Office, role: str) -> None:
    actor = Actor(id=role, name=role, roles=(role,), scope=OWN_SCOPE)
    for answer in (two.atlas(actor, layer="building"), two.top(actor), two.find(actor, "槐荫")):
        assert len(answer)
        assert not set(answer) & {"score", "low", "high", "exposure", "rate_raw", "rate_smoothed"}


def test_a_planner_of_a_part_still_learns_why_there(two: Office) -> None:
    planner = Actor(id="p", name="p", roles=("planner",), scope=OWN_SCOPE)
    told = two.explain(planner, OWN[0])
    assert sum(told.points.values()) == told.score
    assert told.rows["complaints"]


def _answer(office: Office, name: str, actor: Actor, asked: Mapping[str, Any]) -> str:
    """Return everything a service says; a refusal may repeat what was asked, and no more."""
    try:
        return _text(call(office, name, actor, **asked))
    except GridwardenError as refusal:
        facts = {key: fact for key, fact in refusal.facts.items() if key != "seen"}
        return _text(facts)


def _text(answer: Any) -> str:
    """Write an answer out, whatever it is made of."""
    if isinstance(answer, pd.DataFrame):
        shown = answer.drop(columns=[name for name in ("geom",) if name in answer])
        return str(shown.to_csv())
    if isinstance(answer, bytes):
        return _of_bytes(answer)
    if is_dataclass(answer) and not isinstance(answer, type):
        return " ".join(_text(getattr(answer, each.name)) for each in fields(answer))
    if isinstance(answer, dict):
        return " ".join(f"{key} {_text(value)}" for key, value in answer.items())
    if isinstance(answer, list | tuple | set | frozenset | np.ndarray):
        return " ".join(_text(each) for each in answer)
    return json.dumps(answer, ensure_ascii=False, default=str)


def _of_bytes(content: bytes) -> str:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8", errors="ignore")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return " ".join(
            archive.read(n).decode("utf-8", errors="ignore") for n in archive.namelist()
        )
