"""An office of random rows, and one that changes everything dated or learnt from a cut on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from data.contracts.registry import TABLES
from risk.events.known_from import OUTCOME_DAYS
from tests.risk.conftest import CUT, a_building, random_office

Row = dict[str, Any]
Office = dict[str, list[Row]]

EVENTS: Final = ("complaints", "violations", "inspections", "rentals", "adverts")
LOOKED: Final = ("未发现异常", "疑似", "属实")
RESULTS: Final = ("未发现异常", "疑似", "属实", "拒不开门", "无人", "未能进入", "已不在")
KINDS: Final = ("居民住宅", "商务楼宇", "托管小饭桌")
PURPOSES: Final = (None, "例行巡查", "投诉核查", "回头看", "许可核查", "随机抽查")
MODES: Final = (None, "日查", "夜查", "抽检", "拉网", "回头看")
TIMES: Final = ("event_at", "learnt_at")


def busy_office(rng: np.random.Generator, *, buildings: int, events: int) -> Office:
    """Strew rows over buildings as `random_office` does, with nearly every field filled in."""
    office = random_office(rng, buildings=buildings, events=events)
    for number, row in enumerate(office["complaints"]):
        row |= {
            "ticket_no": f"T{number}",
            "related_ticket": _one(rng, None, None, None, f"T{rng.integers(number + 1)}"),
            "status": _one(rng, "待处置", "已结案", "重复件"),
            "category": _one(rng, None, "教育/校外培训", "城市管理"),
        }
    for row in office["inspections"]:
        row.update(_visit(rng, row, KINDS, tuple(f"P{number}" for number in range(8))))
    for row in office["rentals"]:
        row["status"] = _one(rng, "有效", "注销", "到期", None)
    for name in EVENTS:
        for number, row in enumerate(office[name]):
            row["row_key"] = f"{name}-{number}"
            sent = row["event_at"] + timedelta(days=float(rng.exponential(200)))
            row["imported_at"] = _one(rng, None, sent)
            _fill_numbers(rng, name, row)
    for building in office["buildings"][::4]:
        building |= {"made": True, "learnt_at": CUT - timedelta(days=float(rng.uniform(0, 900)))}
    return office


def change_later(
    office: Office, rng: np.random.Generator, cut: datetime, *, listed: bool = False
) -> Office:
    """Change, add and remove all that an office could not know before a cut.

    ``listed``: leave the list of visits from the cut on as it is, who and where and what for: an
    evaluation among inspected places ranks just these. What they find changes all the same.
    """
    changed = {name: [dict(row) for row in rows] for name, rows in office.items()}
    ids = [row["building_id"] for row in office["buildings"]]
    for name in EVENTS:
        known = [row for row in changed[name] if _known(row, cut)]
        later = [row for row in changed[name] if not _known(row, cut)]
        for row in known:
            _change_written_later(rng, name, row, cut)
        if listed and name == "inspections":
            for row in later:
                if row["result"] in LOOKED:
                    row |= {"result": _one(rng, *LOOKED), "critical_count": int(rng.integers(4))}
            changed[name] = known + later
            continue
        later = [row for row in later if rng.random() < 0.7]
        for row in later:
            row.update(_news(rng, name, ids))
        added = [_added(rng, name, ids, cut, number) for number in range(len(known))]
        changed[name] = known + later + added
    lon = {"lon": 117.19, "lat": 36.25}
    coming = [a_building(900 + n) | lon for n in range(3)]
    for building in coming:
        building |= {"made": True, "learnt_at": cut + timedelta(days=float(rng.uniform(0, 9)))}
    changed["buildings"] += coming
    return changed


def _known(row: Row, cut: datetime) -> bool:
    return row["event_at"] < cut and row["learnt_at"] < cut


def _change_written_later(rng: np.random.Generator, name: str, row: Row, cut: datetime) -> None:
    """Rewrite what was written into a row that is known only after the cut."""
    imported = row["imported_at"]
    if imported is not None and imported < cut:
        return
    later = cut + timedelta(days=float(rng.uniform(0, 30)))
    if name == "complaints":
        usual = row["event_at"] + timedelta(days=OUTCOME_DAYS)
        if (row["closed_at"] or usual) < cut:
            return
        row |= {
            "closed_at": later,
            "imported_at": _one(rng, None, later),
            "is_true": _one(rng, None, "属实", "不属实"),
            "status": _one(rng, None, "重复件", "已结案"),
            "related_ticket": _one(rng, None, "T0", "T1", "T2"),
        }
    if name == "rentals" and row["end_date"] >= cut:
        row |= {"status": _one(rng, None, "注销", "有效"), "imported_at": _one(rng, None, later)}


def _news(rng: np.random.Generator, name: str, ids: Sequence[str]) -> Row:
    """Return what a later row says, unlike anything said before."""
    row: Row = {
        "building_id": _one(rng, None, *ids),
        "match_score": float(rng.choice([0.5, 1.0])),
        "match_level": _one(rng, "building", "cell"),
        "reporter_key": _one(rng, None, "r1", "new"),
        "unit_id": _one(rng, None, "U1", f"N{rng.integers(9)}"),
        "ticket_no": f"N{rng.integers(99)}",
        "contact_key": _one(rng, None, "c1", "new"),
        "tutoring": True,
        "related_ticket": _one(rng, None, "T1", "T2"),
        "h3_r10": _one(rng, "", "8a30a6c0a387fff"),
        "imported_at": None,
    }
    _fill_numbers(rng, name, row)
    if name == "inspections":
        row |= _visit(rng, row, ("新的", *KINDS), tuple(f"N{number}" for number in range(9)))
        row |= {"result": _found(rng, row), "unit_id": row["unit_id"]}
    return row


def _added(
    rng: np.random.Generator, name: str, ids: Sequence[str], cut: datetime, number: int
) -> Row:
    """Return a row that happened or was learnt from the cut on, the earliest at the cut."""
    learnt = cut + timedelta(days=float(rng.choice([0.0, 1.0, 50.0])))
    happened = cut + timedelta(days=float(rng.choice([0.0, 5.0, -5.0, -400.0, -1200.0])))
    times = {"event_at": happened, "learnt_at": learnt}
    if happened >= cut and rng.random() < 0.3:
        times["learnt_at"] = cut - timedelta(days=1)
    ends = {"start_date": happened, "end_date": happened + timedelta(days=90)}
    extra = ends if name == "rentals" else {}
    return _news(rng, name, ids) | times | extra | {"row_key": f"{name}-added-{number}"}


def _visit(
    rng: np.random.Generator, row: Row, kinds: tuple[str, ...], parties: tuple[str, ...]
) -> Row:
    """Return a visit's texts: who and which door are named rather where something was found."""
    found = row.get("result") in {"属实", "疑似"}
    named = rng.random() < (0.95 if found else 0.8)
    return {
        "unit_id": f"U{rng.integers(30)}" if named else None,
        "party_key": _one(rng, *parties) if named else None,
        "party_words": f"w{rng.integers(6)} w{rng.integers(6, 9)}" if named else None,
        "place_kind": _one(rng, *kinds),
        "risk_class": _one(rng, "1", "2", None),
        "purpose": _one(rng, *PURPOSES),
        "mode": _one(rng, *MODES),
        "minutes": int(rng.integers(1, 40)),
        "critical_count": int(rng.integers(3)) if found else 0,
        "other_count": int(rng.integers(6)),
    }


def _found(rng: np.random.Generator, row: Row) -> str:
    """Return a result: at what is named something is found, elsewhere hardly ever."""
    named = row.get("party_key") is not None
    return str(rng.choice(RESULTS, p=_NAMED if named else _NAMELESS))


_NAMED: Final = (0.05, 0.1, 0.8, 0.0, 0.05, 0.0, 0.0)
_NAMELESS: Final = (0.8, 0.0, 0.05, 0.05, 0.05, 0.05, 0.0)


def _fill_numbers(rng: np.random.Generator, name: str, row: Row) -> None:
    """Give every other number of the contract a value, whatever the table may gain."""
    placed = {"lon", "lat"}
    for field in TABLES[name].stored:
        if field.name not in row and field.name not in placed and field.kind in {"int", "float"}:
            row[field.name] = _KIND[field.kind](rng.integers(100))


_KIND: Final[dict[str, Callable[[Any], int | float]]] = {"int": int, "float": float}


def _one(rng: np.random.Generator, *values: Any) -> Any:
    return values[int(rng.integers(len(values)))]
