"""投诉线索: what people report, through the hotline, petitions, their telephones or the warden."""

from __future__ import annotations

from data.contracts.common import learnt_at, place_fields
from data.contracts.model import Field, Kind, Personal, TableContract, Vocabulary

SOURCE = Vocabulary(
    ("12345热线", "信访", "随手拍", "教育举报", "网格上报", "督查交办", "媒体", "其他"),
    {
        "12345热线": (
            "12345",
            "电话",
            "热线",
            "市民热线",
            "政务服务热线",
            "来电",
            "hotline",
            "phone",
        ),
        "信访": ("来信", "来访", "网上信访", "上访", "letter"),
        "随手拍": ("市民随手拍", "微信", "小程序", "市民APP", "APP", "mobile"),
        "教育举报": ("教育局举报", "双减举报", "校外培训举报", "教育部门举报"),
        "网格上报": ("网格员上报", "网格", "巡查上报", "监督员上报", "warden"),
        "督查交办": ("交办", "上级交办", "督办", "领导批示"),
        "媒体": ("媒体曝光", "舆情", "media"),
        "其他": ("其它", "网站", "邮件", "other", "web", "email"),
    },
    open=True,
)
NATURE = Vocabulary(
    ("咨询", "求助", "投诉", "举报", "建议"),
    {
        "咨询": ("咨询类", "inquiry", "question"),
        "求助": ("求助类", "help"),
        "投诉": ("投诉类", "投诉举报", "complaint"),
        "举报": ("举报类", "检举", "tip"),
        "建议": ("建议类", "意见建议", "suggestion"),
    },
    open=True,
)
URGENCY = Vocabulary(
    ("一般", "紧急", "特急"),
    {
        "一般": ("普通", "平件", "normal", "low", "medium"),
        "紧急": ("急", "急件", "加急", "urgent", "high"),
        "特急": ("特急件", "emergency", "critical"),
    },
    open=True,
)
STATUS = Vocabulary(
    ("待受理", "待派遣", "待处置", "待回访", "已结案", "已退回"),
    {
        "待受理": ("未受理", "new"),
        "待派遣": ("待分派", "待派单", "已受理", "accepted"),
        "待处置": ("处置中", "办理中", "待办理", "已派遣", "已派单", "open", "in progress"),
        "待回访": ("已处置", "待评价", "resolved"),
        "已结案": ("已办结", "办结", "结案", "已回访", "已完成", "completed", "closed"),
        "已退回": ("退单", "退回", "已退单", "returned", "rejected"),
    },
    open=True,
)
TRUTH = Vocabulary(
    ("属实", "部分属实", "不属实", "无法核实"),
    {
        "属实": ("是", "查实", "情况属实", "true", "yes", "confirmed", "substantiated"),
        "部分属实": ("基本属实", "部分", "partly true", "partly"),
        "不属实": ("否", "查否", "查无", "失实", "情况不属实", "false", "no", "unfounded"),
        "无法核实": ("无法查实", "无法查证", "待核实", "未核实", "unverifiable", "unknown"),
    },
)
SATISFACTION = Vocabulary(
    ("非常满意", "满意", "基本满意", "不满意", "未接通"),
    {
        "非常满意": ("很满意", "very satisfied"),
        "满意": ("satisfied",),
        "基本满意": ("一般",),
        "不满意": ("非常不满意", "dissatisfied"),
        "未接通": ("无人接听", "未评价", "未回访", "联系不上", "no answer"),
    },
    open=True,
)

_WHAT = (
    Field(
        name="title",
        header="工单标题",
        aliases=("标题", "诉求主题", "主题", "诉求标题", "title"),
        personal=Personal.PROSE,
        example="反映小区补课扰民",
    ),
    Field(
        name="content",
        header="诉求内容",
        aliases=(
            *("主要内容", "问题描述", "内容", "诉求描述", "反映内容", "事件描述"),
            *("description", "details"),
        ),
        personal=Personal.PROSE,
        example="晚上和周末有学生集中出入",
    ),
)
_KIND = (
    Field(
        name="category",
        header="问题分类",
        aliases=(
            *("诉求类别", "大类", "小类", "问题分类名称", "事件类别", "事项类别", "类别"),
            *("category", "type", "type of service request", "complaint type"),
        ),
        example="教育/校外培训",
    ),
    Field(
        name="nature",
        header="诉求性质",
        kind=Kind.ENUM,
        vocabulary=NATURE,
        aliases=("来电类别", "诉求类型", "性质", "工单类型"),
        example="投诉",
    ),
    Field(
        name="urgency",
        header="紧急程度",
        kind=Kind.ENUM,
        vocabulary=URGENCY,
        aliases=("缓急程度", "priority"),
        example="一般",
    ),
)


def _days(name: str, header: str, *aliases: str, unit: str = "天") -> Field:
    return Field(
        name=name,
        header=header,
        kind=Kind.INT,
        aliases=aliases,
        minimum=0,
        unit=unit,
    )


