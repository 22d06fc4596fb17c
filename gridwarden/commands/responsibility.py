"""Propose who takes which building, approve it or take it back; say who answers for a unit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option, read_pairs
from gridwarden.console.terminal import Answer, cell_text
from gridwarden.console.wording import named_facts

if TYPE_CHECKING:
    from governance.responsibility.assignment.build_problem import AssignmentOptions

TOTALS = ("buildings", "wardens", "max_over_mean", "moved", "stray", "km", "gaps", "seconds")
CHAIN = ("duty:duty", "person", "org", "phone", "valid_from", "source:duty_source",
         "problems:duty_problem")  # fmt: skip


@command("assign")
def assign(
    call: Invocation,
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
        date | None, day_option("--from", help="First day on which it would hold.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Places wardens who have no building yet.")] = 0,
) -> Answer:
    """Propose which warden takes which building; nothing holds until somebody approves it."""
    from governance.responsibility.assignment.build_problem import AssignmentOptions

    options = AssignmentOptions(
        stickiness=stickiness, seed=seed, communities=tuple(_codes(call, community)),
        absent=tuple(absent or ()), fixed=read_pairs(fix, "--fix", "BUILDING=PERSON"),
        valid_from=valid_from, curve=False,
    )  # fmt: skip
    return _answer(call, _proposed(call, options))


@command("assign-approve")
def assign_approve(
    call: Invocation,
    proposal: Annotated[str, typer.Argument(help="Number of the proposal.")],
    *,
    community: Annotated[
        list[str] | None,
        typer.Option(help="Only this community of it: code or name; may be repeated."),
    ] = None,
) -> Answer:
    """Approve a proposal: from its first day on, who answers for what is as it says."""
    service, only = call.office.assignment, _codes(call, community)
    change = service.approve(call.actor, proposal, only=only or None)
    facts = {"proposal_id": proposal, "change_id": change, "approved_by": call.actor.id}
    return _answer(call, facts)


@command("assign-undo")
def assign_undo(
    call: Invocation,
    proposal: Annotated[str, typer.Argument(help="Number of the proposal.")],
) -> Answer:
    """Take back what was approved of a proposal."""
    undone = call.office.assignment.undo(call.actor, proposal)
    return _answer(call, {"proposal_id": proposal, "undone": undone})


@command("responsible")
def responsible(
    call: Invocation,
    unit: Annotated[str, typer.Argument(help="A building, grid or community.")],
    *,
    on: Annotated[date | None, day_option(help="The day; today if not given.")] = None,
) -> Answer:
    """Say who answers for a unit on a day, from the leader to the managing company."""
    chain = call.office.responsibility.chain(call.actor, unit, on=on)
    rows = [asdict(link) | {"person": link.person or link.person_id or ""} for link in chain.links]
    title = f"{chain.unit} {chain.name} {chain.on}"
    return Answer(chain, [call.table(title, rows, CHAIN)])


def _proposed(call: Invocation, options: AssignmentOptions) -> dict[str, Any]:
    """Propose and return what scripts read."""
    proposal = call.office.assignment.propose(call.actor, options=options)
    totals, before = asdict(proposal.totals), asdict(proposal.before)
    return {
        **{name: totals[name] for name in TOTALS},
        "proposal_id": proposal.proposal_id,
        "valid_from": proposal.valid_from,
        "moved_share": totals["moved_share"],
        "others_moved_share": totals["others_moved_share"],
        "before": {name: before[name] for name in TOTALS[:-1]},
    }


def _codes(call: Invocation, communities: list[str] | None) -> list[str]:
    if not communities:
        return []
    return list(call.office.assignment.community_codes(call.actor, communities))


def _answer(call: Invocation, facts: dict[str, Any]) -> Answer:
    say = call.say
    assigned = {name: each for name, each in facts.items() if name != "before"}
    lines = [f"{say.name('assigned', name)}: {cell_text(each)}" for name, each in assigned.items()]
    if before := facts.get("before"):
        lines.append(say("Before: {facts}", facts=named_facts(before, "assigned", say)))
    return Answer(facts, lines)
