# ruff: noqa: ARG002 -- it takes what the office takes
"""Patrol plans of the made-up street, in memory: the real shapes, with times made up simply."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd

from governance.access.permissions import Action, Actor, require
from governance.patrols.plans import MOST_LISTED
from governance.patrols.routing.model.plan import (
    SHIFT_COLUMNS,
    STOP_COLUMNS,
    UNCOVERED_COLUMNS,
    Plan,
    PlanError,
    PlanOptions,
    PlanTotals,
    frame_of,
)
from governance.patrols.routing.model.shifts import Team

WEST, SOUTH = 117.105, 36.180
TIERS = ("红", "橙", "黄", "蓝")
REASONS = (("retry", "risk"), ("floor",), ("risk",), ("random",), ("ordinary",))
MODES = ("夜查", "夜查", "夜查", "抽检", "夜查")
TEAMS = (
    Team(team_id="T1", name="第一队", members=("W001",), shifts=(("working", "evening"),)),
    Team(team_id="T2", name="第二队", members=("R002",), shifts=(("working", "evening"),)),
    Team(team_id="T3", name="联检队", officers=2, departments=("教育", "市场监管"),
         shifts=(("working", "evening"), (6, "day"))),
)  # fmt: skip
FLOOR: dict[str, Any] = {"floor_due": 240, "floor_kept": 30, "floor_weeks": 8, "bound_gap": 0.03}
EVENING, UNTIL, MOST = 18 * 60, 21 * 60, 150
MADE = datetime(2026, 11, 25, 10, 5)  # noqa: DTZ001 -- local
SECRET = ("retry", "0.37", "random", "抽检", "约定", "随机")
"""What no team may ever read of these stops."""


class PatrolAnswers:
    """Answer about patrol plans like the real office, by the same services.

    Attributes
    ----------
    kept
        The versions of every plan, by id.
    calls
        What was asked to change.
    """

    def __init__(self) -> None:
        self.kept: dict[str, list[Plan]] = {}
        self.named = {team.team_id: team for team in TEAMS}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.services: dict[str, Any] = {
            "plans": SimpleNamespace(
                make=self.make, get=self.get, all=self.list_plans, of_week=self.of_week,
                versions=self.versions, publish=self.publish, cancel=self.cancel,
                people=self.people,
            ),
            "plan_edits": SimpleNamespace(
                move_stop=self.move_stop, remove_stop=self.remove_stop, add_stop=self.add_stop,
                lock_stops=self.lock_stops, replan=self.replan, undo=self.undo,
            ),
            "teams": SimpleNamespace(
                all=self.list_teams, save=self.save_team, remove=self.remove_team
            ),
            "team_routes": SimpleNamespace(my_patrol=self.my_patrol, sheets=self.sheets),
            "plan_evaluation": SimpleNamespace(evaluate=self.evaluate),
            "campaigns": SimpleNamespace(summary=self.summary),
        }  # fmt: skip

    # ---- plans -------------------------------------------------------------------------------

    def make(
        self,
        actor: Actor,
        options: PlanOptions,
        *,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Plan:
        require(actor, Action.MAKE_PLAN)
        if progress:
            progress("solve", 1, 2)
        plan_id = f"P{len(self.kept) + 1}"
        plan = made_plan(options, self.list_teams(actor), plan_id=plan_id, by=actor.id)
        return self._keep(plan, "make", options=options)

    def list_plans(self, actor: Actor, *, limit: int = MOST_LISTED) -> pd.DataFrame:
        require(actor, Action.SEE_PLAN)
        names = ("plan_id", "kind", "title", "first", "last", "state", "version", "made_at",
                 "made_by")  # fmt: skip
        rows = [
            {name: getattr(plan, name) for name in names}
            | {"stops": plan.totals.stops, "expected_finds": plan.totals.expected_finds}
            for plan in reversed(self._newest())
        ]
        return pd.DataFrame(rows[:limit], columns=[*names, "stops", "expected_finds"])

    def get(self, actor: Actor, plan_id: str, *, version: int | None = None) -> Plan:
        require(actor, Action.SEE_PLAN)
        if plan_id not in self.kept:
            raise PlanError("plan_missing", seen=plan_id)
        return self.kept[plan_id][-1]

    def of_week(self, actor: Actor, day: date) -> Plan | None:
        require(actor, Action.SEE_PLAN)
        held = [p for p in self._newest() if p.first <= day <= p.last and p.state != "cancelled"]
        return held[-1] if held else None

    def versions(self, actor: Actor, plan_id: str) -> pd.DataFrame:
        require(actor, Action.SEE_PLAN)
        rows = [(p.version, MADE, p.made_by, p.state, "made", False)
                for p in reversed(self.kept[plan_id])]  # fmt: skip
        columns = ["version", "made_at", "made_by", "state", "note", "shown"]
        return pd.DataFrame(rows, columns=columns).astype({"made_at": "datetime64[us]"})

    def publish(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        return self._stated(actor, plan_id, version, "published")

    def cancel(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        return self._stated(actor, plan_id, version, "cancelled")

    def people(self, actor: Actor) -> dict[str, str]:
        require(actor, Action.SEE_PLAN)
        return {"planner": "李示例", "R002": "王巡查", actor.id: actor.name}

    # ---- what a person changes ---------------------------------------------------------------

    def move_stop(
        self,
        actor: Actor,
        plan_id: str,
        building_id: str,
        *,
        to_shift: str,
        place: int | None = None,
        version: int,
    ) -> Plan:
        plan = self._changing(actor, plan_id, version)
        rows = plan.stops.to_dict("records")
        moved = next(row for row in rows if row["building_id"] == building_id)
        rest = [row for row in rows if row is not moved]
        there = [row for row in rest if row["shift_id"] == to_shift]
        at = len(there) if place is None else place - 1
        there.insert(at, moved | {"shift_id": to_shift})
        rows = [row for row in rest if row["shift_id"] != to_shift] + there
        facts = {"building_id": building_id, "to_shift": to_shift, "place": place}
        return self._changed(plan, rows, "move_stop", **facts)

    def remove_stop(self, actor: Actor, plan_id: str, building_id: str, *, version: int) -> Plan:
        plan = self._changing(actor, plan_id, version)
        rows = [r for r in plan.stops.to_dict("records") if r["building_id"] != building_id]
        return self._changed(plan, rows, "remove_stop", building_id=building_id)

    def add_stop(
        self,
        actor: Actor,
        plan_id: str,
        building_id: str,
        *,
        to_shift: str,
        place: int | None = None,
        version: int,
    ) -> Plan:
        plan = self._changing(actor, plan_id, version)
        row = _stop(int(building_id.strip("B") or 0), to_shift, 99) | {"building_id": building_id}
        rows = [*plan.stops.to_dict("records"), row]
        return self._changed(plan, rows, "add_stop", building_id=building_id, to_shift=to_shift)

    def lock_stops(
        self,
        actor: Actor,
        plan_id: str,
        building_ids: Collection[str],
        locked: bool,  # noqa: FBT001 -- as the service has it
        *,
        version: int,
    ) -> Plan:
        plan = self._changing(actor, plan_id, version)
        rows = [
            row | {"locked": locked if row["building_id"] in building_ids else row["locked"]}
            for row in plan.stops.to_dict("records")
        ]
        return self._changed(plan, rows, "lock_stops", locked=locked, n=len(building_ids))

    def replan(
        self,
        actor: Actor,
        plan_id: str,
        *,
        version: int,
        seconds: float | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Plan:
        plan = self._changing(actor, plan_id, version)
        if progress:
            progress("solve", 1, 2)
        return self._changed(plan, plan.stops.to_dict("records"), "replan")

    def undo(self, actor: Actor, plan_id: str, *, version: int) -> Plan:
        self._changing(actor, plan_id, version)
        return self._keep(replace(self.kept[plan_id][-2], version=version + 1), "undo")

    # ---- what a team is told -----------------------------------------------------------------

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
        if leaves_as is not None:
            self.calls.append(("my_patrol", {"leaves_as": leaves_as}))
        rows = [
            _sheet(plan, shift.shift_id)
            for plan in self._newest()
            if plan.state == "published"
            for shift in plan.shifts.itertuples()
            if any(t.team_id == shift.team_id and actor.id in t.members for t in plan.teams)
            and shift_id in {None, shift.shift_id}
        ]
        return pd.concat(rows, ignore_index=True) if rows else team_rows([], {})

    def sheets(self, actor: Actor, plan_id: str, shift_ids: Collection[str]) -> pd.DataFrame:
        plan = self.kept[plan_id][-1]
        return pd.concat([_sheet(plan, each) for each in sorted(shift_ids)], ignore_index=True)

    # ---- afterwards --------------------------------------------------------------------------

    def evaluate(self, actor: Actor, day: date | None = None, *, plan_id: str | None = None) -> Any:
        require(actor, Action.SEE_PLAN)
        arms = pd.DataFrame(
            {"arm": ["list", "random"], "planned": [72, 8], "visited": [70, 8], "found": [13, 1],
             "rate": [13 / 70, 1 / 8], "low": [0.135, 0.03], "high": [0.25, 0.31]}
        )  # fmt: skip
        modes = arms.rename(columns={"arm": "mode"}).assign(mode=["夜查", "抽检"])
        so_far = SimpleNamespace(arms=arms, verdict="more")
        return SimpleNamespace(
            plan_id="P1", title="", kind="week", first=day, last=day, level=0.9, over=True,
            verdict="cannot_tell", so_far=so_far, so_far_plans=4, missed=plan_missed(),
            arms=arms, modes=modes, hours=plan_hours(),
            base_rate=1 / 8, base_low=0.03, base_high=0.31,
        )  # fmt: skip

    def summary(self, actor: Actor, plan_id: str) -> Any:
        plan = self.get(actor, plan_id)
        kinds = pd.DataFrame({"building_kind": ["住宅", "商住"], "places": [50, 22],
                              "problems": [6, 3]})  # fmt: skip
        modes = pd.DataFrame({"mode": ["夜查", "联检"], "places": [60, 12], "problems": [5, 4]})
        return SimpleNamespace(
            plan_id=plan_id, title=plan.title, first=plan.first, last=plan.last, person_times=144,
            departments=pd.DataFrame({"department": ["教育"], "checks": [12]}),
            places=72, problems=9, joint=12, planned=80, kinds=kinds, modes=modes, over=True,
            suspected=4, elsewhere=SimpleNamespace(places=5, problems=1),
        )  # fmt: skip

    # ---- teams -------------------------------------------------------------------------------

    def list_teams(self, actor: Actor) -> tuple[Team, ...]:
        require(actor, Action.SEE_PLAN)
        return tuple(self.named.values())

    def save_team(self, actor: Actor, team: Team, *, seen: Team | None = None) -> None:
        require(actor, Action.MAKE_PLAN)
        new = team.team_id == "new"
        kept = replace(team, team_id=f"T{len(self.named) + 1}") if new else team
        self.named[kept.team_id] = kept
        self.calls.append(("save_team", {"team": team}))

    def remove_team(self, actor: Actor, team_id: str) -> None:
        require(actor, Action.MAKE_PLAN)
        del self.named[team_id]
        self.calls.append(("remove_team", {"team_id": team_id}))

    # ---- changing ----------------------------------------------------------------------------

    def _newest(self) -> list[Plan]:
        return [versions[-1] for versions in self.kept.values()]

    def _changing(
        self, actor: Actor, plan_id: str, version: int, action: Action = Action.MAKE_PLAN
    ) -> Plan:
        require(actor, action)
        plan = self.kept[plan_id][-1]
        if plan.version != version:
            raise PlanError("plan_changed", seen=version, expected=plan.version)
        return plan

    def _changed(self, plan: Plan, rows: list[dict[str, Any]], name: str, **facts: object) -> Plan:
        new = told_anew(replace(plan, version=plan.version + 1, state="draft"), rows)
        return self._keep(new, name, **facts)

    def _stated(self, actor: Actor, plan_id: str, version: int, state: str) -> Plan:
        plan = self._changing(actor, plan_id, version, Action.PUBLISH_PLAN)
        return self._keep(replace(plan, version=version + 1, state=state), state)

    def _keep(self, plan: Plan, name: str, **facts: object) -> Plan:
        self.kept.setdefault(plan.plan_id, []).append(plan)
        self.calls.append((name, facts))
        return plan


def _sheet(plan: Plan, shift_id: str) -> pd.DataFrame:
    shift = plan.shifts.set_index("shift_id", drop=False).loc[shift_id].to_dict()
    stops = plan.stops[plan.stops["shift_id"] == shift_id].to_dict("records")
    return team_rows(stops, shift)


def plan_missed() -> pd.DataFrame:
    """Return two stops where nobody was."""
    return pd.DataFrame(
        {"building_id": ["B00007", "B00009"], "name": ["泉林花园1区 8号楼", "泉林花园1区 10号楼"],
         "tier": ["橙", "蓝"], "team_id": ["T1", "T2"],
         "day": pd.to_datetime(["2026-12-01", "2026-12-02"]), "part": ["evening", "evening"]}
    )  # fmt: skip


def plan_hours() -> pd.DataFrame:
    """Return at which hours doors stayed closed."""
    return pd.DataFrame(
        {"hour": [18, 20], "visits": [40, 20], "no_access": [10, 1], "share": [0.25, 0.05],
         "low": [0.16, 0.01], "high": [0.37, 0.16]}
    )  # fmt: skip


# ---- making it up --------------------------------------------------------------------------------


def made_plan(options: PlanOptions, teams: Sequence[Team], *, plan_id: str, by: str) -> Plan:
    """Return a plan in which every team goes out on the first two evenings, five stops each."""
    days = [options.first, options.first + timedelta(days=1)]
    shifts = [_shift(team, day) for day in days for team in teams]
    rows = [
        _stop(5 * number + place, shift["shift_id"], place)
        for number, shift in enumerate(shifts)
        for place in range(5)
    ]
    plan = Plan(
        plan_id=plan_id, version=1, kind=options.kind, title=options.title, first=options.first,
        last=options.last, made_at=MADE, made_by=by, options=options, totals=PlanTotals(),
        teams=tuple(teams), shifts=pd.DataFrame(shifts, columns=list(SHIFT_COLUMNS)),
        stops=_frame([], STOP_COLUMNS), uncovered=_uncovered(), notes=("school_term_unknown",),
    )  # fmt: skip
    return told_anew(plan, rows)


def told_anew(plan: Plan, rows: list[dict[str, Any]]) -> Plan:
    """Return a plan with these stops, its times and sums worked out anew."""
    shifts = []
    told: list[dict[str, Any]] = []
    for shift in plan.shifts.to_dict("records"):
        mine = [row for row in rows if row["shift_id"] == shift["shift_id"]]
        for place, row in enumerate(mine, start=1):
            told.append(row | {"place": place, "arrive": EVENING + 26 * (place - 1)})
        minutes = 26 * len(mine)
        shifts.append(
            shift | {"stops": len(mine), "minutes": minutes, "distance_m": 180.0 * len(mine),
                     "over_minutes": max(0, minutes - MOST), "expected_finds": 0.1 * len(mine)}
        )  # fmt: skip
    totals = PlanTotals(
        shifts=sum(s["stops"] > 0 for s in shifts), stops=len(told), buildings=len(told),
        minutes=26 * len(told), distance_km=0.18 * len(told), expected_finds=0.1 * len(told),
        expected_low=1.0, expected_high=6.0, random_stops=sum(r["arm"] == "random" for r in told),
        ordinary_stops=6, uncovered=len(plan.uncovered), one_more_finds=0.4,
        objective=3.0, bound=3.2, seconds=1.5, over_time=sum(s["over_minutes"] > 0 for s in shifts),
        **FLOOR,
    )  # fmt: skip
    return replace(
        plan, shifts=_frame(shifts, SHIFT_COLUMNS), stops=_frame(told, STOP_COLUMNS), totals=totals,
        locked=frozenset(row["building_id"] for row in told if row["locked"]),
    )  # fmt: skip


def team_rows(stops: list[dict[str, Any]], shift: dict[str, Any]) -> pd.DataFrame:
    """Return what a team is told of stops; chance and returns are hidden behind the hour."""
    hidden = {"抽检": "夜查", "回头看": "夜查"}
    rows = [
        {
            "shift_id": shift["shift_id"], "team": shift["team"], "day": shift["day"],
            "part": shift["part"], "place": stop["place"], "building_id": stop["building_id"],
            "name": stop["name"], "address": stop["address"], "kind": stop["building_kind"],
            "lon": stop["lon"], "lat": stop["lat"], "arrive": stop["arrive"],
            "minutes": stop["minutes"], "mode": hidden.get(stop["mode"], stop["mode"]),
            "departments": shift["departments"], "look_for": ("cars_at_dusk", "curtains"),
            "done": False, "last_at": pd.NaT, "last_result": None,
        }
        for stop in stops
    ]  # fmt: skip
    names = ["shift_id", "team", "day", "part", "place", "building_id", "name", "address", "kind",
             "lon", "lat", "arrive", "minutes", "mode", "departments", "look_for", "done",
             "last_at", "last_result"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _frame(rows: list[dict[str, Any]], names: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(names))
    return frame_of({name: frame[name].tolist() for name in names}, names)


def _shift(team: Team, day: date) -> dict[str, Any]:
    return {
        "shift_id": f"{team.team_id}/{day.isoformat()}/evening", "team_id": team.team_id,
        "team": team.name, "day": pd.Timestamp(day), "part": "evening",
        "slot_kind": "term_evening", "from_minute": EVENING, "until_minute": UNTIL, "minutes": 0,
        "most_minutes": MOST, "over_minutes": 0, "stops": 0, "distance_m": 0.0,
        "expected_finds": 0.0, "joint": team.officers > 1, "departments": list(team.departments),
    }  # fmt: skip


def _stop(number: int, shift_id: str, place: int) -> dict[str, Any]:
    kind = number % 5
    return {
        "shift_id": shift_id, "place": place, "building_id": f"B{number:05d}",
        "name": f"泉林花园{number // 20 + 1}区 {number % 20 + 1}号楼",
        "address": f"示例市示例区泉林路{number + 12}号", "building_kind": "住宅",
        "tier": TIERS[number % 4], "lon": WEST + 0.0011 * (number % 8),
        "lat": SOUTH + 0.0011 * (number // 8), "arrive": EVENING, "minutes": 12, "walk_m": 180.0,
        "arm": "random" if kind == 3 else "list", "mode": MODES[kind],
        "reasons": list(REASONS[kind]), "find_chance": 0.37, "locked": False,
        "floor_due_on": pd.Timestamp(2026, 12, 6), "days_late": kind,
        "grid_code": "370902001001001", "community_code": "370902001001",
    }  # fmt: skip


def _uncovered() -> pd.DataFrame:
    why = ("no_capacity", "no_capacity", "needs_joint_team", "hours_do_not_fit", "no_coordinates")
    rows = [
        {"building_id": f"B{100 + n:05d}", "name": f"东岭家园{n + 1}号楼", "tier": TIERS[n % 4],
         "grid_code": "370902001001001", "community_code": "370902001001", "reason": reason,
         "due_on": pd.Timestamp(2026, 11, 20), "days_late": 10 + n, "find_chance": 0.2}
        for n, reason in enumerate(why)
    ]  # fmt: skip
    return _frame(rows, UNCOVERED_COLUMNS)
