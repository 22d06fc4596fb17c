"""The fixed words of plans, as the store and published stops keep them."""

from enum import StrEnum


class PlanKind(StrEnum):
    """What a plan is for: a week, or a campaign of some days or weeks."""

    WEEK = "week"
    CAMPAIGN = "campaign"


class PlanState(StrEnum):
    """How far a version of a plan is; only of a published plan teams see stops."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Arm(StrEnum):
    """Who chose a stop: the plan's measure, or chance alone."""

    LIST = "list"
    RANDOM = "random"


class StopReason(StrEnum):
    """Why a building is on a plan, the most pressing first."""

    RETRY = "retry"
    JOINT = "joint"
    REPORT = "report"
    REVISIT = "revisit"
    TRIAL = "trial"
    """A field trial of the score drew it, from whichever arm."""
    TOP = "top"
    """It is among the highest scores that can be visited, for which the plan keeps a share."""
    FLOOR = "floor"
    RISK = "risk"
    CHANCE = "random"
    ORDINARY = "ordinary"


class UncoveredReason(StrEnum):
    """Why a building that should be on a plan is not."""

    NO_CAPACITY = "no_capacity"
    NEEDS_JOINT_TEAM = "needs_joint_team"
    HOURS_DO_NOT_FIT = "hours_do_not_fit"
    NO_COORDINATES = "no_coordinates"
    LOCKED_OUT = "locked_out"
    VISITED_LATELY = "visited_lately"
    """Somebody was just there; told of the highest scores only, since nothing else was to go."""
    ON_PLAN_LATELY = "on_plan_lately"
    """It was a stop of an earlier plan just before; told of the highest scores only, as well."""

    @classmethod
    def recent(cls) -> frozenset[str]:
        """Return those that are told of the highest scores only."""
        return frozenset({cls.VISITED_LATELY, cls.ON_PLAN_LATELY})


class PlanNote(StrEnum):
    """What a planner is told of a plan, beside `data.calendars.calendar.calendar_notes`."""

    NO_TEAMS_NAMED = "no_teams_named"
    """It was made with the settings' teams."""
    NO_SHIFTS = "no_shifts"
    """No team is out."""
    NO_PLACES = "no_places"
    """Nobody is visited, and buildings have no coordinates."""
    NO_OFFICERS = "no_joint_team"
    """A building needs officers and no team has them."""
    RANDOM_SMALL = "random_arm_small"
    """Chance chose too few to compare with."""
    RANDOM_SQUEEZED = "random_arm_squeezed"
    """Not all that chance chose had time."""
    FLOOR_OUT_OF_REACH = "floor_out_of_reach"
    """More is due than the floor's share of the stops."""
    ALONE = "visits_alone"
    """A building with a complaint behind it has no company."""
    CUT = "candidates_cut"
    """More was to be visited than the solver was given."""
    OUT_OF_HOURS = "visits_out_of_hours"
    """A person put a visit where it cannot be or comes late."""
    REPLACED_PLAN = "replaced_plan"
    """Its publication cancelled another plan of the week."""
