"""Generate the demonstration city: build it, simulate two years, write its files and its truth."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from simulation.answers import AnswerBook
from simulation.city.city import City, CityPlan, build_city
from simulation.messy.complaint_files import write_hotline, write_other_channels
from simulation.messy.complaints import put_into_words
from simulation.messy.pledges import write_assignments
from simulation.messy.registers import (
    write_basemap,
    write_buildings,
    write_grids,
    write_persons,
    write_units,
)
from simulation.messy.rentals import write_rentals
from simulation.messy.visits import write_inspections, write_violations
from simulation.truth.history import Truth, simulate_town
from simulation.truth.records import Events, record_events
from simulation.truth.risk_field import DAYS
from simulation.truth_files import write_truth

_SINGLE = ("01_网格边界.geojson", "02_楼栋底图.geojson", "03_户室清单.csv", "04_人员名册.xlsx",
           "12_查处台账.xlsx", "16_包保责任.xlsx", "17_底图.geojson")  # fmt: skip
"""Files of which there is one each."""
SEED, BUILDINGS = 20_261_124, 3_000


@dataclass(frozen=True, kw_only=True)
class DemoFile:
    """One file to import: its table and the options that a person would give."""

    path: Path
    table: str
    datum: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, kw_only=True)
class DemoFiles:
    """What was made: files in the order of importing, the hidden truth, and the two years."""

    folder: Path
    files: tuple[DemoFile, ...]
    truth: Path
    start: date
    today: date


def generate_demo(
    folder: Path, *, seed: int = SEED, buildings: int = BUILDINGS, today: date
) -> DemoFiles:
    """Write the files of a fictional street office of `buildings` buildings into `folder`.

    The last event lies on the day before `today`, the first 728 days before it. The same seed,
    size and day give the same bytes. Headers are understood without a mapping; GeoJSON is in
    GCJ-02 and snap-and-report points in BD-09, which only the returned options say.

    Raises `ValueError` if `buildings` is outside 20 to 2,000,000.
    """
    plan = CityPlan(buildings=buildings, seed=seed)
    folder.mkdir(parents=True, exist_ok=True)
    layout, living, records, writing = np.random.SeedSequence(seed).spawn(4)
    start = today - timedelta(days=DAYS)
    city = build_city(plan, rng=np.random.default_rng(layout))
    truth = simulate_town(city, start=start, rng=np.random.default_rng(living))
    events = record_events(city, truth, rng=np.random.default_rng(records))
    book = AnswerBook()
    files = _write_files(folder, city, truth, events, book, seeds=writing, today=today)
    hidden = folder / "truth"
    write_truth(hidden, city=city, truth=truth, events=events, book=book, today=today)
    return DemoFiles(folder=folder, files=files, truth=hidden, start=start, today=today)


def _write_files(
    folder: Path, city: City, truth: Truth, events: Events, book: AnswerBook,
    *, seeds: np.random.SeedSequence, today: date,
) -> tuple[DemoFile, ...]:  # fmt: skip
    """Write every file; each has its own randomness, so that one can change without the rest."""
    rngs = [np.random.default_rng(s) for s in seeds.spawn(11)]
    grids, houses, rooms, staff, decided, pledges, basemap = (folder / name for name in _SINGLE)
    write_grids(city, events, grids, book)
    write_buildings(city, houses, book, rng=rngs[0])
    write_units(city, events, rooms, book, rng=rngs[1])
    write_persons(events, staff, book, rng=rngs[2])
    reported = put_into_words(city, truth, events, rng=rngs[3])
    hotline = write_hotline(reported, folder, book, rng=rngs[4])
    petition, snap, education = write_other_channels(city, reported, folder, book, rng=rngs[5])
    leases = write_rentals(city, truth, events, folder, book, rng=rngs[6])
    write_violations(city, truth, events, decided, book, rng=rngs[7])
    checks = write_inspections(city, events, folder, book, rng=rngs[8])
    write_assignments(city, events, pledges, book, today=today, rng=rngs[9])
    write_basemap(city, basemap, book, rng=rngs[10])
    return (
        DemoFile(path=grids, table="grids", datum="gcj02"),
        DemoFile(path=houses, table="buildings", datum="gcj02"),
        DemoFile(path=rooms, table="units"),
        DemoFile(path=staff, table="persons"),
        *(DemoFile(path=path, table="complaints") for path in hotline),
        DemoFile(path=petition, table="complaints"),
        DemoFile(path=snap, table="complaints", datum="bd09"),
        DemoFile(path=education, table="complaints"),
        *(DemoFile(path=path, table="rentals") for path in leases),
        DemoFile(path=decided, table="violations"),
        *(DemoFile(path=path, table="inspections") for path in checks),
        DemoFile(path=pledges, table="assignments"),
        DemoFile(path=basemap, table="basemap", datum="gcj02"),
    )
