"""Where a reminder goes: a building, who owns or manages it, and the pledge that they sign."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from data.derived.answers.unit_names import UnitNames
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.records.notices.rules.state import NoticeState
from governance.responsibility.changes import SET
from governance.responsibility.duty_reader import DutyReader
from governance.responsibility.duty_writer import DutyWriter
from governance.responsibility.resolve import NO_PLEDGE, PLEDGED
from governance.service import Component

_CODES: Final = ("building_id", "community_code", "grid_code")


@dataclass(frozen=True, slots=True)
class ReminderPlace:
    """The name of a building and who has a duty for it, "" where nobody is known."""

    name: str
    holder: str


class ReminderPlaces(Component):
    """Reads who is to be reminded, and notes what they signed."""

    _duty_reader: DutyReader
    _duty_writer: DutyWriter

    def of(self, actor: Actor, building_id: str, duty: str | None) -> ReminderPlace:
        """Return a building of the actor's and who has the duty for it.

        Raises `UnknownTargetError` when there is no such building among what the actor may see.
        """
        register = self._duty_reader.register()
        self._duty_reader.members(actor, register, building_id)
        name = UnitNames(self._engine).of("building", [building_id])[0]
        held = register.resolved
        held = held[(held["building_id"] == building_id) & (held["duty"] == duty)]
        if held.empty:
            return ReminderPlace(name, "")
        row = held.iloc[0]
        return ReminderPlace(name, row["org"] or register.names.get(row["person_id"], ""))

    def codes(self, building_id: str) -> dict[str, Any]:
        """Return a building's codes as a notice's place has them."""
        frame = self._duty_reader.register().buildings
        found = frame.loc[frame["building_id"] == building_id, list(_CODES)].fillna("")
        row = found.iloc[0] if len(found) else dict.fromkeys(_CODES, "")
        return {"building_id": building_id, "community": str(row["community_code"]),
                "grid": str(row["grid_code"])}  # fmt: skip

    def owing(self, actor: Actor) -> pd.DataFrame:
        """Return who has signed no pledge: ``building_id, name, duty, holder, community``."""
        register = self._duty_reader.register()
        problems = register.problems
        owing = problems[(problems["kind"] == NO_PLEDGE) & problems["duty"].isin(PLEDGED)]
        owing = actor.scope.of_frame(owing).reset_index(drop=True)
        communities = UnitNames(self._engine).of("community", owing["community_code"].fillna(""))
        return pd.DataFrame(
            {
                "building_id": owing["building_id"],
                "name": owing["name"],
                "duty": owing["duty"],
                "holder": owing["detail"].where(owing["detail"] != "", owing["person"]),
                "community": communities,
            }
        )

    def note_pledge(self, unit: UnitOfWork, actor: Actor, state: NoticeState) -> None:
        """Write the day of a pledge into the duty that it is about, where it has a holder.

        Raises `UnknownTargetError` when the building is not the actor's.
        """
        unit.duties.hold_all()
        register = self._duty_reader.register(unit=unit)
        held = register.resolved
        held = held[(held["building_id"] == state.building_id) & (held["duty"] == state.duty)]
        if held.empty or state.building_id is None or state.pledge_on is None:
            return
        row = held.iloc[0]
        self._duty_writer.check_inside(actor, register, {"building": [state.building_id]})
        pledged = {
            "target_kind": "building", "target_id": state.building_id, "duty": row["duty"],
            "person_id": row["person_id"] or None, "org": row["org"] or None,
            "valid_from": self.clock.today(), "valid_to": None, "pledge_on": state.pledge_on,
        }  # fmt: skip
        self._duty_writer.replace(unit, actor, [pledged], kind=SET,
                                  reason=f"{state.title} {state.pledge_on}")  # fmt: skip
