"""Build the demonstration city the way an office would: messy files through the ordinary import."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from data.calendars.read import EXAM, SCHOOL_BREAK, TERM, Span
from data.ingest.options import ImportOptions
from data.workspace.clock import Clock
from geo.errors import GridwardenError
from governance.access.permissions import Actor
from governance.office import Office
from gridwarden.compose import create_workspace, open_office, utc_now
from gridwarden.demo.adverts import write_adverts
from gridwarden.demo.cases import add_demo_cases
from gridwarden.demo.evidence import add_demo_evidence
from gridwarden.demo.ledger import add_demo_ledger
from gridwarden.demo.notices import add_demo_notices
from gridwarden.demo.patrols import WEEK, add_demo_patrols, draft_next_week
from gridwarden.demo.rounds import TABLE, keep_cadence
from gridwarden.demo.suspicions import add_demo_suspicions
from simulation.city.names import street_names
from simulation.generate import DemoFile, DemoFiles, generate_demo

MARKER = "demonstration.json"
FILES = "files"
SETTINGS = "gridwarden.toml"
SNAPSHOTS = 6
WEEKS = 3
"""Of which each has a score, besides the months."""
MONTH = timedelta(days=30)
EVENING = time(18, 0)
"""Until then the office works on a day that is named."""


class OtherDemonstrationError(GridwardenError):
    """The folder holds a demonstration of another seed or size."""


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """What the demonstration workspace holds, and what it was made from.

    ``tables`` has the counts of each over its files: ``rows_in``, ``accepted``, ``quarantined``
    and ``duplicates``; ``unscored`` the days whose scores are still to be made.
    """

    workspace: str
    seed: int
    buildings: int
    today: str
    tables: dict[str, dict[str, int]]
    unscored: tuple[str, ...] = ()


def build_demonstration(
    folder: Path,
    *,
    buildings: int,
    seed: int,
    actor: Actor,
    advance: Callable[[str, int, int], None],
    today: date | None = None,
    patrols: bool = True,
    whole: bool = True,
) -> Demonstration:
    """Build the demonstration city, or find it already built from the same seed and size.

    One that lacks the scores of earlier months gets them.

    ``folder``: the workspace to make. A half-built demonstration there is made anew; a different
    one, or any other workspace, is left alone and refused.
    ``buildings``, ``seed``: size of the city, and which city.
    ``advance``: called as (stage, done, total).
    ``today``: the day the city's records end; the current day when None, and then nothing in it is
    later than the current time.
    ``patrols``: whether it works: wardens who keep a cadence that the office can keep, a score for
    each of the last weeks, teams, with a plan for the week before that they went by and one for
    this.
    ``whole``: without it the scores of earlier months are left for the next call.

    Raises `OtherDemonstrationError` when the folder holds a demonstration of another seed or size.
    Raises `WorkspaceError` when the folder holds a workspace that is no demonstration.
    """
    marker = folder / MARKER
    if earlier := _earlier(marker):
        same = _same_city(earlier, seed=seed, buildings=buildings)
        return _made_whole(folder, same, actor=actor, advance=advance) if whole else same
    now = datetime.combine(today, EVENING) if today else Clock(utc_now).local()
    day = now.date()
    begun = Demonstration(
        workspace=str(folder), seed=seed, buildings=buildings, today=str(day), tables={}
    )
    create_workspace(folder)
    _write_marker(marker, begun)
    advance("city", 0, 1)
    made = generate_demo(folder / FILES, seed=seed, buildings=buildings, today=day)
    advance("city", 1, 1)
    _name_office(folder)
    adverts = DemoFile(path=folder / FILES / "18_网络广告.jsonl", table="adverts")
    write_adverts(adverts.path, truth=made.truth, today=day, seed=seed)
    files = (*made.files, adverts)
    tables = _import_files(folder, files, actor=actor, day=day, advance=advance)
    days = score_days(day)
    if patrols:
        days = _add_a_year_of_work(
            folder, made, tables, now=now, seed=seed, actor=actor, advance=advance
        )
    built = replace(begun, tables=tables, unscored=tuple(map(str, days)))
    _write_marker(marker, built)
    return _made_whole(folder, built, actor=actor, advance=advance) if whole else built


def _add_a_year_of_work(
    folder: Path,
    made: DemoFiles,
    tables: dict[str, dict[str, int]],
    *,
    now: datetime,
    seed: int,
    actor: Actor,
    advance: Callable[[str, int, int], None],
) -> list[date]:
    """Add visits, plans, suspicions, cases, ledger, material and notices; score them.

    Returns the days left to score.

    The ledger's counts are added to those of the tables.
    """
    day, truth = made.today, made.truth
    advance("patrols", 0, 1)
    rounds = keep_cadence(
        folder, settings=folder / SETTINGS, truth=truth, today=day, seed=seed, actor=actor
    )
    tables[TABLE] = {name: count + rounds[name] for name, count in tables[TABLE].items()}
    *earlier, planned_by, last, today = score_days(day, weeks=WEEKS)
    _score(folder, [planned_by], actor=actor, advance=advance)
    add_demo_patrols(folder, truth=truth, today=day, seed=seed, actor=actor)
    add_demo_suspicions(folder, truth=truth, today=day, seed=seed)
    add_demo_cases(folder, now=now, seed=seed, actor=actor)
    add_demo_ledger(folder, now=now)
    add_demo_evidence(folder, today=day, seed=seed)
    add_demo_notices(folder, now=now)
    advance("patrols", 1, 1)
    # What the patrols found, and what was decided, is in the others.
    _score(folder, [last, today], actor=actor, advance=advance)
    draft_next_week(folder, now=now, seed=seed)
    return earlier


def _made_whole(
    folder: Path, built: Demonstration, *, actor: Actor, advance: Callable[[str, int, int], None]
) -> Demonstration:
    if not built.unscored:
        return built
    days = [date.fromisoformat(day) for day in built.unscored]
    _score(folder, days, actor=actor, advance=advance)
    whole = replace(built, unscored=())
    _write_marker(folder / MARKER, whole)
    return whole


def score_days(day: date, *, weeks: int = 0) -> list[date]:
    """Return the days to score, in order: months, the last weeks, and the day itself."""
    months = {day - MONTH * number for number in range(1, SNAPSHOTS)}
    return sorted({*months, *(day - WEEK * number for number in range(weeks + 1))})


def _score(
    folder: Path, days: list[date], *, actor: Actor, advance: Callable[[str, int, int], None]
) -> None:
    with closing(open_office(folder)) as office:
        office.scores.run_days(actor, days, progress=advance)


def _import_files(
    folder: Path,
    files: tuple[DemoFile, ...],
    *,
    actor: Actor,
    day: date,
    advance: Callable[[str, int, int], None],
) -> dict[str, dict[str, int]]:
    """Import the city's files, give it people and a calendar; return counts."""
    with closing(open_office(folder)) as office:
        tables = _import_all(office, actor, files, advance)
        office.demo_accounts.add_people(actor)
        office.calendar.save(actor, school_years(day))
    return tables