_HANDLING = (
    Field(
        name="handler_org",
        header="承办单位",
        aliases=("责任单位", "处置单位", "办理单位", "department"),
    ),
    Field(
        name="assigned_at", header="派单时间", kind=Kind.DATETIME, aliases=("分派时间", "派遣时间")
    ),
    _days("limit_days", "办理期限", "处理时限", "办理时限", unit="工作日"),
    Field(
        name="due_at",
        header="截止时间",
        kind=Kind.DATETIME,
        aliases=("办理截止时间", "处置截止时间", "due date"),
    ),
    Field(
        name="closed_at",
        header="办结时间",
        kind=Kind.DATETIME,
        aliases=("结案时间", "完成时间", "办理完成时间", "completion date", "closed date"),
    ),
    _days("extended_days", "延期天数"),
    _days("returned_count", "退回次数", "退单次数", unit="次"),
    Field(
        name="status",
        header="工单状态",
        kind=Kind.ENUM,
        vocabulary=STATUS,
        aliases=("状态", "办理状态", "处理状态"),
        example="待处置",
    ),
    Field(
        name="is_true",
        header="诉求属实",
        kind=Kind.ENUM,
        vocabulary=TRUTH,
        aliases=("是否属实", "属实情况", "办理真实度", "核查结论", "outcome"),
        example="部分属实",
    ),
    Field(
        name="handling",
        header="办理情况",
        aliases=("处理情况", "办理结果", "处置情况", "答复内容"),
        personal=Personal.PROSE,
    ),
    Field(
        name="public_reply", header="公开答复内容", aliases=("公开答复",), personal=Personal.PROSE
    ),
    Field(
        name="contacted",
        header="是否联系群众",
        kind=Kind.BOOL,
        aliases=("联系群众", "工作人员是否联系市民"),
    ),
    Field(name="solved", header="是否解决", kind=Kind.BOOL, aliases=("问题是否解决",)),
    Field(
        name="satisfaction",
        header="满意度",
        kind=Kind.ENUM,
        vocabulary=SATISFACTION,
        aliases=("回访结果", "首次满意度", "最终满意度", "对办理结果是否满意"),
    ),
    Field(
        name="related_ticket",
        header="旧工单编号",
        code=True,
        aliases=("催办单号", "关联工单", "原工单编号"),
    ),
)

COMPLAINTS = TableContract(
    name="complaints",
    title="投诉线索",
    title_en="Complaints",
    key="ticket_no",
    event_fields=("received_at",),
    learnt_fields=("learnt_at", "received_at"),
    same_line=("received_at", "raw_address"),
    ordered=(("received_at", "closed_at"),),
    fields=(
        Field(
            name="ticket_no",
            header="工单编号",
            code=True,
            aliases=(
                *("工单号", "受理编号", "诉求编号", "流水号", "record_number", "信访编号", "编号"),
                *("service request number", "request number", "case number", "ticket number", "id"),
            ),
            example="250912101108115409",
        ),
        Field(
            name="source",
            header="来源渠道",
            kind=Kind.ENUM,
            vocabulary=SOURCE,
            aliases=("受理渠道", "问题来源", "诉求来源", "来源", "渠道", "channel"),
            example="12345热线",
        ),
        Field(
            name="received_at",
            header="来电时间",
            kind=Kind.DATETIME,
            required=True,
            past=True,
            aliases=(
                *(
                    "受理时间",
                    "登记时间",
                    "上报时间",
                    "投诉时间",
                    "反映时间",
                    "诉求时间",
                    "来电日期",
                ),
                *("received", "creation date", "created date", "date received", "date"),
            ),
            example="2026-11-20 19:42",
        ),
        Field(
            name="reporter_name",
            header="诉求人",
            aliases=("来电人", "姓名", "投诉人", "举报人", "反映人", "诉求人姓名", "reporter"),
            personal=Personal.NAME,
            example="张三",
        ),
        Field(
            name="reporter_phone",
            header="联系电话",
            aliases=("来电号码", "联系方式", "电话", "手机号", "手机号码", "诉求人电话", "phone"),
            personal=Personal.PHONE,
            example="13800005678",
        ),
        Field(
            name="reporter_key",
            header="诉求人标识",
            key_from=("reporter_phone", "reporter_name"),
        ),
        Field(
            name="confidential",
            header="是否保密",
            kind=Kind.BOOL,
            aliases=("保密",),
            blank=True,
            example="是",
        ),
        *_WHAT,
        *place_fields(
            address=Field(
                name="raw_address",
                header="事发地址",
                aliases=(
                    *("事发地", "地址描述", "问题地点", "事发地点", "地址", "诉求地址", "问题地址"),
                    *("详细地址", "发生地址", "address", "street address", "incident address"),
                ),
                example="示例花园12-3-1001",
            )
        ),
        *_KIND,
        *_HANDLING,
        learnt_at(),
    ),
)
