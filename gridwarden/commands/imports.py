"""Commands that import files, undo imports, and export the quarantine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.i18n.file_notes import note_text
from data.workspace.atomic import write_bytes
from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import UsageProblemError, day_option, read_pairs
from gridwarden.console.terminal import Answer, records
from gridwarden.console.wording import counts_text, named_counts

if TYPE_CHECKING:
    from dashboard.i18n import Translator
    from data.ingest.options import ImportOptions
    from data.ingest.results import ImportResult

COUNTED = ("rows in", "accepted", "quarantined", "duplicates")
IMPORTS = ("import_id", "table:table", "file", "in_words")
WAITING = ("import_id", "table:table", "file", "rows", "reasons")
ENDED = ("building_id", "name", "ended_on", "reason", "by", "at", "later_rows")
MAP_FORM, WHERE_FORM, VALUE_FORM = "FIELD=COLUMN", "COLUMN=VALUE", "FIELD:SEEN=MEANT"


@command("import", tables=True)
def import_(
    call: Invocation,
    table_name: Annotated[str, typer.Argument(metavar="TABLE")],
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, or URL#SELECT ...")],
    *,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", metavar=MAP_FORM, help="Overrule a guess.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    datum: Annotated[
        str | None, typer.Option(help="wgs84, gcj02, bd09, cgcs2000 or EPSG:n.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar=WHERE_FORM, help="Only rows with this value.")
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(metavar=VALUE_FORM, help="What a value, or a limit such as <=85, means."),
    ] = None,
    header: Annotated[
        bool | None,
        typer.Option("--header/--no-header", help="Whether there is a header row; else 1, 2 ..."),
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Check and count; write nothing.")] = False,
) -> Answer:
    """Import files into a table: read, check, locate, count, keep."""
    from data.ingest.options import ImportOptions

    options = ImportOptions(
        mapping=read_pairs(mapped, "--map", MAP_FORM),
        sheet=sheet,
        datum=datum,
        where=read_pairs(where, "--where", WHERE_FORM),
        values=_values(value),
        header=header,
    )
    results = _import_each(call, table_name, files, options, dry_run=dry_run)
    answer = results[files[0]] if len(results) == 1 else _together(results)
    lines = (line for each in results.items() for line in _result_lines(*each, say=call.say))
    return Answer(answer, lines)


def _import_each(
    call: Invocation, table_name: str, files: list[str], options: ImportOptions, *, dry_run: bool
) -> dict[str, ImportResult]:
    """Import files one after the other, then let cases and ledger take in what they brought."""
    results: dict[str, ImportResult] = {}
    for file in files:
        with call.progress() as advance:
            results[file] = call.office.imports.import_file(
                call.actor, table_name, file, options, dry_run=dry_run, progress=advance
            )
    if not dry_run:
        with call.progress() as advance:
            call.office.catch_up(call.actor, progress=advance)
    return results


@command("imports")
def list_imports(call: Invocation) -> Answer:
    """List the imports, newest first."""
    imports = call.office.imports.listed(call.actor)
    shown = call.table(call.say("Imports"), _brief(imports, call.say), IMPORTS)
    return Answer({"imports": imports}, [shown])


@command("undo-import")
def undo_import(
    call: Invocation, import_id: Annotated[str, typer.Argument(metavar="ID")]
) -> Answer:
    """Take an import back, exactly as if it had never been."""
    undone = call.office.imports.undo(call.actor, import_id)
    line = call.say(
        "Took back {import_id}: {rows} rows of “{table}” from {file}.",
        import_id=undone.import_id, rows=undone.accepted,
        table=call.say.name("table", undone.table), file=undone.file_name,
    )  # fmt: skip
    return Answer(undone, [line])


@command("quarantine")
def quarantine(
    call: Invocation,
    *,
    export_to: Annotated[
        Path | None, typer.Option("--export", metavar="FILE.xlsx", help="Write a marked Excel.")
    ] = None,
) -> Answer:
    """List the rows that could not be used, or write them to an Excel to correct."""
    service = call.office.imports
    waiting = service.quarantine(call.actor)
    files: list[Path] = []
    if export_to is not None:
        several = len(waiting) > 1  # one workbook each, since each has its own table and headers
        files = [_numbered(export_to, each) if several else export_to for each in waiting]
    for path, each in zip(files, waiting, strict=False):
        write_bytes(path, service.export_quarantine(call.actor, import_id=each["import_id"]))
    say = call.say
    rows = [each | {"reasons": named_counts(each["reasons"], "reason", say)} for each in waiting]
    shown = call.table(say("Quarantine"), rows, WAITING)
    return Answer(
        {"rows": sum(each["rows"] for each in waiting), "imports": waiting, "files": files},
        [shown, *(say("Wrote {file}.", file=path) for path in files)],
    )


def _brief(listed: list[dict[str, Any]], say: Translator) -> list[dict[str, Any]]:
    """Keep what fits a terminal's eighty columns."""
    summed = "{rows_in} = {accepted} + {quarantined} + {duplicates}"
    return [
        {
            **each,
            "import_id": each["import_id"] + (f" ({say('undone')})" if each["undone"] else ""),
            "in_words": summed.format(**each),
        }
        for each in listed
    ]


