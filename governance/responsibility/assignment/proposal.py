"""A proposal of who takes which building: rows, totals, and how it is kept."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Self, TypeAlias

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from governance.responsibility.assignment.build_problem import AssignmentOptions, Inputs
from governance.responsibility.assignment.solver.measures import Measures, measure
from governance.responsibility.assignment.solver.problem import NOBODY, Bools, Ints
from governance.responsibility.duty_register import DutyRegister

ROW_COLUMNS = ("building_id", "name", "community_code", "grid_code", "lon", "lat", "load",
               "from_id", "from_person", "to_id", "to_person", "changed", "stray",
               "reason")  # fmt: skip
WARDEN_COLUMNS = ("person_id", "person", "community", "buildings_before", "buildings",
                  "load_before", "load", "load_over_mean", "moved_in", "moved_out")  # fmt: skip
CURVE_COLUMNS = ("stickiness", "max_over_mean", "moved", "moved_share", "stray", "km")
CURVE = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
Share: TypeAlias = Callable[[Inputs, AssignmentOptions, float], Ints]
"""Returns the warden of each building at a degree of stickiness."""
_OPTIONS: TypeAdapter[AssignmentOptions] = TypeAdapter(AssignmentOptions)
KEPT, BALANCE, VACANCY, FILLED, FIXED, LIMIT = REASONS = (
    "kept", "balance", "vacancy", "gap", "fixed", "limit",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentTotals:
    """What an assignment comes to.

    ``buildings``, ``wardens``: how many are shared out among how many who are there.
    ``moved``, ``moved_share``: buildings that go from one person to another; and their share of
    all.
    ``Of a part of the street `max_over_mean``, ``others_moved_share``, ``km`
    and``, ``before``, ``stray` are``:
    ``NaN.``:
    """

    buildings: int
    wardens: int
    max_over_mean: float
    """Largest load over what it would be if all was as even as the areas allow: the mean of the
    community, unless somebody works in two; 1 is even.
    """
    moved: int
    moved_share: float
    others_moved_share: float
    """The same among the buildings of wardens who stay."""
    stray: float
    """Buildings apart from the rest of their warden's territory."""
    km: float
    """Sum of the buildings' distances from the centre of their warden's territory."""
    gaps: int
    """Buildings that no warden may have."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal, which changes nothing until a person approves it.

    ``made_at``, ``made_by``: local time and who asked; None and empty for a preview.
    ``totals``, ``before``: what it comes to, and what holds now.
    """

    proposal_id: str
    """Made from its content; empty for a preview."""
    made_at: datetime | None
    made_by: str
    valid_from: date
    """First day on which it would hold."""
    options: AssignmentOptions
    """What was asked for."""
    totals: AssignmentTotals
    before: AssignmentTotals
    rows: pd.DataFrame
    """`ROW_COLUMNS`; reason is one of `REASONS`."""
    wardens: pd.DataFrame
    """`WARDEN_COLUMNS`."""
    curve: pd.DataFrame
    """`CURVE_COLUMNS`: what other degrees of stickiness would give; empty if not asked for."""
    approved: frozenset[str] = frozenset()
    """Buildings whose change was approved."""

    def content(self) -> dict[str, Any]:
        """Return what the store keeps, as JSON."""
        return {
            "options": _OPTIONS.dump_python(self.options, mode="json"),
            "totals": asdict(self.totals),
            "before": asdict(self.before),
            "rows": _columns(self.rows),
            "wardens": _columns(self.wardens),
            "curve": _columns(self.curve),
        }

    @classmethod
    def of_content(cls, content: Mapping[str, Any], **about: Any) -> Self:  # noqa: ANN401 -- any other field
        """Return the proposal that `content` described."""
        return cls(
            options=_OPTIONS.validate_python(content["options"]),
            totals=AssignmentTotals(**content["totals"]),
            before=AssignmentTotals(**content["before"]),
            rows=pd.DataFrame(content["rows"], columns=list(ROW_COLUMNS)),
            wardens=pd.DataFrame(content["wardens"], columns=list(WARDEN_COLUMNS)),
            curve=pd.DataFrame(content["curve"], columns=list(CURVE_COLUMNS)),
            **about,
        )

    def identified(self) -> Self:
        """Return it with an id made from what it says: asked again, it is the same proposal."""
        content = {
            "options": _OPTIONS.dump_python(self.options, mode="json"),
            "valid_from": str(self.valid_from),
            "rows": _columns(self.rows[["building_id", "from_id", "to_id"]]),
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        return replace(self, proposal_id=f"A{self.valid_from:%Y%m%d}-{digest}")


def work_out(
    inputs: Inputs, options: AssignmentOptions, register: DutyRegister, *, share: Share
) -> Proposal:
    """Share the buildings out; return a preview, its rows without names and without a curve.

    ``register``: duties on the first day of the assignment.
    """
    instance, names = inputs.instance, register.names
    answer = share(inputs, options, options.stickiness)
    measures = measure(instance, answer)
    taker = np.array([*inputs.wardens, ""], dtype=object)[answer]
    rows = inputs.buildings[["building_id", "community_code", "grid_code", "lon", "lat"]].assign(
        load=instance.load.round(3),
        from_id=inputs.held_by,
        from_person=[names.get(p, p) for p in inputs.held_by],
        to_id=taker,
        to_person=[names.get(p, p) for p in taker],
        changed=taker != inputs.held_by,
        stray=measures.stray,
        reason=_reasons(inputs, answer),
    )
    return Proposal(
        proposal_id="",
        made_at=None,
        made_by="",
        valid_from=register.on,
        options=options,
        totals=totals_of(inputs, answer, measures),
        before=totals_of(inputs, instance.present, measure(instance, instance.present)),
        rows=rows,
        wardens=warden_rows(rows, inputs.wardens, names).assign(
            load_over_mean=np.nan_to_num(measures.over_mean).round(4)
        ),
        curve=pd.DataFrame(columns=list(CURVE_COLUMNS)),
    )


def totals_of(inputs: Inputs, answer: Ints, measures: Measures) -> AssignmentTotals:
    """Return what an assignment comes to, against who has the buildings now."""
    instance = inputs.instance
    count = instance.buildings
    had = inputs.held_by != ""
    people = np.array([*inputs.wardens, ""], dtype=object)
    is_served = (answer != NOBODY) & instance.available[np.maximum(answer, 0)]
    moved = had & is_served & (people[answer] != inputs.held_by)
    stays = _stays(inputs)
    return AssignmentTotals(
        buildings=count,
        wardens=int(instance.available.sum()),
        max_over_mean=round(measures.max_over_mean, 4),
        moved=int(moved.sum()),
        moved_share=round(float(moved.sum() / max(1, count)), 4),
        others_moved_share=round(float((moved & stays).sum() / max(1, stays.sum())), 4),
        stray=int(measures.stray.sum()),
        km=round(float(measures.distance_m.sum() / 1000), 3),
        gaps=int(count - is_served.sum()),
    )


def trade_off(
    inputs: Inputs, options: AssignmentOptions, totals: AssignmentTotals, *, share: Share
) -> pd.DataFrame:
    """Return what several degrees of stickiness give: `CURVE_COLUMNS`.

    ``totals``: what the degree gives that was asked for.
    """
    points = {options.stickiness: totals}
    for step in {*CURVE} - {*points}:
        answer = share(inputs, options, step)
        points[step] = totals_of(inputs, answer, measure(inputs.instance, answer))
    rows = [
        (step, *(getattr(points[step], name) for name in CURVE_COLUMNS[1:]))
        for step in sorted(points)
    ]
    return pd.DataFrame(rows, columns=list(CURVE_COLUMNS))


def _stays(inputs: Inputs) -> Bools:
    """Say which buildings have a warden who is there and may keep them."""
    present = inputs.instance.present
    could: Bools = (present != NOBODY) & inputs.instance.allowed_each(present)
    return could


def _reasons(inputs: Inputs, answer: Ints) -> list[str]:
    instance = inputs.instance
    present, fixed = instance.present, instance.fixed
    has = present != NOBODY
    is_served = has & instance.available[np.maximum(present, 0)]
    conditions = [
        fixed != NOBODY,
        has & (present == answer),
        inputs.held_by == "",
        ~is_served,
        is_served & ~_stays(inputs),
    ]
    return list(np.select(conditions, [FIXED, KEPT, FILLED, VACANCY, LIMIT], default=BALANCE))


def warden_rows(
    rows: pd.DataFrame, people: Iterable[str], names: Mapping[str, str]
) -> pd.DataFrame:
    """Return what each person has now and would have: `WARDEN_COLUMNS`; evenness is NaN.

    ``rows``: of a proposal, `ROW_COLUMNS`.
    ``people``: whom to list, in this order.
    ``names``: what people are called.
    """
    listed = pd.Index(list(people), dtype="object")
    changed = rows[rows["changed"].astype(bool)]
    before, after = rows.groupby("from_id"), rows.groupby("to_id")
    homes = pd.concat([rows.set_index(who)["community_code"] for who in ("to_id", "from_id")])
    counts = {
        "buildings_before": before.size(),
        "buildings": after.size(),
        "moved_in": changed.groupby("to_id").size(),
        "moved_out": changed.groupby("from_id").size(),
    }
    loads = {"load_before": before["load"].sum(), "load": after["load"].sum()}
    frame = pd.DataFrame(
        {
            "person_id": listed,
            "person": [names.get(person) or person for person in listed],
            "community": homes.groupby(level=0).first().reindex(listed).fillna("").to_numpy(),
            "load_over_mean": np.nan,
            **{n: c.reindex(listed).fillna(0).astype("int64").array for n, c in counts.items()},
            **{n: c.reindex(listed).fillna(0.0).round(3).array for n, c in loads.items()},
        }
    )
    return frame[list(WARDEN_COLUMNS)]


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    plain = frame.astype("object").where(frame.notna(), None)
    return {str(name): plain[name].tolist() for name in plain.columns}
