"""历史违规: what was decided against hidden tutoring. Pupils are counted, never named."""

from __future__ import annotations

from data.contracts.common import learnt_at, place_fields
from data.contracts.model import Field, Kind, Personal, TableContract, Vocabulary

PARTY_KIND = Vocabulary(
    ("机构", "个人", "在职教师"),
    {
        "机构": ("单位", "企业", "公司", "培训机构", "organisation"),
        "个人": ("自然人", "person", "individual"),
        "在职教师": ("在职中小学教师", "教师", "teacher"),
    },
    open=True,
)
FORM = Vocabulary(
    (
        *("擅自举办", "转线上", "转地下", "换马甲", "学龄前", "高中", "在职教师"),
        *("竞赛", "超时段", "其他"),
    ),
    {
        "擅自举办": ("无证办学", "无证举办", "擅自举办校外培训机构", "unlicensed"),
        "转线上": ("线上", "online"),
        "转地下": ("地下", "居民楼", "underground"),
        "换马甲": ("变相", "变相培训", "换马甲-托管", "换马甲-咨询", "换马甲-研学", "disguised"),
        "在职教师": ("有偿补课", "在职教师有偿补课"),
        "竞赛": ("违规竞赛",),
        "超时段": ("超时段培训", "超时"),
        "其他": ("其它", "other"),
    },
    open=True,
)
DISGUISE = Vocabulary(
    (
        *("咨询", "文化传播", "素质拓展", "竞赛", "思维训练", "家政服务", "家庭教育指导"),
        *("住家教师", "众筹私教", "游学", "研学", "冬夏令营", "托管", "自习室", "AI自习室"),
        *("小饭桌", "志愿填报", "其他"),
    ),
    {
        "家庭教育指导": ("家庭教育",),
        "冬夏令营": ("夏令营", "冬令营"),
        "托管": ("托管班", "晚托", "午托", "托辅"),
        "小饭桌": ("托餐",),
        "其他": ("其它", "无", "other"),
    },
    open=True,
)
STAGE = Vocabulary(
    ("学龄前", "小学", "初中", "高中"),
    {"学龄前": ("幼儿", "幼儿园", "幼小衔接"), "高中": ("普通高中",)},
    open=True,
)
PENALTY = Vocabulary(
    (
        *("警告", "通报批评", "罚款", "没收违法所得", "没收非法财物", "责令停止招收学员"),
        *("责令停止举办", "吊销许可证件", "限制从业", "责令改正", "责令退费", "其他"),
    ),
    {
        "责令停止举办": ("停止举办", "责令停办", "取缔"),
        "责令改正": ("限期改正",),
        "其他": ("其它", "other"),
    },
    open=True,
)
CREDIT_STATUS = Vocabulary(
    ("未上报", "已报区教育局", "已公示", "已修复"),
    {"已报区教育局": ("已上报", "已移交教育局")},
    open=True,
)


def _count(name: str, header: str, *aliases: str, example: str) -> Field:
    return Field(
        name=name,
        header=header,
        kind=Kind.INT,
        aliases=aliases,
        minimum=0,
        unit="人",
        example=example,
    )


def _yuan(name: str, header: str, *aliases: str, example: str) -> Field:
    return Field(
        name=name,
        header=header,
        kind=Kind.FLOAT,
        aliases=aliases,
        minimum=0,
        unit="元",
        example=example,
    )


VIOLATIONS = TableContract(
    name="violations",
    title="历史违规",
    title_en="Violations",
    key="decision_no",
    event_fields=("decided_on",),
    learnt_fields=("learnt_at", "decided_on"),
    same_line=("decided_on", "raw_address"),
    fields=(
        Field(
            name="decision_no",
            header="案号",
            code=True,
            aliases=(
                *("决定书文号", "处罚决定书文号", "文号", "处罚文号", "案件编号", "编号"),
                *("case number", "violation id", "id"),
            ),
            example="示教罚字〔2025〕第2号",
        ),
        Field(
            name="party",
            header="当事人",
            aliases=("名称", "当事人名称", "被处罚人", "机构名称", "party name", "dba name", "dba"),
            personal=Personal.NAME,
            example="示例托管中心",
        ),
        Field(name="party_key", header="当事人标识", key_from=("party",)),
        Field(
            name="party_kind",
            header="当事人类型",
            kind=Kind.ENUM,
            vocabulary=PARTY_KIND,
            aliases=("类型",),
            example="机构",
        ),
        Field(
            name="form",
            header="违规形式",
            kind=Kind.ENUM,
            vocabulary=FORM,
            aliases=("违规类型", "违法形式", "违规行为"),
            example="换马甲",
        ),
        Field(
            name="disguise",
            header="名义",
            kind=Kind.ENUM,
            vocabulary=DISGUISE,
            aliases=("以何名义", "伪装形式"),
            example="托管",
        ),
        Field(name="subjects", header="学科", aliases=("培训学科", "科目"), example="英语"),
        Field(
            name="stage",
            header="学段",
            kind=Kind.ENUM_LIST,
            vocabulary=STAGE,
            aliases=("培训学段",),
            example="初中",
        ),
        *place_fields(
            address=Field(
                name="raw_address",
                header="违规地址",
                aliases=("地址", "查处地址", "违法地点", "案发地址", "详细地址", "address"),
                example="示例花园12号楼3单元1001室",
            )
        ),
        Field(
            name="decided_on",
            header="查处日期",
            kind=Kind.DATE,
            required=True,
            past=True,
            aliases=(
                *("查处时间", "处罚日期", "决定日期", "处罚决定日期", "违规日期", "日期"),
                *("decision date", "violation date", "date"),
            ),
            example="2025-12-31",
        ),
        _count("pupils", "现场学生数", "学生数", "学生人数", "现场学生人数", example="24"),
        _count("teachers", "现场教师数", "教师数", "教师人数", "现场教师人数", example="3"),
        _yuan("income", "违法所得(元)", "违法所得", "违法所得金额", example="3000"),
        _yuan("fine", "罚款(元)", "罚款", "罚款金额", "fine amount", example="0"),
        Field(
            name="penalty",
            header="处罚种类",
            kind=Kind.ENUM_LIST,
            vocabulary=PENALTY,
            aliases=("处罚方式", "处理结果", "处罚类型"),
            example="责令改正",
        ),
        Field(name="published", header="是否公示", kind=Kind.BOOL, aliases=("公示",)),
        Field(
            name="credit_status",
            header="信用上报状态",
            kind=Kind.ENUM,
            vocabulary=CREDIT_STATUS,
            aliases=("信用状态",),
            example="未上报",
        ),
        learnt_at(),
    ),
)
