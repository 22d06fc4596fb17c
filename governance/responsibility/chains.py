"""Who answers for a building, on any day; what is missing, double or out of date, as work."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from data.contracts.vocabulary import Duty
from data.derived.answers.building_names import short_names
from data.derived.answers.unit_names import UnitNames
from data.derived.placing.building_ends import stands
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require
from governance.responsibility.duty_reader import DutyReader
from governance.responsibility.duty_register import DutyRegister
from governance.responsibility.people import account_names, staff_seen
from governance.responsibility.resolve import (
    DUTIES,
    PROBLEMS,
    TARGETS,
    day_of,
    find_problems,
    texts_of,
)
from governance.service import Service

WORK_COLUMNS = ("kind", "duty", "building_id", "name", "grid_code", "community_code", "person_id",
                "person", "detail")  # fmt: skip
HISTORY_COLUMNS = ("duty", "person_id", "person", "org", "valid_from", "valid_to", "pledge_on",
                   "recorded_at", "recorded_by", "withdrawn_at", "withdrawn_by", "reason",
                   "duty_id")  # fmt: skip


class NobodyKnownError(GridwardenError):
    """Nothing that was imported says who anybody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One duty of a chain and who has it.

    ``person_id``, ``person``, ``role``, ``org``, ``title``, ``phone``: who, and how to reach them;
    empty where unknown. A duty can be an organisation's.
    ``pledge_on``, ``valid_from``, ``valid_to``: dates, None where unknown; ``valid_to`` is the
    first day on which it no longer holds.
    """

    duty: str
    """One of `resolve.DUTIES`."""
    person_id: str | None = None
    person: str = ""
    role: str = ""
    org: str = ""
    title: str = ""
    phone: str = ""
    pledge_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    """Where that is from: building, estate, grid, community (decided here), assignments, grids,
    buildings (imported), or empty for a gap.
    """
    duty_id: int | None = None
    """Number of the decision, None for what was imported."""
    problems: tuple[str, ...] = ()
    """Any of gap, overlap, left, no_pledge."""
    others: tuple[str, ...] = ()
    """Who else claims the duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Who answers for a unit on a day, from the leader down to the managing company."""

    unit_kind: str
    unit: str
    name: str
    on: date
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibilityWork:
    """What is wrong with duties on a day: how many of each kind, and rows of `WORK_COLUMNS`."""

    on: date
    buildings: int
    counts: dict[str, int]
    rows: pd.DataFrame


class ResponsibilityService(Service):
    """Services that tell who answers for what."""

    _duty_reader: DutyReader

    def chain(self, actor: Actor, unit: str, *, on: date | None = None) -> Chain:
        """Return who answers for a building, grid or community on a day.

        Looking at their telephone numbers is written down, once an hour for each unit.

        ``on``: the day; today when None.

        Raises `NobodyKnownError` when no table of staff and no duty was brought in.
        Raises `UnknownTargetError` when there is no such unit among what the actor may see.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        register = self._duty_reader.register(on)
        if register.claims.empty:
            raise NobodyKnownError("nobody_known", what_to_do="import persons and grids")
        kind, members = self._duty_reader.members(actor, register, unit)
        resolved = register.resolved[register.resolved["building_id"].isin(members["building_id"])]
        if kind == "building":
            members = members[stands(members, register.on)]
            problems = find_problems(members, resolved, register.staff)
        else:  # a duty of a grid is one that holds for every building in it
            resolved = _common(resolved, len(members))
            problems = find_problems(members, resolved, register.staff).iloc[:0]
        name = UnitNames(self._engine).of(kind, [unit])[0]
        links = tuple(_link(register, resolved, problems, duty) for duty in DUTIES)
        if any(link.phone for link in links):
            self._record_hourly(
                actor, Action.SEE_RESPONSIBILITY.value, telephones_of=kind, unit=unit
            )
        return Chain(unit_kind=kind, unit=unit, name=name, on=register.on, links=links)

    def history(self, actor: Actor, unit: str) -> pd.DataFrame:
        """Return every decision ever recorded for a unit, taken back ones included.

        Returns `HISTORY_COLUMNS`, oldest first; of a building also those for its estate, grid and
        community. Who recorded or withdrew one is told by name, by the login where the account is
        gone.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        register = self._duty_reader.register()
        kind, members = self._duty_reader.members(actor, register, unit)
        targets: dict[str, Collection[str]] = {kind: [unit]}
        if kind == "building":
            row = members.iloc[0]
            targets |= {each: [str(row[column])] for each, column in TARGETS.items() if row[column]}
        with self._workspace.store.begin() as unit_of_work:
            rows = unit_of_work.duties.history(targets)
            names = account_names(unit_of_work)
        by = {each: rows[each].replace(names) for each in ("recorded_by", "withdrawn_by")}
        rows = rows.assign(person=texts_of(rows["person_id"], register.names), **by)
        return rows.rename(columns={"id": "duty_id"})[list(HISTORY_COLUMNS)]

    def duties_of_day(self, actor: Actor, *, on: date | None = None) -> pd.DataFrame:
        """Return who has each duty for each building that stands on a day.

        Returns ``building_id, name, grid_code, community_code, lon, lat, tier, score``, a column
        per duty (the person's id, or the organisation), and ``网格员_name``.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        register = self._duty_reader.register(on)
        inside = actor.scope.of_frame(register.standing)
        columns = ["building_id", "grid_code", "community_code", "lon", "lat"]
        frame = inside[columns].reset_index(drop=True)
        frame.insert(1, "name", texts_of(frame["building_id"], short_names(inside)))
        scores = self._duty_reader.scores()
        frame = frame.assign(
            tier=texts_of(frame["building_id"], scores["tier"]),
            score=frame["building_id"].map(scores["score"]).astype("float64"),
        )
        held = register.resolved
        holder = held["person_id"].where(held["person_id"].ne(""), held["org"])
        wide = held.assign(holder=holder).pivot_table(
            index="building_id", columns="duty", values="holder", aggfunc="first"
        )
        for duty in DUTIES:
            known = wide[duty] if duty in wide else pd.Series(dtype="str")
            frame[duty] = texts_of(frame["building_id"], known)
        frame[f"{Duty.WARDEN}_name"] = texts_of(frame[Duty.WARDEN], register.names)
        return frame

    def work(self, actor: Actor) -> ResponsibilityWork:
        """List what is wrong with the duties of today, as work for somebody."""
        require(actor, Action.SEE_RESPONSIBILITY)
        register = self._duty_reader.register()
        count = len(actor.scope.of_frame(register.standing))
        rows = actor.scope.of_frame(register.problems[list(WORK_COLUMNS)]).reset_index(drop=True)
        counts = {kind: int((rows["kind"] == kind).sum()) for kind in PROBLEMS}
        return ResponsibilityWork(on=register.on, buildings=count, counts=counts, rows=rows)

    def communities(self, actor: Actor) -> dict[str, str]:
        """Return the communities in which the actor has a building: code → name, by code."""
        require(actor, Action.SEE_RESPONSIBILITY)
        inside = actor.scope.of_frame(self._duty_reader.register().buildings)
        codes = sorted(set(inside["community_code"].dropna().unique()) - {""})
        names = UnitNames(self._engine).of("community", codes)
        return {code: name or code for code, name in zip(codes, names, strict=True)}

    def staff(self, actor: Actor) -> pd.DataFrame:
        """Return the people who can have duties: all of them, or those who have some inside.

        Returns as `governance.responsibility.duty_register.DutyRegister.staff`, without telephone
        numbers.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        return staff_seen(actor, self._duty_reader.register()).drop(columns="phone")


def _common(resolved: pd.DataFrame, count: int) -> pd.DataFrame:
    """Keep the duties that are the same for all of a unit's buildings, once each."""
    same = resolved.groupby("duty").agg(
        rows=("building_id", "size"), people=("person_id", "nunique"), orgs=("org", "nunique")
    )
    whole = same.index[(same["rows"] == count) & (same["people"] == 1) & (same["orgs"] == 1)]
    return resolved[resolved["duty"].isin(whole)].drop_duplicates("duty")


def _link(
    register: DutyRegister, resolved: pd.DataFrame, problems: pd.DataFrame, duty: str
) -> Link:
    wrong = tuple(problems.loc[problems["duty"] == duty, "kind"])
    of_duty = resolved[resolved["duty"] == duty]
    if of_duty.empty or not (of_duty.iloc[0]["person_id"] or of_duty.iloc[0]["org"]):
        return Link(duty=duty, problems=wrong)
    row = of_duty.iloc[0]
    who = register.staff[register.staff["person_id"] == row["person_id"]]
    contact: dict[str, Any] = who.iloc[0].fillna("").to_dict() if len(who) else {}
    return Link(
        duty=duty,
        person_id=row["person_id"] or None,
        person=str(contact.get("name", "")),
        role=str(contact.get("role", "")),
        org=row["org"] or str(contact.get("org", "")),
        title=str(contact.get("title", "")),
        phone=str(contact.get("phone", "")),
        pledge_on=day_of(row["pledge_on"]),
        valid_from=day_of(row["valid_from"]),
        valid_to=day_of(row["valid_to"]),
        source=row["source"],
        duty_id=None if pd.isna(row["duty_id"]) else int(row["duty_id"]),
        problems=wrong,
        others=tuple(part for part in row["others"].split(";") if part),
    )
