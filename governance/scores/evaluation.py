"""Does the score beat counting here? Ask the office's own past, and keep the answer."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, Final

import ibis
from pydantic import TypeAdapter

from data.engine import Engine
from data.integrity.file_changes import FileKind
from data.results.evaluations import EvaluationStore
from data.workspace.clock import start_of
from data.workspace.settings import read_section
from governance.access.permissions import Action, Actor, require, require_whole
from governance.service import Service
from risk.config.score import read_score_config
from risk.evaluation.report.stored import upgrade
from risk.evaluation.report.verdict import MethodVerdict, judge
from risk.evaluation.run import Backtest, BacktestResult
from risk.evaluation.targets.geography import BUILDING, UNITS
from risk.evaluation.targets.origins import Span, Split, choose_origins, read_origins, split_at
from risk.evaluation.targets.plans import AMONG, BacktestError, Plan
from risk.evaluation.targets.questions import CRITICAL, FOUND, INSPECTED, VIOLATIONS
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import read_tables
from risk.schema import EVENT_AT, LEARNT_AT

Progress = Callable[[str, int, int], None]

HORIZONS: Final = ("30d", "90d", "180d")
DEFAULT_HORIZON: Final = "90d"
MONTHS_NEEDED: Final = 12
"""Months with results below which an evaluation would say little."""
_GROUP: Final = ("event", "unit", "horizon", "among")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What is kept of backtests.

    ``runs``, ``summary``: as `risk.evaluation.run.BacktestResult`; a value that is not known is
    None.
    """

    evaluated_at: datetime
    """UTC time of the last run."""
    seconds: float
    """How long the last run took, reading included."""
    k: int
    """Units that a week's capacity can look at, in the last run."""
    runs: list[dict[str, Any]]
    summary: list[dict[str, Any]]

    def verdict(self, *, event: str, unit: str, horizon: str, among: str) -> MethodVerdict | None:
        """Judge what was evaluated under these names; None where nothing was."""
        wanted = (event, unit, horizon, among)
        lines = [line for line in self.summary if _names(line) == wanted]
        return judge(lines) if lines else None


_STORED: Final = TypeAdapter(Evaluation)


@dataclass(frozen=True, kw_only=True)
class EvaluationOptions:
    """What can be evaluated here.

    ``units``, ``among``, ``horizons``: what may be asked.
    ``months_needed``, ``months_there``: months with results that it takes, and that there are.
    """

    events: tuple[str, ...]
    """Those of which the workspace has any, the most telling first."""
    units: tuple[str, ...]
    among: tuple[str, ...]
    horizons: tuple[str, ...]
    ready: bool
    """Whether there is history enough."""
    months_needed: int
    months_there: int


