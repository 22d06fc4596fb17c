"""人员: staff who answer for something. Nobody else belongs in this table."""

from __future__ import annotations

from data.contracts.model import Field, Kind, Personal, TableContract, Vocabulary

ROLE = Vocabulary(
    (
        *("包片领导", "网格长", "网格员", "楼长", "单元长", "物业负责人", "产权人代表"),
        *("热线专员", "执法人员", "社会监督员", "党建联络员"),
    ),
    {
        "包片领导": ("包联领导", "街道领导", "area leader"),
        "网格长": ("社区书记", "grid chief"),
        "网格员": ("专职网格员", "兼职网格员", "warden"),
        "楼长": ("楼栋长", "building head"),
        "物业负责人": ("物业经理", "property manager"),
        "执法人员": ("执法员", "officer"),
    },
    open=True,
)

PERSONS = TableContract(
    name="persons",
    title="人员",
    title_en="Staff",
    key="person_id",
    key_required=True,
    one_of=("person_id", "name"),
    same_line=("name",),
    ordered=(("from_date", "to_date"),),
    fields=(
        Field(
            name="person_id",
            header="人员编号",
            code=True,
            aliases=("编号", "工号", "员工编号", "staff id", "id"),
            example="P0007",
        ),
        Field(
            name="name",
            header="姓名",
            aliases=("人员姓名", "full name"),
            personal=Personal.STAFF,
            example="王示例",
        ),
        Field(
            name="role",
            header="角色",
            kind=Kind.ENUM,
            vocabulary=ROLE,
            aliases=("岗位", "人员类别", "身份"),
            example="网格员",
        ),
        Field(
            name="org", header="所属单位", aliases=("单位", "所在单位", "所属社区", "organisation")
        ),
        Field(name="title", header="职务", aliases=("职位", "job title")),
        Field(
            name="phone",
            header="办公电话",
            aliases=("电话", "联系电话", "手机", "手机号", "办公电话号码"),
            personal=Personal.STAFF,
        ),
        Field(
            name="active",
            header="在岗状态",
            kind=Kind.BOOL,
            aliases=("是否在岗", "在岗"),
            blank=True,
        ),
        Field(
            name="from_date",
            header="任期起",
            kind=Kind.DATE,
            aliases=("任职日期", "上岗日期", "from"),
        ),
        Field(
            name="to_date", header="任期止", kind=Kind.DATE, aliases=("离任日期", "离岗日期", "to")
        ),
    ),
)
