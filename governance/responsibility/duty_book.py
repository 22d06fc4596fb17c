"""Who answers for what on a day: claims read from the store and the lake, kept while they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.contracts.registry import TABLES
from data.workspace.cache import Cache
from governance.responsibility.resolve import (
    CLAIM_COLUMNS,
    DUTIES,
    IMPORTED,
    LAYERS,
    MANAGER,
    OWNER,
    STORE,
    choose_answers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from data.engine import Engine
    from data.workspace.folder import Workspace

__all__ = ["DUTIES", "DutyBook", "buildings_of_person", "persons_frame", "read_duties"]

BUILDING_COLUMNS = ("building_id", "estate", "building_no", "std_address", "kind",
                    "household_count", "rental_count", "floors", "lon", "lat", "community_code",
                    "grid_code")  # fmt: skip
STAFF_COLUMNS = ("person_id", "name", "role", "org", "title", "phone", "active")
GRID_DUTIES = {"leader_id": "包片领导", "chief_id": "网格长", "warden_id": "网格员"}
ORG_DUTIES = {"owner_org": OWNER, "manager_org": MANAGER}
TARGET_KINDS = {"楼栋": "building", "小区": "estate", "网格": "grid", "社区": "community"}
ASSIGNMENTS = "assignments"
SOURCES = ("buildings", "grids", "persons", ASSIGNMENTS)
COMMUNITY_DIGITS = 12
FRESH_S = 60.0
"""How long an answer is kept even if nothing seems to have changed."""
KEPT = 8


@dataclass(frozen=True)
class DutyBook:
    """Everybody's duties on one day.

    Parameters
    ----------
    on
        The day.
    buildings
        `BUILDING_COLUMNS`, one row per building.
    staff
        `STAFF_COLUMNS`; ``active`` says whether a person is on duty on that day.
    claims
        `answering.CLAIM_COLUMNS` and ``layer``.
    communities
        Code of each community by its name.
    """

    on: date
    buildings: pd.DataFrame
    staff: pd.DataFrame
    claims: pd.DataFrame
    communities: pd.Series[Any]

    def deciding(self, held: pd.DataFrame, *, on: date) -> DutyBook:
        """Return the book of another day, had only these duties been decided here.

        Parameters
        ----------
        held
            As `data.store.repositories.duties.Duties.held` gives them.
        """
        imported = self.claims[self.claims["layer"] != STORE]
        return replace(self, on=on, claims=_together([_own_claims(held), imported]))

    @cached_property
    def answers(self) -> pd.DataFrame:
        """Return who answers: `answering.ANSWER_COLUMNS`."""
        return choose_answers(self.buildings, self.claims, on=self.on)

    @cached_property
    def of_person(self) -> Mapping[str, frozenset[str]]:
        """Return the buildings that each person answers for."""
        held = self.answers[self.answers["person_id"].fillna("").ne("")]
        grouped = held.groupby("person_id")["building_id"]
        return {str(person): frozenset(ids) for person, ids in grouped}

    def holders(self, duty: str) -> pd.Series[Any]:
        """Return the person who has a duty, by building id; those without one are left out."""
        of_duty = self.answers[self.answers["duty"] == duty].set_index("building_id")["person_id"]
        return of_duty[of_duty.fillna("").ne("")]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Return what people are called."""
        return dict(zip(self.staff["person_id"], self.staff["name"].fillna(""), strict=True))


def read_duties(
    workspace: Workspace, engine: Engine, *, on: date, known_at: datetime | None = None
) -> DutyBook:
    """Read everybody's duties on a day; the same question again is answered from memory.

    Parameters
    ----------
    on
        The day that is asked about.
    known_at
        What was decided here by then (naive UTC); None for all that is known now.
    """
    key = (*_state_of(workspace), on, known_at)
    return _BOOKS.get(key, lambda: _read(workspace, engine, on=on, known_at=known_at))


def buildings_of_person(
    workspace: Workspace, engine: Engine, person_id: str, *, on: date
) -> frozenset[str]:
    """Return the buildings that a person answers for on a day, in whatever duty."""
    return read_duties(workspace, engine, on=on).of_person.get(person_id, frozenset())


def persons_frame(engine: Engine, *, on: date) -> pd.DataFrame:
    """Return the staff, `STAFF_COLUMNS`: who is on duty on a day is ``active``.

    A person whose last day is given is on duty up to it; one marked as gone without a date is not.
    """
    frame = engine.table("persons").select(*STAFF_COLUMNS, "from_date", "to_date").to_pandas()
    moment = pd.Timestamp(on)
    begun = frame["from_date"].isna() | (frame["from_date"] <= moment)
    marked = frame["active"].fillna(value=True).astype(bool)
    lasting = (frame["to_date"] >= moment).where(frame["to_date"].notna(), marked)
    frame = frame.assign(active=begun & lasting.astype(bool))
    staff: pd.DataFrame = frame[list(STAFF_COLUMNS)]
    return staff.sort_values("person_id", ignore_index=True)


