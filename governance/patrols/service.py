"""Patrols: who looks where next week; made, changed, published, read by teams, judged after."""

from __future__ import annotations

from governance.importing.office_calendar import CalendarDesk
from governance.patrols.edits import EditingDesk
from governance.patrols.publication import PublishingDesk
from governance.patrols.results.campaigns import CampaignDesk
from governance.patrols.results.evaluation import EvaluatingDesk
from governance.patrols.teams.people import PlanPeopleDesk
from governance.patrols.teams.team_routes import TeamViewDesk
from governance.patrols.teams.teams import TeamListDesk


class PatrolDesk(
    EditingDesk,
    PublishingDesk,
    TeamListDesk,
    TeamViewDesk,
    PlanPeopleDesk,
    EvaluatingDesk,
    CampaignDesk,
    CalendarDesk,
):
    """All services about patrols; every one takes the acting user first and asks permission."""
