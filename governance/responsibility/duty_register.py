"""Who answers for what on a day: claims read from the store and the lake, kept while they hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from data.derived.answers.building_names import short_names
from data.derived.placing.building_ends import stands
from data.engine import Engine
from data.lake.schema import ENDED_ON
from data.store.unit_of_work import UnitOfWork
from data.workspace.cache import Cache
from data.workspace.folder import Workspace
from governance.responsibility.claims import (
    ASSIGNMENTS,
    buildings_as_imported,
    claims_about,
    decided_claims,
    imported_claims,
    together,
)
from governance.responsibility.resolve import (
    STORE,
    TARGETS,
    find_problems,
    places_of,
    resolve_duties,
    texts_of,
)

BUILDING_COLUMNS = ("building_id", "estate", "building_no", "std_address", "kind",
                    "household_count", "rental_count", "floors", "lon", "lat", "community_code",
                    "grid_code", ENDED_ON)  # fmt: skip
STAFF_COLUMNS = ("person_id", "name", "role", "org", "title", "phone", "active")
SOURCES = ("buildings", "grids", "persons", ASSIGNMENTS)
COMMUNITY_DIGITS = 12
KEPT = 4
PLACED = ("building_id", "estate", "building_no", "std_address", "grid_code", "community_code")


@dataclass(frozen=True)
class DutyRegister:
    """Everybody's duties on one day."""

    on: date
    buildings: pd.DataFrame
    """`BUILDING_COLUMNS`, one row per building, those that no longer stand included."""
    staff: pd.DataFrame
    """`STAFF_COLUMNS`; ``active`` says whether a person is on duty on that day."""
    claims: pd.DataFrame
    """`resolve.CLAIM_COLUMNS` and ``layer``."""
    communities: pd.Series[Any]
    """Code of each community by its name."""

    def as_decided(self, held: pd.DataFrame, *, on: date) -> DutyRegister:
        """Return the register of another day, with these as the only duties decided here.

        ``held``: as `data.store.repositories.responsibility.duties.Duties.held` gives them.
        """
        imported = self.claims[self.claims["layer"] != STORE]
        return replace(self, on=on, claims=together([decided_claims(held), imported]))

    def of_targets(self, targets: Mapping[str, Collection[str]]) -> DutyRegister:
        """Return what it says about the buildings of some targets, and about no other.

        ``targets``: target kind → ids.
        """
        inside = pd.Series(data=False, index=self.buildings.index)
        for kind, ids in targets.items():
            inside |= self.buildings[TARGETS[kind]].isin(list(ids))
        buildings = self.buildings[inside].reset_index(drop=True)
        return replace(self, buildings=buildings, claims=claims_about(self.claims, buildings))

    @cached_property
    def standing(self) -> pd.DataFrame:
        """Return the buildings that stand on the day: duties are shared out and missed there."""
        return self.buildings[stands(self.buildings, self.on)].reset_index(drop=True)

    @cached_property
    def resolved(self) -> pd.DataFrame:
        """Return who has which duty for each building: `resolve.RESOLVED_COLUMNS`."""
        return resolve_duties(self.buildings, self.claims, on=self.on)

    @cached_property
    def problems(self) -> pd.DataFrame:
        """Return what is wrong anywhere: `resolve.PROBLEM_COLUMNS`, and what they are called.

        Also ``name, grid_code, community_code`` of the building and ``person``, the person's name.
        Never to be changed in place.
        """
        stands = places_of(self.resolved["building_id"], self.standing["building_id"]) >= 0
        found = find_problems(self.standing, self.resolved[stands], self.staff)
        places = self.buildings.reindex(columns=list(PLACED)).set_index("building_id", drop=False)
        places = places.loc[found["building_id"].unique()]
        codes = places[["grid_code", "community_code"]]
        return found.join(codes, on="building_id").assign(
            name=texts_of(found["building_id"], short_names(places)),
            person=texts_of(found["person_id"], self.names),
        )

    @cached_property
    def of_person(self) -> Mapping[str, frozenset[str]]:
        """Return the buildings that each person answers for."""
        held = self.resolved[self.resolved["person_id"].fillna("").ne("")]
        grouped = held.groupby("person_id")["building_id"]
        return {str(person): frozenset(ids) for person, ids in grouped}

    def holders(self, duty: str) -> pd.Series[Any]:
        """Return the person who has a duty, by building id; those without one are left out."""
        of_duty = self.resolved[self.resolved["duty"] == duty].set_index("building_id")["person_id"]
        return of_duty[of_duty.fillna("").ne("")]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Return what people are called."""
        return dict(zip(self.staff["person_id"], self.staff["name"].fillna(""), strict=True))


def read_duties(
    workspace: Workspace,
    engine: Engine,
    *,
    on: date,
    unit: UnitOfWork | None = None,
) -> DutyRegister:
    """Read everybody's duties on a day; the same question again is answered from memory.

    ``on``: the day that is asked about.
    ``unit``: the unit of work to read in, which has changed no duty yet: what is read is kept for
    others. None opens one.
    """
    with nullcontext(unit) if unit else workspace.store.begin() as reader:
        change = reader.duties.newest_change()
        pinned = engine.pinned()  # named and read at the same moment
        names = tuple(pinned.name_of_rows(table) for table in SOURCES)
        # By the secret, not the folder: a copy of the office finds what was read of the original.
        imported = (workspace.secret, pinned.name_of_register(), *names)
        decided = (str(workspace.root.absolute()), change) if change else None
        return _REGISTERS.get(
            (imported, decided, on),
            lambda: _IMPORTED.get(imported, lambda: _read(pinned)).with_held(
                reader.duties.held(), on=on
            ),
        )


@dataclass(frozen=True, slots=True)
class _Imported:
    """What imported tables say, whatever was decided here and of whichever day."""

    buildings: pd.DataFrame
    persons: pd.DataFrame
    """`STAFF_COLUMNS`, ``from_date, to_date``; ``active`` is what was marked."""
    claims: pd.DataFrame
    communities: pd.Series[Any]

    def with_held(self, held: pd.DataFrame, *, on: date) -> DutyRegister:
        """Return the register of a day.

        ``held``: as `data.store.repositories.responsibility.duties.Duties.held` gives them.
        """
        return DutyRegister(
            on=on, buildings=self.buildings, staff=_staff_of(self.persons, on=on),
            claims=together([decided_claims(held), self.claims]), communities=self.communities,
        )  # fmt: skip


_REGISTERS: Cache[DutyRegister] = Cache(KEPT)
_IMPORTED: Cache[_Imported] = Cache(KEPT)


def _read(engine: Engine) -> _Imported:
    layer = buildings_as_imported(engine)
    table = engine.table("buildings")
    columns = [name for name in BUILDING_COLUMNS if name in table.columns]
    buildings = table.select(*columns).to_pandas()
    floors = layer.set_index("building_id")["floors"]
    buildings = buildings.assign(floors=buildings["building_id"].map(floors))
    persons = engine.table("persons").select(*STAFF_COLUMNS, "from_date", "to_date").to_pandas()
    return _Imported(
        buildings=buildings.sort_values("building_id", ignore_index=True),
        persons=persons.sort_values("person_id", ignore_index=True),
        claims=together(imported_claims(engine, layer)),
        communities=_communities(engine),
    )


def _staff_of(persons: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Return the staff, `STAFF_COLUMNS`: who is on duty on a day is ``active``.

    A person whose last day is given is on duty up to it; one marked as gone without a date is not.
    """
    moment = pd.Timestamp(on)
    begun = persons["from_date"].isna() | (persons["from_date"] <= moment)
    marked = persons["active"].fillna(value=True).astype(bool)
    lasting = (persons["to_date"] >= moment).where(persons["to_date"].notna(), marked)
    staff: pd.DataFrame = persons[list(STAFF_COLUMNS)]
    return staff.assign(active=begun & lasting.astype(bool))


def _communities(engine: Engine) -> pd.Series[Any]:
    grids = engine.table("grids").select("grid_code", "community").to_pandas().dropna()
    codes = grids["grid_code"].str[:COMMUNITY_DIGITS]
    named = pd.Series(codes.to_numpy(), index=grids["community"].to_numpy(), dtype="str")
    return named[~named.index.duplicated()]
