"""Everything that is wrong with what is asked of a plan, at once, each with its code."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import pandas as pd

from data.derived.placing.building_ends import stands
from governance.access.problems import InputProblem
from governance.patrols.routing.model.plan import LONGEST_DAYS, Plan, PlanError, PlanOptions
from governance.visits.rules.settings import TIERS


class PlanRefusedError(PlanError):
    """A plan cannot be made or changed so; ``problems`` lists everything that is wrong."""

    def __init__(self, *problems: InputProblem) -> None:
        super().__init__(
            "plan_refused",
            problems=[str(problem) for problem in problems],
            codes=[problem.code for problem in problems],
        )
        self.problems = problems


def refuse_any(problems: Collection[InputProblem]) -> None:
    """Refuse when there is any problem."""
    if problems:
        raise PlanRefusedError(*problems)


def plan_options(*, first: date, last: date, **others: Any) -> PlanOptions:  # noqa: ANN401 -- parts of the options
    """Return options whose span is one.

    Raises `PlanRefusedError`: ``dates_reversed`` or ``span_too_long``.
    """
    refuse_any([*span_problems(first, last)])
    return PlanOptions(first=first, last=last, **others)


def span_problems(first: date, last: date) -> Iterator[InputProblem]:
    """Name what is wrong with a span of days."""
    days = (last - first).days + 1
    if days < 1:
        yield InputProblem("dates_reversed", "last", str(last), str(first))
    if days > LONGEST_DAYS:
        yield InputProblem("span_too_long", "last", str(days), str(LONGEST_DAYS))


def options_problems(
    options: PlanOptions, *, communities: Collection[str], kinds: Collection[str]
) -> Iterator[InputProblem]:
    """Name what is wrong with options for an office.

    ``communities``, ``kinds``: codes of communities and kinds of buildings that there are.
    """
    yield from span_problems(options.first, options.last)
    for code in sorted(set(options.communities) - set(communities)):
        yield InputProblem("community_unknown", "communities", code)
    for kind in sorted(set(options.kinds) - set(kinds)):
        yield InputProblem("kind_unknown", "kinds", kind, "、".join(sorted(kinds)))
    for tier in sorted(set(options.floor_days or {}) - set(TIERS.values())):
        yield InputProblem("tier_unknown", "floor_days", tier, ", ".join(TIERS.values()))


def stop_problems(plan: Plan, building_id: str) -> list[InputProblem]:
    """Name what is wrong with a building as a stop of a plan: it may be none."""
    known = building_id in set(plan.stops["building_id"])
    return [] if known else [InputProblem("stop_unknown", "building_id", building_id)]


def shift_problems(plan: Plan, shift_id: str) -> list[InputProblem]:
    """Name what is wrong with a shift of a plan: there may be none of this id."""
    known = shift_id in set(plan.shifts["shift_id"])
    return [] if known else [InputProblem("shift_unknown", "to_shift", shift_id)]


def building_problems(plan: Plan, building_id: str, register: pd.DataFrame) -> list[InputProblem]:
    """Name the first thing that is wrong with putting a building on a plan.

    ``register``: the building as `governance.visits.base.VisitReader.buildings` gives it.
    """
    wrong = {
        "building_unknown": register.empty,
        "already_planned": building_id in set(plan.stops["building_id"]),
        "building_ended": not stands(register, plan.options.last).all(),
        "building_unplaced": register[["lon", "lat"]].isna().any(axis=None),
    }
    first = [code for code, is_so in wrong.items() if is_so][:1]
    return [InputProblem(code, "building_id", building_id) for code in first]
