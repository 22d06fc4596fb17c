"""Words of evidence by which code decides: its kinds, origins, states and steps of custody."""

from enum import StrEnum


class EvidenceKind(StrEnum):
    """What a piece is."""

    PHOTO = "照片"
    VIDEO = "视频"
    SOUND = "录音"
    SCREENSHOT = "截图"
    COPY = "书证复印件"
    SITE_RECORD = "现场笔录"
    INTERVIEW = "询问笔录"
    ELECTRONIC = "电子数据"
    OTHER = "其他"


class Origin(StrEnum):
    """Where a piece is from."""

    PUBLIC_PLACE = "公共区域拍摄"
    PEOPLE = "群众提供"
    PROPERTY = "物业提供"
    ENFORCEMENT = "执法调取"
    ONLINE = "网络公开"


class EvidenceState(StrEnum):
    """Lead material until an officer takes it over with a second one."""

    MATERIAL = "material"
    EVIDENCE = "evidence"
    RETURNED = "returned"


class Custody(StrEnum):
    """A step of custody; nothing is ever destroyed."""

    ADDED = "added"
    CORRECTED = "corrected"
    BLURRED = "blurred"
    OPENED = "opened"
    HANDED_OVER = "handed_over"
    RECEIVED = "received"
    TAKE_OVER_ASKED = "take_over_asked"
    TAKEN_OVER = "taken_over"
    EXPORTED = "exported"
    RETURNED = "returned"
