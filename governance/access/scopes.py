"""Which rows a person may see: the whole street, or communities, grids and single buildings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import BooleanValue, Table

    from data.store.repositories.repository import InsideOf

COLUMN_OF = {"communities": "community_code", "grids": "grid_code", "buildings": "building_id"}


class Placed(Protocol):
    """A row of the store that lies somewhere; None and "" are nowhere."""

    @property
    def building_id(self) -> str | None:
        """Its building; None or "" is none."""

    @property
    def grid(self) -> str:
        """Its official grid."""

    @property
    def community(self) -> str:
        """Its community."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A part of the street: a row is inside when any of its codes is named.

    ``communities``, ``grids``, ``buildings``: codes that are inside; a grid of a named community is
    inside with it, since every placed row carries all three codes.
    """

    street: bool = False
    """Whether everything is inside."""
    communities: frozenset[str] = frozenset()
    grids: frozenset[str] = frozenset()
    buildings: frozenset[str] = frozenset()

    @classmethod
    def whole(cls) -> Self:
        """Return the whole street."""
        return cls(street=True)

    @classmethod
    def nothing(cls) -> Self:
        """Return the scope of somebody who answers for nothing."""
        return cls()

    @classmethod
    def of_mapping(cls, codes: Mapping[str, Any]) -> Self:
        """Return the scope that `to_mapping` wrote."""
        parts = {name: frozenset(map(str, codes.get(name, ()))) for name in COLUMN_OF}
        return cls(street=bool(codes.get("street", False)), **parts)

    def to_mapping(self) -> dict[str, Any]:
        """Return the scope as JSON keeps it, codes sorted."""
        parts = {name: sorted(getattr(self, name)) for name in COLUMN_OF}
        return {"street": self.street, **parts}

    def __bool__(self) -> bool:
        """Say whether anything at all is inside."""
        return self.street or any(getattr(self, name) for name in COLUMN_OF)

    def __or__(self, other: Scope) -> Scope:
        """Return what is inside either."""
        parts = {f.name: getattr(self, f.name) | getattr(other, f.name) for f in fields(Scope)}
        return Scope(**parts)

    @property
    def inside(self) -> InsideOf | None:
        """What the store asks of the rows that are inside; None for the whole street."""
        if self.street:
            return None
        from data.store.repositories.repository import InsideOf

        return InsideOf(self.communities, self.grids, self.buildings)

    def of_rows(self, table: Table) -> Table:
        """Keep the rows of a query that are inside; a table without any code has none inside."""
        if self.street:
            return table
        conditions = [
            table[column].isin(sorted(codes))
            for name, column in COLUMN_OF.items()
            if column in table.columns and (codes := getattr(self, name))
        ]
        return table.filter(_any_of(conditions))

    def of_frame(
        self,
        frame: pd.DataFrame,
        *,
        building: str = "building_id",
        grid: str = "grid_code",
        community: str = "community_code",
    ) -> pd.DataFrame:
        """Keep the rows of a frame that are inside; columns that it lacks tell nothing.

        ``building``, ``grid``, ``community``: what the frame calls the columns that hold these
        codes.
        """
        if self.street:
            return frame
        import pandas as pd

        named = {"communities": community, "grids": grid, "buildings": building}
        keep = pd.Series(data=False, index=frame.index)
        for name, column in named.items():
            if column in frame:
                keep |= frame[column].isin(getattr(self, name))
        return frame[keep]

    def covers(self, *, building: str = "", grid: str = "", community: str = "") -> bool:
        """Say whether something with these codes is inside."""
        return (
            self.street
            or building in self.buildings
            or grid in self.grids
            or community in self.communities
        )

    def covers_row(self, row: Placed) -> bool:
        """Say whether a row is inside."""
        return self.covers(building=row.building_id or "", grid=row.grid, community=row.community)


def _any_of(conditions: Collection[BooleanValue]) -> BooleanValue:
    import ibis

    found: BooleanValue = ibis.literal(value=False)
    for condition in conditions:
        found = found | ibis.coalesce(condition, ibis.literal(value=False))
    return found