class EvaluationService(Service):
    """Services about how well an order of visits would have done in the past."""

    def backtest(  # noqa: PLR0913 -- one parameter per thing that can be asked
        self,
        actor: Actor,
        *,
        event: str | None = None,
        unit: str = BUILDING,
        among: str = INSPECTED,
        origins: str | None = None,
        horizons: Sequence[str] = (DEFAULT_HORIZON,),
        methods: Sequence[str] = (),
        k: int | None = None,
        area: bool = True,
        progress: Progress | None = None,
    ) -> Evaluation:
        """Rank the past as it could have been ranked then, and compare with what happened.

        ``event``: one of `risk.evaluation.targets.questions.EVENTS`; decided violations where there
        are any, else confirmed finds, when None.
        ``unit``, ``among``, ``k``, ``area``: see `risk.evaluation.targets.plans.Plan`.
        ``origins``: ``FROM:TO:EVERY``; the last ones that the data allow when None.
        ``horizons``: spans such as ``90d`` or ``2mo``.
        ``methods``: names; all when empty.
        ``progress``: called as (stage, done, total).

        Raises `BacktestError`, `SplitError` or `UnknownMethodError` when what is asked makes no
        backtest.
        """
        require_whole(actor, Action.EVALUATE)
        started = perf_counter()
        engine = Engine(self._workspace)  # minutes of work: nobody waits for this session
        try:
            pinned = engine.pinned()
            event_name = event or self._usual_event(pinned)
            splits = [
                (horizon, self._splits(pinned, origins, Span.parse(horizon)))
                for horizon in horizons
            ]
            plans = [
                Plan(event=event_name, unit=unit, among=among, splits=each, horizon=str(horizon),
                     methods=tuple(methods), k=k, area=area)
                for horizon, each in splits
            ]  # fmt: skip
            result = self.run_plans(actor, plans, engine=pinned, progress=progress)
        finally:
            engine.close()
        found = self._load(result, seconds=perf_counter() - started)
        self._keep(actor, found, event=event_name, unit=unit, among=among, runs=len(result.runs))
        return found

    def run_plans(
        self,
        actor: Actor,
        plans: Sequence[Plan],
        *,
        engine: Engine,
        progress: Progress | None = None,
    ) -> BacktestResult:
        """Evaluate plans on one view of the workspace, ``engine`` pinned to it; nothing is kept."""
        require_whole(actor, Action.EVALUATE)
        last = max(split.end for plan in plans for split in plan.splits)
        config = read_score_config(self._workspace.settings)
        if progress:
            progress("read", 0, 1)
        tables = read_tables(engine, cut=last, config=config)
        backtest = Backtest(
            tables=tables, source=engine, config=config, settings=self._backtest_settings()
        )
        return backtest.run(plans, progress=progress)

    def evaluate(
        self,
        actor: Actor,
        *,
        event: str,
        unit: str,
        among: str,
        horizon: str,
        progress: Progress | None = None,
    ) -> Evaluation:
        """Evaluate one question at origins that the data allow; keep it beside the others."""
        self.backtest(
            actor, event=event, unit=unit, among=among, horizons=(horizon,), progress=progress
        )
        kept = self.latest(actor)
        if kept is None:  # pragma: no cover -- `backtest` has just kept it
            raise BacktestError("backtest_without_events", seen=event)
        return kept

    def latest(self, actor: Actor) -> Evaluation | None:
        """Return what was kept of all evaluations; None before the first."""
        require(actor, Action.SEE_REASONS)
        stored = EvaluationStore(self._workspace.root).load()
        return None if stored is None else _STORED.validate_python(upgrade(stored))

    def version(self, actor: Actor) -> int:
        """Return what tells one state of `latest` from the next; cheap."""
        require(actor, Action.SEE_REASONS)
        return EvaluationStore(self._workspace.root).version()

    def options(self, actor: Actor) -> EvaluationOptions:
        """Say what can be evaluated here, and whether there is history enough."""
        require(actor, Action.SEE_REASONS)
        counts = self._count_results(self._engine)
        count_of_event = {FOUND: "found", CRITICAL: "critical", VIOLATIONS: "violations"}
        return EvaluationOptions(
            events=tuple(event for event, count in count_of_event.items() if counts[count]),
            units=UNITS,
            among=AMONG,
            horizons=HORIZONS,
            ready=counts["months"] >= MONTHS_NEEDED,
            months_needed=MONTHS_NEEDED,
            months_there=counts["months"],
        )

    def _backtest_settings(self) -> BacktestSettings:
        return read_section(self._workspace.settings, "backtest", BacktestSettings)

    def _load(self, result: BacktestResult, *, seconds: float) -> Evaluation:
        return Evaluation(
            evaluated_at=self._now(),
            seconds=round(seconds, 3),
            k=result.summary[-1]["k"],
            runs=result.runs,
            summary=result.summary,
        )

    def _keep(self, actor: Actor, found: Evaluation, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        """Store an evaluation; what was asked under other names before stays."""
        with self._file_change(actor, Action.EVALUATE, FileKind.EVALUATION) as announce:

            def change(earlier: dict[str, Any] | None) -> dict[str, Any]:
                announce(found.evaluated_at.isoformat(), **facts)
                return _merged(earlier, found)

            EvaluationStore(self._workspace.root).update(change)

    def _usual_event(self, engine: Engine) -> str:
        counts = self._count_results(engine)
        return VIOLATIONS if counts["violations"] and not counts["found"] else FOUND

    def _splits(self, engine: Engine, origins: str | None, horizon: Span) -> list[Split]:
        if origins is not None:
            return split_at(read_origins(origins)[0], horizon)
        table = engine.table("inspections")
        bounds = table.aggregate(first=table[EVENT_AT].min(), last=table[EVENT_AT].max())
        first, last = bounds.to_pyarrow().to_pylist()[0].values()
        if first is None:
            raise BacktestError("backtest_without_events", seen="no inspections")
        end = start_of(last.date() + timedelta(days=1))
        return split_at(choose_origins(first, end, horizon), horizon)

    def _count_results(self, engine: Engine) -> dict[str, int]:
        config = read_score_config(self._workspace.settings)
        evidence = config.evidence
        visits = engine.table("inspections")
        known = visits["result"].isin([*evidence.found, *evidence.not_found])
        violations = engine.table("violations")
        happened = visits[EVENT_AT].fill_null(visits[LEARNT_AT]).truncate("M")
        counts = visits.aggregate(
            months=happened.nunique(where=known),
            found=visits["result"].isin(list(evidence.confirmed)).cast("int64").sum(),
            critical=(visits["critical_count"] > ibis.literal(0)).cast("int64").sum(),
        )
        found: dict[str, int] = counts.to_pyarrow().to_pylist()[0]
        return {name: int(count or 0) for name, count in found.items()} | {
            "violations": int(violations.count().to_pyarrow().as_py())
        }


def _merged(earlier: dict[str, Any] | None, found: Evaluation) -> dict[str, Any]:
    before = upgrade(earlier or {"runs": [], "summary": []})
    new = {_names(line) for line in found.summary}
    content = asdict(found) | {"evaluated_at": found.evaluated_at.isoformat()}
    for part in ("runs", "summary"):
        kept = [line for line in before[part] if _names(line) not in new]
        content[part] = kept + content[part]
    return content


def _names(line: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(line[name]) for name in _GROUP)
