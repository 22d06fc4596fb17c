"""Record what the product does, so that two commits can be compared by their answers.

    python -m benchmarks.behaviour.record_behaviour record FOLDER [--only PART ...]
    python -m benchmarks.behaviour.record_behaviour compare BEFORE AFTER [--names NAMES.json]

Everything is asked of a demonstration city that is built first, of a fixed seed, size and last day.
``commands/`` has the JSON of every command, ``chicago/`` that of the commands that read, over
Chicago's public files; ``services/`` what every service answers to every role; ``pages/`` a picture
and the visible text of every page. What a run draws or times is replaced by a word. Pages and the
lists of a day go by the clock: compare recordings of the same day, in the zone of the office.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.behaviour.recorded_text import Normaliser, Value, compare

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("commands", "services", "pages", "chicago")
BUILDINGS, SEED, DAY = 200, 5, date(2026, 11, 24)
ZONE = "Asia/Shanghai"
LOOKS = """
imports | verify | grids | quarantine | quarantine --export {out}/waiting.xlsx
template complaints {out}/template.xlsx
export buildings {out}/buildings.csv | export complaints {out}/complaints.xlsx
export inspections {out}/inspections.parquet | export grids {out}/grids.geojson | export-requests
top -k 10 | top --unit cell:8 -k 10 | top --unit cell:9 -k 10 | top --unit cell:10 -k 10
top --unit grid -k 10 | top --unit community -k 10 --export {out}/top.xlsx
top -k 5 --export {out}/top.csv
explain {unit} | explain nowhere | audit -n 20 | audit --action import --export {out}/audit.csv
""".replace("\n", "|")
READS = (
    LOOKS
    + """
demo --no-serve --buildings {buildings} --seed {seed}
backtest --json {out}/backtest.json
backtest --unit cell:8 --origins 2026-05-01:2026-07-01:2mo --no-area --json {out}/cells.json
responsible {unit} | responsible {unit} --on 2026-11-20
evaluate-plan {week_before} | campaign-summary {plan_id}
--as demo-warden my-buildings | --as demo-warden my-buildings --all --on {day}
--as demo-warden my-buildings --export {out}/mine.xlsx | my-buildings
visits --limit 20 | --as demo-warden visits --mine | visits --building {unit}
coverage --since {week_before} --until {day} | coverage --since {week_before} --until {day} --late
coverage --since {week_before} --until {day} --by grid
plan --preview --week {day} --seconds 0 --seed drawn
plan --preview --from {today} --to {soon} --teams 2 --seconds 0 --seed drawn
user list | user roles | --as demo-warden imports | --as demo-auditor imports
""".replace("\n", "|")
)
CHANGES = """
init {out}/new | init {out}/new
import complaints {files}/09_随手拍.csv --datum bd09 --dry-run
import complaints {files}/09_随手拍.csv --datum bd09 | import complaints {files}/09_随手拍.csv
import complaints {files}/10_教育局转办.xlsx | undo-import {import_id} | undo-import {import_id}
score --as-of {day} | assign --seed 1 --from {soon} | assign-approve {proposal_id}
assign-undo {proposal_id} | plan --week {soon} --seconds 0 --seed drawn --publish
user add zhang --name 张三 --role warden --street | user roles zhang --role planner
user lock zhang | user unlock zhang | user reset zhang | user list
export complaints {out}/all.csv --unmasked --reason 核对十月台账 | export-requests
--as demo-auditor approve-export 1 | --as demo-security-administrator approve-export 1
export complaints {out}/all.csv --request 1 | audit-prune | audit-accept --reason 核对
verify | audit -n 30
""".replace("\n", "|")
"""In this order, on a copy."""
NOT_RUN = {
    "serve": "does not end; the pages are recorded through it",
    "user password": "asks on a terminal",
}


def main() -> int:
    """Record or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record")
    record.add_argument("folder", type=Path)
    record.add_argument("--only", nargs="+", choices=STAGES, default=STAGES)
    record.add_argument("--match", default="", help="only services and pages called so; a regex")
    record.add_argument("--demo", type=Path, help="a city that was built before; it is copied")
    record.add_argument("--chicago", type=Path, help="Chicago's workspace, made before; copied")
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--names", type=Path, help="JSON: service after → service before")
    options = parser.parse_args()
    if options.command == "compare":
        names = json.loads(options.names.read_text("utf-8")) if options.names else {}
        reports = list(compare(options.before, options.after, names=names))
        print("\n\n".join([*reports, f"{len(reports)} files differ"]))
        return bool(reports)
    os.environ["TZ"] = ZONE
    time.tzset()
    with tempfile.TemporaryDirectory() as work:
        for stage in options.only:
            begun = time.monotonic()
            _record(stage, options, Path(work).resolve())
            print(f"{stage}: {time.monotonic() - begun:.0f} s", flush=True)
    return 0


def _record(stage: str, options: argparse.Namespace, work: Path) -> None:
    to = options.folder.resolve() / stage
    if not options.match:
        shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True, exist_ok=True)
    if stage == "chicago":
        record_chicago(to, work, options.chicago)
        return
    demo = work / "demo"
    if not demo.exists():
        _build(demo, options.demo)
    normaliser = _normaliser(demo, work)
    if stage == "commands":
        record_commands(to, demo, normaliser, work=work)
    elif stage == "services":
        from benchmarks.behaviour.recorded_services import record_services

        record_services(to, demo, normaliser, work=work, day=DAY, match=options.match)
    else:
        from benchmarks.behaviour.recorded_pages import record_pages

        record_pages(to, shutil.copytree(demo, work / "served"), normaliser, match=options.match)


