"""The office: the services of one workspace, composed here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from data.engine import Engine
from data.integrity.verify import VerifyReport, verify_workspace
from data.results.snapshots import SnapshotStore
from data.store.audit.chain import AuditError
from data.workspace.folder import Workspace, WorkspaceError
from governance.access.permissions import Action, Actor, require
from governance.accounts.administration import AccountService, AccountWriter
from governance.accounts.authentication import Authenticator
from governance.accounts.demo_accounts import DemoAccountService
from governance.accounts.grants import GrantService, RightsPolicy
from governance.accounts.sessions import SessionService, SessionStore
from governance.accounts.sign_in import SignInService
from governance.assignment.constraints import ConstraintService
from governance.assignment.service import AssignmentService
from governance.compliance.audit import AuditService
from governance.compliance.complainants import ComplainantService
from governance.compliance.exports import ExportService
from governance.importing.address_review import AddressReviewService
from governance.importing.files import ImportService
from governance.importing.grid_check import GridCheckService
from governance.importing.office_calendar import CalendarService
from governance.overview.service import OverviewService
from governance.patrols.base import PlanInputReader
from governance.patrols.edits import PlanEditService
from governance.patrols.plans import PlanService, PlanSolver
from governance.patrols.publication import Publisher
from governance.patrols.results.campaigns import CampaignService
from governance.patrols.results.evaluation import PlanEvaluationService
from governance.patrols.results.visits_of_plan import PlanOutcomes
from governance.patrols.teams.people import PlanPeople
from governance.patrols.teams.team_routes import TeamRouteService
from governance.patrols.teams.teams import TeamService
from governance.patrols.versions import PlanVersions
from governance.responsibility.chains import ResponsibilityService
from governance.responsibility.changes import DutyChangeService
from governance.responsibility.duty_reader import DutyReader
from governance.responsibility.duty_writer import DutyWriter
from governance.responsibility.handovers import HandoverService
from governance.scores.evaluation import EvaluationService
from governance.scores.monitoring import MonitoringService
from governance.scores.risk_map import RiskMapService
from governance.scores.scoring import ScoringService, SnapshotReader
from governance.service import Resources, Service
from governance.visits.base import VisitReader
from governance.visits.classification import VisitClassifier
from governance.visits.coverage import CoverageService
from governance.visits.photos import PhotoService
from governance.visits.recording import VisitService
from governance.visits.worklist import WorklistService


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


class Office(Service):
    """All services of one workspace; every one takes the acting user first and asks permission.

    Parameters
    ----------
    workspace
        The office's folder.
    engine
        Reads its tables.
    snapshots
        Its scoring results.
    now
        The clock; gives aware times.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        engine: Engine,
        snapshots: SnapshotStore,
        now: Callable[[], datetime],
    ) -> None:
        resources = Resources(workspace=workspace, engine=engine, snapshots=snapshots, now=now)
        super().__init__(resources)
        visit_reader = VisitReader(resources)
        self._compose_importing(resources)
        self._compose_scores(resources)
        self._compose_responsibility(resources)
        self._compose_visits(resources, visit_reader)
        self._compose_patrols(resources, visit_reader)
        self._compose_accounts(resources)
        self._compose_compliance(resources)
        self.overview = OverviewService(
            resources,
            address_review=self.address_review,
            assignment=self.assignment,
            coverage=self.coverage,
            imports=self.imports,
            monitoring=self.monitoring,
            responsibility=self.responsibility,
            worklist=self.worklist,
        )

    def _compose_importing(self, resources: Resources) -> None:
        self.imports = ImportService(resources)
        self.address_review = AddressReviewService(resources)
        self.grid_check = GridCheckService(resources)

    def _compose_scores(self, resources: Resources) -> None:
        snapshot_reader = SnapshotReader(resources)
        self.scores = ScoringService(resources, snapshot_reader=snapshot_reader)
        self.risk_map = RiskMapService(resources, snapshot_reader=snapshot_reader)
        self.monitoring = MonitoringService(resources)
        self.evaluation = EvaluationService(resources)

    def _compose_responsibility(self, resources: Resources) -> None:
        duty_reader = DutyReader(resources)
        duty_writer = DutyWriter(resources, duty_reader=duty_reader)
        self.responsibility = ResponsibilityService(resources, duty_reader=duty_reader)
        self.duties = DutyChangeService(resources, duty_reader=duty_reader, duty_writer=duty_writer)
        self.handovers = HandoverService(resources, duty_reader=duty_reader)
        self.constraints = ConstraintService(
            resources,
            duty_reader=duty_reader,
            duty_writer=duty_writer,
        )
        self.assignment = AssignmentService(
            resources,
            duty_reader=duty_reader,
            duty_writer=duty_writer,
        )

    def _compose_visits(self, resources: Resources, visit_reader: VisitReader) -> None:
        classifier = VisitClassifier(resources, visit_reader=visit_reader)
        self.visits = VisitService(resources, classifier=classifier, visit_reader=visit_reader)
        self.worklist = WorklistService(resources, visit_reader=visit_reader)
        self.coverage = CoverageService(resources, visit_reader=visit_reader)
        self.photos = PhotoService(resources, visit_reader=visit_reader)
        self.calendar = CalendarService(resources, visit_reader=visit_reader)

    def _compose_patrols(self, resources: Resources, visit_reader: VisitReader) -> None:
        plan_inputs = PlanInputReader(resources, visit_reader=visit_reader)
        plan_solver = PlanSolver(resources, plan_inputs=plan_inputs)
        versions = PlanVersions(resources)
        outcomes = PlanOutcomes(resources, plan_inputs=plan_inputs, versions=versions)
        self.plans = PlanService(
            resources,
            plan_people=PlanPeople(resources),
            plan_solver=plan_solver,
            publisher=Publisher(resources, versions=versions),
            versions=versions,
        )
        self.plan_edits = PlanEditService(
            resources,
            plan_inputs=plan_inputs,
            plan_solver=plan_solver,
            versions=versions,
            visit_reader=visit_reader,
        )
        self.teams = TeamService(resources, plan_inputs=plan_inputs)
        self.team_routes = TeamRouteService(
            resources, plan_inputs=plan_inputs, plans=self.plans, visit_reader=visit_reader
        )
        self.plan_evaluation = PlanEvaluationService(resources, outcomes=outcomes)
        self.campaigns = CampaignService(resources, outcomes=outcomes, visit_reader=visit_reader)

    def _compose_accounts(self, resources: Resources) -> None:
        session_store = SessionStore(resources)
        account_writer = AccountWriter(resources, session_store=session_store)
        rights_policy = RightsPolicy(resources)
        authenticator = Authenticator(resources, session_store=session_store)
        self.accounts = AccountService(
            resources,
            account_writer=account_writer,
            authenticator=authenticator,
            rights_policy=rights_policy,
            session_store=session_store,
        )
        self.grants = GrantService(
            resources, rights_policy=rights_policy, session_store=session_store
        )
        self.sign_in = SignInService(
            resources, authenticator=authenticator, session_store=session_store
        )
        self.sessions = SessionService(resources, session_store=session_store)
        self.demo_accounts = DemoAccountService(
            resources, account_writer=account_writer, session_store=session_store
        )

    def _compose_compliance(self, resources: Resources) -> None:
        self.audit = AuditService(resources)
        self.exports = ExportService(resources)
        self.complainants = ComplainantService(resources)

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

    def close(self) -> None:
        """Let every connection go; needs no permission, since nothing is read or changed."""
        self._engine.close()
        self._workspace.store.close()
