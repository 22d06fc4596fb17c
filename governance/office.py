"""The office: the services of one workspace, composed here and nowhere else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.store.audit.chain import AuditError
from data.workspace.folder import WorkspaceError
from governance.access.permissions import Action, require
from governance.service import Service, lazy_parts

if TYPE_CHECKING:  # a command imports the services that it asks for, and no others
    import governance.cases.inbox
    import governance.cases.links.service
    import governance.cases.merging.service
    import governance.cases.public_reports.office_side
    import governance.cases.public_reports.public_intake
    import governance.cases.service
    import governance.cases.unlisted.service
    import governance.importing.address_review
    import governance.importing.adverts
    import governance.importing.building_ends
    import governance.importing.files
    import governance.importing.grid_check
    import governance.importing.office_calendar
    import governance.importing.screening
    import governance.overview.approvals
    import governance.overview.roll_ups
    import governance.overview.service
    import governance.overview.suspicions
    import governance.patrols.edits
    import governance.patrols.plans
    import governance.patrols.results.campaigns
    import governance.patrols.results.drafts
    import governance.patrols.results.evaluation
    import governance.patrols.teams.sent_visits
    import governance.patrols.teams.team_routes
    import governance.patrols.teams.teams
    import governance.records.bulletins.service
    import governance.records.evidence.files
    import governance.records.evidence.intake.service
    import governance.records.evidence.pack.service
    import governance.records.evidence.service
    import governance.records.ledger.key_lists
    import governance.records.ledger.paper
    import governance.records.ledger.proposals
    import governance.records.ledger.rules_service
    import governance.records.ledger.service
    import governance.records.notices.notice_lists
    import governance.records.notices.papers
    import governance.records.notices.service
    import governance.responsibility.assignment.constraints
    import governance.responsibility.assignment.service
    import governance.responsibility.chains
    import governance.responsibility.changes
    import governance.responsibility.handovers
    import governance.scores.automatic.service
    import governance.scores.basemap
    import governance.scores.evaluation
    import governance.scores.monitoring
    import governance.scores.risk_map
    import governance.scores.scoring
    import governance.scores.trials.service
    import governance.security.accounts.administration
    import governance.security.accounts.demo_accounts
    import governance.security.accounts.grants
    import governance.security.accounts.sessions
    import governance.security.accounts.sign_in
    import governance.security.backups
    import governance.security.compliance.audit
    import governance.security.compliance.complainants
    import governance.security.compliance.exports
    import governance.security.compliance.personal_data
    import governance.security.operations
    import governance.visits.coverage
    import governance.visits.phone_keys
    import governance.visits.photos
    import governance.visits.recorded
    import governance.visits.service
    import governance.visits.worklist
    from data.integrity.problems import VerifyReport
    from governance.access.permissions import Actor
    from governance.cases.upkeep.catch_up import CaughtUp, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """What every page shows about the office.

    ``name``, ``street``: the office and the street it answers for.
    ``tile_url``, ``tile_attribution``, ``tile_datum``: address of map tiles, or None, whom they are
    from, and the datum they are drawn in.
    """

    name: str
    street: str
    locale: str
    """Language where the browser does not say."""
    tile_url: str | None
    tile_attribution: str | None
    tile_datum: str
    demo: bool
    """Whether this is the demonstration city."""


@lazy_parts
class Office(Service):
    """All services of one workspace; every one takes the acting user first and asks permission.

    The annotations are its services and their names. Each is imported and built when it is first
    asked for.
    """

    imports: governance.importing.files.ImportService
    address_review: governance.importing.address_review.AddressReviewService
    building_ends: governance.importing.building_ends.BuildingEndService
    grid_check: governance.importing.grid_check.GridCheckService
    calendar: governance.importing.office_calendar.CalendarService
    screening: governance.importing.screening.ScreeningService
    adverts: governance.importing.adverts.AdvertService
    scores: governance.scores.scoring.ScoringService
    automatic_scoring: governance.scores.automatic.service.AutomaticScoringService
    risk_map: governance.scores.risk_map.RiskMapService
    basemap: governance.scores.basemap.BasemapService
    monitoring: governance.scores.monitoring.MonitoringService
    evaluation: governance.scores.evaluation.EvaluationService
    trials: governance.scores.trials.service.TrialService
    responsibility: governance.responsibility.chains.ResponsibilityService
    duties: governance.responsibility.changes.DutyChangeService
    handovers: governance.responsibility.handovers.HandoverService
    constraints: governance.responsibility.assignment.constraints.ConstraintService
    assignment: governance.responsibility.assignment.service.AssignmentService
    visits: governance.visits.service.VisitService
    sent_visits: governance.patrols.teams.sent_visits.SentVisitService
    worklist: governance.visits.worklist.WorklistService
    recorded_visits: governance.visits.recorded.RecordedVisitService
    coverage: governance.visits.coverage.CoverageService
    photos: governance.visits.photos.PhotoService
    phone_keys: governance.visits.phone_keys.PhoneKeyService
    plans: governance.patrols.plans.PlanService
    plan_edits: governance.patrols.edits.PlanEditService
    teams: governance.patrols.teams.teams.TeamService
    team_routes: governance.patrols.teams.team_routes.TeamRouteService
    plan_evaluation: governance.patrols.results.evaluation.PlanEvaluationService
    drafts: governance.patrols.results.drafts.DraftService
    campaigns: governance.patrols.results.campaigns.CampaignService
    accounts: governance.security.accounts.administration.AccountService
    grants: governance.security.accounts.grants.GrantService
    sign_in: governance.security.accounts.sign_in.SignInService
    sessions: governance.security.accounts.sessions.SessionService
    demo_accounts: governance.security.accounts.demo_accounts.DemoAccountService
    backups: governance.security.backups.BackupService
    operations: governance.security.operations.OperationsService
    audit: governance.security.compliance.audit.AuditService
    exports: governance.security.compliance.exports.ExportService
    complainants: governance.security.compliance.complainants.ComplainantService
    personal_data: governance.security.compliance.personal_data.PersonalDataService
    overview: governance.overview.service.OverviewService
    roll_ups: governance.overview.roll_ups.RollUpService
    suspicions: governance.overview.suspicions.SuspicionService
    cases: governance.cases.service.CaseService
    case_inbox: governance.cases.inbox.CaseInboxService
    lead_merging: governance.cases.merging.service.LeadMergingService
    public_reports: governance.cases.public_reports.office_side.PublicReportService
    public_intake: governance.cases.public_reports.public_intake.PublicIntakeService
    links: governance.cases.links.service.LinkService
    unlisted: governance.cases.unlisted.service.UnlistedService
    evidence: governance.records.evidence.service.EvidenceService
    evidence_files: governance.records.evidence.files.EvidenceFileService
    evidence_intake: governance.records.evidence.intake.service.EvidenceIntakeService
    evidence_packs: governance.records.evidence.pack.service.EvidencePackService
    bulletins: governance.records.bulletins.service.BulletinService
    ledger: governance.records.ledger.service.LedgerService
    ledger_proposals: governance.records.ledger.proposals.LedgerProposalService
    ledger_rules: governance.records.ledger.rules_service.LedgerRulesService
    key_lists: governance.records.ledger.key_lists.KeyListService
    ledger_paper: governance.records.ledger.paper.LedgerPaperService
    notices: governance.records.notices.service.NoticeService
    notice_lists: governance.records.notices.notice_lists.NoticeListService
    notice_papers: governance.records.notices.papers.NoticePaperService
    approvals: governance.overview.approvals.ApprovalService

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
        from data.integrity.verify import verify_workspace

        require(actor, Action.VERIFY)
        report = verify_workspace(self._workspace)
        with suppress(WorkspaceError, AuditError):  # a log that cannot go on is in the report
            self._record(actor, Action.VERIFY, problems=len(report.problems))
        return report

    def catch_up(self, actor: Actor, *, progress: Progress | None = None) -> CaughtUp:
        """Let cases, then the ledger, take in what imports and visits brought.

        To be called after an import, and by the server every few seconds.

        ``progress``: as of `CaseService.catch_up`.

        Returns `CaughtUp`: what the cases took in.
        """
        taken_in = self.cases.catch_up(actor, progress=progress)
        self.ledger.catch_up(actor)
        return taken_in

    def close(self) -> None:
        """Let every connection go; needs no permission, since nothing is read or changed."""
        self._resources.close()
