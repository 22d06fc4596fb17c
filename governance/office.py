"""The office: everything that a person can ask of a workspace, behind one door."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.integrity import verify_workspace
from data.store.audit.chain import AuditError
from data.workspace.folder import WorkspaceError
from governance.access.permissions import Action, Actor, require
from governance.accounts.demo_accounts import DemoPeopleDesk
from governance.assignment.service import AssignmentDesk
from governance.compliance.audit import AuditDesk
from governance.compliance.complainants import IdentityDesk
from governance.compliance.exports import ExportDesk
from governance.importing.address_review import ReviewDesk
from governance.importing.files import IntakeDesk
from governance.importing.grid_check import GridDesk
from governance.overview.service import StartDesk
from governance.patrols.service import PatrolDesk
from governance.scores.evaluation import EvaluationDesk
from governance.scores.monitoring import MonitoringDesk
from governance.scores.risk_map import AtlasDesk
from governance.visits.service import VisitDesk

if TYPE_CHECKING:
    from data.integrity import VerifyReport


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """What every page shows about the office.

    Parameters
    ----------
    name, street
        The office and the street it answers for.
    locale
        Language where the browser does not say.
    tile_url, tile_attribution
        Address of map tiles, or None: the map is drawn on white.
    demo
        Whether this is the demonstration city.
    """

    name: str
    street: str
    locale: str
    tile_url: str | None
    tile_attribution: str | None
    demo: bool


class Office(
    StartDesk,
    IntakeDesk,
    GridDesk,
    ReviewDesk,
    AtlasDesk,
    MonitoringDesk,
    EvaluationDesk,
    AssignmentDesk,
    VisitDesk,
    PatrolDesk,
    DemoPeopleDesk,
    AuditDesk,
    ExportDesk,
    IdentityDesk,
):
    """All services of one workspace; every one takes the acting user first and asks permission."""

    def settings(self, actor: Actor) -> OfficeFacts:
        """Return what every page shows about the office."""
        require(actor, Action.ENTER)
        settings = self._workspace.settings
        return OfficeFacts(
            name=settings.office.name,
            street=settings.office.street,
            locale=settings.office.locale,
            tile_url=settings.map.tile_url or None,
            tile_attribution=settings.map.tile_attribution or None,
            demo=settings.office.demo,
        )

    def verify(self, actor: Actor) -> VerifyReport:
        """Check that every count, hash and reference in the workspace still holds."""
        require(actor, Action.VERIFY)
        report = verify_workspace(self._workspace)
        with suppress(WorkspaceError, AuditError):  # a log that cannot go on is in the report
            self._record(actor, Action.VERIFY, problems=len(report.problems))
        return report
