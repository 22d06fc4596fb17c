"""步行距离: how far it is on foot from building to building, where an office has it from a map."""

from __future__ import annotations

from data.contracts.model import Field, Kind, TableContract

WALKING_DISTANCES = TableContract(
    name="walking_distances",
    title="步行距离",
    title_en="Walking distances",
    key="way_no",
    same_line=("from_building_id", "to_building_id"),
    fields=(
        Field(
            name="way_no",
            header="路线编号",
            code=True,
            aliases=("序号编码", "way no"),
        ),
        Field(
            name="from_building_id",
            header="起点楼栋编码",
            code=True,
            required=True,
            aliases=("起点", "起点编码", "起点楼栋", "出发楼栋编码", "from", "origin"),
            example="370902001001003B0012",
        ),
        Field(
            name="to_building_id",
            header="终点楼栋编码",
            code=True,
            required=True,
            aliases=("终点", "终点编码", "终点楼栋", "到达楼栋编码", "to", "destination"),
            example="370902001001003B0015",
        ),
        Field(
            name="distance_m",
            header="步行距离(米)",
            kind=Kind.FLOAT,
            required=True,
            aliases=("步行距离", "距离", "距离(米)", "路程", "distance", "metres"),
            minimum=0,
            maximum=100_000,
            unit="米",
            example="260",
        ),
        Field(
            name="minutes",
            header="步行时间(分)",
            kind=Kind.FLOAT,
            aliases=("步行时间", "用时", "耗时", "时间(分)", "walking time"),
            minimum=0,
            maximum=1_440,
            unit="分钟",
            example="4",
        ),
    ),
)
