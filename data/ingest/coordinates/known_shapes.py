"""What is known to be here, to recognise the datum of a file's coordinates by."""

import pyarrow.parquet as pq
import shapely

from data.derived.build import Derivation
from data.derived.placing.place import footprints_of
from data.workspace.folder import Workspace


def known_shapes(workspace: Workspace) -> list[list[shapely.Geometry]]:
    """Return shapes in WGS-84 by kind, none of them empty.

    The street's border, the grids, the buildings, the shapes of other layers (roads, borders);
    where none of these is known the points of rows.
    """
    border = workspace.border_path
    with Derivation(workspace) as derivation:
        kinds = [list(derivation.grids.borders)]
        if border is not None and border.is_file():
            kinds.insert(0, [shapely.from_geojson(border.read_text(encoding="utf-8"))])
        register = pq.read_table(derivation.register_path(), columns=["lon", "lat", "geom"])
        known = footprints_of(register)
        kinds += [list(known[~shapely.is_missing(known)]), *derivation.versions.shapes_of_layers()]
        return list(filter(None, kinds)) or list(derivation.versions.points_of_rows())
