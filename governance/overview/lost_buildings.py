"""Buildings that duties and visits of this office name, and that are in no list any more.

An import that was taken back, a list with other codes, or an address that is read otherwise than
before leaves them behind: such a duty answers for nothing, such a visit counts nowhere.
"""

from datetime import datetime
from typing import Final

from data.engine import Engine
from data.store.unit_of_work import UnitOfWork
from data.workspace.cache import Cache
from governance.overview.facts import StartLine

KIND: Final = "lost_buildings"


class LostBuildings:
    """Counts them once for each state of the register and of the duties.

    Who records a visit names a building of the register as it is, so no visit alone changes them.
    """

    def __init__(self) -> None:
        self._lines: Cache[StartLine] = Cache(1)

    def line(self, engine: Engine, unit: UnitOfWork, *, now: datetime) -> StartLine:
        """Return how many there are, with the code of one; ended buildings are in the list still.

        ``now``: local time; duties that ended before are left out, visits never are.
        """
        key = engine.name_of_register(), unit.duties.newest_change(), now.date()
        return self._lines.get(key, lambda: _count(engine, unit, now))


def _count(engine: Engine, unit: UnitOfWork, now: datetime) -> StartLine:
    duties = unit.duties.held()
    ended = duties["valid_to"] < now
    standing = duties[~ended & duties["target_kind"].eq("building")]
    visited = unit.visits.last_per_building(columns=("building_id",))["building_id"]
    named = {*standing["target_id"], *visited.dropna()}
    known = engine.table("buildings").select("building_id").to_pandas() if named else None
    lost = sorted(named - set(known["building_id"] if known is not None else ()))
    return StartLine(kind=KIND, count=len(lost), facts={"example": lost[0] if lost else ""})
