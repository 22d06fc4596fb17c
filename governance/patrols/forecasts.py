"""What plans would come to, kept as long as all that it follows from is the same."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Final

from pydantic import TypeAdapter, ValidationError

from data.contracts.registry import TABLES
from data.derived.cache import keep_answer, read_answer
from data.derived.inputs import input_versions
from data.lake.checksums import hash_options
from governance.access.permissions import Actor
from governance.cases.upkeep.revisits import Revisits
from governance.patrols.base import PlanSolver, Progress
from governance.patrols.routing.model.forecast import PlanForecast
from governance.patrols.routing.model.plan import PlanOptions
from governance.records.ledger.appointments import LedgerAppointments
from governance.scores.trials.reader import TrialReader
from governance.service import Component
from governance.visits.base import VisitReader

FORECASTS_VERSION: Final = 2
"""To be raised by whoever changes what a forecast says of the same inputs."""
FOLDER: Final = "forecasts"
MOST_KEPT: Final = 64
_FORECAST: Final = TypeAdapter(PlanForecast)


class PlanForecasts(Component):
    """Says what plans would come to: of an office of 200,000 buildings that takes ten seconds."""

    _plan_solver: PlanSolver
    _visit_reader: VisitReader
    _trials: TrialReader
    _revisits: Revisits
    _ledger: LedgerAppointments

    def forecast(
        self, actor: Actor, options: PlanOptions, *, progress: Progress | None = None
    ) -> PlanForecast:
        """Return `PlanSolver.forecast`, from a file of the workspace where one holds.

        A file holds for one day, one scope, the same choices and all rows, visits, decisions,
        stops, teams, dates and settings of now; it is derived, and may be deleted at any time.
        """
        options = replace(options, title="", focus="")  # words, from which nothing follows
        path = self._workspace.derived_path / FOLDER / self._state(actor, options)
        kept = read_answer(path)
        with suppress(ValidationError):  # of an earlier release: worked out anew
            if kept is not None:
                return _FORECAST.validate_json(kept)
        forecast = self._plan_solver.forecast(actor, options, progress=progress)
        keep_answer(path, json.dumps(asdict(forecast)).encode(), most=MOST_KEPT)
        return forecast

    def _state(self, actor: Actor, options: PlanOptions) -> str:
        """Return a hash of all that a forecast follows from; no table of rows is read for it."""
        today, calendar = self.clock.today(), self._visit_reader.calendar
        snapshot = self._visit_reader.snapshot(today)
        facts = {
            "version": FORECASTS_VERSION,
            "day": str(today),
            "scope": actor.scope.to_mapping(),
            "options": options.content(),
            "teams": [asdict(team) for team in self._plan_solver.named_teams()],
            "score": snapshot and snapshot.snapshot_id,
            "rows": input_versions(self._workspace, list(TABLES)),
            "due": [str(self._revisits.due(options.last)), str(self._ledger.state())],
            "stops": sorted(map(str, self._plan_solver.last_stops(options.first).items())),
            "trial": sorted(self._trials.due(options.first, options.last)),
            "calendar": [str(span) for span in calendar.spans],
            "settings": str(self._workspace.settings),
        }
        return hash_options(facts)
