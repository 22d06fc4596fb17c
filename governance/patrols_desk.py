"""Patrols: who looks where next week; made, changed, published, read by teams, judged after."""

from __future__ import annotations

from governance.patrolling.calendar_days import CalendarDesk
from governance.patrolling.campaigns import CampaignDesk
from governance.patrolling.editing import EditingDesk
from governance.patrolling.evaluating import EvaluatingDesk
from governance.patrolling.people import PlanPeopleDesk
from governance.patrolling.publishing import PublishingDesk
from governance.patrolling.team_list import TeamListDesk
from governance.patrolling.team_view import TeamViewDesk


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
