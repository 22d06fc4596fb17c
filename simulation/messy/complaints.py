"""Write the complaints: hotline workbooks, a petition list, snap-and-report, education reports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Bools, Ints, Objects, Positions, Texts
from geo.coordinates.datums import from_wgs84
from simulation.city import names
from simulation.city.city import City, to_globe
from simulation.draws import happens
from simulation.messy.addresses import say_addresses
from simulation.messy.dates import MINUTE_STYLES, draw_styles, write_moments
from simulation.messy.wording import word_complaints
from simulation.truth.history import Truth
from simulation.truth.records import Events
from simulation.truth.reports import NOT_OUR_BUSINESS

_OUTCOMES = ("属实", "部分属实", "不属实", "无法核实")
_OUTCOME_SHARES = ((0.42, 0.18, 0.28, 0.12), (0.01, 0.06, 0.76, 0.17), (0.3, 0.3, 0.3, 0.1))
_REPLIES = {
    "属实": "经社区会同教育部门核查，反映情况属实，已责令停止并移送。",
    "部分属实": "经核查，存在托管行为，未见学科类授课，已宣传告知。",
    "不属实": "经实地核查，未发现反映的问题。",
    "无法核实": "多次上门无人应答，无法核实，将持续关注。",
}
_HOTLINE_WAYS = ("12345热线", "电话", "微信", "市民APP", "网站", "网格上报", "督查交办")
_HOTLINE_WAY_SHARES = (0.55, 0.22, 0.09, 0.04, 0.03, 0.05, 0.02)


@dataclass(frozen=True, kw_only=True)
class Reported:
    """Complaints in words, aligned frames: `facts` (texts, moments) and `answers`."""

    facts: pd.DataFrame
    answers: pd.DataFrame

    def only(self, rows: Positions | Bools) -> Reported:
        """Return some of the rows, numbered anew."""
        return Reported(
            facts=self.facts.iloc[rows].reset_index(drop=True),
            answers=self.answers.iloc[rows].reset_index(drop=True),
        )


def put_into_words(
    city: City, truth: Truth, events: Events, *, rng: np.random.Generator
) -> Reported:
    """Word every complaint: its number, caller, title, text, place and handling."""
    c = events.complaints
    count = len(c)
    addresses = say_addresses(city, c["written"].to_numpy(), c, rng=rng)
    phones, caller_names = _callers(c["reporter"].to_numpy(), rng=rng)
    pupils = np.append(truth.sites["pupils"], 6)[c["site"]]
    titles, contents = word_complaints(c["about"].to_numpy(), pupils, phones, rng=rng)
    tickets = _ticket_numbers(c["at"])
    community = city.communities.iloc[city.buildings["community"].to_numpy()[c["written"]]]
    related = np.where(c["repeat_of"] >= 0, _first_tickets(c, tickets), "")
    facts = pd.DataFrame(
        {
            "ticket": tickets,
            "related": np.where(happens(count, share=0.5, rng=rng), related, ""),
            "at": c["at"],
            "channel": c["channel"],
            "way": rng.choice(_HOTLINE_WAYS, count, p=_HOTLINE_WAY_SHARES),
            "name": np.where(happens(count, share=0.1, rng=rng), "匿名", caller_names),
            "phone": phones,
            "confidential": rng.choice(["是", "否", ""], count, p=[0.12, 0.5, 0.38]),
            "title": titles,
            "content": contents,
            "address": addresses["text"],
            "category": np.where(c["about"] == NOT_OUR_BUSINESS, "城市管理/其他", "教育/校外培训"),
            "nature": rng.choice(["投诉", "举报", "咨询", "求助"], count, p=[0.6, 0.25, 0.1, 0.05]),
            "urgency": rng.choice(["一般", "紧急"], count, p=[0.94, 0.06]),
            "handler": community["community"].to_numpy(),
            "street": community["street"].to_numpy(),
            "building": c["building"],
        }
    )
    return Reported(
        facts=_handle(facts, c["about"].to_numpy(), rng=rng),
        answers=addresses.drop(columns="text").assign(key=tickets),
    )


def _callers(reporter: Ints, *, rng: np.random.Generator) -> tuple[Texts, Texts]:
    """Return the telephone and the name of each complaint's caller, the same for one reporter."""
    callers, caller = np.unique(reporter, return_inverse=True)
    phones = names.phone_numbers(max(len(callers), 10_000))[caller]
    return phones, names.person_names(len(callers), rng=rng)[caller]


