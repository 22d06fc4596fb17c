"""Tables of patrols: teams, every version of every plan, and the stops that teams go to now."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class PatrolTeam(Base):
    """Named people who go together; ``changed_at`` is UTC, ``lon`` and ``lat`` are WGS-84.

    ``members`` are ids of persons or accounts, ``shifts`` pairs of a weekday (1 to 7) or a kind of
    day and the part of it. A team that is no longer ``active`` is kept for the plans it was on.
    """

    __tablename__ = "patrol_teams"

    team_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    members: Mapped[list[str]]
    people: Mapped[int]
    officers: Mapped[int]
    departments: Mapped[list[str]]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    shifts: Mapped[list[list[Any]]]
    active: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class PatrolPlan(Base):
    """One version of a plan; rows are only ever added, the highest version of a plan holds.

    ``made_at`` is UTC. ``seed`` is what chance was drawn from, for the server alone. ``note`` says
    what this version changed. ``restores`` is the earlier version whose content it repeats, None
    where it brought content of its own. ``stops`` and ``expected_finds`` sum the content up. What
    the plan leaves uncovered, nearly all of a large street, is kept in pieces that it names.
    """

    __tablename__ = "patrol_plans"
    __table_args__ = (UniqueConstraint("plan_id", "version"), Index(None, "first"))

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[str]
    version: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    first: Mapped[date]
    last: Mapped[date]
    state: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    seed: Mapped[str]
    note: Mapped[str]
    restores: Mapped[int | None]
    stops: Mapped[int]
    expected_finds: Mapped[float]
    content: Mapped[dict[str, Any]]


class PatrolPiece(Base):
    """Rows of what plans leave uncovered, which all versions share that left the same rows.

    ``rows`` are as `data.store.pieces` cuts and joins them.
    """

    __tablename__ = "patrol_pieces"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    rows: Mapped[bytes]


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
    plan_id: Mapped[str]
    version: Mapped[int]
    first: Mapped[date]
    last: Mapped[date]
    shift_id: Mapped[str]
    team_id: Mapped[str]
    day: Mapped[date]
    part: Mapped[str]
    place: Mapped[int]
    building_id: Mapped[str]
    arm: Mapped[str]
    arrive: Mapped[int]
    minutes: Mapped[int]
    mode: Mapped[str]
