"""Makes a score and keeps it, with what it rests on and the audit line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from data.contracts.screening.office_terms import TERMS_SETTING, read_terms
from data.derived.fingerprints import short_hash
from data.derived.inputs import input_versions
from data.derived.screened import screening_fingerprint
from data.engine import Engine
from data.integrity.file_changes import FileKind
from data.results.run_log import Run
from governance.access.permissions import Action, Actor
from governance.scores.live import LiveScores
from governance.service import Component
from risk.config.score import read_score_config
from risk.scoring.run import ScoreResult, run_score
from risk.scoring.score_as_of import OfficeScore

SCORED_TABLES: Final = (
    *("buildings", "grids", "complaints", "rentals", "violations", "inspections"),
    "adverts",
)
"""The tables that a score is made from; an import of another leaves it as it is."""


@dataclass(frozen=True)
class ScoreInputs:
    """What scores are made from: the rows of one moment, and the versions of the inputs."""

    engine: Engine
    versions: Mapping[str, str]


class ScoreWriter(Component):
    """Makes scores; whoever uses it has asked permission."""

    _live: LiveScores

    def inputs(self, *, remember: bool = False) -> ScoreInputs:
        """Return what is known now; ``remember``: as of `data.engine.Engine.pinned`."""
        # The versions come first: what changes in between is scored again, not taken for counted.
        versions = self.versions()
        return ScoreInputs(self._engine.pinned(remember=remember), versions)

    def write(
        self, actor: Actor, inputs: ScoreInputs, day: date, *, because: Sequence[str] = ()
    ) -> ScoreResult:
        """Score what was known by the end of a day.

        ``because``: why it is made, where nobody asked for it (`automatic.rules.changed_inputs`).
        """

        def hand_on(snapshot_id: str, score: OfficeScore) -> None:
            if day == self.clock.today():
                self._live.keep(inputs.engine, snapshot_id, score, inputs.versions)

        why = {"automatic": True, "because": list(because)} if because else {}
        with self._resources.file_changes.change(
            FileKind.SNAPSHOT, actor=actor.id, action=Action.SCORE.value
        ) as announce:
            return run_score(
                inputs.engine,
                self._snapshots,
                as_of=day,
                config=read_score_config(self._workspace.settings),
                run=Run(at=self._now(), rests_on=inputs.versions, automatic=bool(because)),
                announce=lambda made: announce(made, snapshot_id=made, as_of=str(day), **why),
                hand_on=hand_on,
            )

    def versions(self) -> dict[str, str]:
        """Return the versions of what a score made now rests on, by kind; cheap."""
        return input_versions(self._workspace, SCORED_TABLES) | {"settings": self._all_settings()}

    def _all_settings(self) -> str:
        """Return what tells one state of the settings from another, words of screening included.

        The words decide which adverts count; without adverts they decide about no score.
        """
        if not self._workspace.lake.import_ids(("adverts",)):
            return self._settings
        with self._workspace.store.begin() as unit:
            terms = read_terms(unit.settings.get(TERMS_SETTING, []))
        return short_hash([self._settings, screening_fingerprint(terms)])

    @property
    def has_buildings(self) -> bool:
        """Whether anything was imported that gives a register of buildings."""
        sources = ("buildings", *self._workspace.settings.buildings.made_from)
        return bool(self._workspace.lake.import_ids(sources))

    @cached_property
    def _settings(self) -> str:
        settings = self._workspace.settings
        return short_hash(
            [
                read_score_config(settings).config_hash,
                repr(settings.place),
                settings.buildings.made_from,
                settings.office.time_zone,
            ]
        )