_BOOKS: Cache[DutyBook] = Cache(KEPT, seconds=FRESH_S)


def _state_of(workspace: Workspace) -> tuple[Any, ...]:
    """Return what changes when anything that duties are read from changes."""
    with workspace.store.begin() as unit:
        change = unit.duties.newest_change()
    return (str(workspace.root.absolute()), change, workspace.lake.state_of(SOURCES))


def _read(workspace: Workspace, engine: Engine, *, on: date, known_at: datetime | None) -> DutyBook:
    layer = _imported_buildings(engine)
    register = engine.table("buildings")
    columns = [name for name in BUILDING_COLUMNS if name in register.columns]
    buildings = register.select(*columns).to_pandas()
    floors = layer.set_index("building_id")["floors"]
    buildings = buildings.assign(floors=buildings["building_id"].map(floors))
    buildings = buildings.sort_values("building_id", ignore_index=True)
    with workspace.store.begin() as unit:
        held = unit.duties.held(known_at=known_at)
    parts = [_assigned(engine), *_from_grids(engine), *_from_layer(layer)]
    claims = _together([_own_claims(held), *(_shaped(part) for part in parts)])
    return DutyBook(
        on=on,
        buildings=buildings,
        staff=persons_frame(engine, on=on),
        claims=claims,
        communities=_communities(engine),
    )


def _communities(engine: Engine) -> pd.Series[Any]:
    grids = engine.table("grids").select("grid_code", "community").to_pandas().dropna()
    codes = grids["grid_code"].str[:COMMUNITY_DIGITS]
    named = pd.Series(codes.to_numpy(), index=grids["community"].to_numpy(), dtype="str")
    return named[~named.index.duplicated()]


def _own_claims(held: pd.DataFrame) -> pd.DataFrame:
    own = held.rename(columns={"id": "duty_id"})
    return _shaped(own.assign(source=held["target_kind"], layer=STORE))


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True)


def _imported_buildings(engine: Engine) -> pd.DataFrame:
    table = engine.buildings_as_imported()
    frame: pd.DataFrame = table.select("building_id", "floors", *ORG_DUTIES).to_pandas()
    return frame.drop_duplicates("building_id")


def _from_grids(engine: Engine) -> list[pd.DataFrame]:
    columns = ("grid_code", *GRID_DUTIES, "valid_from", "valid_to")
    grids = engine.table("grids").select(*columns).to_pandas()
    return [
        grids.assign(
            target_kind="grid", target_id=grids["grid_code"], duty=duty, person_id=grids[column],
            source="grids", layer=LAYERS,
        )
        for column, duty in GRID_DUTIES.items()
    ]  # fmt: skip


def _from_layer(layer: pd.DataFrame) -> list[pd.DataFrame]:
    return [
        layer.assign(
            target_kind="building", target_id=layer["building_id"], duty=duty, org=layer[column],
            source="buildings", layer=LAYERS,
        )
        for column, duty in ORG_DUTIES.items()
    ]  # fmt: skip


def _assigned(engine: Engine) -> pd.DataFrame:
    """Return the rows of the imported table of duties, where the product has it."""
    if ASSIGNMENTS not in TABLES:
        return pd.DataFrame(columns=list(CLAIM_COLUMNS))
    wanted = ("target_kind", "target_id", "duty", "person_id", "org", "pledge_on", "valid_from",
              "valid_to")  # fmt: skip
    frame: pd.DataFrame = engine.table(ASSIGNMENTS).select(*wanted).to_pandas()
    return frame.assign(
        target_kind=frame["target_kind"].map(TARGET_KINDS), source=ASSIGNMENTS, layer=IMPORTED
    )


def _shaped(part: pd.DataFrame) -> pd.DataFrame:
    """Return claims with all columns and one type each; those of nobody are left out."""
    frame = part.reindex(columns=[*CLAIM_COLUMNS, "layer"]).reset_index(drop=True)
    texts = ("target_kind", "target_id", "duty", "person_id", "org", "source")
    frame = frame.assign(
        **{name: frame[name].astype("object").fillna("").astype("str") for name in texts},
        **{
            name: pd.to_datetime(frame[name]).astype("datetime64[us]")
            for name in ("pledge_on", "valid_from", "valid_to")
        },
        duty_id=pd.to_numeric(frame["duty_id"]).astype("Int64"),
        layer=frame["layer"].fillna(LAYERS).astype("int64"),
    )
    somebody = frame["person_id"].ne("") | frame["org"].ne("") | (frame["layer"] == STORE)
    return frame[somebody & frame["target_id"].ne("") & frame["duty"].isin(DUTIES)]
