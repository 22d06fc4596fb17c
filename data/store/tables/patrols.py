"""Tables of patrols: teams, every version of every plan, and the stops that teams go to now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class PatrolTeam(Base):
    """Named people who go together; ``changed_at`` is UTC, ``lon`` and ``lat`` are WGS-84.

    ``members`` are ids of persons or accounts, ``shifts`` pairs of a weekday (1 to 7) or a kind of
    day and the part of it. A team that is no longer ``active`` is kept for the plans it was on.
    """

    __tablename__ = "patrol_teams"

    team_id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    members: Mapped[list[str]] = mapped_column(JSON)
    people: Mapped[int] = mapped_column(Integer)
    officers: Mapped[int] = mapped_column(Integer)
    departments: Mapped[list[str]] = mapped_column(JSON)
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    shifts: Mapped[list[list[Any]]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime] = mapped_column(DateTime)
    changed_by: Mapped[str] = mapped_column(Text)


class PatrolPlan(Base):
    """One version of a plan; rows are only ever added, the highest version of a plan holds.

    ``made_at`` is UTC. ``seed`` is what chance was drawn from, for the server alone. ``note`` says
    what this version changed. ``restores`` is the earlier version whose content it repeats, None
    where it brought content of its own. ``stops`` and ``expected_finds`` sum the content up.
    """

    __tablename__ = "patrol_plans"
    __table_args__ = (UniqueConstraint("plan_id", "version"), Index(None, "first"))

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime)
    made_by: Mapped[str] = mapped_column(Text)
    seed: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    restores: Mapped[int | None] = mapped_column(Integer)
    stops: Mapped[int] = mapped_column(Integer)
    expected_finds: Mapped[float] = mapped_column(Float)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class PatrolStop(Base):
    """A stop of a published plan, as the teams go by it now; ``arrive`` counts from midnight.

    ``first`` and ``last`` are the plan's, ``version`` the one that was published.
    """

    __tablename__ = "patrol_stops"
    __table_args__ = (
        Index(None, "building_id", "day"),
        Index(None, "team_id", "day"),
        Index(None, "plan_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    shift_id: Mapped[str] = mapped_column(Text)
    team_id: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(Text)
    place: Mapped[int] = mapped_column(Integer)
    building_id: Mapped[str] = mapped_column(Text)
    arm: Mapped[str] = mapped_column(Text)
    arrive: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    mode: Mapped[str] = mapped_column(Text)
