"""Buildings that no longer stand: said once, taken back, and asked for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd

from data.derived.placing.building_ends import BuildingEnd, read_ends, write_ends
from data.derived.unit_names import UnitNames
from data.lake.schema import ENDED_ON
from data.privacy.pseudonyms import hide_numbers
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may, require, require_whole
from governance.importing.address_review import UnknownBuildingError
from governance.responsibility.people import account_names
from governance.service import Service
from governance.visits.base import VisitReader

END_COLUMNS: Final = ("building_id", "name", "ended_on", "reason", "by", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedBuilding:
    """What a building's page says of one that no longer stands."""

    name: str
    ended_on: date
    """The first day without it."""
    reason: str
    by: str
    """A name. Both are empty where an imported table says so, and to who may not say so."""
    said_here: bool
    """Whether it was said here, and can be taken back."""


class BuildingEndError(GridwardenError):
    """What was said about the end of a building is not usable, or nothing was said."""


class BuildingEndService(Service):
    """Services about buildings that were pulled down, and sites that were cleared.

    From its day on such a building is on no plan and no day's list, in no count of what is due and
    in no score; what there is of it stays. An imported table of buildings says the same by its
    field ``ended_on``.
    """

    _visit_reader: VisitReader

    def end(
        self, actor: Actor, building_ids: Collection[str], *, ended_on: date, reason: str
    ) -> None:
        """Say that buildings no longer stand: all of them, or nothing is said.

        ``ended_on``: the first day without them, today at the latest.

        Raises `UnknownBuildingError` when the register does not hold one.
        Raises `BuildingEndError`: ``building_end_reason_missing``, ``building_end_later``,
        ``building_ended_already``.
        """
        require_whole(actor, Action.END_BUILDINGS)
        ids, today = sorted(set(building_ids)), self._local_now().date()
        if not reason.strip():
            raise BuildingEndError("building_end_reason_missing")
        if ended_on > today:
            raise BuildingEndError("building_end_later", seen=str(ended_on), expected=str(today))
        register = self._ended_in_register(ids)
        if unknown := [each for each in ids if each not in register]:
            raise UnknownBuildingError("building_unknown", seen=", ".join(unknown))
        new = BuildingEnd(
            ended_on=ended_on, reason=hide_numbers(reason.strip()), by=actor.id, at=self._now()
        )
        with self._workspace.store.begin() as unit:
            # The line comes first: with the head of the log it holds off whoever says so meanwhile.
            self._record_in(unit, actor, Action.END_BUILDINGS, building=", ".join(ids),
                            ended_on=str(ended_on), change="building_ended")  # fmt: skip
            ends = read_ends(unit)
            if already := [each for each in ids if each in ends or register[each] is not None]:
                raise BuildingEndError("building_ended_already", seen=", ".join(already))
            write_ends(unit, ends | dict.fromkeys(ids, new))
            unit.commit()

    def take_back(self, actor: Actor, building_ids: Collection[str]) -> None:
        """Take back what was said here about buildings, all of it or nothing.

        Raises `BuildingEndError`: ``building_end_missing`` when nothing was said here of one; what
        an imported table says is taken back with its import, or by a corrected one.
        """
        require_whole(actor, Action.END_BUILDINGS)
        ids = sorted(set(building_ids))
        with self._workspace.store.begin() as unit:
            self._record_in(unit, actor, Action.END_BUILDINGS, building=", ".join(ids),
                            change="building_stands")  # fmt: skip
            ends = read_ends(unit)
            if missing := [each for each in ids if each not in ends]:
                raise BuildingEndError("building_end_missing", seen=", ".join(missing))
            write_ends(unit, {each: end for each, end in ends.items() if each not in set(ids)})
            unit.commit()

    def all(self, actor: Actor) -> pd.DataFrame:
        """List the buildings that no longer stand, the last one first: `END_COLUMNS`.

        ``by`` is a name, and with ``reason`` and ``at`` (local) empty where an imported table says
        so.
        """
        require_whole(actor, Action.END_BUILDINGS)
        with self._workspace.store.begin() as unit:
            ends, names = read_ends(unit), account_names(unit)
        register = self._ended_in_register(None)
        rows = [
            (building, day, end.reason if end else "", names.get(end.by, end.by) if end else "",
             self.clock.to_local(end.at) if end else None)
            for building, day in register.items()
            for end in [ends.get(building)]
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=["building_id", "ended_on", "reason", "by", "at"])
        frame = frame.assign(name=UnitNames(self._engine).of("building", frame["building_id"]))
        frame = frame.sort_values(["ended_on", "building_id"], ascending=[False, True])
        return frame[list(END_COLUMNS)].reset_index(drop=True)

    def of(self, actor: Actor, building_id: str) -> EndedBuilding | None:
        """Return from when a building of the actor's no longer stands; None of one that does."""
        require(actor, Action.SEE_REGISTER)
        day = self.days(actor, [building_id]).get(building_id)
        if day is None:
            return None
        with self._workspace.store.begin() as unit:
            end, names = read_ends(unit).get(building_id), account_names(unit)
        shown = end if may(actor, Action.END_BUILDINGS) else None
        return EndedBuilding(
            name=str(UnitNames(self._engine).of("building", [building_id])[0] or ""),
            ended_on=day, reason=shown.reason if shown else "",
            by=names.get(shown.by, shown.by) if shown else "", said_here=end is not None,
        )  # fmt: skip

    def days(self, actor: Actor, building_ids: Collection[str]) -> dict[str, date]:
        """Return the first day without each of some buildings; those that stand are left out.

        So are those that are neither in the actor's scope nor delegated.
        """
        require(actor, Action.SEE_REGISTER)
        seen = self._visit_reader.buildings(
            actor, only=building_ids, also=building_ids, scored=False
        )
        ended = seen.dropna(subset=ENDED_ON)
        return {str(unit): day.date() for unit, day in zip(ended["building_id"], ended[ENDED_ON],
                                                           strict=True)}  # fmt: skip

    def _ended_in_register(self, ids: Collection[str] | None) -> Mapping[str, date | None]:
        """Return the first day without buildings that the register holds, None of those that stand.

        ``ids``: which ones; None: all that no longer stand.
        """
        register = self._engine.table("buildings").select("building_id", ENDED_ON)
        wanted = register.drop_null(ENDED_ON) if ids is None else (
            register.filter(register["building_id"].isin(list(ids)))
        )  # fmt: skip
        rows = wanted.to_pyarrow()
        days: list[datetime | None] = rows[ENDED_ON].to_pylist()
        return dict(zip(rows["building_id"].to_pylist(),
                        [day and day.date() for day in days], strict=True))  # fmt: skip
