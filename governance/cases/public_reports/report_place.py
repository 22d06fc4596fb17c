"""Where a report is: placed as rows of an import are, at once."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from data.derived.build import Derivation
from data.derived.placing.place import ADDRESS_FIELD, Placer
from data.lake.schema import IMPORT_ID, ROW_KEY, TEXT
from governance.service import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlace:
    """Codes of where a report is, as far as it is known."""

    building_id: str | None = None
    community: str = ""
    grid: str = ""


class ReportPlacing(Component):
    """Places reports by the register, grids and decisions of now."""

    def place(self, address: str, lon: float | None, lat: float | None) -> ReportPlace:
        """Return where an address and a point (WGS-84, degrees) are."""
        rows = pa.table(
            {
                IMPORT_ID: pa.array([""], TEXT),
                ROW_KEY: pa.array([""], TEXT),
                ADDRESS_FIELD: pa.array([address or None], TEXT),
                "lon": pa.array([lon], pa.float64()),
                "lat": pa.array([lat], pa.float64()),
            }
        )
        placed: dict[str, Any] = self._placer().place(rows).to_pylist()[0]
        return ReportPlace(
            building_id=placed["building_id"],
            community=placed["community_code"] or "",
            grid=placed["grid_code"] or "",
        )

    def _placer(self) -> Placer:
        with Derivation(self._workspace) as derivation:
            placer = derivation.placer
        with self._workspace.store.begin() as unit:
            return placer.with_decisions(unit.address_reviews.decisions())
