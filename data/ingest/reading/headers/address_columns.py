"""Find the column that is plainly the address, by its name or its cells, or parts of one."""

import re
from collections.abc import Collection, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.reading.headers.names import LONGEST_HEADER, normalise_header
from data.privacy.pseudonyms import may_not_be_held

_NAMED: Final = re.compile(
    r"(?:地址|地点|住址|住所|坐落|座落|位置|address|location)"
    r"(?:名称|描述|信息|全称|详情|说明|文本|内容|[一1])?$"
)
_OF_SOMETHING_ELSE: Final = re.compile(
    r"电子|邮[箱件寄编]|网[址站页]|ip|mac|url|web|mail|户籍|户口|身份证|籍贯|出生|注册|通[讯信]|联系|"
    r"承办|主办|办理|受理|单位住|家庭|[来呼]电人?|(?<!被)(?:申请|投诉|举报|诉求|反映|上访|信访)(?:人|者|对象)|"
    r"本人|寄|收件|[承出]租[人方]|租[客户]|房东|业主|owner|tenant|license|home|法人|法定"
)
"""Words of addresses where the thing itself is not: whose post goes there, who lives there."""
_OF_THE_PLACE: Final = re.compile(
    r"事发|发生|问题|反映|诉求|投诉|举报|检查|巡查|走访|现场|涉[事嫌]|被|楼[栋宇]|房[屋产]|案|经营|门牌|"
    r"详细|完整|标准|具体|服务|施工|street|incident|site"
)
_LIKE_AN_ADDRESS: Final = (
    r"[\x{4e00}-\x{9fff}](?:[0-9０-９]+|[一二三四五六七八九十]+)\s*(?:号|栋|幢|座|#|＃|弄|单元)"
    r"|[\x{4e00}-\x{9fff}]\s*[0-9]+-[0-9]+"
    r"|^[\x{4e00}-\x{9fff}0-9（）()]{2,24}(?:路|街|道|巷|胡同|小区|花园|家园|苑|公寓|新村|大厦|广场|宿舍|家属院|村)"
    r"[0-9A-Za-z一二三四五六七八九十东西南北中大正号楼栋幢座层室区期门口旁附近内里院单元-]{0,12}$"
    r"|^[0-9]+[A-Za-z]?\s+(?:[NSEWnsew]\.?\s+)?[A-Z][A-Za-z]+(?:\s+[A-Za-z]+){1,4}\.?$"
)
_STREET_AND_NUMBER: Final = (
    r"^(?P<street>\pL[\pL.'’ -]{3,40}),?\s+[0-9]{1,4}\s?[A-Za-z]?(?:\s*[,;(].*)?$"
)
"""Mannerheimintie 5 A, 세종대로 12 (광화문): of no other column as long as streets differ."""
_FEWEST_STREETS: Final = 5
PARTS: Final = (
    ("area", "街道 街道名称 街镇 镇街 乡镇 街道乡镇 街道镇 所属街道", ""),
    ("area", "社区 社区名称 村社区 社区村 村居 所属社区", ""),
    ("road", "路 路名 道路 道路名称 街路 街路巷 路街巷 街巷 街路名 路段", ""),
    ("door", "门牌 门牌号 门牌号码 路号", "号"),
    ("estate", "小区 小区名 小区名称 楼盘 楼盘名称 院落 住宅小区 小区院落 自然村", ""),
    ("building", "楼栋 楼栋号 楼号 幢 幢号 栋 栋号 楼幢 楼座 座 座号 几栋 几号楼 栋座", "号楼"),
    ("unit", "单元 单元号 几单元 楼道 楼道号 梯 梯号 单元楼道 门洞", "单元"),
    ("room", "房号 房间号 室 室号 房间 户号 户室 房室号 房屋号", ""),
)
_REMARKS: Final = frozenset({"备注", "说明", "备注说明", "其他说明", "remark", "remarks", "notes"})
"""What stands there may speak of a place, but not of that of each row."""
_BRACKETS: Final = re.compile(r"[(（].*?[)）]")
_OF_VISITS: Final = re.compile(r"^(?:巡查|检查|走访|排查|现场|所在|所属|房屋)(?=.)")
_MOST_ADDRESSES, _LONGEST = 0.6, 60
_POINT_BEHIND: Final = (
    r"\([-+]?[0-9]{1,3}\.[0-9]+\s*,\s*[-+]?[0-9]{1,3}\.[0-9]+\)\s*$"
    r"|^POINT\s*\([-+0-9.]+\s+[-+0-9.]+\)$"
)


