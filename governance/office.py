"""The office: the services of one workspace, composed here and nowhere else."""

from contextlib import suppress
from dataclasses import dataclass

from data.integrity.problems import VerifyReport
from data.integrity.verify import verify_workspace
from data.store.audit.chain import AuditError
from data.workspace.folder import WorkspaceError
from governance.access.permissions import Action, Actor, require
from governance.cases.desk import CaseDeskService
from governance.cases.links.service import LinkService
from governance.cases.merging.service import LeadMergingService
from governance.cases.public_reports.office_side import PublicReportService
from governance.cases.public_reports.public_intake import PublicIntakeService
from governance.cases.service import CaseService
from governance.cases.unlisted.service import UnlistedService
from governance.cases.upkeep.catch_up import CaughtUp
from governance.importing.address_review import AddressReviewService
from governance.importing.adverts import AdvertService
from governance.importing.files import ImportService
from governance.importing.grid_check import GridCheckService
from governance.importing.office_calendar import CalendarService
from governance.importing.screening import ScreeningService
from governance.overview.approvals import ApprovalService
from governance.overview.roll_ups import RollUpService
from governance.overview.service import OverviewService
from governance.overview.suspicions import SuspicionService
from governance.patrols.edits import PlanEditService
from governance.patrols.plans import PlanService
from governance.patrols.results.campaigns import CampaignService
from governance.patrols.results.evaluation import PlanEvaluationService
from governance.patrols.teams.team_routes import TeamRouteService
from governance.patrols.teams.teams import TeamService
from governance.records.bulletins.service import BulletinService
from governance.records.evidence.files import EvidenceFileService
from governance.records.evidence.intake.service import EvidenceIntakeService
from governance.records.evidence.pack.service import EvidencePackService
from governance.records.evidence.service import EvidenceService
from governance.records.ledger.key_lists import KeyListService
from governance.records.ledger.paper import LedgerPaperService
from governance.records.ledger.proposals import LedgerProposalService
from governance.records.ledger.rules_service import LedgerRulesService
from governance.records.ledger.service import LedgerService
from governance.records.notices.desk import NoticeDeskService
from governance.records.notices.papers import NoticePaperService
from governance.records.notices.service import NoticeService
from governance.responsibility.assignment.constraints import ConstraintService
from governance.responsibility.assignment.service import AssignmentService
from governance.responsibility.chains import ResponsibilityService
from governance.responsibility.changes import DutyChangeService
from governance.responsibility.handovers import HandoverService
from governance.scores.automatic.service import AutomaticScoringService
from governance.scores.evaluation import EvaluationService
from governance.scores.ground import GroundService
from governance.scores.monitoring import MonitoringService
from governance.scores.risk_map import RiskMapService
from governance.scores.scoring import ScoringService
from governance.scores.trials.service import TrialService
from governance.security.accounts.administration import AccountService
from governance.security.accounts.demo_accounts import DemoAccountService
from governance.security.accounts.grants import GrantService
from governance.security.accounts.sessions import SessionService
from governance.security.accounts.sign_in import SignInService
from governance.security.backups import BackupService
from governance.security.compliance.audit import AuditService
from governance.security.compliance.complainants import ComplainantService
from governance.security.compliance.exports import ExportService
from governance.security.compliance.personal_data import PersonalDataService
from governance.security.operations import OperationsService
from governance.service import Service
from governance.visits.coverage import CoverageService
from governance.visits.phone_keys import PhoneKeyService
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
    tile_url, tile_attribution, tile_datum
        Address of map tiles, or None, whom they are from, and the datum they are drawn in.
    demo
        Whether this is the demonstration city.
    """

    name: str
    street: str
    locale: str
    tile_url: str | None
    tile_attribution: str | None
    tile_datum: str
    demo: bool


class Office(Service):
    """All services of one workspace; every one takes the acting user first and asks permission.

    The annotations are its services and their names; `Component` builds them.
    """

    imports: ImportService
    address_review: AddressReviewService
    grid_check: GridCheckService
    calendar: CalendarService
    screening: ScreeningService
    adverts: AdvertService
    scores: ScoringService
    automatic_scoring: AutomaticScoringService
    risk_map: RiskMapService
    ground: GroundService
    monitoring: MonitoringService
    evaluation: EvaluationService
    trials: TrialService
    responsibility: ResponsibilityService
    duties: DutyChangeService
    handovers: HandoverService
    constraints: ConstraintService
    assignment: AssignmentService
    visits: VisitService
    worklist: WorklistService
    coverage: CoverageService
    photos: PhotoService
    phone_keys: PhoneKeyService
    plans: PlanService
    plan_edits: PlanEditService
    teams: TeamService
    team_routes: TeamRouteService
    plan_evaluation: PlanEvaluationService
    campaigns: CampaignService
    accounts: AccountService
    grants: GrantService
    sign_in: SignInService
    sessions: SessionService
    demo_accounts: DemoAccountService
    backups: BackupService
    operations: OperationsService
    audit: AuditService
    exports: ExportService
    complainants: ComplainantService
    personal_data: PersonalDataService
    overview: OverviewService
    roll_ups: RollUpService
    suspicions: SuspicionService
    cases: CaseService
    case_desk: CaseDeskService
    lead_merging: LeadMergingService
    public_reports: PublicReportService
    public_intake: PublicIntakeService
    links: LinkService
    unlisted: UnlistedService
    evidence: EvidenceService
    evidence_files: EvidenceFileService
    evidence_intake: EvidenceIntakeService
    evidence_packs: EvidencePackService
    bulletins: BulletinService
    ledger: LedgerService
    ledger_proposals: LedgerProposalService
    ledger_rules: LedgerRulesService
    key_lists: KeyListService
    ledger_paper: LedgerPaperService
    notices: NoticeService
    notice_desk: NoticeDeskService
    notice_papers: NoticePaperService
    approvals: ApprovalService

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
            tile_datum=settings.map.tile_datum,
            demo=settings.office.demo,
        )

    def verify(self, actor: Actor) -> VerifyReport:
        """Check that every count, hash and reference in the workspace still holds."""
        require(actor, Action.VERIFY)
        report = verify_workspace(self._workspace)
        with suppress(WorkspaceError, AuditError):  # a log that cannot go on is in the report
            self._record(actor, Action.VERIFY, problems=len(report.problems))
        return report

    def catch_up(self, actor: Actor) -> CaughtUp:
        """Let cases, then the ledger, take in what imports and visits brought.

        To be called after an import, and by the server every few seconds.

        Returns
        -------
        CaughtUp
            What the cases took in.
        """
        taken_in = self.cases.catch_up(actor)
        self.ledger.catch_up(actor)
        return taken_in

    def close(self) -> None:
        """Let every connection go; needs no permission, since nothing is read or changed."""
        self._engine.close()
        self._workspace.store.close()
