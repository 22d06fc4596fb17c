"""Buildings that duties and visits of this office name, and that are in no list any more.

An import that was taken back, a list with other codes, or an address that is read otherwise than
before leaves them behind: such a duty answers for nothing, such a visit counts nowhere.
"""

from datetime import datetime
from typing import Final

from data.engine import Engine
from data.store.unit_of_work import UnitOfWork
from governance.overview.facts import StartLine

KIND: Final = "lost_buildings"


def line_of_lost_buildings(engine: Engine, unit: UnitOfWork, *, now: datetime) -> StartLine:
    """Return how many there are, with the code of one; ended buildings are in the list still.

    ``now``: local time; duties that ended before are left out, visits never are.
    """
    duties = unit.duties.held()
    ended = duties["valid_to"] < now
    standing = duties[~ended & duties["target_kind"].eq("building")]
    visited = unit.visits.last_per_building(columns=("building_id",))["building_id"]
    named = {*standing["target_id"], *visited.dropna()}
    known = engine.table("buildings").select("building_id").to_pandas() if named else None
    lost = sorted(named - set(known["building_id"] if known is not None else ()))
    return StartLine(kind=KIND, count=len(lost), facts={"example": lost[0] if lost else ""})
