"""租赁登记备案: who registered what for rent, from when to when."""

from __future__ import annotations

from data.contracts.common import learnt_at, place_fields
from data.contracts.model import Field, Kind, Personal, TableContract, Vocabulary

LESSEE_KIND = Vocabulary(
    ("个人", "企业", "个体户", "社会组织"),
    {
        "个人": ("自然人", "person", "individual"),
        "企业": ("公司", "单位", "法人", "company"),
        "个体户": ("个体工商户", "sole trader"),
        "社会组织": ("民办非企业", "社团", "organisation"),
    },
    open=True,
)
RENTAL_PURPOSE = Vocabulary(
    ("居住", "办公", "商业", "仓储", "其他"),
    {
        "居住": ("住宅", "自住", "住房", "residential"),
        "办公": ("写字楼", "office"),
        "商业": ("商用", "经营", "商铺", "commercial", "retail"),
        "仓储": ("仓库", "warehouse"),
        "其他": ("其它", "other"),
    },
    open=True,
)
RENTAL_STATUS = Vocabulary(
    ("有效", "到期", "注销", "变更"),
    {
        "有效": ("正常", "在租", "已备案", "active"),
        "到期": ("过期", "已到期", "expired"),
        "注销": ("已注销", "撤销", "终止", "cancelled", "revoked"),
        "变更": ("已变更", "amended"),
    },
    open=True,
)


def _amount(name: str, header: str, *aliases: str, unit: str, example: str) -> Field:
    return Field(
        name=name,
        header=header,
        kind=Kind.FLOAT,
        aliases=aliases,
        minimum=0,
        unit=unit,
        example=example,
    )


RENTALS = TableContract(
    name="rentals",
    title="租赁登记备案",
    title_en="Rental filings",
    key="filing_no",
    event_fields=("filed_on", "start_date"),
    learnt_fields=("learnt_at", "filed_on", "start_date"),
    same_line=("raw_address", "start_date"),
    ordered=(("start_date", "end_date"),),
    one_of=("raw_address", "building_id", "unit_id", "lon", "point"),
    fields=(
        Field(
            name="filing_no",
            header="备案编号",
            code=True,
            aliases=(
                *("登记备案证明号", "合同编号", "备案号", "登记编号", "备案证明号", "编号"),
                *("id", "filing number", "registration number"),
            ),
            example="泰房租备(2026)第00123号",
        ),
        *place_fields(
            address=Field(
                name="raw_address",
                header="房屋坐落",
                aliases=("地址", "坐落", "房屋地址", "租赁房屋地址", "详细地址", "address"),
                example="示例花园12号楼3单元1001室",
            )
        ),
        Field(
            name="lessor",
            header="出租人",
            aliases=("房东", "出租方", "出租人姓名", "lessor", "landlord"),
            personal=Personal.NAME,
            example="李四",
        ),
        Field(
            name="lessee",
            header="承租人",
            aliases=(
                *("租客", "承租方", "承租人姓名", "租户", "lessee", "tenant", "business name"),
                *("doing business as name", "dba name", "dba"),
            ),
            personal=Personal.NAME,
            example="示例文化传播有限公司",
        ),
        Field(name="lessee_key", header="承租人标识", key_from=("lessee",)),
        Field(
            name="lessee_kind",
            header="承租人类型",
            kind=Kind.ENUM,
            vocabulary=LESSEE_KIND,
            aliases=("承租方类型", "租客类型"),
            example="企业",
        ),
        Field(
            name="lessee_uscc",
            header="统一社会信用代码",
            code=True,
            personal=Personal.PROSE,
            aliases=("信用代码", "社会信用代码"),
        ),
        Field(
            name="purpose",
            header="租赁用途",
            kind=Kind.ENUM,
            vocabulary=RENTAL_PURPOSE,
            aliases=("用途", "房屋用途", "出租用途"),
            example="居住",
        ),
        Field(
            name="unit_kind",
            header="经营类别",
            aliases=("经营范围", "业态", "license description", "business activity"),
        ),
        _amount(
            "area_m2", "租赁面积(㎡)", "租赁面积", "面积", "area", unit="平方米", example="140"
        ),
        _amount("rent_month", "月租金(元)", "月租金", "租金", "price", unit="元", example="2600"),
        Field(
            name="start_date",
            header="租期起",
            kind=Kind.DATE,
            aliases=(
                *("租赁起始日期", "起租日期", "租赁开始日期", "开始日期", "起始日期", "租期开始"),
                *("start", "license term start date", "term start", "valid from"),
            ),
            example="2026-03-01",
        ),
        Field(
            name="end_date",
            header="租期止",
            kind=Kind.DATE,
            aliases=(
                *("租赁终止日期", "租赁结束日期", "结束日期", "到期日期", "截止日期", "租期结束"),
                *("end", "license term expiration date", "term end", "valid to", "expiration date"),
            ),
            example="2027-02-28",
        ),
        Field(
            name="term",
            header="租赁期限",
            kind=Kind.PERIOD,
            aliases=("租期", "租赁期间", "租赁起止日期"),
            fills=("start_date", "end_date"),
        ),
        Field(
            name="filed_on",
            header="备案日期",
            kind=Kind.DATE,
            past=True,
            aliases=("登记日期", "备案时间", "登记时间", "登记备案日期", "filing date"),
            example="2026-03-05",
        ),
        Field(
            name="status",
            header="状态",
            kind=Kind.ENUM,
            vocabulary=RENTAL_STATUS,
            aliases=("备案状态", "合同状态"),
            example="有效",
        ),
        Field(
            name="occupants",
            header="居住人数",
            kind=Kind.INT,
            aliases=("入住人数", "人数"),
            minimum=0,
            unit="人",
            example="2",
        ),
        learnt_at(),
    ),
)
