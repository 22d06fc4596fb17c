"""网格: the official grids, to which duty attaches."""

from __future__ import annotations

from data.contracts.model import Field, Kind, TableContract, Vocabulary

GRID_KIND = Vocabulary(
    ("基础网格", "专属网格", "微网格"),
    {
        "基础网格": ("基础", "普通网格", "一般网格", "社区网格", "basic"),
        "专属网格": ("专属", "专项网格", "exclusive"),
        "微网格": ("微", "micro"),
    },
    open=True,
)


def _person(name: str, header: str, *aliases: str, example: str) -> Field:
    return Field(name=name, header=header, code=True, aliases=aliases, example=example)


GRIDS = TableContract(
    name="grids",
    title="网格",
    title_en="Grids",
    key="grid_code",
    key_required=True,
    same_line=("name", "community"),
    ordered=(("valid_from", "valid_to"),),
    fields=(
        Field(
            name="grid_code",
            header="网格编码",
            code=True,
            required=True,
            aliases=(
                *("网格代码", "责任网格编码", "网格编号", "单元网格编码", "JWWGDM", "编码"),
                *("code", "id", "grid id"),
            ),
            example="370902001001003",
        ),
        Field(
            name="name",
            header="网格名称",
            aliases=("JWWGMC", "网格名", "grid name"),
            example="第三网格",
        ),
        Field(
            name="kind",
            header="网格类型",
            kind=Kind.ENUM,
            vocabulary=GRID_KIND,
            aliases=("类型", "网格类别", "grid kind", "grid type"),
            example="基础网格",
        ),
        Field(
            name="street",
            header="所属街道",
            aliases=("街道", "街道名称", "乡镇街道", "XZJDMC", "镇街"),
            example="岱庙街道",
        ),
        Field(
            name="community",
            header="所属社区",
            aliases=("社区", "社区名称", "居委会", "居村委", "SQJCWHMC", "村居"),
            example="示例社区",
        ),
        Field(
            name="community_code",
            header="社区代码",
            code=True,
            aliases=("社区编码", "SQJCWHDM", "居委会代码", "所属社区代码"),
            example="370902001001",
        ),
        Field(
            name="households",
            header="户数",
            kind=Kind.INT,
            aliases=("总户数", "住户数", "household count"),
            minimum=0,
            unit="户",
            example="420",
        ),
        Field(
            name="population",
            header="人口",
            kind=Kind.INT,
            aliases=("人数", "人口数", "常住人口"),
            minimum=0,
            unit="人",
            example="1130",
        ),
        _person("chief_id", "网格长", "网格长编号", example="P0007"),
        _person("warden_id", "网格员", "网格员编号", "专职网格员", example="P0021"),
        _person("leader_id", "包片领导", "包联领导", "包片领导编号", example="P0002"),
        Field(name="geom", header="边界", kind=Kind.GEOMETRY, aliases=("轮廓", "geometry", "wkt")),
        Field(
            name="valid_from",
            header="启用日期",
            kind=Kind.DATE,
            aliases=("QYRQ", "启用时间", "初始日期"),
            example="2026-01-01",
        ),
        Field(
            name="valid_to",
            header="停用日期",
            kind=Kind.DATE,
            aliases=("TYRQ", "停用时间", "终止日期"),
        ),
    ),
)
