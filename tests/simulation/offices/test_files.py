"""The files of a simulated office say what its tables say."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data.engine import Engine
from data.ingest.options import ImportOptions
from data.ingest.run import import_file
from data.workspace.folder import Workspace
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.features.build import build_features
from risk.scoring.run import cut_after
from simulation.offices.files import write_office
from simulation.offices.office import TODAY, make_office

SAME = (
    *(c.BUILDING, c.KIND, c.H3_R10, c.GRID, c.COMMUNITY, c.EXPOSURE, c.REGISTERED, c.COMPLAINTS),
    *(c.COMPLAINT_REPORTERS, c.FOUND, c.NOT_FOUND, c.NO_ACCESS, c.VIOLATIONS, c.VISITS),
)


@pytest.mark.parametrize("kind", ["street", "graded"])
def test_what_is_imported_from_the_files_has_the_features_of_what_is_in_memory(
    kind: str, tmp_path: Path
) -> None:
    office = make_office(kind, seed=4, buildings=60)
    workspace = Workspace.create(tmp_path / "office")
    for table, path in write_office(office, tmp_path / "files").items():
        result = import_file(
            workspace,
            table,
            path,
            now=datetime.combine(TODAY, time(9)),
            options=ImportOptions(datum="wgs84"),
        )
        assert result.accepted == result.rows_in == office.tables[table].num_rows, result
    cut, config = cut_after(TODAY - timedelta(days=30)), ScoreConfig()
    imported, held = (
        build_features(source, cut=cut, config=config).buildings[list(SAME)]
        for source in (Engine(workspace), office.source)
    )
    pd.testing.assert_frame_equal(imported, held, rtol=1e-9)


def test_the_same_office_gives_the_same_files_and_its_truth_beside_them(tmp_path: Path) -> None:
    office = make_office("quiet", seed=4, buildings=60)
    first, second = (write_office(office, tmp_path / name) for name in ("first", "second"))
    assert {name: path.read_bytes() for name, path in first.items()} == {
        name: path.read_bytes() for name, path in second.items()
    }
    places = pd.read_parquet(tmp_path / "first" / "truth" / "places.parquet")
    day = places["day"].iloc[-1]
    expected = office.truth.at(day.date())["rate"].to_numpy()
    assert (places.loc[places["day"] == day, "rate"].to_numpy() == expected).all()
