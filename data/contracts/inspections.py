"""巡查检查: who looked where, how, and what was found. "Nothing found" is worth as much."""

from __future__ import annotations

from data.contracts.common import learnt_at, place_fields
from data.contracts.model import Field, Kind, Personal, TableContract, Vocabulary

MODE = Vocabulary(
    ("日查", "夜查", "联检", "抽检", "暗访", "回头看", "拉网"),
    {
        "日查": ("日常巡查", "日常检查", "白天", "day", "routine"),
        "夜查": ("夜间巡查", "夜间检查", "晚间", "night"),
        "联检": ("联合检查", "联合执法", "joint"),
        "抽检": ("抽查", "随机抽查", "双随机", "spot check", "random"),
        "暗访": ("暗查", "covert"),
        "回头看": ("复查", "re-inspection", "reinspection", "revisit"),
        "拉网": ("拉网式排查", "全面排查", "canvass", "sweep"),
    },
    open=True,
)
OCCASION = Vocabulary(
    ("平日", "周末", "法定节假日", "寒假", "暑假", "考前", "开学前"),
    {
        "平日": ("工作日", "weekday"),
        "周末": ("双休日", "weekend"),
        "法定节假日": ("节假日", "holiday"),
    },
    open=True,
)
PLACE_KIND = Vocabulary(
    (
        *("居民住宅", "出租房", "商务楼宇", "酒店", "咖啡厅", "自习室", "托管小饭桌"),
        *("机构", "其他"),
    ),
    {
        "居民住宅": ("居民楼", "住宅", "居民小区", "residential"),
        "出租房": ("出租屋", "租赁房"),
        "商务楼宇": ("写字楼", "商务楼", "office"),
        "酒店": ("宾馆", "hotel"),
        "咖啡厅": ("咖啡馆", "cafe"),
        "托管小饭桌": ("托管", "小饭桌", "托管机构"),
        "机构": ("培训机构", "校外培训机构"),
        "其他": ("其它", "other"),
    },
    open=True,
)
RESULT = Vocabulary(
    ("未发现异常", "疑似", "属实", "拒不开门", "无人", "未能进入"),
    {
        "未发现异常": (
            *("未发现", "无异常", "正常", "未见异常", "未发现问题", "无问题", "合格", "通过"),
            *("pass", "passed", "pass w/ conditions", "pass with conditions", "conditional pass"),
            *("no violation", "no violations", "not found", "ok", "compliant", "satisfactory"),
        ),
        "疑似": ("疑似违规", "可疑", "有疑点", "待核实", "suspected", "suspicious"),
        "属实": (
            *("发现问题", "发现违规", "存在问题", "违规", "查实", "不合格", "发现"),
            *("fail", "failed", "violation", "violations", "found", "confirmed", "unsatisfactory"),
        ),
        "拒不开门": (
            "拒绝开门",
            "拒绝检查",
            "拒检",
            "不开门",
            "refused",
            "refused entry",
            "access denied",
        ),
        "无人": (
            *("无人在家", "家中无人", "无人应答", "关门", "闭店", "歇业", "停业", "已搬离"),
            *("nobody home", "no one home", "no answer", "closed", "out of business"),
        ),
        "未能进入": (
            *("未进入", "无法进入", "未能入户", "未入户", "no entry", "no access", "not ready"),
            *("unable to enter", "business not located", "not located"),
        ),
    },
)
SIGNS = Vocabulary(
    (
        *("学生集中出入", "接送车辆", "桌椅黑板", "教辅资料", "招生广告", "遮挡窗帘"),
        *("群众反映", "物业反映", "其他"),
    ),
    {
        "学生集中出入": ("学生出入", "学生聚集"),
        "接送车辆": ("家长接送", "接送"),
        "桌椅黑板": ("桌椅多套", "黑板", "白板", "桌椅"),
        "教辅资料": ("教辅", "试卷", "教材"),
        "招生广告": ("广告", "招生宣传"),
        "遮挡窗帘": ("窗帘遮挡", "遮挡"),
        "其他": ("其它", "other"),
    },
    open=True,
)
ACTION = Vocabulary(
    ("无", "宣传告知", "移送", "责令停止(执法)", "持续关注"),
    {
        "无": ("无需处置", "none"),
        "宣传告知": ("宣传", "告知", "宣传引导"),
        "移送": ("移交", "上报", "refer", "referred"),
        "责令停止(执法)": ("责令停止", "责令整改", "当场责令停止"),
        "持续关注": ("跟踪", "继续关注", "watch"),
    },
    open=True,
)


def _whole(name: str, header: str, *aliases: str, unit: str = "", example: str = "") -> Field:
    return Field(
        name=name,
        header=header,
        kind=Kind.INT,
        aliases=aliases,
        minimum=0,
        unit=unit,
        example=example,
    )