def _build(folder: Path, built: Path | None) -> None:
    from governance.access.permissions import local_owner
    from gridwarden.demo.build import build_demonstration

    if built is not None:
        shutil.copytree(built, folder)
        return
    build_demonstration(
        folder, buildings=BUILDINGS, seed=SEED, actor=local_owner(), today=DAY,
        advance=lambda stage, done, total: None,  # noqa: ARG005 -- named by its caller
    )  # fmt: skip


def _normaliser(workspace: Path, work: Path) -> Normaliser:
    begun = (workspace / "gridwarden.toml").stat().st_mtime  # never written to after the beginning
    folders = {str(work): "<work>", str(ROOT): "<project>"}
    marker = workspace / "demonstration.json"
    if marker.exists():  # it says where it was built, which a copy does not change
        folders[json.loads(marker.read_text("utf-8"))["workspace"]] = "<work>/demo"
    return Normaliser(datetime.fromtimestamp(begun, tz=UTC), folders)


def record_commands(to: Path, demo: Path, normaliser: Normaliser, *, work: Path) -> None:
    """Write the answer of every command, and which are not asked."""
    today = datetime.now().astimezone().date()
    known = {"files": demo / "files", "day": DAY, "week_before": DAY - timedelta(days=8),
             "today": today, "soon": today + timedelta(days=7),
             "seed": SEED, "buildings": BUILDINGS}  # fmt: skip
    said = _ask(READS, to, shutil.copytree(demo, work / "read"), normaliser, known)
    changed = shutil.copytree(demo, work / "changed")
    said |= _ask(CHANGES, to / "changes", changed, normaliser, known)
    forgotten = sorted(name for name in _commands() if name not in said and name not in NOT_RUN)
    (to / "not_run.json").write_text(
        normaliser.json({**NOT_RUN, **dict.fromkeys(forgotten, "unknown to the recorder")}), "utf-8"
    )


def record_chicago(to: Path, work: Path, made: Path | None) -> None:
    """Write what the commands that read say of Chicago, where its files are."""
    if not (ROOT.parent / "shared" / "data" / "chicago").is_dir():
        print("Skipped: Chicago's files are not there.")
        return
    folder = work / "chicago"
    if made is None:
        script = [sys.executable, "benchmarks/chicago/job.py", "--workspace", str(folder)]
        subprocess.run(script, cwd=ROOT, check=True)  # noqa: S603 -- our own program
    else:
        shutil.copytree(made, folder)
    _ask(LOOKS, to, folder, _normaliser(folder, work), {})


def _ask(
    lines: str, to: Path, folder: Path, normaliser: Normaliser, known: Mapping[str, Any]
) -> set[str]:
    """Run commands in their order, write what each says and return their names."""
    from typer.testing import CliRunner

    from gridwarden.cli import app

    out = folder.parent / f"{folder.name}_out"
    out.mkdir()
    known, said, names = {**known, "out": out}, CliRunner(), _commands()
    asked: set[str] = set()
    to.mkdir(exist_ok=True)
    for number, line in enumerate(filter(None, map(str.strip, lines.split("|"))), start=1):
        words = shlex.split(line.format_map(defaultdict(lambda: "unknown", known)))
        result = said.invoke(app, ["-w", str(folder), "--json", *words])
        answer = json.loads(result.stdout) if result.stdout.strip() else None
        facts: dict[str, Any] = {"exit_code": result.exit_code, "answer": answer}
        if result.exception and not isinstance(result.exception, SystemExit):
            facts["raised"] = repr(result.exception)
        facts["files"] = {
            file.name: normaliser.file(file.read_bytes())
            for file in sorted(out.iterdir()) if file.is_file()
        }  # fmt: skip
        for file in filter(Path.is_file, out.iterdir()):
            file.unlink()
        slug = re.sub(r"[^\w.:-]+", "-", line.replace("{out}/", "")).strip("-")
        (to / f"{number:02}-{slug}.json").write_text(normaliser.json(facts), encoding="utf-8")
        known |= {name: value for name, value in _ids(answer) if name not in known or "_id" in name}
        asked |= {name for name in names if f" {name} " in f" {line} "}
    return asked


def _commands() -> set[str]:
    """Return the name of every command of the program, `user list` among them."""
    from typer.main import get_command

    from gridwarden.cli import app

    def walk(command: Value, path: str) -> Iterator[str]:
        for name, inner in getattr(command, "commands", {}).items():
            yield from (
                walk(inner, f"{path} {name}")
                if hasattr(inner, "commands")
                else [f"{path} {name}".strip()]
            )

    return set(walk(get_command(app), ""))


def _ids(answer: Value) -> list[tuple[str, str]]:
    """Return what an answer calls its things, the first of a list last."""
    if isinstance(answer, list):
        return [pair for each in reversed(answer) for pair in _ids(each)]
    if not isinstance(answer, dict):
        return []
    below = [pair for each in answer.values() for pair in _ids(each)]
    own = [(n, v) for n, v in answer.items() if n.endswith(("_id", "unit")) and isinstance(v, str)]
    return below + own


if __name__ == "__main__":
    sys.exit(main())