def _numbered(path: Path, waiting: dict[str, object]) -> Path:
    return path.with_stem(f"{path.stem}-{waiting['table']}-{waiting['import_id']}")


def _values(items: list[str] | None) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for item in items or []:
        field, separator, rest = item.partition(":")
        if not separator:
            raise UsageProblemError(
                "pair_unreadable", option="--value", seen=item, expected=VALUE_FORM
            )
        limit = re.match(r"\s*[<>]=?[^=]*", rest)
        seen, meant = (rest[: limit.end()], rest[limit.end() + 1 :]) if limit else ("", "")
        pair = {seen.strip(): meant} if meant else read_pairs([rest], "--value", VALUE_FORM)
        values.setdefault(field, {}).update(pair)
    return values


def _together(by_file: dict[str, ImportResult]) -> dict[str, object]:
    """Add several files' counts up, and keep each file's own answer."""
    results = list(by_file.values())
    numbers = ("rows_in", "accepted", "quarantined", "duplicates", "replaced", "left_out")
    by_name = ("reasons", "located", "dropped_personal")
    return {
        "import_id": [each.import_id for each in results],
        "table": results[0].table,
        **{name: sum(getattr(each, name) for each in results) for name in numbers},
        **{
            name: sum((Counter(getattr(each, name)) for each in results), Counter())
            for name in by_name
        },
        "files": by_file,
    }


@command("buildings-ended", tables=True)
def buildings_ended(
    call: Invocation,
    buildings: Annotated[
        list[str] | None, typer.Argument(metavar="BUILDING...", help="Codes of buildings.")
    ] = None,
    *,
    on: Annotated[date | None, day_option(help="First day without them.")] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why they no longer stand.")] = "",
    stands: Annotated[
        bool, typer.Option("--stands", help="Take back what was said of them here.")
    ] = False,
) -> Answer:
    """Say that buildings were pulled down, or take it back; list those that were."""
    ends = call.office.building_ends
    if buildings and (on is None) != stands:
        raise UsageProblemError("end_or_stands")
    if buildings and stands:
        ends.take_back(call.actor, buildings)
    elif buildings and on is not None:
        ends.end(call.actor, buildings, ended_on=on, reason=reason)
    frame = ends.all(call.actor)
    return Answer(frame, [call.table(call.say("Buildings pulled down"), records(frame), ENDED)])


def _result_lines(file: str, result: ImportResult, *, say: Translator) -> Iterator[str]:
    """Say what became of a file's rows, what was understood of it, and what to look at."""
    head = say.name("import", "dry_run") if result.dry_run else result.import_id
    again = " " + say.name("import", "repeated") if result.repeated else ""
    yield f"{say.name('table', result.table)} · {file} · {head}{again}"
    counts = {name: getattr(result, name.replace(" ", "_")) for name in COUNTED}
    total, *parts = (f"{say.name('count', name).lower()} {count}" for name, count in counts.items())
    more = say.name("import", "more", replaced=result.replaced, left_out=result.left_out)
    yield f"  {total} = {' + '.join(parts)} ({more})"
    facts = _understood(result, say)
    yield from (f"  {say.name('import', code)}: {fact}" for code, fact in facts.items() if fact)
    for code, count in result.noted.items():
        rows = ", ".join(result.noted_rows.get(code, ()))
        more = " …" if count > len(result.noted_rows.get(code, ())) else ""
        at = say.name("import", "rows", rows=rows + more)
        yield f"  ! {say.name('noted', code)} {count} ({at})"
    about = result.warned_about
    yield from (f"  ! {note_text(code, about.get(code, ()), say)}" for code in result.warnings)


def _understood(result: ImportResult, say: Translator) -> dict[str, str]:
    """Return columns, places, reasons and datum of a file in words."""
    from data.contracts.registry import contract_of

    headers = {each.name: each.header for each in contract_of(result.table).fields}
    called = headers if say.language == "zh" else {}
    unknown = (
        f"{called.get(name, name)} {counts_text(values)}"
        for name, values in result.kept_unknown.items()
    )
    columns = (f"{called.get(field, field)}={column}" for field, column in result.mapping.items())
    return {
        "columns": " ".join(columns),
        "unmapped": " ".join(result.unmapped),
        "located": named_counts(result.located, "level", say),
        "reasons": named_counts(result.reasons, "reason", say),
        "dropped": counts_text(result.dropped_personal),
        "skipped": named_counts(result.skipped, "note", say),
        "unknown": "; ".join(unknown),
        "datum": _datum(result, say),
    }


def _datum(result: ImportResult, say: Translator) -> str:
    named = say.name("datum", result.datum) if result.datum else ""
    shares = {say.name("datum", code): share for code, share in result.datum_shares.items()}
    text = say(", ").join(f"{name} {share:.0%}" for name, share in shares.items())
    return named + (say.name("import", "inside", shares=text) if text else "")
