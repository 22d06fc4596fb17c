"""包保责任: who answers for which building, estate, grid or community, as an office lists it."""

from __future__ import annotations

from data.contracts.model import Field, Kind, Personal, TableContract, Vocabulary

TARGET = Vocabulary(
    ("楼栋", "小区", "网格", "社区"),
    {
        "楼栋": ("楼", "幢", "建筑", "building"),
        "小区": ("院落", "住宅小区", "estate"),
        "网格": ("责任网格", "grid"),
        "社区": ("村居", "居委会", "community"),
    },
)
DUTY = Vocabulary(
    ("包片领导", "网格长", "网格员", "楼长", "产权人", "受委托管理单位"),
    {
        "包片领导": ("包联领导", "街道领导", "包保领导", "area leader"),
        "网格长": ("社区书记", "社区网格长", "社区/网格长", "grid chief"),
        "网格员": ("专职网格员", "兼职网格员", "warden"),
        "楼长": ("楼栋长", "楼长巡查", "building head"),
        "产权人": ("业主", "产权单位", "房屋产权人", "owner"),
        "受委托管理单位": ("物业", "物业公司", "管理单位", "property manager"),
    },
)

ASSIGNMENTS = TableContract(
    name="assignments",
    title="包保责任",
    title_en="Responsibilities",
    key="assignment_no",
    same_line=("target_id", "duty"),
    ordered=(("valid_from", "valid_to"),),
    one_of=("person_id", "org"),
    fields=(
        Field(
            name="assignment_no",
            header="责任编号",
            code=True,
            aliases=("责任书编号", "assignment no"),
            example="BB-2026-001",
        ),
        Field(
            name="target_kind",
            header="责任对象类型",
            kind=Kind.ENUM,
            vocabulary=TARGET,
            required=True,
            aliases=("对象类型", "责任对象类别", "target kind"),
            example="楼栋",
        ),
        Field(
            name="target_id",
            header="责任对象",
            code=True,
            required=True,
            aliases=("责任对象编码", "对象编码", "楼栋或网格编码", "target"),
            example="370902001001003B0012",
        ),
        Field(
            name="duty",
            header="责任类型",
            kind=Kind.ENUM,
            vocabulary=DUTY,
            required=True,
            aliases=("包保类型", "责任类别", "duty"),
            example="楼长",
        ),
        Field(
            name="person_id",
            header="责任人编号",
            code=True,
            aliases=("责任人", "包保责任人", "人员编号", "person id"),
            example="P0007",
        ),
        Field(
            name="org",
            header="责任单位",
            personal=Personal.NAME,
            aliases=("单位", "单位名称", "产权单位", "organisation"),
        ),
        Field(
            name="pledge_on",
            header="承诺书签订日期",
            kind=Kind.DATE,
            aliases=("承诺书日期", "签订日期", "责任书签订日期", "pledge date"),
        ),
        Field(
            name="valid_from",
            header="生效日期",
            kind=Kind.DATE,
            aliases=("生效", "责任起", "包保起始日期", "valid from"),
            example="2026-01-01",
        ),
        Field(
            name="valid_to",
            header="失效日期",
            kind=Kind.DATE,
            aliases=("失效", "责任止", "包保终止日期", "valid to"),
        ),
    ),
)
