"""An office that has been at work for a while, on the disk, and an adversary who takes it over.

Files of rows and of registers came in, some corrected what was here, addresses were reviewed and
visits recorded. From a cut on the adversary imports, corrects, reviews, records and takes back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq
import shapely
from stored_rows import put_rows
from stored_visits import visit_version

from data.workspace.folder import Workspace
from tests.risk.conftest import CUT, a_building

Row = dict[str, Any]

DAY: Final = timedelta(days=1)
LOADED: Final = CUT - 320 * DAY
"""When the office loaded its history."""
BUILDINGS, VAGUE = 20, 4
KEYS: Final = {
    "complaints": ("ticket_no", "received_at"), "violations": ("decision_no", "decided_on"),
    "inspections": ("inspection_id", "at"), "rentals": ("filing_no", "filed_on"),
    "adverts": ("advert_no", "published_at"),
}  # fmt: skip
COUNTS: Final = {
    "complaints": 150,
    "violations": 40,
    "inspections": 260,
    "rentals": 80,
    "adverts": 60,
}
RESULTS: Final = ("未发现异常", "未发现异常", "疑似", "属实", "属实", "无人")


def make_office(folder: Path, rng: np.random.Generator) -> Workspace:
    """Make an office that worked up to `CUT`."""
    workspace = Workspace.create(folder)
    put_rows(workspace, "buildings", [_house(rng, n) for n in range(1, BUILDINGS)], now=LOADED)
    put_rows(workspace, "grids", _grids(rng, parts=2), now=LOADED)
    for name, count in COUNTS.items():
        rows = [_row(rng, name, number) for number in range(count)]
        old = [row for row in rows if row[KEYS[name][1]] < LOADED]
        put_rows(workspace, name, old, now=LOADED + DAY)
        put_rows(workspace, name, [row for row in rows if row not in old], now=CUT - 3 * DAY)
        told_anew = [_corrected(rng, name, row) for row in old[::7]]
        put_rows(workspace, name, told_anew, now=CUT - 90 * DAY)
    again = [_house(rng, n) for n in range(1, BUILDINGS + 2, 3)]
    put_rows(workspace, "buildings", again, now=CUT - 200 * DAY)
    _review(workspace, 0, "B1", CUT - 150 * DAY)
    _review(workspace, 1, "B2", CUT - 100 * DAY)
    for number in range(6):
        _visit(workspace, rng, number, version=1, recorded_at=CUT - (20 + number) * DAY)
    return workspace


def go_on(workspace: Workspace, rng: np.random.Generator) -> None:
    """Do from `CUT` on all that may be done to what is known."""
    after = CUT + 30 * DAY
    for name in KEYS:
        imports = workspace.lake.imports(name)
        told = [row for row in _rows_of(workspace, imports) if rng.random() < 0.6]
        put_rows(workspace, name, [_corrected(rng, name, row) for row in told], now=CUT)
        more = [_row(rng, name, 1_000 + n, later=True) for n in range(40)]
        more += [_told_again(rng, name, row) for row in told[::3]]
        put_rows(workspace, name, more, now=after)
        gone = put_rows(
            workspace, name, [_corrected(rng, name, row) for row in told[::2]], now=after
        )
        with workspace.lock():
            workspace.lake.undo(gone.import_id)
    put_rows(workspace, "buildings", [_house(rng, n) for n in range(1, BUILDINGS + 8)], now=CUT)
    put_rows(workspace, "grids", _grids(rng, parts=3), now=after)
    _review(workspace, 0, "B9", CUT + DAY)
    _review(workspace, 2, "B3", CUT)
    with workspace.store.begin() as unit:
        unit.address_reviews.withdraw(_vague(1), at=CUT + DAY)
        unit.commit()
    for number in range(12):  # the last six were made before the cut and are told of after it
        version, made = (2, {"withdrawn": number % 2 == 0}) if number < 6 else (1, {})
        _visit(workspace, rng, number, version=version, recorded_at=CUT + number * DAY, **made)


def _told_again(rng: np.random.Generator, name: str, row: Row) -> Row:
    """Return what another file tells of an event that is known, with another end."""
    key, happened = KEYS[name]
    where = {each: row[each] for each in ("building_id", "raw_address") if each in row}
    told = {key: f"again-{row[key]}", happened: row[happened], "learnt_at": CUT}
    return _content(rng, name, row[happened]) | (where or _place(rng, name)) | told


def _rows_of(workspace: Workspace, manifests: list[Any]) -> list[Row]:
    """Return the rows that hold after some imports, as they were sent."""
    held: dict[str, Row] = {}
    for manifest in manifests:
        table = pq.read_table(workspace.lake.rows_path(manifest))
        contract = [name for name in table.column_names if name not in _OF_LAKE]
        for row in table.to_pylist():
            held[row["row_key"]] = {n: row[n] for n in contract if row[n] is not None}
    return list(held.values())


_OF_LAKE: Final = (
    "row_key", "row_hash", "import_id", "source_row", "sheet", "event_at",
)  # fmt: skip


def _house(rng: np.random.Generator, number: int) -> Row:
    own = a_building(number)
    return {
        "building_id": own["building_id"],
        "estate": "示例花园",
        "building_no": f"{number}号楼",
        "lon": own["lon"],
        "lat": own["lat"] + float(rng.choice([0.0, 0.0, 0.001])),
        "kind": _one(rng, "住宅", "商铺", None),
        "household_count": _one(rng, None, int(rng.integers(5, 200))),
    }


def _grids(rng: np.random.Generator, *, parts: int) -> list[Row]:
    edges = np.linspace(117.11, 117.15, parts + 1)
    return [
        {
            "grid_code": f"37090200100100{number + 1}",
            "households": int(rng.integers(100, 900)),
            "geom": shapely.to_wkb(shapely.box(edges[number], 36.1, edges[number + 1], 36.3)),
        }
        for number in range(parts)
    ]


def _row(rng: np.random.Generator, name: str, number: int, *, later: bool = False) -> Row:
    """Return a row that happened up to `CUT`, or was learnt from it on."""
    key, happened = KEYS[name]
    at = CUT - float(rng.uniform(0.1, 900)) * DAY
    row: Row = {key: f"{name}-{number}"}
    if later:
        at = CUT + float(rng.choice([0.0, 3.0, -5.0, -300.0])) * DAY
        row["learnt_at"] = CUT + float(rng.choice([0.0, 4.0])) * DAY
    elif rng.random() < 0.2:
        row["learnt_at"] = at + float(rng.exponential(10)) * DAY
    return row | {happened: at} | _place(rng, name) | _content(rng, name, at)


def _place(rng: np.random.Generator, name: str) -> Row:
    """Say where: by code, by an address, by one that only a person can tell, or by a point."""
    number = int(rng.integers(1, BUILDINGS + 6))
    if name == "adverts":
        vague = _vague(int(rng.integers(VAGUE)))
        return {"raw_address": _one(rng, f"示例花园{number}号楼", "示例花园", vague)}
    point = a_building(number)
    return _one(
        rng,
        {"building_id": f"B{number}"},
        {"building_id": f"B{number}"},
        {"raw_address": f"示例花园{number}号楼"},
        {"raw_address": _vague(int(rng.integers(VAGUE)))},
        {"lon": point["lon"], "lat": point["lat"]},
    )


def _vague(number: int) -> str:
    return f"老化肥厂{'甲乙丙丁'[number]}宿舍"


def _content(rng: np.random.Generator, name: str, at: datetime) -> Row:
    if name == "complaints":
        closed = at + float(rng.uniform(1, 90)) * DAY
        return {"reporter_key": _one(rng, None, "r1", "r2"), "nature": _one(rng, "投诉", "咨询"),
                "is_true": _one(rng, None, "属实", "不属实"),
                "status": _one(rng, "已结案", "重复件"),
                "closed_at": _one(rng, None, closed)}  # fmt: skip
    if name == "rentals":
        return {"unit_id": f"U{rng.integers(20)}", "start_date": at, "end_date": at + 200 * DAY,
                "status": _one(rng, "有效", "注销"), "lessee_kind": _one(rng, "个人", "企业"),
                "purpose": "居住", "lessee_key": _one(rng, None, "t1", "t2")}  # fmt: skip
    if name == "adverts":
        lesson = "初二数学一对一上门,每次200元"
        return {"content": _one(rng, lesson, "高三英语小班,家里上课,收费", "旧书出售"),
                "contact_key": _one(rng, None, "c1", "c2"), "seen_at": _one(rng, None, at + DAY),
                "site": "同城"}  # fmt: skip
    if name == "violations":
        return {"unit_id": _one(rng, None, f"U{rng.integers(20)}")}
    return {"unit_id": f"U{rng.integers(20)}", "result": _one(rng, *RESULTS),
            "party_key": f"P{rng.integers(8)}",
            "party_words": f"w{rng.integers(5)} w{rng.integers(5, 9)}",
            "place_kind": _one(rng, "居民住宅", "托管小饭桌"),
            "purpose": _one(rng, "例行巡查", "投诉核查"), "minutes": int(rng.integers(1, 40)),
            "critical_count": int(rng.integers(3)),
            "grade": float(rng.integers(50, 100))}  # fmt: skip


def _corrected(rng: np.random.Generator, name: str, row: Row) -> Row:
    """Return another version of a row, which claims to have been entered when it happened."""
    at = row[KEYS[name][1]]
    kept = {n: v for n, v in row.items() if n not in {"building_id", "raw_address", "lon", "lat"}}
    return kept | _content(rng, name, at) | _place(rng, name) | {"learnt_at": at}


def _review(workspace: Workspace, number: int, building: str, at: datetime) -> None:
    with workspace.store.begin() as unit:
        unit.address_reviews.decide(
            _vague(number), table="complaints", building_id=building, reviewer="r", at=at
        )
        unit.commit()


def _visit(
    workspace: Workspace,
    rng: np.random.Generator,
    number: int,
    *,
    version: int,
    recorded_at: datetime,
    **changes: Any,
) -> None:
    """Record a visit, or correct it; the store keeps UTC, eight hours behind."""
    utc = recorded_at - timedelta(hours=8)
    made = visit_version(f"V{number}", version, recorded_at=utc, building_id=f"B{number + 1}",
                         at=CUT - (20 + number) * DAY, result=_one(rng, *RESULTS),
                         **changes)  # fmt: skip
    with workspace.store.begin() as unit:
        unit.visits.add(made)
        unit.commit()


def _one(rng: np.random.Generator, *values: Any) -> Any:
    return values[int(rng.integers(len(values)))]
