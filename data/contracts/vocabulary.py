"""Words of the tables by which code decides, named.

Each member's value is what stands in the cell; a test holds each against its vocabulary in
``tables``, in the same order. Words that nothing decides by are in the tables only.
"""

from enum import StrEnum
from typing import Final


class VisitResult(StrEnum):
    """What came of a visit: ``inspections.result``."""

    NOTHING = "未发现异常"
    SUSPECTED = "疑似"
    FOUND = "属实"
    REFUSED = "拒不开门"
    NOBODY = "无人"
    NO_ENTRY = "未能进入"
    GONE = "已不在"
    """Whoever was there has closed down or moved away: a fact about the place, no closed door."""


class ProblemSeverity(StrEnum):
    """How serious one problem is that a visit found: ``inspections.problem``."""

    SERIOUS = "严重"
    OTHER = "一般"
    NONE = "无"


LOOKED: Final = (VisitResult.NOTHING, VisitResult.SUSPECTED, VisitResult.FOUND)
"""Results of who could look."""
SOMETHING: Final = (VisitResult.SUSPECTED, VisitResult.FOUND)
"""Results of who saw something; it is looked at again."""


class VisitKind(StrEnum):
    """How a visit was made: ``inspections.mode``."""

    DAY = "日查"
    NIGHT = "夜查"
    JOINT = "联检"
    DRAWN = "抽检"
    COVERT = "暗访"
    REVISIT = "回头看"
    SWEEP = "拉网"


class VisitOrigin(StrEnum):
    """How a visit came about, as the store keeps it; no column of a table."""

    OWN = "own"
    PLAN = "plan"
    RANDOM = "random"
    LEAD = "lead"
    REVISIT = "revisit"


PURPOSE_OF_ORIGIN: Final[dict[str, str]] = {
    VisitOrigin.OWN: "例行巡查",
    VisitOrigin.PLAN: "例行巡查(计划)",
    VisitOrigin.RANDOM: "例行巡查(抽检)",
    VisitOrigin.LEAD: "线索核查",
    VisitOrigin.REVISIT: "回头看",
}
"""How a visit came about, in the words by which `risk` tells occasions apart."""


class NextStep(StrEnum):
    """What comes after a visit, as the store and the settings call it; no column of a table.

    Nothing here punishes: whoever looks has no such power.
    """

    NONE = "none"
    AGAIN = "again"
    JOINT_TEAM = "joint_team"
    CHIEF_LOOKS = "chief_looks"
    REFER = "refer"


class VisitSign(StrEnum):
    """What was seen: ``inspections.signs``."""

    PUPILS = "学生集中出入"
    CARS = "接送车辆"
    DESKS = "桌椅黑板"
    TEACHING_MATERIAL = "教辅资料"
    ADVERTISEMENT = "招生广告"
    CURTAINS = "遮挡窗帘"
    TOLD_BY_NEIGHBOURS = "群众反映"
    TOLD_BY_MANAGEMENT = "物业反映"
    OTHER = "其他"


class VisitAction(StrEnum):
    """What was done at once: ``inspections.action``."""

    NONE = "无"
    INFORM = "宣传告知"
    REFER = "移送"
    ORDER_TO_STOP = "责令停止(执法)"
    WATCH = "持续关注"


class BuildingKind(StrEnum):
    """What a building is for: ``buildings.kind``."""

    HOME = "住宅"
    MIXED = "商住"
    OFFICE = "商务楼宇"
    SHOP = "商铺"
    HOTEL = "酒店"
    FACTORY = "厂房"
    PUBLIC = "公建"
    OTHER = "其他"


class TargetKind(StrEnum):
    """What somebody answers for: ``assignments.target_kind``."""

    BUILDING = "楼栋"
    ESTATE = "小区"
    GRID = "网格"
    COMMUNITY = "社区"


class Duty(StrEnum):
    """As what somebody answers for it: ``assignments.duty``."""

    AREA_LEADER = "包片领导"
    GRID_CHIEF = "网格长"
    WARDEN = "网格员"
    BUILDING_HEAD = "楼长"
    OWNER = "产权人"
    MANAGER = "受委托管理单位"


class StaffRole(StrEnum):
    """What a person of the office is: ``persons.role``."""

    AREA_LEADER = "包片领导"
    GRID_CHIEF = "网格长"
    WARDEN = "网格员"
    BUILDING_HEAD = "楼长"
    STAIRWELL_HEAD = "单元长"
    PROPERTY_MANAGER = "物业负责人"
    OWNER_REPRESENTATIVE = "产权人代表"
    HOTLINE_CLERK = "热线专员"
    ENFORCEMENT_OFFICER = "执法人员"
    SOCIAL_SUPERVISOR = "社会监督员"
    PARTY_LIAISON = "党建联络员"


class DatumName(StrEnum):
    """What coordinates are in: ``datum`` of buildings and events."""

    WGS84 = "WGS84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ02"
    BD09 = "BD09"
    LOCAL = "本地"
    UNKNOWN = "未知"