def _ticket_numbers(at: pd.Series) -> Objects:
    """Return 18 digits each: the moment to the second and a running number of six."""
    number = np.arange(len(at)) % 1_000_000
    stamps = at.dt.strftime("%y%m%d%H%M%S")
    return np.array([f"{s}{n:06d}" for s, n in zip(stamps, number, strict=True)], dtype=object)


def _first_tickets(c: pd.DataFrame, tickets: Objects) -> Objects:
    """Return for each repeat the ticket of the first report of the same matter."""
    first = pd.Series(tickets[::-1], index=c["first"].to_numpy()[::-1])
    first = first[~first.index.duplicated(keep="last")]
    return np.asarray(c["first"].map(first).to_numpy(), dtype=object)


def _handle(facts: pd.DataFrame, about: Ints, *, rng: np.random.Generator) -> pd.DataFrame:
    """Assign, answer and close; what came in the last week is mostly still open."""
    count = len(facts)
    assigned = facts["at"] + pd.to_timedelta(rng.integers(20, 900, count), unit="min")
    due = (assigned + pd.Timedelta(days=7)).dt.normalize() + pd.Timedelta(hours=18)
    closed = assigned + pd.to_timedelta(rng.gamma(3.0, 36.0, count).round(1), unit="h")
    open_still = (closed >= facts["at"].max()).to_numpy()
    shares = np.cumsum(np.array(_OUTCOME_SHARES), axis=1)[about]
    outcome = (rng.random(count)[:, None] > shares).sum(axis=1).clip(max=3)
    finding = np.where(open_still, "", np.array(_OUTCOMES, dtype=object)[outcome])
    return facts.assign(
        assigned=assigned,
        due=due,
        closed=closed.where(~open_still),
        status=np.where(open_still, "待处置", rng.choice(["已结案", "已办结", "待回访"], count)),
        finding=finding,
        reply=[_REPLIES.get(word, "") for word in finding],
        satisfaction=np.where(
            open_still, "", rng.choice(["满意", "基本满意", "不满意", "非常满意", "未接通"], count)
        ),
    )


HOTLINE_GROUPS = (
    *("", *["工单基本信息"] * 5, *["来电人信息"] * 3, *["反映事项"] * 4, *["办理反馈"] * 9, ""),
)
"""What stands above the columns of `hotline_cells`."""