_WHO = (
    Field(
        name="party",
        header="当事人/经营者名称",
        aliases=(
            *("当事人", "经营者名称", "单位名称", "机构名称", "名称", "被检查单位"),
            *("business name", "dba name", "dba", "operator"),
        ),
        personal=Personal.NAME,
    ),
    Field(name="party_key", header="当事人标识", key_from=("party",)),
    Field(
        name="orgs",
        header="参加单位",
        aliases=("检查单位", "参与单位", "联合单位"),
        example="教育,社区",
    ),
    Field(
        name="people",
        header="检查人员",
        aliases=("参加人员", "巡查人员", "检查人"),
        personal=Personal.STAFF,
    ),
    _whole("person_times", "出动人次", "人次", "参加人次", unit="人次", example="3"),
)
_FOUND = (
    Field(
        name="result",
        header="检查结果",
        kind=Kind.ENUM,
        vocabulary=RESULT,
        aliases=("结果", "巡查结果", "检查情况", "核查结果", "results", "outcome"),
        example="未发现异常",
    ),
    Field(
        name="signs",
        header="迹象",
        kind=Kind.ENUM_LIST,
        vocabulary=SIGNS,
        aliases=("发现迹象", "异常迹象", "可疑迹象", "迹象(多选)"),
        example="学生集中出入;教辅资料",
    ),
    _whole(
        "critical_count",
        "严重问题数",
        *("严重违规数", "重大问题数", "critical violations", "critical count", "criticalCount"),
        example="0",
    ),
    _whole(
        "other_count",
        "其他问题数",
        *("一般问题数", "一般违规数", "轻微问题数", "其它问题数", "minor violations"),
        *("minor count", "minorCount", "other violations", "other count"),
        example="0",
    ),
    _whole("pupils", "现场学生数", "学生数", "学生人数", "现场学生人数", unit="人", example="0"),
    _whole("teachers", "现场教师数", "教师数", "教师人数", "现场教师人数", unit="人", example="0"),
    Field(
        name="action",
        header="处置",
        kind=Kind.ENUM,
        vocabulary=ACTION,
        aliases=("处置措施", "处置情况", "处理措施"),
        example="持续关注",
    ),
    _whole("minutes", "耗时(分)", "耗时", "用时", "时长", unit="分钟", example="6"),
    Field(
        name="note",
        header="备注",
        aliases=("说明", "备注说明", "note", "comments"),
        personal=Personal.PROSE,
    ),
)

INSPECTIONS = TableContract(
    name="inspections",
    title="巡查检查",
    title_en="Inspections",
    key="inspection_id",
    event_fields=("at",),
    learnt_fields=("learnt_at", "at"),
    same_line=("at", "raw_address", "building_id"),
    fields=(
        Field(
            name="inspection_id",
            header="检查编号",
            code=True,
            aliases=("巡查编号", "记录编号", "编号", "inspection number", "id"),
            example="XC-2026-0107",
        ),
        Field(
            name="at",
            header="检查时间",
            kind=Kind.DATETIME,
            required=True,
            past=True,
            aliases=(
                *("日期时间", "检查日期", "巡查时间", "巡查日期", "日期", "时间"),
                *("inspection date", "date"),
            ),
            example="2026-11-21 19:10",
        ),
        Field(
            name="mode",
            header="检查方式",
            kind=Kind.ENUM,
            vocabulary=MODE,
            aliases=("巡查方式", "检查形式"),
            example="日查",
        ),
        Field(
            name="purpose",
            header="检查事由",
            aliases=("事由", "检查类型", "检查目的", "inspection purpose", "inspection type"),
            example="例行巡查",
        ),
        Field(
            name="unannounced",
            header="四不两直",
            kind=Kind.BOOL,
            aliases=("是否四不两直",),
            example="是",
        ),
        Field(
            name="occasion",
            header="节点",
            kind=Kind.ENUM,
            vocabulary=OCCASION,
            aliases=("时间节点", "检查节点"),
            example="周末",
        ),
        *place_fields(
            address=Field(
                name="raw_address",
                header="地址",
                aliases=("检查地址", "检查地点", "巡查地点", "地点", "详细地址", "address"),
                example="示例花园12号楼",
            )
        ),
        Field(
            name="place_kind",
            header="场所类型",
            kind=Kind.ENUM,
            vocabulary=PLACE_KIND,
            aliases=("检查对象类型", "场所类别", "facility type"),
            example="居民住宅",
        ),
        Field(name="risk_class", header="风险类别", aliases=("风险等级", "risk", "risk category")),
        *_WHO,
        *_FOUND,
        learnt_at(),
    ),
)
