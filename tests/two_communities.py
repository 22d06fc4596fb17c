"""An office of two communities: one for whoever asks, one of which that one must learn nothing."""

import io
import json
import zipfile
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from imported import derive_all, import_text

from governance.access.permissions import Scope, local_owner
from governance.office import Office
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
OWN, FOREIGN = ("MINE-1", "MINE-2"), ("THEIRS-7", "THEIRS-8", "THEIRS-9")
OWN_SCOPE = Scope(buildings=frozenset(OWN))
ESTATES = {"M": "槐荫花园", "T": "别处新村"}
COMMUNITY = {"M": "370902001001", "T": "370902001002"}
TICKET = "26110210110811660"
PLACE_OF = {b: (round(117.12 + int(b[-1]) / 900, 4), 36.19) for b in OWN + FOREIGN}
"""Longitude and latitude of each building."""
BUILDINGS = "楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度,社区代码,网格编码\n" + "".join(
    f"{b},{ESTATES[b[0]]},{b[-1]}号楼,住宅,4{b[-1]},{PLACE_OF[b][0]:.4f},{PLACE_OF[b][1]},"
    f"{COMMUNITY[b[0]]},{COMMUNITY[b[0]]}001\n"
    for b in OWN + FOREIGN
)
COMPLAINTS = "工单编号,来电时间,楼栋编码,事发地址,来电人,联系电话,诉求内容\n" + "".join(
    f"{TICKET}{b[-1]},2026-11-0{b[-1]} 19:10,{b},{ESTATES[b[0]]}{b[-1]}号楼,王某某,"
    f"1380000000{b[-1]},反映{ESTATES[b[0]]}有人补课\n"
    for b in OWN + FOREIGN
)
INSPECTIONS = "检查编号,检查时间,楼栋编码,检查结果,备注\n" + "".join(
    f"X{b},2026-10-1{b[-1]} 19:00,{b},{'属实' if b[-1] in '17' else '未发现异常'},{b}看过\n"
    for b in OWN + FOREIGN
)
FOREIGN_MARKS = (*FOREIGN, ESTATES["T"], COMMUNITY["T"], *(f"{TICKET}{b[-1]}" for b in FOREIGN))
NEVER_TOLD = ("王某某", "13800000")


def build_office(folder: Path) -> None:
    """Make the office, bring its files in and score it on two days."""
    create_workspace(folder)
    office = open_office(folder, now=lambda: NOW)
    files = {"buildings": BUILDINGS, "complaints": COMPLAINTS, "inspections": INSPECTIONS}
    for table, text in files.items():
        import_text(office, table, text)
    office.scores.run(local_owner(), as_of=date(2026, 11, 1))
    office.scores.run(local_owner(), as_of=date(2026, 11, 24))
    derive_all(office)
    office.close()


def open_built(folder: Path) -> Office:
    """Open the office on the day after its last record."""
    return open_office(folder, now=lambda: NOW)


def text_of(answer: Any) -> str:
    """Write an answer out, whatever it is made of."""
    if isinstance(answer, pd.DataFrame):
        shown = answer.drop(columns=[name for name in ("geom",) if name in answer])
        return str(shown.to_csv())
    if isinstance(answer, bytes):
        return _of_bytes(answer)
    if is_dataclass(answer) and not isinstance(answer, type):
        return " ".join(text_of(getattr(answer, each.name)) for each in fields(answer))
    if isinstance(answer, dict):
        return " ".join(f"{key} {text_of(value)}" for key, value in answer.items())
    if isinstance(answer, list | tuple | set | frozenset | np.ndarray):
        return " ".join(text_of(each) for each in answer)
    return json.dumps(answer, ensure_ascii=False, default=str)


def _of_bytes(content: bytes) -> str:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8", errors="ignore")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return " ".join(
            archive.read(n).decode("utf-8", errors="ignore") for n in archive.namelist()
        )