def hotline_cells(
    reported: Reported, *, usual: str, others: tuple[str, ...] = MINUTE_STYLES,
    rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Return the hotline's columns; one clerk's date style prevails, others slip in."""
    facts, count = reported.facts, len(reported.facts)
    styles = draw_styles(count, rng=rng, usual=usual, others=others)
    columns = {
        "序号": np.arange(1, count + 1).astype(object),
        "工单编号": facts["ticket"],
        "受理渠道": facts["way"],
        "来电时间": write_moments(facts["at"].to_numpy(), styles),
        "来电类别": facts["nature"],
        "紧急程度": facts["urgency"],
        "姓名": facts["name"],
        "来电号码": facts["phone"],
        "是否保密": facts["confidential"],
        "工单标题": facts["title"],
        "主要内容": facts["content"],
        "事发地": facts["address"],
        "问题分类": facts["category"],
        "承办单位": facts["handler"],
        "派单时间": write_moments(facts["assigned"].to_numpy(), np.full(count, "iso")),
        "办理期限": rng.choice(np.array(["5", "5个工作日", 5.0], dtype=object), count),
        "办理截止时间": write_moments(facts["due"].to_numpy(), np.full(count, "iso")),
        "办结时间": _closed_cells(facts, rng=rng),
        "工单状态": facts["status"],
        "诉求属实": facts["finding"],
        "处理情况": facts["reply"],
        "满意度": facts["satisfaction"],
        "旧工单编号": facts["related"],
    }
    return pd.DataFrame(columns, dtype=object)


def _closed_cells(facts: pd.DataFrame, *, rng: np.random.Generator) -> Objects:
    """Write when a ticket was closed; some systems write 1900-01-01 for not yet."""
    cells = write_moments(facts["closed"].to_numpy(), np.full(len(facts), "iso"))
    unknown = facts["closed"].isna().to_numpy() & (happens(len(facts), share=0.5, rng=rng))
    return np.where(unknown, "1900-01-01 00:00:00", cells)


def petition_cells(reported: Reported, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return the petition office's columns; its numbers are its own, and short."""
    facts = reported.facts
    styles = draw_styles(len(facts), rng=rng, usual="slash_day", others=("dot_day", "compact_day"))
    return pd.DataFrame(
        {
            "信访编号": petition_numbers(facts),
            "来源": rng.choice(["信访", "来信", "来访", "网上信访"], len(facts)),
            "登记时间": write_moments(facts["at"].to_numpy(), styles),
            "反映人": facts["name"],
            "联系方式": facts["phone"],
            "是否保密": facts["confidential"].replace({"是": "√", "否": "×"}),
            "标题": facts["title"],
            "反映内容": facts["content"].str.replace("，", "，\n", n=1, regex=False),
            "问题地点": facts["address"],
            "责任单位": facts["handler"],
            "办理状态": facts["status"],
            "是否属实": facts["finding"],
        },
        dtype=object,
    )


def petition_numbers(facts: pd.DataFrame) -> list[str]:
    """Return numbers such as XF202600012."""
    years = pd.Series(facts["at"]).dt.year
    return [f"XF{year}{i + 1:05d}" for i, year in enumerate(years)]


def snap_numbers(facts: pd.DataFrame) -> list[str]:
    """Return numbers such as SSP-20261120-0007."""
    days = pd.Series(facts["at"]).dt.strftime("%Y%m%d")
    return [f"SSP-{day}-{i + 1:04d}" for i, day in enumerate(days)]


def snap_cells(city: City, reported: Reported, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return snap-and-report: a BD-09 point where the photographer stood, often no address."""
    facts, count = reported.facts, len(reported.facts)
    place = city.buildings[["x", "y"]].to_numpy()[facts["building"]]
    stood = to_globe(place + rng.normal(0.0, 9.0, (count, 2)))
    lon, lat = from_wgs84(stood[:, 0], stood[:, 1], datum="bd09")
    return pd.DataFrame(
        {
            "流水号": snap_numbers(facts),
            "问题来源": "随手拍",
            "上报时间": write_moments(facts["at"].to_numpy(), np.full(count, "iso")),
            "联系电话": facts["phone"],
            "问题描述": facts["content"],
            "地址描述": facts["address"],
            "经度": [f"{v:.6f}" for v in lon],
            "纬度": [f"{v:.6f}" for v in lat],
            "处理状态": facts["status"],
        },
        dtype=object,
    )


def education_cells(reported: Reported, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return the education bureau's list, sent without a title, with a column on pupils."""
    facts, count = reported.facts, len(reported.facts)
    styles = draw_styles(count, rng=rng, usual="cell", others=("dot", "chinese"))
    pupil = rng.choice(["", "", "", "学生甲", "学生乙"], count)
    return pd.DataFrame(
        {
            "编号": facts["ticket"],
            "诉求来源": "教育举报",
            "受理时间": write_moments(facts["at"].to_numpy(), styles),
            "举报人": facts["name"],
            "手机号码": facts["phone"],
            "保密": facts["confidential"],
            "学生姓名": pupil,
            "内容": facts["content"],
            "问题地址": facts["address"],
            "核查结论": facts["finding"],
            "完成时间": write_moments(facts["closed"].to_numpy(), np.full(count, "iso")),
        },
        dtype=object,
    )
