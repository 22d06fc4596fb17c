"""What a new notice says, filled in from cases, in the style of the field's notices.

A case is told by date, place, how it was found, what was found, what was done. How it was found is
worded alike for what people reported and what a warden saw, so that nothing points to a reporter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from data.contracts.case_vocabulary import PENALTIES, Channel
from data.contracts.notice_vocabulary import Audience, NoticeKind
from data.contracts.vocabulary import BuildingKind
from governance.records.notices.rules.decided import DecidedCase

ENTRY_COLUMNS: Final = ("当事人", "类别", "所在街道小区", "违规形式", "决定文号", "决定日期",
                        "处理结果", "决定机关")  # fmt: skip
"""What a line of the list that is handed over tells, in this order."""
ENTRY_FIELDS: Final = ("party", "party_kind", "place", "form", "decision_no", "decided_on",
                       "outcome", "decided_by")  # fmt: skip
"""What templates call these."""
AUDIENCES: Final[Mapping[NoticeKind, Audience]] = {
    NoticeKind.WARNING: Audience.PUBLIC, NoticeKind.LETTER: Audience.PUBLIC,
    NoticeKind.EXPOSURE: Audience.PUBLIC, NoticeKind.BLACKLIST: Audience.DEPARTMENTS,
    NoticeKind.QUARTERLY: Audience.DEPARTMENTS,
}  # fmt: skip
"""Whom a notice of a kind is for at first; else it stays inside."""
_FOUND_BY: Final[Mapping[str, str]] = {
    Channel.SUPERVISION: "上级交办事项核查", Channel.MEDIA: "网络信息巡查",
    Channel.ADVERT: "网络信息巡查",
}  # fmt: skip
_PATROL: Final = "日常排查"
_NUMERALS: Final = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Office:
    """Of whom a notice is: the office, its street, and whom it refers cases to."""

    name: str
    street: str


@dataclass(frozen=True, slots=True)
class Text:
    """What a notice says: its title, its body and the lines of its list."""

    title: str
    body: str
    entries: list[list[Any]]


def quarter_of(day: date) -> str:
    """Return the quarter of a day, as `2026Q4`."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def first_text(
    kind: str, *, period: str, cases: Sequence[DecidedCase], office: Office, about: str = ""
) -> Text:
    """Return what a new notice says.

    ``kind``: one of `NoticeKind`.
    ``period``: as `quarter_of` gives it, or any other words.
    ``about``: name of the place that a reminder is about.
    """
    when = _period_in_words(period)
    if kind == NoticeKind.EXPOSURE:
        title = f"{office.street}{when}学科类隐形变异培训典型案例通报"
        return Text(title, _exposure(cases, office, _decided_in(period, cases)), [])
    if kind == NoticeKind.BLACKLIST:
        title = f"关于移交{when}学科类隐形变异培训黑名单建议名单的函"
        return Text(title, _hand_over(cases, office, _decided_in(period, cases)),
                    entries_of(cases, office))  # fmt: skip
    if kind == NoticeKind.REMINDER:
        return Text("关于严禁出租房屋用于违规校外培训的提醒函", _reminder(office, about), [])
    if kind == NoticeKind.LETTER:
        return Text("致学生家长的一封信", _letter(), [])
    if kind == NoticeKind.WARNING:
        return Text("关于防范学科类隐形变异培训的预警提示", _warning(office), [])
    return Text("", "", [])


def entries_of(cases: Sequence[DecidedCase], office: Office) -> list[list[Any]]:
    """Return the lines of the list that is handed over, `ENTRY_COLUMNS`."""
    return [
        [case.party or "（见决定书）", case.party_kind, f"{office.street}{_estate(case)}",
         case.form, case.decision_no or "", _day(case.decided_on),
         PENALTIES.get(str(case.outcome), str(case.outcome or "")), case.decided_by]
        for case in cases
    ]  # fmt: skip


def _exposure(cases: Sequence[DecidedCase], office: Office, when: str) -> str:
    head = (
        f"为巩固“双减”成果，加大学科类隐形变异培训防范治理力度，现将{when}查处的"
        f"{len(cases)}起典型案例通报如下。"
    )
    case_texts = [_case_text(number, case, office) for number, case in enumerate(cases, 1)]
    tail = (
        "请广大家长自觉抵制违规培训，发现线索可拨打12345热线反映。房屋产权人、受委托管理单位不得将"
        "房屋租借给无资质机构或个人开展校外培训。"
    )
    return "\n".join([head, *case_texts, tail])


