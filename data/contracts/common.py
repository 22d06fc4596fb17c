"""Fields that several tables share."""

from __future__ import annotations

from data.contracts.model import Field, Kind, Vocabulary

DATUM = Vocabulary(
    ("WGS84", "CGCS2000", "GCJ02", "BD09", "本地", "未知"),
    {
        "WGS84": ("WGS-84", "GPS", "EPSG:4326", "4326"),
        "CGCS2000": ("国家2000", "2000国家大地坐标系", "大地2000", "EPSG:4490", "4490"),
        "GCJ02": ("GCJ-02", "火星坐标", "高德", "腾讯"),
        "BD09": ("BD-09", "百度"),
        "本地": ("城市坐标系", "地方坐标系", "local"),
        "未知": ("不详", "unknown"),
    },
)

_POINT_ALIASES = ("坐标", "经纬度坐标", "位置坐标", "地理坐标", "location", "coordinates", "lonlat")


def place_fields(*, address: Field) -> tuple[Field, ...]:
    """Return the fields that say where an event was: an address, a building, a unit, a point."""
    return (
        address,
        building_id(),
        unit_id(),
        *point_fields("geometry", "position"),
        Field(
            name="datum", header="坐标系", kind=Kind.ENUM, vocabulary=DATUM, aliases=("坐标系统",)
        ),
    )


def building_id() -> Field:
    """Return the reference to a building."""
    return Field(
        name="building_id",
        header="楼栋编码",
        code=True,
        aliases=("建筑编码", "楼栋代码", "楼栋编号", "建筑物编码", "JZWDM", "building code"),
    )


def unit_id() -> Field:
    """Return the reference to a dwelling, room or licensed place of business."""
    return Field(
        name="unit_id",
        header="房屋编码",
        code=True,
        aliases=(
            *(
                "房屋代码",
                "房屋编号",
                "户室编码",
                "户编码",
                "FWBM",
                "FWDM",
                "许可证号",
                "许可证编号",
            ),
            *("unit", "license", "licence", "license number", "licence number", "license no"),
        ),
    )


def point_fields(*more: str) -> tuple[Field, ...]:
    """Return longitude and latitude, and both in one cell, which may have `more` names."""
    return (
        Field(
            name="lon",
            header="经度",
            kind=Kind.FLOAT,
            aliases=("MAPX", "X坐标", "东经", "JD", "longitude", "lng", "x", "经度坐标"),
            minimum=-180,
            maximum=180,
        ),
        Field(
            name="lat",
            header="纬度",
            kind=Kind.FLOAT,
            aliases=("MAPY", "Y坐标", "北纬", "WD", "latitude", "y", "纬度坐标"),
            minimum=-90,
            maximum=90,
        ),
        Field(
            name="point",
            header="经纬度",
            kind=Kind.POINT,
            aliases=(*_POINT_ALIASES, *more),
            fills=("lon", "lat"),
        ),
    )


def learnt_at() -> Field:
    """Return when the office learnt of the event, where a file says so."""
    return Field(
        name="learnt_at",
        header="获知时间",
        kind=Kind.DATETIME,
        aliases=("知悉时间", "入库时间", "录入时间", "date learnt", "recorded at"),
        past=True,
    )


def community_fields() -> tuple[Field, ...]:
    """Return the codes of community and grid."""
    return (
        Field(
            name="community_code",
            header="社区代码",
            code=True,
            aliases=("社区编码", "SQJCWHDM", "居委会代码", "村居代码", "行政区划代码"),
            example="370902001001",
        ),
        Field(
            name="grid_code",
            header="网格编码",
            code=True,
            aliases=("网格代码", "责任网格编码", "所属网格编码", "JWWGDM", "grid"),
            example="370902001001003",
        ),
    )
