"""Commands about all offices of an installation; each office is opened by a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import GridwardenError
from gridwarden.commands.server import TlsCert, TlsKey, refuse_taken_port, warn_of_open_host
from gridwarden.console.command import WordedGroup, command
from gridwarden.console.invocation import Invocation
from gridwarden.console.late_commands import registered_by
from gridwarden.console.terminal import Answer
from gridwarden.console.wording import first_sign_in
from gridwarden.settings import DEFAULT_HOST, DEFAULT_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.integrity.isolation import IsolationProblem

offices = typer.Typer(cls=WordedGroup, no_args_is_help=True, help="Several offices side by side.")
registered_by(__name__).add_typer(offices, name="offices")
File = Annotated[Path, typer.Argument(metavar="FILE", help="The file that names the offices.")]
_LISTED = ("office", "name", "parent", "host", "folder", "processes", "told_at")


@offices.callback()
def _group() -> None:
    """Several offices side by side."""


@command("list", group=offices)
def list_offices(call: Invocation, file: File) -> Answer:
    """List the offices of an installation, and when each told its figures."""
    from data.results.roll_ups import RollUp
    from gridwarden.compose import open_installation

    call.owner_only()
    installation = open_installation(file)
    rows = []
    for key, entry in installation.offices.items():
        figures = RollUp.read(installation.place(key).rollups, key)
        rows.append({
            "office": key, "name": installation.name(key), "parent": entry.parent,
            "host": entry.host, "folder": entry.folder, "processes": entry.processes,
            "told_at": figures.told_at if figures else None,
        })  # fmt: skip
    return Answer({"offices": rows}, [call.table(str(file), rows, _LISTED)])


@command("add", group=offices)
def add(
    call: Invocation,
    file: File,
    office: Annotated[str, typer.Argument(metavar="OFFICE", help="Its key: a-z, 0-9 and -.")],
    *,
    host: Annotated[str, typer.Option(help="The name under which browsers reach it.")],
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    parent: Annotated[str, typer.Option(help="The office above it.")] = "",
    store: Annotated[
        str, typer.Option(help="URL of its own database; - takes GRIDWARDEN_STORE_URL or asks.")
    ] = "",
    processes: Annotated[int, typer.Option(min=1, help="How many processes serve it.")] = 1,
) -> Answer:
    """Make another office with a workspace of its own, and its first administrator."""
    from gridwarden.compose import add_office

    call.owner_only()
    entry: dict[str, str | int] = {
        "name": name, "parent": parent, "folder": office, "host": host.lower(),
        "processes": processes,
    }  # fmt: skip
    folder, first = add_office(file, office, entry, store=call.store_url(store))
    return Answer(
        {"workspace": folder, "administrator": {"login": "admin", "one_time_password": first}},
        [call.say("Made {folder}.", folder=folder), first_sign_in(first or "", call.say)],
    )


@command("verify", group=offices)
def verify(call: Invocation, file: File) -> Answer:
    """Check that no two offices share anything, and each office as `verify` does."""
    return _each(call, file, "verify", apart=True)


@command("doctor", group=offices)
def doctor(call: Invocation, file: File) -> Answer:
    """Look whether each office is as a server needs it, and that no two share anything."""
    return _each(call, file, "doctor", apart=True)


@command("migrate", group=offices)
def migrate(call: Invocation, file: File) -> Answer:
    """Bring the store of every office to the newest version."""
    return _each(call, file, "migrate", apart=False)


@command("figures", group=offices)
def figures(call: Invocation, file: File) -> Answer:
    """Let every office tell its figures now, those below before those above."""
    return _each(call, file, "", apart=False)


@command("restart", group=offices)
def restart(call: Invocation, file: File) -> Answer:
    """Restart the processes of all offices one by one; nobody is signed out."""
    from gridwarden.processes.supervisor import restart_server

    call.owner_only()
    number = restart_server(file.parent)
    return Answer({"process": number}, [call.say("The server restarts its processes one by one.")])


@command("serve", group=offices, json=False)
def serve(
    call: Invocation,
    file: File,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 is every address of this machine.")
    ] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = DEFAULT_PORT,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
) -> Answer | None:
    """Serve every office by processes of its own, each under its own name."""
    from dashboard.runtime.certificates import read_certificate
    from gridwarden.compose import open_installation
    from gridwarden.processes.serve import refuse_one_process_systems, serve_installation

    call.owner_only()
    refuse_one_process_systems()
    certificate = read_certificate(tls_cert, tls_key)
    installation = open_installation(file)
    refuse_taken_port(host, port)
    if shared := _shared(file):
        return Answer({"problems": shared}, _sentences(call, shared), failed=True)
    warn_of_open_host(call, host, certificate)
    call.terminal.say(call.say("Starting …"))

    def opened() -> None:
        for each in installation.offices.values():
            where = f"{'https' if certificate else 'http'}://{each.host}:{port}"
            call.terminal.say(call.say("{address} is open. Ctrl+C stops it.", address=where))

    serve_installation(
        installation, file, host=host, port=port, certificate=certificate, opened=opened
    )
    return None


def _shared(file: Path) -> list[IsolationProblem]:
    from data.integrity.isolation import find_shared
    from gridwarden.compose import open_installation

    installation = open_installation(file)
    return find_shared({key: installation.folder(key) for key in installation.offices})


def _sentences(call: Invocation, problems: list[IsolationProblem]) -> Iterator[str]:
    """Say what two offices share."""
    for each in problems:
        facts = dict.fromkeys(("folder", "file", "office"), each.office)
        what = call.say.error(GridwardenError(each.code, other=each.other, **facts))
        yield f"✗ {each.office}: {what}"


def _each(call: Invocation, file: File, name: str, *, apart: bool) -> Answer:
    """Let a process of its own do something for each office; say of which it failed."""
    from gridwarden.compose import open_installation
    from gridwarden.processes.each_office import ask_each

    call.owner_only()
    installation = open_installation(file)
    shared = _shared(file) if apart else []
    answers = ask_each(installation, file, name, language=call.say.language)
    failed = [each for each in answers if each.code]
    lines = [*_sentences(call, shared)]
    for each in answers:
        lines.append(f"{'✗' if each.code else '✓'} {each.office} {installation.name(each.office)}")
        lines += [f"    {line}" for line in each.lines]
    facts: dict[str, Any] = {
        "shared": shared,
        "offices": {each.office: _read(each.out) | {"exit_code": each.code} for each in answers},
    }
    return Answer(facts, lines, failed=bool(failed or shared))


def _read(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text or "{}")
    except ValueError:
        return {"message": text}
    return answer if isinstance(answer, dict) else {"answer": answer}