def _case_text(number: int, case: DecidedCase, office: Office) -> str:
    """Tell of one case: date, place, how it was found, what was found, what was done."""
    place = f"{office.street}{_estate(case)}一处{_kind(case)}"
    name = f"案例{_NUMERALS[number - 1] if number <= len(_NUMERALS) else number}"
    guise = f"以“{case.disguise}”名义" if case.disguise not in {"", "其他"} else ""
    found_by = _FOUND_BY.get(case.channel, _PATROL)
    found = (
        f"{_day(case.found_on)}，{office.street}在{found_by}中发现，{place}{guise}"
        f"违规开展{_subjects(case)}培训{_counted(case)}。"
    )
    party = f"对当事人{case.party}" if case.party else ""
    done = (
        f"{_day(case.decided_on)}，{case.decided_by or '教育主管部门'}依法{party}作出"
        f"{PENALTIES.get(str(case.outcome), '处理')}的决定（{case.decision_no}）。"
    )
    return f"{name}：{place}违规培训案\n{found}{done}该处所已列为重点监控对象。"


def _subjects(case: DecidedCase) -> str:
    return f"学科类（{case.subjects}）" if case.subjects else "学科类"


def _counted(case: DecidedCase) -> str:
    counts = (("学生", case.pupils), ("授课人员", case.teachers))
    seen = "、".join(f"{word}{count}名" for word, count in counts if count)
    return f"，现场有{seen}" if seen else ""


def _hand_over(cases: Sequence[DecidedCase], office: Office, when: str) -> str:
    to = next((case.decided_by for case in cases if case.decided_by), "教育主管部门")
    return (
        f"{to}：\n经核查，{when}{office.street}辖区内{len(cases)}起学科类隐形变异培训行为已由你单位"
        "作出行政处理决定，且法定救济期限已满。现将名单移交，请依法研究是否列入黑名单、纳入信用信息"
        "共享平台，并将结果反馈我单位。\n本名单仅供办理使用，不对外公开。"
    )


def _reminder(office: Office, about: str) -> str:
    place = f"你（单位）负责的{about}" if about else "你（单位）名下或者管理的房屋"
    return (
        "近期，个别机构和个人将学科类培训转入居民楼、商务楼宇和出租房屋。根据教育部办公厅等十二部门"
        f"《关于进一步加强学科类隐形变异培训防范治理工作的意见》，现就{place}提醒如下：\n"
        "一、不得将房屋租借给无资质机构或个人开展校外培训。\n"
        "二、签订租赁合同时核实承租用途，在合同中写明不得用于校外培训。\n"
        "三、发现以托管、自习室、家政等名义开展学科类培训的，及时告知社区。\n"
        "请于收到本函后五个工作日内签署所附承诺书，交所在社区。\n"
        f"{office.name}将对履行情况进行回访。"
    )


def _letter() -> str:
    return (
        "尊敬的家长朋友：\n"
        "您好！国家“双减”政策实施以来，校外培训秩序明显好转，但仍有机构和个人以“一对一”“住家教师”"
        "“高端家政”“众筹私教”“托管”“自习室”等名义违规开展学科类培训。这类培训场所安全没有保障，"
        "收费没有监管，一旦停办，退费困难。\n"
        "为了孩子健康成长，我们倡议：\n"
        "一、树立正确的教育理念，合理安排孩子的学习、休息、娱乐和体育锻炼时间。\n"
        "二、不参与、不组织、不支持违规培训，不向个人账户预交培训费用。\n"
        "三、充分利用学校课后服务和国家中小学智慧教育平台的免费资源。\n"
        "四、发现违规培训，可拨打12345热线反映。您的信息将严格保密。\n"
        "感谢您的理解与支持！"
    )


def _warning(office: Office) -> str:
    return (
        f"近期，{office.street}在排查中发现，个别机构和个人以托管、自习室、家政服务等名义，在居民楼和"
        "出租房屋内违规开展学科类培训。现提示如下：\n"
        "一、查验资质。可在全国校外教育培训监管与服务综合平台查询机构是否取得办学许可。\n"
        "二、谨慎缴费。不要向个人账户转账，不要一次性缴纳超过三个月或者六十课时的费用。\n"
        "三、注意安全。居民楼内的培训场所多数没有通过消防检查。\n"
        "四、发现违规培训，可拨打12345热线反映。"
    )


def _kind(case: DecidedCase) -> str:
    return "场所" if case.place_kind in {"", BuildingKind.OTHER} else case.place_kind


def _estate(case: DecidedCase) -> str:
    return case.estate or case.community_name


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "近日"


def _decided_in(period: str, cases: Sequence[DecidedCase]) -> str:
    """Say when cases were decided: a quarter alone where all were; telling of them waits."""
    when = _period_in_words(period)
    others = [case for case in cases if case.decided_on and quarter_of(case.decided_on) != period]
    return "近期" if others and when != period else when


def _period_in_words(period: str) -> str:
    """Word `2026Q4` as 2026年第四季度; other words stay."""
    year, _, quarter = period.partition("Q")
    if year.isdigit() and quarter in {"1", "2", "3", "4"}:
        return f"{year}年第{_NUMERALS[int(quarter) - 1]}季度"
    return period
