"""The fixed words of plans, as the store and published stops keep them."""

from __future__ import annotations

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
