"""Open the dashboard, for an office or for the demonstration city; make up other offices."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.workspace.installation import MOST_PROCESSES
from geo.errors import GridwardenError
from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import UsageProblemError
from gridwarden.console.terminal import Answer
from gridwarden.console.wording import first_sign_in
from gridwarden.settings import DEFAULT_HOST, DEFAULT_PORT

if TYPE_CHECKING:
    from rich.table import Table

    from dashboard.runtime.certificates import Certificate
    from gridwarden.demo.build import Demonstration

DEMO_FOLDER = "demo"
TlsCert = Annotated[
    Path | None, typer.Option(help="Certificate with its chain (PEM): speak https.")
]
TlsKey = Annotated[Path | None, typer.Option(help="Its key (PEM), without a password.")]
DEMO_BUILDINGS, DEMO_SEED = 3000, 1


@command("serve")
def serve(
    call: Invocation,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 is every address of this machine.")
    ] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = DEFAULT_PORT,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in this machine's browser.")
    ] = False,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    processes: Annotated[
        int, typer.Option(min=1, max=MOST_PROCESSES, help="How many processes serve it.")
    ] = 1,
) -> None:
    """Open the dashboard of a workspace; people sign in."""
    from dashboard.runtime.certificates import read_certificate

    certificate = read_certificate(tls_cert, tls_key)
    if processes > 1:
        from gridwarden.processes.serve import refuse_one_process_systems, serve_office

        call.owner_only()
        refuse_one_process_systems()
        opened = _ready_to_serve(call, host=host, port=port, certificate=certificate)
        serve_office(
            call.office, call.named_folder(), processes=processes, host=host, port=port,
            certificate=certificate, opened=opened,
        )  # fmt: skip
        return
    _serve(call, host=host, port=port, open_browser=open_browser, certificate=certificate)


@command("restart")
def restart(call: Invocation) -> Answer:
    """Restart the processes of a server one by one; nobody is signed out."""
    from gridwarden.processes.supervisor import restart_server

    call.owner_only()
    number = restart_server(call.named_folder())
    return Answer({"process": number}, [call.say("The server restarts its processes one by one.")])


def _serve(
    call: Invocation,
    *,
    host: str,
    port: int,
    open_browser: bool,
    certificate: Certificate | None = None,
) -> None:
    from gridwarden.compose import serve_dashboard

    call.owner_only()
    opened = _ready_to_serve(call, host=host, port=port, certificate=certificate)
    serve_dashboard(
        call.office, call.named_folder(), host=host, port=port, open_browser=open_browser,
        certificate=certificate, opened=opened,
    )  # fmt: skip


def _ready_to_serve(
    call: Invocation, *, host: str, port: int, certificate: Certificate | None
) -> Callable[[], None]:
    """Say what is to be known before a server starts; return what says that it is open."""
    terminal = call.terminal
    refuse_taken_port(host, port)
    if first := call.office.accounts.ensure_first_administrator():
        terminal.say(first_sign_in(first, call.say))
    warn_of_open_host(call, host, certificate)
    if call.office.sign_in.demo_roles():
        terminal.say(call.say("Sign in by choosing a role; the demonstration asks no password."))
    terminal.say(call.say("Starting …"))

    def opened() -> None:
        where = f"{'https' if certificate else 'http'}://localhost:{port}"
        terminal.say(call.say("{address} is open. Ctrl+C stops it.", address=where))

    return opened


def warn_of_open_host(call: Invocation, host: str, certificate: Certificate | None) -> None:
    """Say that others can read along where a server is reached from elsewhere by plain http."""
    if not certificate and not _is_this_machine(host):
        call.terminal.say(call.say.name("serving", "open_host"))


def refuse_taken_port(host: str, port: int) -> None:
    """Say before anything is loaded that a server could not listen here.

    Raises `PortTakenError`: ``port_taken``: something else listens there, or this account may not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # there it would share a port that is taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError("port_taken", seen=port, host=host) from error


class PortTakenError(GridwardenError):
    """A server cannot listen on the port that was asked for."""


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@command("demo")
def demo(
    call: Invocation,
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = DEFAULT_PORT,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Only build it.")] = False,
    buildings: Annotated[int, typer.Option(min=50, help="How many buildings.")] = DEMO_BUILDINGS,
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = DEMO_SEED,
) -> None:
    """Build the demonstration city (once) and open the dashboard."""
    from gridwarden.demo.afterwards import evaluate_in_background, score_earlier_in_background
    from gridwarden.demo.build import build_demonstration

    call.owner_only()
    if not no_serve:
        refuse_taken_port(DEFAULT_HOST, port)
    folder = call.folder or _demo_folder(buildings=buildings, seed=seed)
    with closing(replace(call, folder=folder)) as city:
        with city.progress() as advance:
            built = build_demonstration(
                folder, buildings=buildings, seed=seed, actor=city.actor, advance=advance,
                whole=no_serve,
            )  # fmt: skip
        if not city.office.sign_in.demo_roles():  # a city from before there were accounts
            city.office.demo_accounts.add_people(city.actor)
        city.terminal.print(Answer(built, _built_lines(built, city)))
        if not no_serve:
            earlier = None
            if built.unscored:
                earlier = score_earlier_in_background(folder, buildings=buildings, seed=seed)
            evaluate_in_background(city.office, city.actor, after=earlier)
            _serve(city, host=DEFAULT_HOST, port=port, open_browser=sys.stdout.isatty())


def _built_lines(built: Demonstration, call: Invocation) -> Iterator[str | Table]:
    """Say what the demonstration holds, and where its scores are highest."""
    from data.contracts.registry import TABLES

    rows = [{"table": name} | built.tables[name] for name in TABLES if name in built.tables]
    yield call.table(
        call.say("Demonstration city in {folder}", folder=built.workspace), rows,
        ("table:table", "rows_in", "accepted", "quarantined", "duplicates"),
    )  # fmt: skip


def _demo_folder(*, buildings: int, seed: int) -> Path:
    """Give every city its own folder, the usual one the plain name."""
    usual = (buildings, seed) == (DEMO_BUILDINGS, DEMO_SEED)
    return Path(DEMO_FOLDER if usual else f"{DEMO_FOLDER}-{buildings}-{seed}")


@command("simulate")
def simulate(
    call: Invocation,
    kind: Annotated[str, typer.Argument(help="street, graded, quiet or random.")],
    directory: Annotated[Path, typer.Argument(help="Folder to write the files in.")],
    *,
    buildings: Annotated[int, typer.Option(min=50, help="How many buildings.")] = DEMO_BUILDINGS,
    seed: Annotated[int, typer.Option(help="Another seed, another town.")] = DEMO_SEED,
) -> Answer:
    """Write the files of a made-up office of a kind, to be imported, and the truth behind them."""
    from data.workspace.clock import Clock
    from gridwarden.compose import utc_now
    from simulation.offices.files import write_office
    from simulation.offices.kinds import KINDS
    from simulation.offices.office import make_office

    call.owner_only()
    if kind not in KINDS:
        raise UsageProblemError("office_kind_unknown", seen=kind, expected=[*KINDS])
    office = make_office(kind, seed=seed, buildings=buildings, today=Clock(utc_now).today())
    files = write_office(office, directory)
    rows = {name: office.tables[name].num_rows for name in files}
    return Answer(
        {"kind": kind, "seed": seed, "buildings": buildings, "files": files, "rows": rows},
        [
            f"gridwarden -w DIR import {name} {path}{' --datum wgs84' if name == 'grids' else ''}"
            for name, path in files.items()
        ],
    )