def school_years(day: date) -> tuple[Span, ...]:
    """Return terms, breaks and the exam of the school years around a day, as a city sets them."""
    spans = []
    for year in (day.year - 1, day.year, day.year + 1):
        spans += [
            Span(first=date(year, 2, 17), last=date(year, 7, 3), kind=TERM, name="下学期"),
            Span(first=date(year, 6, 13), last=date(year, 6, 15), kind=EXAM, name="中考"),
            Span(first=date(year, 7, 4), last=date(year, 8, 31), kind=SCHOOL_BREAK, name="暑假"),
            Span(first=date(year, 9, 1), last=date(year + 1, 1, 23), kind=TERM, name="上学期"),
            Span(
                first=date(year + 1, 1, 24), last=date(year + 1, 2, 16), kind=SCHOOL_BREAK,
                name="寒假",
            ),
        ]  # fmt: skip
    return tuple(spans)


def _earlier(marker: Path) -> Demonstration | None:
    """Return the demonstration that is there; one whose building was broken off is deleted."""
    if not marker.is_file():
        return None
    earlier = json.loads(marker.read_text(encoding="utf-8"))
    if earlier.get("tables"):
        unscored = tuple(earlier.pop("unscored", ()))
        current = {"workspace": str(marker.parent), "unscored": unscored}  # it may have been moved
        return Demonstration(**earlier | current)
    shutil.rmtree(marker.parent)
    return None


def _same_city(earlier: Demonstration, *, seed: int, buildings: int) -> Demonstration:
    if (earlier.seed, earlier.buildings) != (seed, buildings):
        raise OtherDemonstrationError(
            "other_demonstration",
            folder=earlier.workspace,
            seen=f"seed {earlier.seed}, {earlier.buildings} buildings",
            expected=f"seed {seed}, {buildings} buildings",
            what_to_do="Name another folder with -w, or delete this one.",
        )
    return earlier


def _import_all(
    office: Office,
    actor: Actor,
    files: tuple[DemoFile, ...],
    advance: Callable[[str, int, int], None],
) -> dict[str, dict[str, int]]:
    tables: dict[str, dict[str, int]] = {}
    for number, file in enumerate(files):
        advance("import", number, len(files))
        result = office.imports.import_file(
            actor, file.table, file.path, ImportOptions(datum=file.datum, sheet=file.sheet),
            derive=number == len(files) - 1,
        )  # fmt: skip
        counts = tables.setdefault(file.table, {})
        for name in ("rows_in", "accepted", "quarantined", "duplicates"):
            counts[name] = counts.get(name, 0) + getattr(result, name)
    advance("import", len(files), len(files))
    return tables


def _write_marker(path: Path, made: Demonstration) -> None:
    path.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=1), encoding="utf-8")


def _name_office(folder: Path) -> None:
    """Call the office what the generator calls its street."""
    street = street_names(1)[0]
    path = folder / SETTINGS
    text = path.read_text(encoding="utf-8")
    text = text.replace("demo = false", "demo = true", 1)
    text = text.replace('name = ""', f'name = "{street}办事处"', 1)
    path.write_text(text.replace('street = ""', f'street = "{street}"', 1), encoding="utf-8")
