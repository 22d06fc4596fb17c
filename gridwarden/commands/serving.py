"""Open the dashboard, for an office or for the demonstration city; make up other offices."""

import sys
from contextlib import closing
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.terminal import Answer
from gridwarden.settings import DEFAULT_HOST, DEFAULT_PORT

if TYPE_CHECKING:
    from dashboard.runtime.certificates import Certificate

DEMO_FOLDER = "demo"
DEMO_BUILDINGS, DEMO_SEED = 3000, 1


@command("serve")
def serve(
    call: Invocation,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 is every address of this machine.")
    ] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(min=1, max=65535)] = DEFAULT_PORT,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in this machine's browser.")
    ] = False,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Certificate with its chain (PEM): speak https.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key (PEM), without a password.")] = None,
) -> None:
    """Open the dashboard of a workspace; people sign in."""
    from dashboard.runtime.certificates import read_certificate

    certificate = read_certificate(tls_cert, tls_key)
    _serve(call, host=host, port=port, open_browser=open_browser, certificate=certificate)


def _serve(
    call: Invocation,
    *,
    host: str,
    port: int,
    open_browser: bool,
    certificate: "Certificate | None" = None,
) -> None:
    from gridwarden.compose import serve_dashboard

    call.owner_only()
    terminal = call.terminal
    if first := call.office.accounts.ensure_first_administrator():
        terminal.say(f"First sign-in: admin, one-time password {first}")
    if not certificate and not _is_this_machine(host):
        terminal.say(call.say.name("serving", "open_host"))
    terminal.say(f"{'https' if certificate else 'http'}://localhost:{port} – Ctrl+C stops.")
    serve_dashboard(
        call.office,
        call.named_folder(),
        host=host,
        port=port,
        open_browser=open_browser,
        certificate=certificate,
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@command("demo")
def demo(
    call: Invocation,
    *,
    port: Annotated[int, typer.Option(min=1, max=65535)] = DEFAULT_PORT,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Only build it.")] = False,
    buildings: Annotated[int, typer.Option(min=50, help="How many buildings.")] = DEMO_BUILDINGS,
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = DEMO_SEED,
) -> None:
    """Build the demonstration city (once) and open the dashboard."""
    from gridwarden.demo.build import build_demonstration
    from gridwarden.demo.evaluation import evaluate_in_background

    call.owner_only()
    folder = call.folder or _demo_folder(buildings=buildings, seed=seed)
    with closing(replace(call, folder=folder)) as city:
        with city.terminal.progress() as advance:
            built = build_demonstration(
                folder, buildings=buildings, seed=seed, actor=city.actor, advance=advance
            )
        if not city.office.sign_in.demo_roles():  # a city from before there were accounts
            city.office.demo_accounts.add_people(city.actor)
        counted = (f"  {table}: {counts}" for table, counts in built.tables.items())
        city.terminal.print(Answer(built, [f"Demonstration city in {built.workspace}", *counted]))
        if not no_serve:
            evaluate_in_background(city.office, city.actor)
            _serve(city, host=DEFAULT_HOST, port=port, open_browser=sys.stdout.isatty())


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
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(KINDS)}", param_hint="KIND")
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
