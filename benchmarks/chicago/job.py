"""The whole job on real input: import Chicago's public files, score, print the counts.

    python -m benchmarks.chicago.job [--workspace chicago] [--as-of 2014-12-31]

Uses the command line that every office uses, with the parser of Chicago's addresses set. Where the
files are absent it says so and ends with exit code 0, so that a machine without them can run every
target.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT.parent / "shared" / "data" / "chicago"
PROFILE = ROOT / "benchmarks" / "chicago"
"""Settings that fit Chicago: its words, how often it inspects, how its register was written."""
COMMAND = "benchmarks.chicago.command"
"""The command line with the parser of Chicago's addresses."""
INSPECTION_COLUMNS = {
    "inspection_id": "Inspection_ID",
    "unit_id": "License",
    "party": "DBA_Name",
    "place_kind": "Facility_Type",
    "risk_class": "Risk",
    "raw_address": "Address",
    "at": "Inspection_Date",
    "purpose": "Inspection_Type",
    "result": "Results",
    "critical_count": "criticalCount",
    "other_count": "minorCount",
    "lon": "Longitude",
    "lat": "Latitude",
}
VISIT_COLUMNS = {
    "unit_id": "License",
    "party": "DBA",
    "raw_address": "Address",
    "at": "Inspection_Date",
    "purpose": "Inspection_Purpose",
}
"""Visits of every purpose, without results; those that the other file knows count once, with it."""
IMPORTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "rentals",
        "register.parquet",
        {
            "filing_no": "ID",
            "unit_id": "LICENSE_NUMBER",
            "lessee": "DOING_BUSINESS_AS_NAME",
            "raw_address": "ADDRESS",
            "unit_kind": "LICENSE_DESCRIPTION",
            "start_date": "LICENSE_TERM_START_DATE",
            "end_date": "LICENSE_TERM_EXPIRATION_DATE",
            "lon": "LONGITUDE",
            "lat": "LATITUDE",
        },
    ),
    ("inspections", "canvass_inspections.parquet", INSPECTION_COLUMNS),
    ("inspections", "inspections_all.parquet", VISIT_COLUMNS),
    (
        "complaints",
        "complaints.parquet",
        {
            "ticket_no": "Service_Request_Number",
            "received_at": "Creation_Date",
            "closed_at": "Completion_Date",
            "category": "Type_of_Service_Request",
            "content": "What_is_the_Nature_of_this_Code_Violation",
            "raw_address": "Street_Address",
            "lon": "Longitude",
            "lat": "Latitude",
        },
    ),
)


def main() -> int:
    """Run everything and print one line per step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, default=ROOT / "chicago")
    parser.add_argument("--as-of", default="2014-12-31")
    options = parser.parse_args()
    if not files_are_here():
        return 0
    if not (options.workspace / "gridwarden.toml").exists():
        run("init", str(options.workspace))
    add_settings(options.workspace, PROFILE / "profile.toml")
    workspace = ("-w", str(options.workspace))
    for table, file, columns in IMPORTS:
        counts = run(*workspace, *import_of(table, file, columns))
        names = ("rows_in", "accepted", "quarantined", "duplicates", "reasons", "located")
        print(f"  {table}: " + ", ".join(f"{name} {counts[name]}" for name in names))
    score = run(*workspace, "score", "--as-of", options.as_of)
    print(f"  {score['buildings']} buildings and {score['cells']} cells as of {score['as_of']}")
    for place in run(*workspace, "top", "--unit", "building", "-k", "5"):
        print(f"  {place['rank']}. {place['tier']} {place['name']}: {place['score']:.1f}")
    print(f"Look at it: python -m {COMMAND} -w {options.workspace.name} serve")
    return 0


def files_are_here() -> bool:
    """Return whether Chicago's files are here; say so where they are not."""
    if not FILES.is_dir():
        print(f"Skipped: Chicago's files are not at {FILES.relative_to(ROOT.parent)}.")
    return FILES.is_dir()


def import_of(table: str, file: str, columns: dict[str, str]) -> list[str]:
    """Return the command that imports a file, with the city's headers and words."""
    said = [part for pair in columns.items() for part in ("--map", "=".join(pair))]
    said += [part for meaning in _meanings(table) for part in ("--value", meaning)]
    return ["import", table, str(FILES / file), "--datum", "wgs84", *said]


def _meanings(table: str) -> list[str]:
    file = PROFILE / "words" / f"{table}.toml"
    words = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return [
        f"{field}:{spelling}={value}"
        for field, values in words.items()
        for value, spellings in values.items()
        for spelling in spellings
    ]


def add_settings(workspace: Path, part: Path) -> None:
    """Write a part of Chicago's settings to the end of a workspace's, where it is not yet."""
    settings = workspace / "gridwarden.toml"
    text, added = (path.read_text(encoding="utf-8") for path in (settings, part))
    if added not in text:
        settings.write_text(text + added, encoding="utf-8")


def run(*arguments: str) -> Any:  # noqa: ANN401 -- whatever JSON the command prints
    """Run one command of the product and return the object that it prints."""
    command = (sys.executable, "-m", COMMAND, *arguments, "--json")
    started = perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own command
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    print(f"{' '.join(arguments[2:4] or arguments)}: {perf_counter() - started:.1f} s", flush=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
