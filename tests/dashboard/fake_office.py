# ruff: noqa: ARG002, DTZ001 -- it takes what the office takes, and times are local
"""A small office in memory: what governance promises, without files, for the dashboard's tests.

A fictional street of square blocks near 117.12 E, 36.19 N. Everything follows from the numbers
given, so two fakes made alike answer alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import h3
import numpy as np
import pandas as pd
import shapely
from fake_duties import DutyAnswers
from fake_evaluation import EvaluationAnswers
from fake_patrols import PatrolAnswers
from fake_sign_in import SignInAnswers
from fake_start import StartAnswers

from data.workspace.clock import Clock
from governance.importing.grid_check import EMPTY_COLUMNS, HOUSEHOLD_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FACTORS = (
    "exposure", "complaints", "violations", "inspections_found", "inspections_not_found", "ring"
)  # fmt: skip
KINDS = ("住宅", "商住", "商务楼宇", "商铺")
TIERS = (("红", 0.02), ("橙", 0.08), ("黄", 0.25), ("蓝", 1.0))
WEST, SOUTH = 117.105, 36.180
BLOCK = 0.0011


@dataclass
class FakeOffice(EvaluationAnswers, DutyAnswers, PatrolAnswers, StartAnswers, SignInAnswers):
    """Answer like the real office; remember what was asked to change."""

    clock = Clock(lambda: datetime.now(UTC))

    buildings: int = 240
    snapshot_days: tuple[date, ...] = (date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 23))
    street: str = "泉林街道"
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tile_url: str | None = None
    demo: bool = True
    grids_in_order: bool = False

    def __post_init__(self) -> None:
        self._made = {day: self._buildings(day) for day in self.snapshot_days}
        self._undone: set[str] = set()
        self._decided: dict[str, str | None] = {}
        self._summed: dict[tuple[object, ...], pd.DataFrame] = {}

    # ---- what is there ---------------------------------------------------------------------

    def settings(self, actor: object) -> Any:
        return SimpleNamespace(
            name=f"{self.street}办事处",
            street=self.street,
            locale="zh",
            tile_url=self.tile_url,
            tile_attribution=None,
            demo=self.demo,
        )

    def tables(self, actor: object) -> pd.DataFrame:
        rows = self.buildings if self.snapshot_days else 0
        names = ["buildings", "grids", "complaints", "rentals", "violations", "inspections"]
        return pd.DataFrame({"table": names, "rows": rows, "last_import": pd.NaT})

    def snapshots(self, actor: object) -> pd.DataFrame:
        return pd.DataFrame(
            [
                {
                    "snapshot_id": _id(day),
                    "as_of": day,
                    "made_at": datetime(day.year, day.month, day.day, 18, 5),
                    "buildings": self.buildings,
                    "cells": self._cells(_id(day), 10)["unit"].nunique(),
                    "config_hash": "0f3a" * 4,
                }
                for day in sorted(self.snapshot_days, reverse=True)
            ],
            columns=["snapshot_id", "as_of", "made_at", "buildings", "cells", "config_hash"],
        )

    def atlas(
        self,
        actor: object,
        *,
        layer: str,
        snapshot_id: str,
        communities: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        key = (layer, snapshot_id, tuple(communities or ()), tuple(kinds or ()))
        if key not in self._summed:
            self._summed[key] = self._sum(layer, snapshot_id, communities, kinds)
        return self._summed[key].copy()

    def _sum(
        self,
        layer: str,
        snapshot_id: str,
        communities: Sequence[str] | None,
        kinds: Sequence[str] | None,
    ) -> pd.DataFrame:
        buildings = self._of(snapshot_id)
        if communities:
            buildings = buildings[buildings["community_code"].isin(list(communities))]
        if kinds:
            buildings = buildings[buildings["kind"].isin(list(kinds))]
        if layer == "building":
            return buildings.reset_index(drop=True)
        if layer.startswith("cell:"):
            return _summed(buildings, _cells_of(buildings, int(layer.split(":")[1])))
        if layer == "grid":
            return _with_grid_shapes(_summed(buildings, buildings["grid_code"]), buildings)
        summed = _summed(buildings, buildings["community_code"])
        names = buildings.drop_duplicates("community_code").set_index("community_code")
        return summed.assign(name=names.loc[summed["unit"], "community"].to_numpy())

    def note_export(self, actor: object, *, file: str, **facts: object) -> None:
        self.calls.append(("note_export", {"file": file, **facts}))

    def find(
        self, actor: object, text: str, *, snapshot_id: str | None = None, limit: int = 20
    ) -> pd.DataFrame:
        buildings = self._of(snapshot_id)
        hit = buildings["name"].str.contains(text, regex=False) | (buildings["unit"] == text)
        return buildings[hit].head(limit).reset_index(drop=True)

    def explain(
        self, actor: object, unit: str, *, snapshot_id: str | None = None, rows: bool = True
    ) -> Any:
        buildings = self._of(snapshot_id)
        day = _day(snapshot_id) if snapshot_id else max(self.snapshot_days)
        layer, members = _members(buildings, unit)
        units = self.atlas(actor, layer=layer, snapshot_id=_id(day))
        row = units[units["unit"] == unit].iloc[0]
        points = {name: float(members[f"p_{name}"].sum()) for name in FACTORS}
        near = (buildings["lon"] - members["lon"].mean()).abs() + (
            buildings["lat"] - members["lat"].mean()
        ).abs()
        is_building = layer == "building"
        inside = [] if is_building else [SimpleNamespace(unit=u) for u in members["unit"]]
        around = buildings.loc[near.sort_values().index[1:9], "unit"] if is_building else []
        score = float(row["score"])
        return SimpleNamespace(
            unit=unit,
            unit_kind=layer,
            name=str(row.get("name", "")),
            snapshot_id=_id(day),
            as_of=day,
            score=score,
            low=score * 0.7,
            high=score * 1.4,
            tier=row["tier"],
            rank=int(row["rank"]),
            ranked=len(units),
            exposure=float(members["exposure"].sum()),
            exposure_known=False if is_building else None,
            rates=SimpleNamespace(events=2.0, raw=0.0123, smoothed=0.0081, weight=0.4),
            points=points,
            rows={"complaints": _complaints(day), "inspections_found": _inspections(day)}
            if rows
            else {},
            buildings=inside,
            neighbours=[SimpleNamespace(unit=u) for u in around],
            changed=[],
            weights={
                "complaints": SimpleNamespace(prior=0.5, posterior=0.62),
                "ring": SimpleNamespace(prior=0.2, posterior=0.05),
            },
            weights_from=self.weights_from,
            trained_from="2024-11-23T00:00:00",
            trained_until="2026-08-25T00:00:00",
            events=142,
            events_needed=30.0,
        )

    def trend(self, actor: object, unit: str) -> pd.DataFrame:
        rows = []
        for day in sorted(self.snapshot_days):
            layer, _ = _members(self._made[day], unit)
            units = self.atlas(actor, layer=layer, snapshot_id=_id(day))
            row = units[units["unit"] == unit].iloc[0]
            rows.append(
                {
                    "as_of": day,
                    "snapshot_id": _id(day),
                    "score": float(row["score"]),
                    "tier": row["tier"],
                    "rank": int(row["rank"]),
                }
            )
        return pd.DataFrame(rows, columns=["as_of", "snapshot_id", "score", "tier", "rank"])

    # ---- what is done ----------------------------------------------------------------------

    def score(self, actor: object, *, as_of: date, progress: object = None) -> Any:
        self.calls.append(("score", {"as_of": as_of}))
        self.snapshot_days = tuple(sorted({*self.snapshot_days, as_of}))
        self._made[as_of] = self._buildings(as_of)
        self._summed.clear()
        return SimpleNamespace(
            snapshot_id=_id(as_of), as_of=as_of, buildings=self.buildings, cells=9, config_hash="0f"
        )

    def template(self, actor: object, table: str) -> bytes:
        return f"template of {table}".encode()

    def preview_import(
        self,
        actor: object,
        table: str,
        path: object,
        *,
        mapping: Mapping[str, str] | None = None,
        sheet: str | None = None,
        datum: str | None = None,
    ) -> Any:
        guessed = {"ticket_no": "工单编号", "received_at": "来电时间", "raw_address": "地址",
                   "reporter_name": "来电人"}  # fmt: skip
        fields = [
            SimpleNamespace(name="ticket_no", header="工单编号", required=True, personal="no"),
            SimpleNamespace(name="received_at", header="来电时间", required=True, personal="no"),
            SimpleNamespace(name="raw_address", header="事发地址", required=False, personal="no"),
            SimpleNamespace(name="reporter_name", header="诉求人", required=False, personal="name"),
            SimpleNamespace(name="content", header="诉求内容", required=False, personal="no"),
        ]
        taken = {**guessed, **(mapping or {})}
        taken = {name: column for name, column in taken.items() if column}
        return SimpleNamespace(
            sheets=("11月", "10月"),
            sheet=sheet,
            heading="泉林街道投诉台账（2026年11月）",
            columns=("序号", "工单编号", "来电时间", "来电人", "地址", "内容", "经度", "纬度"),
            mapping=taken,
            missing=tuple(f.name for f in fields if f.required and f.name not in taken),
            unmapped=("序号",),
            fields=tuple(fields),
            sample=pd.DataFrame(
                {
                    "工单编号": ["251101193012000451", "251102081500000087"],
                    "来电时间": ["2026.11.01", "11月2日"],
                    "来电人": ["张示例", None],
                    "学生姓名": ["王某某", None],
                    "地址": ["泉林花园12-3-1001", "东岭路8号"],
                }
            ),
            datum=datum,
            datum_shares={"gcj02": 0.97, "wgs84": 0.31, "bd09": 0.02},
            datum_needed=datum is None,
            datum_suggestion="gcj02",
            notes=("hidden_rows",),
        )

    def import_file(
        self,
        actor: object,
        table: str,
        path: object,
        *,
        mapping: Mapping[str, str] | None = None,
        sheet: str | None = None,
        datum: str | None = None,
        dry_run: bool = False,
        progress: Any = None,
    ) -> Any:
        self.calls.append(
            ("import_file", {"table": table, "mapping": mapping, "datum": datum, "dry": dry_run})
        )
        if progress:
            progress("check", 64, 128)
            progress("save", 128, 128)
        return SimpleNamespace(
            import_id="20261124T101500-ab12cd",
            table=table,
            rows_in=128,
            accepted=120,
            quarantined=5,
            duplicates=3,
            reasons={"required_missing": 3, "unreadable_date": 2},
            located={"room": 60, "building": 40, "estate": 12, "none": 8},
            dropped_personal={"证件号码": 2},
            mapping=dict(mapping or {}),
            datum=datum,
            datum_shares={"gcj02": 0.97},
            replaced=1,
            warnings=("points_lost",),
            repeated=False,
        )

    def imports(self, actor: object) -> pd.DataFrame:
        rows = [
            {
                "import_id": f"2026112{n}T101500-ab12c{n}",
                "table": table,
                "file": f"{table}_{n}.xlsx",
                "at": datetime(2026, 11, 20 + n, 10, 15),
                "actor": "local",
                "rows_in": 128,
                "accepted": 120,
                "quarantined": 5,
                "duplicates": 3,
                "datum": "gcj02",
                "undone": f"2026112{n}T101500-ab12c{n}" in self._undone,
            }
            for n, table in enumerate(["complaints", "rentals"])
        ]
        return pd.DataFrame(rows if self.snapshot_days else [], columns=list(rows[0]))

    def undo_import(self, actor: object, import_id: str) -> None:
        self.calls.append(("undo_import", {"import_id": import_id}))
        self._undone.add(import_id)

    def export_quarantine(self, actor: object, *, import_id: str) -> bytes:
        return b"quarantine"

    def review_queue(self, actor: object, *, limit: int = 50) -> pd.DataFrame:
        rows = [
            {
                "table": "complaints",
                "address": "泉林花园十二栋",
                "example": "泉林花园十二栋 3单元",
                "rows": 4,
                "candidates": ["B00001", "B00002"],
                "names": ["泉林花园1号楼", "泉林花园2号楼"],
                "score": 0.71,
            },
            {
                "table": "rentals",
                "address": "东岭路8号院",
                "example": "东岭路8号院",
                "rows": 1,
                "candidates": ["B00005"],
                "names": ["东岭家园5号楼"],
                "score": 0.52,
            },
        ]
        frame = pd.DataFrame(rows if self.snapshot_days else [], columns=list(rows[0]))
        return frame[~frame["address"].isin(list(self._decided))].reset_index(drop=True)

    def grid_problems(self, actor: object) -> Any:
        """Find two orphans and an overlap, unless it was told that all is in order."""
        some = 0 if self.grids_in_order else 1
        orphans = {"building_id": ["B00001", "B00002"],
                   "name": ["泉林花园1号楼", "泉林花园2号楼"],
                   "nearest_grid": ["370902001001001", ""],
                   "distance_m": [12.5, 260.0]}  # fmt: skip
        faults = {"kind": ["overlap"], "grids": ["370902001001001, 370902001001002"],
                  "area_m2": [410.4]}  # fmt: skip
        return SimpleNamespace(
            buildings=self.buildings,
            grids=9 if self.snapshot_days else 0,
            orphans=pd.DataFrame(orphans).head(2 * some),
            overlaps=pd.DataFrame(columns=["building_id", "name", "grid_code", "grids"]),
            faults=pd.DataFrame(faults).head(some),
            households=pd.DataFrame(columns=list(HOUSEHOLD_COLUMNS)),
            empty=pd.DataFrame(columns=list(EMPTY_COLUMNS)),
        )

    def decide_review(
        self, actor: object, *, table: str, address: str, building_id: str | None
    ) -> None:
        self.calls.append(("decide_review", {"address": address, "building_id": building_id}))
        self._decided[address] = building_id

    def withdraw_review(self, actor: object, *, address: str) -> bool:
        self.calls.append(("withdraw_review", {"address": address}))
        return self._decided.pop(address, self) is not self

    # ---- making it up ----------------------------------------------------------------------

    def _of(self, snapshot_id: str | None) -> pd.DataFrame:
        return self._made[_day(snapshot_id) if snapshot_id else max(self.snapshot_days)]

    def _cells(self, snapshot_id: str, resolution: int) -> pd.DataFrame:
        return self.atlas(None, layer=f"cell:{resolution}", snapshot_id=snapshot_id)

    def _buildings(self, day: date) -> pd.DataFrame:
        """Lay buildings on square blocks, two communities wide, and give each its points."""
        n = self.buildings
        rng = np.random.default_rng(day.toordinal())
        side = int(np.ceil(np.sqrt(n)))
        place = np.arange(n)
        lon = WEST + (place % side) * BLOCK
        lat = SOUTH + (place // side) * BLOCK * 0.8
        column, row = (place % side) // 5, (place // side) // 5
        community = column % 3 + 3 * (row % 2) + 1
        grid = column + row * ((side + 4) // 5)
        households = 20 + (place * 37) % 90
        frame = pd.DataFrame(
            {
                "unit": [f"B{i:05d}" for i in place],
                "estate": [f"泉林花园{c}区" for c in community],
                "building_no": [f"{i % 40 + 1}号楼" for i in place],
                "kind": [KINDS[(i * 7) % 4] for i in place],
                "community_code": [f"370902001{c:03d}" for c in community],
                "community": [f"泉林第{c}社区" for c in community],
                "grid_code": [
                    f"370902001{c:03d}{g:03d}" for c, g in zip(community, grid, strict=True)
                ],
                "household_count": households,
                "lon": lon,
                "lat": lat,
                "exposure": households.astype(float),
            }
        )
        frame["name"] = frame["estate"] + frame["building_no"]
        frame["std_address"] = "示例市示例区" + frame["name"]
        frame["h3_r10"] = [h3.latlng_to_cell(y, x, 10) for y, x in zip(lat, lon, strict=True)]
        half = BLOCK * 0.28
        frame["geom"] = list(
            shapely.to_wkb(shapely.box(lon - half, lat - half * 0.6, lon + half, lat + half * 0.6))
        )
        frame.loc[frame.index % 9 == 4, "geom"] = None
        frame["p_exposure"] = households / 16
        frame["p_complaints"] = rng.gamma(0.4, 9, n)
        frame["p_violations"] = rng.gamma(0.15, 12, n)
        frame["p_inspections_found"] = rng.gamma(0.1, 10, n)
        frame["p_inspections_not_found"] = -rng.gamma(0.3, 1.5, n)
        frame["p_ring"] = rng.gamma(0.5, 2, n)
        for name in FACTORS:
            frame[f"p_{name}"] = np.round(frame[f"p_{name}"] * 1024) / 1024
        frame["score"] = frame[[f"p_{name}" for name in FACTORS]].sum(axis=1)
        frame["rate"] = frame["score"] / frame["exposure"]
        return _ranked(frame)


def _id(day: date) -> str:
    return f"s{day:%Y%m%d}"


def _day(snapshot_id: str) -> date:
    return datetime.strptime(snapshot_id[1:], "%Y%m%d").date()  # noqa: DTZ007 -- a day


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.sort_values(["score", "unit"], ascending=[False, True]).reset_index(drop=True)
    frame["rank"] = np.arange(1, len(frame) + 1)
    share = frame["rank"] / max(len(frame), 1)
    frame["tier"] = [next(tier for tier, upto in TIERS if s <= upto) for s in share]
    return frame


def _cells_of(buildings: pd.DataFrame, resolution: int) -> pd.Series:
    return buildings["h3_r10"].map(lambda cell: h3.cell_to_parent(cell, resolution))


def _summed(buildings: pd.DataFrame, by: pd.Series) -> pd.DataFrame:
    groups = buildings.assign(unit_=by).groupby("unit_")
    summed = groups.agg(score=("score", "sum"), buildings=("unit", "size")).reset_index()
    return _ranked(summed.rename(columns={"unit_": "unit"}))


def _with_grid_shapes(grids: pd.DataFrame, buildings: pd.DataFrame) -> pd.DataFrame:
    if grids.empty:
        return grids.assign(name=[], geom=[])
    spans = buildings.groupby("grid_code").agg(
        west=("lon", "min"), south=("lat", "min"), east=("lon", "max"), north=("lat", "max")
    )
    spans = spans.loc[grids["unit"]]
    pad = BLOCK * 0.5
    shapes = shapely.box(
        spans["west"] - pad, spans["south"] - pad * 0.8, spans["east"] + pad,
        spans["north"] + pad * 0.8,
    )  # fmt: skip
    names = [f"第{int(code[-3:]) + 1}网格" for code in grids["unit"]]
    return grids.assign(name=names, geom=list(shapely.to_wkb(shapes)))


def _members(buildings: pd.DataFrame, unit: str) -> tuple[str, pd.DataFrame]:
    for layer, by in (
        ("building", buildings["unit"]),
        ("grid", buildings["grid_code"]),
        ("community", buildings["community_code"]),
    ):
        if (by == unit).any():
            return layer, buildings[by == unit]
    resolution = h3.get_resolution(unit)
    return f"cell:{resolution}", buildings[_cells_of(buildings, resolution) == unit]


def _complaints(day: date) -> list[Any]:
    return [
        _row("complaints", "251101193012000451", day - timedelta(days=22), "room",
             source="12345热线", category="教育/校外培训"),
        _row("complaints", "251015081500000087", day - timedelta(days=39), "building",
             source="信访", category="噪声扰民"),
    ]  # fmt: skip


def _inspections(day: date) -> list[Any]:
    return [_row("inspections", "X1", day - timedelta(days=60), "building", result="属实")]


def _row(table: str, key: str, day: date, level: str, **facts: str) -> Any:
    return SimpleNamespace(
        table=table,
        row_key=key,
        event_at=datetime(day.year, day.month, day.day, 19, 30),
        value=0.5,
        facts=facts,
        match_level=level,
    )
