"""楼栋: the buildings of the street, the unit that is scored."""

from __future__ import annotations

from data.contracts.common import DATUM, community_fields, point_fields
from data.contracts.model import Field, Kind, Personal, TableContract, Vocabulary

BUILDING_KIND = Vocabulary(
    ("住宅", "商住", "商务楼宇", "商铺", "酒店", "厂房", "公建", "其他"),
    {
        "住宅": (
            *("居民楼", "居民住宅", "居住", "住宅楼", "民宅", "民房", "公寓", "residential"),
            *("apartments", "house", "dwelling"),
        ),
        "商住": ("商住两用", "商住楼", "综合楼", "居改商", "mixed use"),
        "商务楼宇": ("写字楼", "办公楼", "办公", "商务楼", "商办", "office", "commercial"),
        "商铺": ("门面", "门面房", "沿街商铺", "底商", "商业", "retail", "shop"),
        "酒店": ("宾馆", "旅馆", "民宿", "hotel", "hostel"),
        "厂房": ("工业", "工厂", "仓库", "仓储", "industrial", "warehouse", "factory"),
        "公建": ("公共建筑", "学校", "医院", "机关", "public", "school", "civic"),
        "其他": ("其它", "other"),
    },
    open=True,
)


def _count(name: str, header: str, *aliases: str, example: str) -> Field:
    return Field(
        name=name,
        header=header,
        kind=Kind.INT,
        aliases=aliases,
        minimum=0,
        unit=header[0] if name in {"household_count", "rental_count"} else "",
        example=example,
    )


BUILDINGS = TableContract(
    name="buildings",
    title="楼栋",
    title_en="Buildings",
    key="building_id",
    key_required=True,
    one_of=("building_id", "estate", "std_address", "lon", "point", "geom"),
    same_line=("estate", "building_no", "std_address"),
    fields=(
        Field(
            name="building_id",
            header="楼栋编码",
            code=True,
            aliases=(
                *("建筑编码", "楼栋代码", "楼栋编号", "建筑物编码", "JZWDM", "building code"),
                *("编码", "id", "osm_id", "fid"),
            ),
            example="370902001001003B0012",
        ),
        Field(
            name="estate",
            header="小区名称",
            aliases=("XQMC", "院落", "小区", "小区名", "院落名称", "estate name", "name"),
            example="示例花园",
        ),
        Field(
            name="building_no",
            header="楼栋号",
            aliases=("幢号", "栋号", "HAOZUO", "楼号", "座号", "JZWMC", "楼房名称", "building no"),
            example="12号楼",
        ),
        Field(
            name="std_address",
            header="标准地址",
            aliases=("地址全称", "DZMC", "坐落", "地址", "详细地址", "address", "street address"),
            example="泰山区岱庙街道示例社区示例花园12号楼",
        ),
        Field(
            name="aliases",
            header="曾用名/别名",
            aliases=("曾用名", "别名", "俗称", "old name"),
            example="老化肥厂宿舍",
        ),
        Field(
            name="kind",
            header="建筑类型",
            kind=Kind.ENUM,
            vocabulary=BUILDING_KIND,
            aliases=("用途", "建筑用途", "楼栋类型", "建筑性质", "building kind", "building type"),
            example="住宅",
        ),
        _count("unit_count", "单元数", "单元数量", "stairwells", example="3"),
        _count("floors", "层数", "楼层数", "总层数", "地上层数", "levels", example="18"),
        _count(
            "household_count", "户数", "总户数", "住户数", "households", "dwellings", example="108"
        ),
        _count("rental_count", "出租户数", "出租房数", "租户数", "rentals", example="21"),
        *point_fields(),
        Field(
            name="datum",
            header="坐标系",
            kind=Kind.ENUM,
            vocabulary=DATUM,
            aliases=("坐标系统", "坐标类型"),
            example="GCJ02",
        ),
        Field(name="geom", header="轮廓", kind=Kind.GEOMETRY, aliases=("边界", "geometry", "wkt")),
        *community_fields(),
        Field(
            name="manager_org",
            header="物业公司",
            aliases=("受委托管理单位", "物业", "物业单位", "管理单位", "property manager"),
            example="示例物业",
        ),
        Field(
            name="owner_org",
            header="产权单位",
            aliases=("产权人", "产权所有人", "owner"),
            personal=Personal.NAME,
            example="示例公司",
        ),
    ),
)
