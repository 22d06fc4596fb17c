# ruff: noqa: ARG002 -- it takes what the office takes
"""Who answers for which building of the made-up street, and proposals about it, in memory.

Two wardens a community split its buildings unevenly from west to east; every 23rd building has
none. A proposal evens this out, as far as it may change things.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from governance.access.permissions import Action, require

if TYPE_CHECKING:
    from collections.abc import Collection

DUTIES = ("包片领导", "网格长", "网格员", "楼长", "产权人", "受委托管理单位")
WARDEN = "网格员"
EVERY_GAP = 23
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫"
NOW = datetime(2026, 11, 24, 9, 30)  # noqa: DTZ001 -- the office's local time
LINK = {"person_id": None, "person": "", "role": "", "org": "", "title": "", "phone": "",
        "pledge_on": None, "valid_from": None, "valid_to": None, "source": "", "duty_id": None,
        "problems": (), "others": ()}  # fmt: skip


class DutyAnswers:
    """Answer about duties like the real office; changes hold until the fake is gone."""

    calls: list[tuple[str, dict[str, Any]]]

    def _duty_state(self) -> SimpleNamespace:
        if not hasattr(self, "_duties"):
            places = self._places()
            self._duties = SimpleNamespace(
                warden=dict(zip(places["unit"], places["warden"], strict=True)),
                heads={}, changes=[], proposals={}, approved={}, undone=set(), absences={},
                fixed={}, limits={},
            )  # fmt: skip
        return self._duties

    def _places(self) -> pd.DataFrame:
        if not self.snapshot_days:  # type: ignore[attr-defined]
            return pd.DataFrame(columns=["unit", "name", "community_code", "grid_code", "lon",
                                         "lat", "tier", "score", "warden"])  # fmt: skip
        frame = self._of(None).sort_values("unit").reset_index(drop=True)  # type: ignore[attr-defined]
        share = frame.groupby("community_code")["lon"].rank(pct=True)
        first = np.where(share <= 0.3, 1, 2)
        warden = [
            f"P{code[-3:]}{n}" for code, n in zip(frame["community_code"], first, strict=True)
        ]
        gone = frame.index % EVERY_GAP == EVERY_GAP - 1
        return frame.assign(warden=["" if g else w for w, g in zip(warden, gone, strict=True)])

    def _person(self, person_id: str | None) -> str:
        if not person_id:
            return ""
        return f"{SURNAMES[(int(person_id[1:4]) * 2 + int(person_id[-1])) % 12]}示例"

    # ---- looking -----------------------------------------------------------------------------

    def chain(
        self, actor: object, unit: str, *, on: date | None = None, known_at: object = None
    ) -> Any:
        state, places = self._duty_state(), self._places().set_index("unit")
        row = places.loc[unit]
        community = str(row["community_code"])
        warden = row["warden"] if on and on < date(2026, 1, 1) else state.warden[unit]
        head = state.heads.get(unit)
        links = [
            _link("包片领导", person_id="P0000", person="韩示例", phone="0538-****01",
                  org="街道办事处", source="grids", valid_from=date(2025, 1, 1)),
            _link("网格长", person_id=f"P{community[-3:]}0", person="杨示例", source="grids",
                  phone="138****5678", org=str(row["community"])),
            _link(WARDEN, person_id=warden, person=self._person(warden), source="assignments",
                  valid_from=date(2025, 3, 1), duty_id=7) if warden
            else _link(WARDEN, problems=("gap",)),
            _link("楼长", person_id=head[0], person=self._person(head[0]), source="building",
                  duty_id=head[1]) if head else _link("楼长", problems=("gap",)),
            _link("产权人", org="个人", source="buildings", problems=("no_pledge",)),
            _link("受委托管理单位", org="示例物业", source="buildings",
                  pledge_on=date(2026, 3, 5)),
        ]  # fmt: skip
        return SimpleNamespace(unit_kind="building", unit=unit, name=str(row["name"]),
                               on=on or NOW.date(), links=tuple(links))  # fmt: skip

    def responsibility_history(self, actor: object, unit: str) -> pd.DataFrame:
        rows = [
            {"duty": WARDEN, "person_id": "P0091", "person": "旧示例", "org": "",
             "valid_from": date(2024, 1, 1), "valid_to": date(2025, 2, 28), "pledge_on": None,
             "recorded_at": datetime(2025, 3, 1, 9), "recorded_by": "li", "withdrawn_at": None,  # noqa: DTZ001
             "withdrawn_by": None, "reason": "调岗", "duty_id": 3},
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def duties_of_day(self, actor: object, *, on: date | None = None) -> pd.DataFrame:
        places = self._places()
        wardens = places["unit"].map(self._duty_state().warden)
        return places.rename(columns={"unit": "building_id"}).assign(
            **{WARDEN: wardens, f"{WARDEN}_name": [self._person(w) for w in wardens]}
        )

    def responsibility_work(self, actor: object, *, on: date | None = None) -> Any:
        state, places = self._duty_state(), self._places()
        rows = [
            _work("gap", WARDEN, row) for row in places.itertuples() if not state.warden[row.unit]
        ]
        rows += [_work("no_pledge", "产权人", row) for row in places.head(12).itertuples()]
        rows += [
            _work("left", "楼长", row, person_id="P0091", person="旧示例", detail="2026-10-31")
            for row in places.iloc[12:14].itertuples()
        ]
        frame = pd.DataFrame(rows, columns=list(_work("gap", "", None)))
        found = frame["kind"].value_counts().to_dict()
        kinds = ("gap", "overlap", "left", "no_pledge")
        return SimpleNamespace(
            on=on or NOW.date(), buildings=len(places), rows=frame,
            counts={kind: int(found.get(kind, 0)) for kind in kinds},
        )  # fmt: skip

    def staff(self, actor: object, *, on: date | None = None) -> pd.DataFrame:
        ids = sorted({w for w in self._places()["warden"] if w} | set(self._duty_state().limits))
        return pd.DataFrame(
            [{"person_id": each, "name": self._person(each), "role": "网格员", "org": "",
              "title": "", "phone": "", "active": True} for each in ids],
            columns=["person_id", "name", "role", "org", "title", "phone", "active"],
        )  # fmt: skip

    def visits(
        self, actor: object, *, building_id: str | None = None, **_asked: Any
    ) -> pd.DataFrame:
        rows = [
            {"visit_id": "v1", "version": 1, "at": NOW - timedelta(days=9), "unit": "3-1001",
             "building_id": building_id, "name": "", "result": "无人", "kind": "日查", "signs": [],
             "pupils": None, "teachers": None, "note": "", "next_step": "again",
             "retry_at": NOW + timedelta(days=1), "origin": "own", "photos": [], "mine": False,
             "may_undo": False, "recorded_at": NOW},
        ]  # fmt: skip
        return pd.DataFrame(rows)

    # ---- changing ----------------------------------------------------------------------------

    def set_duty(self, actor: object, **facts: Any) -> int:
        self.calls.append(("set_duty", facts))
        number = self._change(actor, "set", rows=1, reason=facts.get("reason", ""))
        if facts["duty"] == "楼长":
            self._duty_state().heads[facts["target_id"]] = (facts["person_id"], number)
        if facts["duty"] == WARDEN:
            self._duty_state().warden[facts["target_id"]] = facts["person_id"]
        return number

    def end_duty(self, actor: object, duty_id: int, *, on: date, reason: str = "") -> int:
        self.calls.append(("end_duty", {"duty_id": duty_id, "on": on, "reason": reason}))
        return self._change(actor, "end", rows=1, reason=reason)

    def undo_change(self, actor: object, change_id: int) -> None:
        self.calls.append(("undo_change", {"change_id": change_id}))
        state = self._duty_state()
        state.undone.add(change_id)
        state.heads = {unit: head for unit, head in state.heads.items() if head[1] != change_id}

    def duty_changes(self, actor: Any, *, since: object = None) -> pd.DataFrame:
        require(actor, Action.EDIT_RESPONSIBILITY)
        state = self._duty_state()
        rows = [{**change, "undone": change["change_id"] in state.undone}
                for change in reversed(state.changes)]  # fmt: skip
        return pd.DataFrame(rows, columns=["change_id", "at", "by", "kind", "reason", "rows",
                                           "proposal_id", "undone"])  # fmt: skip

    def _change(
        self, actor: Any, kind: str, *, rows: int, reason: str = "", proposal_id: str | None = None
    ) -> int:
        state = self._duty_state()
        state.changes.append(
            {"change_id": len(state.changes) + 1, "at": NOW, "by": getattr(actor, "id", "local"),
             "kind": kind, "reason": reason, "rows": rows, "proposal_id": proposal_id}
        )  # fmt: skip
        return len(state.changes)

    # ---- limits ------------------------------------------------------------------------------

    def set_absence(
        self, actor: object, person_id: str, *, since: date, until: date | None = None
    ) -> int:
        state = self._duty_state()
        number = len(state.absences) + 1
        state.absences[number] = (person_id, since, until)
        return number

    def remove_absence(self, actor: object, absence_id: int) -> None:
        del self._duty_state().absences[absence_id]

    def set_building_need(self, actor: object, building_id: str, **needs: Any) -> None:
        self._duty_state().fixed[building_id] = needs

    def set_warden_limit(self, actor: object, person_id: str, **limits: Any) -> None:
        self._duty_state().limits[person_id] = limits

    def assignment_limits(self, actor: object) -> Any:
        state = self._duty_state()
        absences = [
            {"id": number, "person_id": person, "since": pd.Timestamp(since),
             "until": pd.NaT if until is None else pd.Timestamp(until)}
            for number, (person, since, until) in state.absences.items()
        ]  # fmt: skip
        buildings = [
            {"building_id": unit, "languages": (), "lift": None, **need}
            for unit, need in state.fixed.items()
        ]
        wardens = [{"person_id": person, **limit} for person, limit in state.limits.items()]
        return SimpleNamespace(
            absences=pd.DataFrame(absences, columns=["id", "person_id", "since", "until"]),
            buildings=pd.DataFrame(buildings, columns=["building_id", "languages", "lift",
                                                       "fixed_person_id"]),
            wardens=pd.DataFrame(wardens, columns=["person_id", "max_stairs", "languages"]),
        )  # fmt: skip

    # ---- proposing ---------------------------------------------------------------------------

    def preview_assignment(self, actor: object, *, options: Any) -> Any:
        return self._propose(options)

    def propose_assignment(self, actor: object, *, options: Any) -> Any:
        state = self._duty_state()
        made = self._propose(options)
        made.proposal_id = f"p{len(state.proposals) + 1}"
        made.made_by = getattr(actor, "id", "local")
        state.proposals[made.proposal_id] = made
        state.approved[made.proposal_id] = set()
        self.calls.append(("propose_assignment", {"stickiness": options.stickiness}))
        return made

    def proposals(self, actor: object) -> pd.DataFrame:
        state = self._duty_state()
        rows = [
            {"proposal_id": number, "made_at": made.made_at, "made_by": made.made_by,
             "valid_from": made.valid_from, "stickiness": made.options.stickiness,
             "moved": made.totals.moved, "max_over_mean": made.totals.max_over_mean,
             "state": self._state_of(number), "open_steps": len(self._open_wardens(number))}
            for number, made in reversed(state.proposals.items())
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["proposal_id", "made_at", "made_by", "valid_from",
                                           "stickiness", "moved", "max_over_mean", "state",
                                           "open_steps"])  # fmt: skip

    def proposal(self, actor: object, proposal_id: str) -> Any:
        state = self._duty_state()
        made = state.proposals[proposal_id]
        made.approved = frozenset(state.approved[proposal_id])
        return made

    def approve_assignment(
        self, actor: object, proposal_id: str, *, only: Collection[str] | None = None
    ) -> int:
        steps = sorted(only) if only else None
        self.calls.append(("approve_assignment", {"proposal_id": proposal_id, "only": steps}))
        state = self._duty_state()
        rows = state.proposals[proposal_id].rows
        wanted = rows["changed"] & ~rows["building_id"].isin(state.approved[proposal_id])
        if only:
            wanted &= rows["community_code"].isin(list(only)) | rows["to_id"].isin(list(only))
        taken = rows[wanted]
        state.warden |= dict(zip(taken["building_id"], taken["to_id"], strict=True))
        state.approved[proposal_id] |= set(taken["building_id"])
        return self._change(actor, "assignment", rows=len(taken), proposal_id=proposal_id)

    def undo_assignment(self, actor: object, proposal_id: str) -> int:
        self.calls.append(("undo_assignment", {"proposal_id": proposal_id}))
        state = self._duty_state()
        rows = state.proposals[proposal_id].rows
        back = rows[rows["building_id"].isin(state.approved[proposal_id])]
        state.warden |= dict(zip(back["building_id"], back["from_id"], strict=True))
        state.approved[proposal_id] = set()
        state.undone |= {c["change_id"] for c in state.changes if c["proposal_id"] == proposal_id}
        return len(back)

    def _open_wardens(self, proposal_id: str) -> set[str]:
        state = self._duty_state()
        rows = state.proposals[proposal_id].rows
        open_ = rows["changed"] & ~rows["building_id"].isin(state.approved[proposal_id])
        return set(rows.loc[open_, "to_id"])

    def _state_of(self, proposal_id: str) -> str:
        state = self._duty_state()
        if any(c["proposal_id"] == proposal_id and c["change_id"] in state.undone
               for c in state.changes):  # fmt: skip
            return "undone"
        if not state.approved[proposal_id]:
            return "open"
        return "part" if self._open_wardens(proposal_id) else "approved"

    def _propose(self, options: Any) -> Any:
        places = self._places()
        if options.communities:
            places = places[places["community_code"].isin(list(options.communities))]
        before = places["unit"].map(self._duty_state().warden)
        share = places.groupby("community_code")["lon"].rank(pct=True)
        border = 0.5 - 0.2 * options.stickiness
        even = [f"P{code[-3:]}{1 if s <= border else 2}"
                for code, s in zip(places["community_code"], share, strict=True)]  # fmt: skip
        to = pd.Series(even, index=places.index)
        changed = before.ne(to) | before.isna()
        rows = pd.DataFrame(
            {"building_id": places["unit"], "name": places["name"],
             "community_code": places["community_code"], "grid_code": places["grid_code"],
             "lon": places["lon"], "lat": places["lat"], "load": places["score"],
             "from_id": before.fillna(""), "from_person": [self._person(p) for p in before],
             "to_id": to, "to_person": [self._person(p) for p in to], "changed": changed,
             "stray": places.index % 40 == 3,
             "reason": ["gap" if not isinstance(b, str) else "balance" if c else "kept"
                        for b, c in zip(before, changed, strict=True)]}
        ).reset_index(drop=True)  # fmt: skip
        return SimpleNamespace(
            proposal_id="", made_at=NOW, made_by="local",
            valid_from=options.valid_from or NOW.date(), options=options,
            totals=_totals(rows, "to_id"), before=_totals(rows, "from_id"), rows=rows,
            wardens=_wardens(rows), curve=_curve(len(rows)), approved=frozenset(),
        )  # fmt: skip

    # ---- handing over ------------------------------------------------------------------------

    def handovers(self, actor: object, *, since: date) -> pd.DataFrame:
        state = self._duty_state()
        rows = []
        for number, made in state.proposals.items():
            took = made.rows[made.rows["building_id"].isin(state.approved[number])]
            rows += [
                {"handover_id": f"{number}:{row.from_id}→{row.to_id}", "change_id": number,
                 "at": NOW, "valid_from": made.valid_from, "duty": WARDEN,
                 "building_id": row.building_id, "name": row.name, "from_id": row.from_id,
                 "from_person": row.from_person, "to_id": row.to_id, "to_person": row.to_person,
                 "tier": "橙", "last_visit_at": NOW - timedelta(days=9),
                 "last_result": "未发现异常", "visits_90d": 2, "open": ""}
                for row in took.itertuples(index=False)
            ]  # fmt: skip
        return pd.DataFrame(rows, columns=["handover_id", "change_id", "at", "valid_from", "duty",
                                           "building_id", "name", "from_id", "from_person",
                                           "to_id", "to_person", "tier", "last_visit_at",
                                           "last_result", "visits_90d", "open"])  # fmt: skip

    def handover_sheet(
        self, actor: object, *, since: date, person_id: str | None = None
    ) -> pd.DataFrame:
        frame = self.handovers(actor, since=since)
        mine = frame["from_id"].eq(person_id) | frame["to_id"].eq(person_id)
        return frame if person_id is None else frame[mine]


def _link(duty: str, **known: Any) -> Any:
    return SimpleNamespace(duty=duty, **{**LINK, **known})


def _work(kind: str, duty: str, row: Any, **known: str) -> dict[str, Any]:
    return {
        "kind": kind, "duty": duty, "building_id": getattr(row, "unit", ""),
        "name": getattr(row, "name", ""), "grid_code": getattr(row, "grid_code", ""),
        "community_code": getattr(row, "community_code", ""), "person_id": "", "person": "",
        "detail": "", **known,
    }  # fmt: skip


def _totals(rows: pd.DataFrame, who: str) -> Any:
    loads = rows[rows[who].ne("")].groupby(who)["load"].sum()
    moved = int(rows["changed"].sum()) if who == "to_id" else 0
    return SimpleNamespace(
        buildings=len(rows), wardens=len(loads),
        max_over_mean=float(loads.max() / loads.mean()) if len(loads) else 1.0,
        moved=moved, moved_share=moved / max(len(rows), 1), others_moved_share=0.0,
        stray=int(rows["stray"].sum()) if who == "to_id" else 5, km=round(len(rows) * 0.21, 1),
        gaps=int(rows[who].fillna("").eq("").sum()), seconds=0.02,
    )  # fmt: skip


def _wardens(rows: pd.DataFrame) -> pd.DataFrame:
    before = rows.groupby("from_id")["load"].agg(["size", "sum"])
    after = rows.groupby("to_id").agg(
        person=("to_person", "first"), community=("community_code", "first"),
        buildings=("load", "size"), load=("load", "sum"), moved_in=("changed", "sum"),
    )  # fmt: skip
    out = rows[rows["changed"]].groupby("from_id").size()
    frame = after.assign(
        buildings_before=before["size"].reindex(after.index, fill_value=0),
        load_before=before["sum"].reindex(after.index, fill_value=0.0),
        load_over_mean=after["load"] / after["load"].mean(),
        moved_out=out.reindex(after.index, fill_value=0),
    )
    return frame.rename_axis("person_id").reset_index()


def _curve(n: int) -> pd.DataFrame:
    steps = np.linspace(0, 1, 6)
    return pd.DataFrame(
        {"stickiness": steps, "max_over_mean": 1.02 + 0.35 * steps**2,
         "moved": (n * 0.3 * (1 - steps)).round().astype(int), "moved_share": 0.3 * (1 - steps),
         "stray": (8 * steps).astype(int), "km": n * 0.2 + steps}
    )  # fmt: skip
