"""Open the dashboard, for an office or for the demonstration city."""

from __future__ import annotations

import sys
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.console.invocation import Invocation, Json, invocation
from gridwarden.settings import DEFAULT_HOST, DEFAULT_PORT

if TYPE_CHECKING:
    from rich.console import Console

DEMO_FOLDER = "demo"
DEMO_BUILDINGS, DEMO_SEED = 3000, 1


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("serve")(serve)
    app.command("demo")(demo)


def serve(
    ctx: typer.Context,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 is every address of this machine.")
    ] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(min=1, max=65535)] = DEFAULT_PORT,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in this machine's browser.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Open the dashboard of a workspace; people sign in."""
    from dashboard.i18n import translator
    from gridwarden.compose import serve_dashboard

    call = invocation(ctx, as_json=as_json)
    call.owner_only()
    office = call.office()
    if first := office.accounts.ensure_first_administrator():
        call.terminal.say(f"First sign-in: admin, one-time password {first}")
    if not _is_this_machine(host):
        call.terminal.say(translator(call.language).name("serving", "open_host"))
    call.terminal.say(f"http://localhost:{port} – Ctrl+C stops.")
    serve_dashboard(office, call.named_folder(), host=host, port=port, open_browser=open_browser)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def demo(
    ctx: typer.Context,
    *,
    port: Annotated[int, typer.Option(min=1, max=65535)] = DEFAULT_PORT,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Only build it.")] = False,
    buildings: Annotated[int, typer.Option(min=50, help="How many buildings.")] = DEMO_BUILDINGS,
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = DEMO_SEED,
    as_json: Json = False,
) -> None:
    """Build the demonstration city (once) and open the dashboard."""
    from gridwarden.demo.build import build_demonstration

    call = invocation(ctx, as_json=as_json)
    call.owner_only()
    call = replace(call, folder=call.folder or _demo_folder(buildings=buildings, seed=seed))
    ctx.obj = call
    with call.terminal.progress() as advance:
        built = build_demonstration(
            call.named_folder(), buildings=buildings, seed=seed, actor=call.actor(), advance=advance
        )

    def show(out: Console) -> None:
        out.print(f"Demonstration city in {built.workspace}", markup=False)
        for table_name, counts in built.tables.items():
            out.print(f"  {table_name}: {counts}", markup=False)

    _people_the_city(call)
    call.terminal.result(built, show=show)
    if not no_serve:
        serve(ctx, host=DEFAULT_HOST, port=port, open_browser=sys.stdout.isatty(), as_json=as_json)


def _people_the_city(call: Invocation) -> None:
    """Give a city that was built before there were accounts its people."""
    office = call.office()
    if not office.sign_in.demo_roles():
        office.demo_accounts.add_people(call.actor())
    office.close()


def _demo_folder(*, buildings: int, seed: int) -> Path:
    """Give every city its own folder, the usual one the plain name."""
    usual = (buildings, seed) == (DEMO_BUILDINGS, DEMO_SEED)
    return Path(DEMO_FOLDER if usual else f"{DEMO_FOLDER}-{buildings}-{seed}")
