# ruff: noqa: ARG002, DTZ001 -- it takes what the office takes, and times are local
"""Wardens of the made-up street and what they recorded, in memory; who is signed in by cookie.

The session cookie of this fake simply holds the account's name. Every change is written to a file
as well, when one is named, so that a test in another process can count what really arrived.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from data.workspace.clock import Clock
from geo.errors import GridwardenError
from governance.access.permissions import (
    Action,
    Actor,
    Scope,
    require,
)
from governance.patrols.teams.team_routes import TEAM_COLUMNS

PEOPLE = {
    "M001": ("主任", "office_manager", range(14)),
    "P001": ("业主", "property_owner", (3,)),
    "R001": ("队员", "warden", (0, 1, 200)),
    "A001": ("审计", "auditor", ()),
}
"""Beside these anybody called W and three digits is a warden of eight buildings; W000 has none."""
ESTATES = ("泉林花园", "东岭家园", "示例新村")
TIERS = ("红", "橙", "黄", "蓝", "")
# What a careless service might add; none of it may ever reach a warden's browser.
SECRET = {"score": 87.5, "p_complaints": 31.25, "why": "revisit", "complaints": 4,
          "content": "群众投诉楼上补课"}  # fmt: skip
TODAY = date(2026, 11, 24)
_ACCOUNT = re.compile(r"[WMPAR]\d{3}")


class FakeVisitError(GridwardenError):
    """A visit that cannot be taken back any more."""

    problems = (SimpleNamespace(code="undo_too_late", field="", seen=None, expected=None),)


class VisitAnswers:
    """Answer about visits like the real office."""

    clock = Clock(lambda: datetime.now(UTC))

    def __init__(self, log: Path | None = None, *, today: int = 5) -> None:
        self.log, self.today_count = log, today
        self.stored: dict[str, dict[str, Any]] = {}
        self.pictures: list[tuple[str, bytes]] = []
        self.left: list[str] = []
        self._write()

    # ---- who is there ------------------------------------------------------------------------

    def settings(self, actor: object) -> Any:
        return SimpleNamespace(name="泉林街道办事处", street="泉林街道", locale="zh",
                               tile_url=None, tile_attribution=None, demo=True)  # fmt: skip

    def actor_of_token(self, token: str) -> Actor | None:
        if not _ACCOUNT.fullmatch(token):
            return None
        number = int(token[1:])
        mine = range(8 * number, 8 * number + 8) if number else ()
        name, role, mine = PEOPLE.get(token, (f"网格员{number}", "warden", mine))
        buildings = frozenset(f"B{i:05d}" for i in mine)
        return Actor(id=token, name=name, roles=(role,), scope=Scope(buildings=buildings))

    def session_of_token(self, token: str) -> Any:
        actor = self.actor_of_token(token)
        return actor and SimpleNamespace(actor=actor, must_change=False)

    # ---- what is there -----------------------------------------------------------------------

    def my_buildings(
        self, actor: Actor, *, on: date | None = None, leaves_as: str | None = None
    ) -> pd.DataFrame:
        self.left += [] if leaves_as is None else [leaves_as]
        rows = [self._row(i) for i in sorted(int(b[1:]) for b in actor.scope.buildings)]
        return pd.DataFrame(rows, columns=list(self._row(0)))

    def my_patrol(
        self,
        actor: Actor,
        *,
        on: date | None = None,
        days: int = 7,
        shift_id: str | None = None,
        leaves_as: str | None = None,
    ) -> pd.DataFrame:
        require(actor, Action.RECORD_VISIT)
        return pd.DataFrame(columns=list(TEAM_COLUMNS))

    def building_for_warden(self, actor: Actor, building_id: str) -> Any:
        rows = self.my_buildings(actor)
        mine = rows[rows["building_id"] == building_id]
        if mine.empty:
            raise GridwardenError("not_allowed", actor=actor.id, action="see_visits")
        visits = [
            {"at": datetime.fromisoformat(v["at"]), "result": v["result"], "kind": "日查",
             "unit": v.get("unit", ""), "note": v.get("note", ""), "signs": v.get("signs", ()),
             "pupils": v.get("pupils"), "teachers": v.get("teachers"), "photos": (),
             "visit_id": v["visit_id"], "may_undo": True}
            for v in self._of(building_id)
        ]  # fmt: skip
        columns = ["at", "result", "kind", "unit", "note", "signs", "pupils", "teachers", "photos",
                   "visit_id", "may_undo"]  # fmt: skip
        return SimpleNamespace(row=mine.iloc[0].to_dict(), units=("1单元", "2单元"),
                               visits=pd.DataFrame(visits, columns=columns))  # fmt: skip

    def propose_next(self, actor: Actor, result: str, *, at: datetime | None = None) -> Any:
        steps = {"疑似": "joint_team", "属实": "refer", "未发现异常": "none"}
        evening = datetime(2026, 11, 25, 18, 30)
        step = steps.get(result, "again")
        return SimpleNamespace(step=step, retry_at=None if step in {"none", "refer"} else evening)

    # ---- what is done ------------------------------------------------------------------------

    def record_visits(self, actor: Actor, visits: Sequence[Mapping[str, Any]]) -> list[Any]:
        require(actor, Action.RECORD_VISIT)
        return [self._record_one(actor, dict(visit)) for visit in visits]

    def undo_visit(self, actor: Actor, visit_id: str) -> Any:
        found = [k for k, v in self.stored.items() if v["visit_id"] == visit_id]
        if not found:
            raise FakeVisitError("visit_refused", problems=["undo_too_late"])
        self.stored[found[0]]["undone"] = True
        self._write()

    def attach_photo(self, actor: Actor, of_visit: str, raw: bytes, *, no_faces: bool) -> Any:
        self.pictures.append((of_visit, raw))
        self._write()
        digest = hashlib.sha256(raw).hexdigest()
        return SimpleNamespace(sha256=digest, width=1, height=1, bytes=len(raw))

    def _record_one(self, actor: Actor, visit: dict[str, Any]) -> Any:
        key = visit["key"]
        if visit.get("note") == "refuse me":
            problem = SimpleNamespace(code="note_too_long", field="note", seen="x", expected="y")
            return SimpleNamespace(key=key, recorded=None, problems=(problem,))
        known = f"{actor.id}/{key}"
        repeated = known in self.stored
        if not repeated:
            visit |= {"actor": actor.id, "visit_id": f"V{len(self.stored) + 1}"}
            self.stored[known] = visit
            self._write()
        done = self.stored[known]
        step = self.propose_next(actor, done["result"])
        until = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=24)
        recorded = SimpleNamespace(
            visit_id=done["visit_id"], key=key, result=done["result"], undo_until=until,
            next_step=done.get("next_step", step.step), retry_at=step.retry_at, repeated=repeated,
        )  # fmt: skip
        return SimpleNamespace(key=key, recorded=recorded, problems=())

    # ---- making it up ------------------------------------------------------------------------

    def _of(self, building_id: str) -> list[dict[str, Any]]:
        return [v for v in self.stored.values()
                if v["building_id"] == building_id and not v.get("undone")]  # fmt: skip

    def _row(self, i: int) -> dict[str, Any]:
        estate = ESTATES[i % 3]
        done = bool(self._of(f"B{i:05d}"))
        return {
            "building_id": f"B{i:05d}",
            "name": f"{estate}{i + 1}号楼",
            "address": f"示例市示例区泉林路{i + 12}号{estate}{i + 1}号楼",
            "tier": TIERS[i % 5],
            "today": i % 8 < self.today_count,
            "order": i % 8 + 1 if i % 8 < self.today_count else 0,
            "done": done,
            "due_on": TODAY + timedelta(days=(i % 8) - 2),
            "days_late": 2 if i % 8 == 0 else 0,
            "walk_m": 40.0 + 37 * i,
            "look_for": ("cars_at_dusk", "curtains", "desks"),
            "last_at": datetime(2026, 11, 3, 19, 10) if i % 2 else pd.NaT,
            "last_result": "无人" if i % 2 else None,
            "last_kind": "夜查" if i % 2 else None,
            "next_step": "again" if i % 2 else None,
            "retry_at": datetime(2026, 11, 24, 18, 30) if i % 2 else pd.NaT,
            **SECRET,
        }

    def _write(self) -> None:
        if self.log is not None:
            pictures = [{"visit": visit, "hex": raw.hex()} for visit, raw in self.pictures]
            told = {"visits": list(self.stored.values()), "photos": pictures}
            part = self.log.with_suffix(".part")
            part.write_text(json.dumps(told, ensure_ascii=False, default=list), "utf-8")
            part.replace(self.log)
