"""Propose who takes which building, approve it or take it back; say who answers for a unit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.invocation import Json, invocation
from gridwarden.console.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from governance.access.permissions import Actor
    from governance.assignment.build_problem import AssignmentOptions
    from governance.office import Office

TOTALS = ("buildings", "wardens", "max_over_mean", "moved", "stray", "km", "gaps", "seconds")


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("assign")(assign)
    app.command("responsible")(responsible)


def assign(  # noqa: PLR0913 -- one parameter per option
    ctx: typer.Context,
    *,
    community: Annotated[
        list[str] | None, typer.Option(help="Only this community: code or name; may be repeated.")
    ] = None,
    stickiness: Annotated[
        float, typer.Option(min=0, max=1, help="0 shares out afresh, 1 moves nothing.")
    ] = 0.5,
    absent: Annotated[
        list[str] | None, typer.Option(help="A person who gets nothing; may be repeated.")
    ] = None,
    fix: Annotated[
        list[str] | None, typer.Option(help="BUILDING=PERSON that must be; may be repeated.")
    ] = None,
    valid_from: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day on which it would hold."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Places wardens who have no building yet.")] = 0,
    approve: Annotated[
        str | None, typer.Option(help="Approve this proposal, or the --community of it.")
    ] = None,
    undo: Annotated[str | None, typer.Option(help="Take back what was approved of it.")] = None,
    as_json: Json = False,
) -> None:
    """Propose which warden takes which building; nothing holds until somebody approves it."""
    from governance.assignment.build_problem import AssignmentOptions

    call = invocation(ctx, as_json=as_json)
    office, actor = call.office(), call.actor()
    communities = _codes(office, actor, community or [])
    if undo is not None:
        answer: dict[str, Any] = {
            "proposal_id": undo, "undone": office.assignment.undo(actor, undo)
        }  # fmt: skip
    elif approve is not None:
        change = office.assignment.approve(actor, approve, only=communities or None)
        answer = {"proposal_id": approve, "change_id": change, "approved_by": actor.id}
    else:
        options = AssignmentOptions(
            stickiness=stickiness,
            seed=seed,
            communities=tuple(communities),
            absent=tuple(absent or ()),
            fixed=_pairs(fix or []),
            valid_from=valid_from.date() if valid_from else None,
            curve=False,
        )
        answer = _proposed(office, actor, options)
    call.terminal.result(answer, show=lambda out: _print_facts(out, answer))


def responsible(
    ctx: typer.Context,
    unit: Annotated[str, typer.Argument(help="A building, grid or community.")],
    *,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say who answers for a unit on a day, from the leader to the managing company."""
    call = invocation(ctx, as_json=as_json)
    day: date | None = on.date() if on else None
    chain = call.office().responsibility.chain(call.actor(), unit, on=day)

    def show(out: Console) -> None:
        rows: list[list[object]] = [
            [link.duty, link.person or link.person_id or "", link.org, link.phone,
             link.valid_from, link.source, ", ".join(link.problems)]
            for link in chain.links
        ]  # fmt: skip
        columns = ["duty", "person", "organisation", "telephone", "since", "from", "problems"]
        out.print(table(f"{chain.unit} {chain.name} {chain.on}", columns, rows))

    call.terminal.result(chain, show=show)


def _proposed(office: Office, actor: Actor, options: AssignmentOptions) -> dict[str, Any]:
    """Propose and return what scripts read."""
    proposal = office.assignment.propose(actor, options=options)
    totals = asdict(proposal.totals)
    return {
        **{name: totals[name] for name in TOTALS},
        "proposal_id": proposal.proposal_id,
        "valid_from": proposal.valid_from,
        "moved_share": totals["moved_share"],
        "others_moved_share": totals["others_moved_share"],
        "before": {name: asdict(proposal.before)[name] for name in TOTALS[:-1]},
    }


def _codes(office: Office, actor: Actor, named: list[str]) -> list[str]:
    """Turn names of communities into codes; what is no name is taken as a code."""
    return office.assignment.community_codes(actor, named) if named else []


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        building, found, person = text.partition("=")
        if not found:
            raise typer.BadParameter(f"--fix takes BUILDING=PERSON, not {text}")
        pairs[building] = person
    return pairs


def _print_facts(out: Console, answer: dict[str, Any]) -> None:
    for name, value in answer.items():
        out.print(f"{name}: {value}", markup=False)
