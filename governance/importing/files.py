"""Bring files in, take them back, and give back what could not be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.lake.manifest import Manifest
from geo.errors import GridwardenError
from governance.access.permissions import (
    Action,
    Actor,
    NotAllowedError,
    may,
    require,
    require_whole,
)
from governance.service import Service, lazy_parts

if TYPE_CHECKING:
    import pandas as pd

    import governance.importing.advert_leads
    from data.ingest.options import ImportOptions
    from data.ingest.preview.preview import ImportPreview
    from data.ingest.quarantine.store import QuarantinedRows
    from data.ingest.results import ImportResult

Source = Path | str


class NothingQuarantinedError(GridwardenError):
    """No row of this import is in quarantine."""


IMPORT_COLUMNS = ("import_id", "table", "file", "at", "rows_in", "accepted", "quarantined",
                  "duplicates", "replaced", "left_out", "datum", "undone")  # fmt: skip


@lazy_parts
class ImportService(Service):
    """Services about what comes in."""

    _advert_leads: governance.importing.advert_leads.AdvertLeads

    def template(self, actor: Actor, table: str) -> bytes:
        """Return the Excel template of a table."""
        from data.ingest.quarantine.template import write_template

        require(actor, Action.IMPORT)
        return write_template(self._workspace.contract(table))

    def preview(
        self,
        actor: Actor,
        table: str,
        path: Source,
        options: ImportOptions | None = None,
    ) -> ImportPreview:
        """Read a file's head, guess its mapping and its datum; keep nothing."""
        from data.ingest.options import NO_OPTIONS
        from data.ingest.preview.preview import preview_file

        require_whole(actor, Action.IMPORT)
        options = options or NO_OPTIONS
        return preview_file(self._workspace, table, path, now=self._local_now(), options=options)

    def import_file(
        self,
        actor: Actor,
        table: str,
        path: Source,
        options: ImportOptions | None = None,
        *,
        dry_run: bool = False,
        derive: bool = True,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> ImportResult:
        """Import a file into a table, or with ``dry_run`` say what would come of it.

        See `data.ingest.run.import_file` for what is counted and what is raised. Adverts of
        tutoring become leads (`governance.importing.advert_leads`).
        """
        from data.contracts.registry import contract_of
        from data.ingest.options import NO_OPTIONS
        from data.ingest.run import import_file
        from data.integrity.file_changes import FileKind
        from governance.importing.advert_leads import TABLE as ADVERTS

        require_whole(actor, Action.IMPORT)
        with self._file_change(actor, Action.IMPORT, FileKind.IMPORT) as announce:
            result = import_file(
                self._workspace,
                table,
                path,
                now=self._local_now(),
                options=options or NO_OPTIONS,
                dry_run=dry_run,
                derive=derive,
                progress=progress,
                announce=lambda new: announce(
                    new.import_id,
                    import_id=new.import_id,
                    table=new.table,
                    accepted=new.accepted,
                    quarantined=new.quarantined,
                ),
            )
        leads = 0 if dry_run or contract_of(table).name != ADVERTS else self._take_leads(actor)
        return replace(result, leads=leads)

    def _take_leads(self, actor: Actor) -> int:
        """Let adverts become leads; return how many are new."""
        from governance.importing.advert_leads import TABLE as ADVERTS

        with self._workspace.store.begin() as unit:
            taken = self._advert_leads.take_in(unit, actor)
            if taken.new or taken.updated:
                counts = {"leads": taken.new, "updated": taken.updated}
                self._commit(unit, actor, Action.IMPORT, table=ADVERTS, **counts)
        return taken.new

    def listed(self, actor: Actor) -> list[dict[str, object]]:
        """List imports, newest first, those taken back included: `IMPORT_COLUMNS`.

        Only the actor's own where the actor may not `Action.MANAGE_IMPORTS`.
        """
        require_whole(actor, Action.IMPORT)
        is_seen = self._sees(actor)
        manifests = self._workspace.lake.imports(undone=True)
        return [_listed(each) for each in reversed(manifests) if is_seen(each.import_id)]

    def history(self, actor: Actor) -> pd.DataFrame:
        """Return what `listed` lists as a frame."""
        import pandas as pd

        return pd.DataFrame(self.listed(actor), columns=list(IMPORT_COLUMNS))

    def undo(self, actor: Actor, import_id: str) -> Manifest:
        """Take an import back, exactly as if it had never been.

        Raises `ImportNotFoundError` when there is none, or it was taken back before.
        Raises `NotAllowedError` without `Action.MANAGE_IMPORTS`, for all but the actor's own,
        whether or not there is such an import.
        """
        from data.integrity.file_changes import FileKind

        self._require_seen(actor, Action.UNDO_IMPORT, import_id)
        change = self._file_change(actor, Action.UNDO_IMPORT, FileKind.UNDONE_IMPORT)
        with change as announce, self._workspace.lock():
            table = self._workspace.lake.manifest(import_id).table
            announce(import_id, import_id=import_id, table=table)
            undone = self._workspace.lake.undo(import_id)
            self._workspace.identities.forget(import_id)
        return undone

    def tables(self, actor: Actor) -> pd.DataFrame:
        """List every table with its rows, as far as one may see them, and its last import.

        That complaints came, or decisions, is told to whoever may see such rows: to others a visit
        soon after would say why it was made.
        """
        import pandas as pd

        from data.contracts.registry import TABLES

        require(actor, Action.SEE_MAP)
        needed = {"complaints": Action.SEE_COMPLAINTS, "violations": Action.SEE_ROWS}
        rows = []
        for name in (each for each in TABLES if may(actor, needed.get(each, Action.SEE_MAP))):
            manifests = self._workspace.lake.imports(name)
            last = max((m.imported_at for m in manifests), default=pd.NaT)
            count = int(actor.scope.of_rows(self._engine.table(name)).count().to_pandas())
            rows.append({"table": name, "rows": count, "last_import": last})
        return pd.DataFrame(rows, columns=["table", "rows", "last_import"])

    def quarantine(self, actor: Actor) -> list[dict[str, Any]]:
        """List the imports with rows in quarantine: ``import_id, table, file, rows, reasons``.

        Only the actor's own, as `listed` does.
        """
        from data.ingest.quarantine.store import read_quarantined

        require_whole(actor, Action.IMPORT)
        is_seen = self._sees(actor)
        return [
            {
                "import_id": kept.manifest.import_id,
                "table": kept.manifest.table,
                "file": kept.manifest.file_name,
                "rows": kept.rows.num_rows,
                "reasons": _reasons(kept),
            }
            for kept in read_quarantined(self._workspace)
            if is_seen(kept.manifest.import_id)
        ]

    def export_quarantine(self, actor: Actor, *, import_id: str) -> bytes:
        """Return an import's unusable rows as a marked workbook, to be corrected and sent again.

        Raises `NothingQuarantinedError` when this import has no row in quarantine.
        Raises `NotAllowedError` as `undo`.
        """
        from data.ingest.quarantine.store import read_quarantined
        from data.ingest.quarantine.workbook import write_quarantine

        self._require_seen(actor, Action.IMPORT, import_id)
        for kept in read_quarantined(self._workspace):
            if kept.manifest.import_id == import_id:
                self._record(actor, Action.IMPORT, quarantine=import_id, rows=kept.rows.num_rows)
                return write_quarantine(kept)
        raise NothingQuarantinedError("nothing_quarantined", seen=import_id)

    def _require_seen(self, actor: Actor, action: Action, import_id: str) -> None:
        require_whole(actor, action)
        if not self._sees(actor)(import_id):
            raise NotAllowedError(
                "not_own_import",
                actor=actor.id,
                action=action.value,
                reason="only who brought an import in, or manages imports, may do this",
            )

    def _sees(self, actor: Actor) -> Callable[[str], bool]:
        """Return what says whether an actor is told of an import.

        Who brought it in is what the audit log says: an import whose line was taken out of it
        (`AuditService.prune`) is nobody's own any more.
        """
        if may(actor, Action.MANAGE_IMPORTS):
            return lambda _: True
        with self._workspace.store.begin() as unit:
            events = unit.audit.find(person=actor.id, action=Action.IMPORT.value)
            import_ids = {event.facts.get("import_id") for event in events}
        return import_ids.__contains__


def _reasons(kept: QuarantinedRows) -> dict[str, int]:
    """Count the rows that wait, by reason."""
    columns = (kept.problems[name].to_pylist() for name in ("code", "source_row", "sheet"))
    rows = set(zip(*columns, strict=True))
    return dict(sorted(Counter(code for code, _, _ in rows).items()))


def _listed(manifest: Manifest) -> dict[str, object]:
    values = {name: getattr(manifest, name, None) for name in IMPORT_COLUMNS}
    return values | {"file": manifest.file_name, "at": manifest.imported_at}