def address_part(header: str) -> str | None:
    """Return which part of an address a header names at its last level; None for none."""
    name = last_level(header)
    return next((role for role, names, _ in PARTS if name in names.split()), None)


def last_level(header: str) -> str:
    """Return the last level of a header as it is compared: no brackets, 楼栋 of 巡查楼栋."""
    name = normalise_header(_BRACKETS.sub("", header[:LONGEST_HEADER]).rsplit("/", 1)[-1])
    return _OF_VISITS.sub("", name)


def address_column(
    columns: Sequence[str], sample: pa.Table | None, *, taken: Collection[str]
) -> tuple[str, str] | None:
    """Return the column that is plainly the address of a row, and how it was found.

    ``sample``: some of their cells; None where only names can tell.
    ``taken``: columns that are another field.

    Returns ``named`` by its header, or ``content``: most of its cells read
    like addresses, and those of no other column more.
    """
    free = [name for name in columns if name not in taken and not may_not_be_held(name)]
    not_remarks = [name for name in free if normalise_header(name) not in _REMARKS]
    named = [name for name in free if is_named_address(name) and not _is_numbers(sample, name)]
    if named:
        return max(named, key=lambda name: bool(_OF_THE_PLACE.search(name.lower()))), "named"
    for share_of in (_share_like, _share_of_streets):
        shares = {name: share_of(sample, name) for name in not_remarks}
        best = max(shares, key=lambda name: shares[name], default=None)
        if best and shares[best] >= _MOST_ADDRESSES:
            return best, "content"
    return None


def holds_points(sample: pa.Table | None, name: str) -> bool:
    """Say whether most cells of a column are a point, or end with one: … (30.25, -97.75)."""
    cells = _cells(sample, name)
    behind = pc.match_substring_regex(cells, _POINT_BEHIND)
    return bool(len(cells)) and pc.sum(behind).as_py() >= _MOST_ADDRESSES * len(cells)


def is_named_address(header: str) -> bool:
    """Say whether a header names the address of the thing that the row is about."""
    plain = re.sub(r"[(（\[【].*?[)）\]】]", "", normalise_header(header))
    return bool(_NAMED.search(plain)) and not _OF_SOMETHING_ELSE.search(plain)


def _is_numbers(sample: pa.Table | None, name: str) -> bool:
    cells = _cells(sample, name)
    plain = pc.match_substring_regex(cells, r"^[-+0-9.,;\s]+$")
    return bool(len(cells)) and 2 * pc.sum(plain).as_py() > len(cells)


def _share_like(sample: pa.Table | None, name: str) -> float:
    cells = _cells(sample, name)
    if not len(cells):
        return 0.0
    like = pc.and_(
        pc.match_substring_regex(cells, _LIKE_AN_ADDRESS),
        pc.less_equal(pc.utf8_length(cells), _LONGEST),
    )
    return float(pc.sum(like).as_py() / len(cells))


def _share_of_streets(sample: pa.Table | None, name: str) -> float:
    """Return how many cells are a street and a number behind it; 0 where streets hardly differ."""
    cells = _cells(sample, name)
    cells = cells.filter(pc.less_equal(pc.utf8_length(cells), _LONGEST))
    streets = pc.struct_field(pc.extract_regex(cells, _STREET_AND_NUMBER), "street").drop_null()
    if len(streets.unique()) < _FEWEST_STREETS:
        return 0.0
    return len(streets) / len(_cells(sample, name))


def _cells(sample: pa.Table | None, name: str) -> pa.Array:
    if sample is None or name not in sample.column_names:
        return pa.array([], pa.large_string())
    return sample[name].combine_chunks().drop_null()
