"""Online adverts of the demonstration city: what its hidden sites put on the sites of the web."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

MOST: Final = 24
"""Adverts of sites that are open."""
_SHARE_WITH_PLACE: Final = 0.7
_TEXTS: Final = (
    "初中{subject}①对①,家里上课,每节200元,{contact}",
    "{subject}小班,4人开课,放学后和周末,{contact}",
    "高三{subject}冲刺,名师一对一,价格私聊,{contact}",
    "放学托管,辅导作业,专职老师补{subject},一学期3800元,{contact}",
    "几家合请{subject}老师,初二,还差两个孩子,费用AA,{contact}",
)
_SUBJECTS: Final = ("数学", "树学", "英语", "物理", "化学")
_OTHERS: Final = (
    ("合租", "两室一厅找室友,押一付三,家电齐全"),
    ("招生", "成人瑜伽小班,零基础可学"),
    ("招聘", "诚聘收银员,月休四天"),
    ("合租", "次卧出租,朝南,可做饭"),
)
_SITES: Final = ("同城信息网", "邻里圈", "房屋合租网")


def write_adverts(path: Path, *, truth: Path, today: date, seed: int) -> None:
    """Write listings as JSON lines: of some sites that are open, and of other things.

    ``truth``: folder of the city's hidden truth.
    ``today``: the day the city's records end.
    """
    rng = np.random.default_rng([seed, 58])
    sites = pd.read_parquet(truth / "sites.parquet")
    addresses = pd.read_parquet(truth / "buildings.parquet").set_index("building_id")["std_address"]
    open_ = sites[sites["closed"].isna()].sort_values("site").head(MOST)
    rows = [
        _row(rng, number, kind="招生", text=_text(rng, number), today=today,
             address=addresses[building] if rng.random() < _SHARE_WITH_PLACE else "")
        for number, building in enumerate(open_["building_id"])
    ]  # fmt: skip
    rows += [
        _row(rng, 100 + number, kind=kind, text=text, today=today, address="")
        for number, (kind, text) in enumerate(_OTHERS)
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _text(rng: np.random.Generator, number: int) -> str:
    subject = _SUBJECTS[int(rng.integers(len(_SUBJECTS)))]
    template = _TEXTS[number % len(_TEXTS)]
    return template.format(subject=subject, contact=f"加V:demo_{1000 + number}")


def _row(
    rng: np.random.Generator, number: int, *, kind: str, text: str, today: date, address: str
) -> dict[str, str]:
    seen = datetime.combine(today, time(9)) - timedelta(days=int(rng.integers(1, 40)))
    published = seen - timedelta(hours=int(rng.integers(2, 90)))
    return {
        "广告编号": f"GG-{number:04d}",
        "发布平台": _SITES[number % len(_SITES)],
        "广告类型": kind,
        "发布时间": f"{published:%Y-%m-%d %H:%M}",
        "发现时间": f"{seen:%Y-%m-%d %H:%M}",
        "广告内容": text,
        "地址": address,
    }
