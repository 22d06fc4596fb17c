"""What a file of grids does to the grids that are held: told before and after it is kept."""

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.derived.placing.ended_grids import dated_files, ended_grids
from data.workspace.folder import Workspace


def notes_of_grids(workspace: Workspace, rows: Path, day: date) -> dict[str, list[str]]:
    """Return codes of notes → what each is about.

    ``grids_replaced``: held grids in whose place those of the file are, as "old → new, new";
    ``grids_begin_later``: days after today on which grids of the file are to begin, which count
    from now on.

    ``rows``: the rows file of the import, which is not in the lake yet; ``day``: of the import.
    """
    lake = workspace.lake
    held = lake.imports("grids")
    before = dated_files(held, {each.import_id: lake.rows_path(each) for each in held})
    replaced = [
        f"{code} → {', '.join(end.replaced_by)}"
        for code, end in sorted(ended_grids((*before, (rows, day))).items())
        if end.replaced_by and code not in ended_grids(before)
    ]
    begin = pc.unique(pq.read_table(rows, columns=["valid_from"])["valid_from"]).drop_null()
    later = [each for each in begin.to_pylist() if each.date() > day]
    notes = {
        "grids_replaced": replaced,
        "grids_begin_later": [str(each.date()) for each in sorted(later)],
    }
    return {code: about for code, about in notes.items() if about}
