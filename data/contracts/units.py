"""户室: dwellings and rooms. No list of residents belongs here."""

from __future__ import annotations

from data.contracts.common import building_id
from data.contracts.model import Field, Kind, TableContract, Vocabulary

UNIT_USE = Vocabulary(
    ("居住", "办公", "商业", "居改商", "空置", "未知"),
    {
        "居住": ("住宅", "自住", "residential"),
        "办公": ("写字楼", "office"),
        "商业": ("商铺", "商用", "门面", "commercial"),
        "居改商": ("住改商", "住改非"),
        "空置": ("空关", "闲置", "vacant"),
        "未知": ("不详", "unknown"),
    },
    open=True,
)
OCCUPANCY = Vocabulary(
    ("自住", "出租", "空置", "未知"),
    {
        "自住": ("业主自住", "自用", "owner occupied"),
        "出租": ("租赁", "租住", "rented"),
        "空置": ("空关", "闲置", "vacant"),
        "未知": ("不详", "unknown"),
    },
    open=True,
)

UNITS = TableContract(
    name="units",
    title="户室",
    title_en="Units",
    key="unit_id",
    key_required=True,
    one_of=("unit_id", "building_id", "raw_address"),
    same_line=("building_id", "stairwell", "room"),
    fields=(
        Field(
            name="unit_id",
            header="房屋编码",
            code=True,
            aliases=("房屋代码", "房屋编号", "户室编码", "户编码", "FWBM", "FWDM", "编码", "id"),
            example="370902001001003B0012-3-1001",
        ),
        building_id(),
        Field(
            name="raw_address",
            header="房屋坐落",
            aliases=("坐落", "地址", "房屋地址", "DZMC", "address"),
        ),
        Field(
            name="stairwell", header="单元", aliases=("门", "梯", "单元号", "DYH"), example="3单元"
        ),
        Field(name="floor", header="楼层", aliases=("所在楼层", "所在层"), example="10"),
        Field(
            name="room", header="房号", aliases=("DYFH", "室号", "户号", "房间号"), example="1001"
        ),
        Field(
            name="use",
            header="房屋用途",
            kind=Kind.ENUM,
            vocabulary=UNIT_USE,
            aliases=("用途",),
            example="居住",
        ),
        Field(
            name="occupancy",
            header="居住状态",
            kind=Kind.ENUM,
            vocabulary=OCCUPANCY,
            aliases=("使用状态", "居住情况", "房屋状态"),
            example="出租",
        ),
        Field(
            name="area_m2",
            header="建筑面积(㎡)",
            kind=Kind.FLOAT,
            aliases=("建筑面积", "面积", "area"),
            minimum=0,
            unit="平方米",
            example="142.5",
        ),
    ),
)
