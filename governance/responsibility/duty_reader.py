"""Read duties for services that asked permission before."""

from collections.abc import Collection
from datetime import date
from typing import Final

import pandas as pd

from data.contracts.vocabulary import Duty
from data.store.unit_of_work import UnitOfWork
from data.workspace.cache import Cache
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may
from governance.responsibility.duty_register import DutyRegister, read_duties
from governance.responsibility.resolve import TARGETS
from governance.service import Component, Resources

NEAREST: Final = (Duty.BUILDING_HEAD, Duty.WARDEN, Duty.GRID_CHIEF, Duty.AREA_LEADER)
"""Whose duty it is to look after a building, who is nearest to it first."""
UNIT_COLUMNS = {kind: column for kind, column in TARGETS.items() if kind != "estate"}


class UnknownTargetError(GridwardenError):
    """No building, estate, grid or community has this name, or it is not this person's to see."""


class DutyReader(Component):
    """Reads duties and the people who hold them; asks nobody's permission."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._scores: Cache[pd.DataFrame] = Cache(1)

    def register(self, on: date | None = None, *, unit: UnitOfWork | None = None) -> DutyRegister:
        """Return the duties of a day, today where none is given.

        A unit of work that is given must not have changed a duty yet.
        """
        day = on or self.clock.today()
        return read_duties(self._workspace, self._engine, on=day, unit=unit)

    def members(self, actor: Actor, register: DutyRegister, unit: str) -> tuple[str, pd.DataFrame]:
        """Return the kind of a unit and its buildings, all of which must be the actor's to see."""
        for kind, column in UNIT_COLUMNS.items():
            members = register.buildings[register.buildings[column] == unit]
            if len(members):
                if len(actor.scope.of_frame(members)) < len(members):
                    break
                return kind, members
        raise UnknownTargetError("target_unknown", seen=unit)

    def nearest(
        self, building_ids: Collection[str], *, unit: UnitOfWork | None = None
    ) -> dict[str, str]:
        """Return building → the person nearest to it who has a duty for it today.

        Of `NEAREST`, the first that a person on duty has; buildings for which nobody has one are
        left out.
        """
        register = self.register(unit=unit).of_targets({"building": building_ids})
        staff = register.staff
        held = register.resolved
        held = held[held["person_id"].isin(staff.loc[staff["active"], "person_id"])]
        order = {str(duty): number for number, duty in enumerate(NEAREST)}
        held = held.assign(order=held["duty"].map(order)).dropna(subset="order")
        held = held.sort_values("order", kind="stable").drop_duplicates("building_id")
        return dict(zip(held["building_id"], held["person_id"], strict=True))

    def holder_names(
        self, actor: Actor, building_ids: Collection[str], duty: Duty, *, on: date
    ) -> list[str]:
        """Return what those are called who have a duty; all "" to who may not see duties."""
        if not len(building_ids) or not may(actor, Action.SEE_RESPONSIBILITY):
            return [""] * len(building_ids)
        register = self.register(on)
        holders = register.holders(duty)
        return [register.names.get(holders.get(unit, ""), "") for unit in building_ids]

    def scores(self) -> pd.DataFrame:
        """Return tier and score per building of the latest snapshot, or nothing.

        Kept until there is another snapshot; never to be changed in place.
        """
        latest = self._snapshots.latest()

        def read() -> pd.DataFrame:
            if latest is None:
                return pd.DataFrame(columns=["tier", "score"], index=pd.Index([], dtype="str"))
            columns = ["building_id", "tier", "score"]
            return latest.table("buildings", columns=columns).set_index("building_id")

        return self._scores.get(latest and latest.snapshot_id, read)
