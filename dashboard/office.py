"""What the dashboard asks of governance, as a protocol: the whole of its knowledge of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from dashboard.office_answers import (
        Explanation,
        ImportResult,
        OfficeSettings,
        Preview,
        ScoreRun,
    )
    from governance.access import Actor

Progress = Callable[[str, int, int], None]
"""Told a stage's name, how much of it is done and how much there is (0 where unknown)."""


class OfficePort(Protocol):
    """The authorised services that views and routes call; every one takes the acting user."""

    def settings(self, actor: Actor) -> OfficeSettings:
        """Name, street, locale, tile address and whether this is a demonstration."""

    def tables(self, actor: Actor) -> pd.DataFrame:
        """List tables with their row counts: ``table, rows, last_import``."""

    def snapshots(self, actor: Actor) -> pd.DataFrame:
        """List snapshots, newest first."""

    def atlas(
        self,
        actor: Actor,
        *,
        layer: str,
        snapshot_id: str,
        communities: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return one layer of the map: one row per unit."""

    def find(
        self, actor: Actor, text: str, *, snapshot_id: str | None = None, limit: int = 20
    ) -> pd.DataFrame:
        """Find buildings by address, name or code."""

    def explain(
        self, actor: Actor, unit: str, *, snapshot_id: str | None = None, rows: bool = True
    ) -> Explanation:
        """Explain one unit's score; without ``rows`` the points alone, which come at once."""

    def trend(self, actor: Actor, unit: str) -> pd.DataFrame:
        """Return a unit's score over the snapshots, oldest first."""

    def score(self, actor: Actor, *, as_of: date, progress: Progress | None = None) -> ScoreRun:
        """Score the workspace as of a day and store the snapshot."""

    def template(self, actor: Actor, table: str) -> bytes:
        """Return a table's Excel template."""

    def preview_import(
        self,
        actor: Actor,
        table: str,
        path: Path,
        *,
        mapping: Mapping[str, str] | None = None,
        sheet: str | None = None,
        datum: str | None = None,
    ) -> Preview:
        """Read a file's head and guess its mapping and datum; nothing is stored."""

    def import_file(
        self,
        actor: Actor,
        table: str,
        path: Path,
        *,
        mapping: Mapping[str, str] | None = None,
        sheet: str | None = None,
        datum: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportResult:
        """Import a file, or count what importing it would do."""

    def imports(self, actor: Actor) -> pd.DataFrame:
        """List imports, newest first, with those taken back marked ``undone``."""

    def undo_import(self, actor: Actor, import_id: str) -> object:
        """Take an import back, exactly."""

    def export_quarantine(self, actor: Actor, *, import_id: str) -> bytes:
        """Return an import's quarantined rows as a marked workbook."""

    def review_queue(self, actor: Actor, *, limit: int = 50) -> pd.DataFrame:
        """List addresses that a person must decide on."""

    def decide_review(
        self, actor: Actor, *, table: str, address: str, building_id: str | None
    ) -> object:
        """Record which building an address means, or that it is none."""
