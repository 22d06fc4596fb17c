"""Commands of backups: make one, restore one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden import settings
from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.terminal import Answer
from gridwarden.console.wording import verified_lines

if TYPE_CHECKING:
    from governance.security.backups import RestoredOffice

_MEGABYTE = 1_000_000


@command("backup")
def backup(
    call: Invocation,
    dest: Annotated[
        Path, typer.Argument(metavar="DEST", help="New file, or a folder to put it in.")
    ],
    *,
    encrypt: Annotated[
        bool,
        typer.Option("--encrypt", help="Under a passphrase; only then are the keys in it."),
    ] = False,
) -> Answer:
    """Back the whole workspace up into one file, while people go on working."""
    passphrase = _new_passphrase(call) if encrypt else None
    made = call.office.backups.make(call.actor, dest, passphrase=passphrase)
    lines = [
        call.say(
            "Backed up: {file}, {files} files, {megabytes} MB, SHA-256 {sha256}",
            file=made.file, files=made.files, megabytes=f"{made.bytes / _MEGABYTE:.1f}",
            sha256=made.sha256,
        )
    ]  # fmt: skip
    if not made.encrypted:
        lines.append(
            call.say("The keys are not in it: keep secret.key of the workspace in another place.")
        )
    return Answer(made, lines)


@command("restore")
def restore(
    call: Invocation,
    source: Annotated[Path, typer.Argument(metavar="SRC", help="A file made by `backup`.")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Empty or new folder.")],
    *,
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="secret.key, where the backup is not encrypted."),
    ] = None,
    store: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Empty PostgreSQL database, if not the one as before; - takes "
            "GRIDWARDEN_STORE_URL or asks.",
        ),
    ] = "",
) -> Answer:
    """Make a workspace of a backup in an empty folder, and verify it."""
    from data.integrity.backup.restore import restore_backup
    from data.integrity.backup.sealed_stream import is_sealed
    from governance.access.permissions import local_owner
    from gridwarden.compose import open_office

    call.owner_only()
    with source.open("rb") as file:
        passphrase = _known_passphrase(call) if is_sealed(file.read(16)) else None
    url = call.store_url(store) or None
    made = restore_backup(source, directory, passphrase=passphrase, keys=keys, store_url=url)
    with closing(open_office(directory)) as office:
        taken = office.backups.restored(local_owner(), made_at=made.made_at, file=source.name)
    value = {"workspace": directory, "backup": made, "signed_out": taken.signed_out,
             "erased": taken.erased, "report": taken.report}  # fmt: skip
    first = call.say(
        "Restored {files} files of {made_at} in {folder}.",
        files=made.files, made_at=f"{made.made_at:%Y-%m-%d %H:%M} UTC", folder=directory,
    )  # fmt: skip
    lines = [first, *_found_lines(taken, call)]
    return Answer(value, lines, failed=bool(taken.report.problems))


def _found_lines(taken: RestoredOffice, call: Invocation) -> Iterator[str]:
    """Say what was erased and what verifying found."""
    if taken.erased:
        yield call.say(
            "Erased, since kept for long enough: {count} names and numbers.", count=taken.erased
        )
    yield from verified_lines(taken.report, call.say)


def _new_passphrase(call: Invocation) -> str:
    return settings.passphrase() or _ask(call, confirmation_prompt=call.say("Again"))


def _known_passphrase(call: Invocation) -> str:
    return settings.passphrase() or _ask(call)


def _ask(call: Invocation, **more: Any) -> str:  # noqa: ANN401 -- as typer's
    passphrase: str = typer.prompt(
        call.say("Passphrase of the backup"), hide_input=True, err=True, **more
    )
    return passphrase
