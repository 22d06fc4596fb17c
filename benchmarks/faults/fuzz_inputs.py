"""Inputs of `fuzz.py`: texts as people write them, files of every kind, and how they are bent."""
# ruff: noqa: E501 -- lists of texts

import csv
import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import shapely
from PIL import Image

from data.contracts.registry import TABLES
from data.contracts.screening.screen import screener_with
from data.ingest.checking.times.dates import read_dates
from data.ingest.reading.open import OpenSource
from data.privacy.contacts import hide_contacts
from data.privacy.photos import clean_photo
from geo.addresses.normalise import normalise_address
from geo.addresses.parse import parse_address
from geo.coordinates.parse import read_coordinates, read_ordinates
from governance.access.passwords import password_problems

NOW = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- local
TEXTS = (
    "示例市示例区示例路12号示例花园3号楼2单元301室(东门)", "槐荫花园(二期)甲12-3-402", "A座1503、1504",
    "示例路与某某街交叉口西北角50米路北沿街商铺二楼", "中山东路118弄7号", "4th floor, 12B Main St #3",
    "北纬36°11′24″ 东经117°7′12″", "117.1234,36.1911", "POINT (117.12 36.19)", "(41.9, -87.6)",
    "23 6m 16.3102s N, 113 15m 26.6968s E", "-87.6298°", "2026-11-20 09:30:00", "2026年11月20日 下午3点",
    "20/11/26", "45981.395833", "11月2日", "2026-11-20T09:30:00+08:00", "民国115年3月1日",
    "加V:lao_shi88, 或①③⑧⓪⓪⓪⓪⑤⑥⑦⑧", "一三八零零零零五六七八 微信同号", "QQ群 123456789", "0538-6991234",
    "小学数学一对一补课，晚上七点，包接送，名师上门，8个孩子挤在一间屋，一节课收200元",
    "寒假托管班晚托作业辅导，非学科：美术、书法；无证无照办学", '=HYPERLINK("http://x","y")',
    "xiaoxueshuxueyiduiyi, xianfanganq", "一对1x shu学 yi对yi",
    "<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "Correct 42 horses",
)  # fmt: skip
PIECES = (
    "\x00", "\u200b", "\u202e", "\ud800", "\U0001f3eb", "e\u0301", "（", "）", "(", ")", "【", "号", "楼",
    "单元", "室", "路", "弄", "-", "—", "、", "°", "′", "″", "N", "E", ",", ".", "1", "9" * 40, "一二三",
    "十百千万亿", "年", "月", "日", ":", "+", "加V", "微信", "138", " ", "\u3000", "\n", "\t", "=", "<", "&#x0;",
    "ⅷ", "㈠", "①", "½", "²", "٣", "०", "零" * 30, "İ", "ß", "ﬁ", "nan", "inf", "1e999", "-0",
    "xian", "shuxue", "数学", "q",
)  # fmt: skip
LONG = 20_000
_COMPLAINTS = TABLES["complaints"]


Texts = list[str]


def _dates(texts: Texts) -> object:
    return read_dates(pa.array([plain(text) for text in texts], pa.large_string()), now=NOW)


def _each(target: Callable[[str], object]) -> Callable[[Texts], None]:
    def all_of(texts: Texts) -> None:
        for text in texts:
            target(text)

    return all_of


def plain(text: str) -> str:
    """Return a text as a file can hold one: no halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")


TEXT_TARGETS: Mapping[str, Callable[[Texts], object]] = {
    "address": _each(parse_address),
    "normalise": _each(normalise_address),
    "coordinates": read_coordinates,
    "ordinates": read_ordinates,
    "dates": _dates,
    "contacts": _each(hide_contacts),
    "screen": lambda texts: screener_with(()).screen(texts),
    "password": _each(partial(password_problems, login="planner", name="李示例")),
}
"""What reads a text that others wrote, given some at a time."""


def mutated_text(rng: random.Random) -> str:
    """Return a text somebody could have written, bent in one to eight places."""
    text = rng.choice(TEXTS)
    for _ in range(rng.randint(1, 8)):
        at, to = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        way = rng.randrange(7)
        if way == 0:
            text = text[:at] + text[to:]
        elif way == 1:
            text = text[:at] + text[at:to] * rng.randint(2, 6) + text[to:]
        elif way <= 3:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif way == 4:
            text = text[:at] + rng.choice(TEXTS) + text[to:]
        elif way == 5:
            text = (
                text[:at]
                + chr(rng.choice((rng.randrange(0x250), rng.randrange(0x11000))))
                + text[to:]
            )
        else:
            text = text[to:] + text[:at]
    if rng.random() < 0.002:
        text = (text or "1") * (LONG // max(1, len(text)))
    return text[:LONG]


def mutated_file(rng: random.Random, content: bytes) -> bytes:
    """Return a file bent in its bytes or, of a zip, in the bytes of one of its parts."""
    if content[:2] == b"PK" and rng.random() < 0.8:
        return _bent_zip(rng, content)
    return _bent(rng, content)


def _bent_zip(rng: random.Random, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(sorted(parts))
    way = rng.randrange(10)
    if way == 0:
        del parts[name]
    elif way == 1:
        parts[rng.choice(("../../x.csv", "a/" * 40 + "x.shp", "x\x00.csv", "CON.csv"))] = parts[
            name
        ]
    else:
        parts[name] = _bent(rng, parts[name])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, held in parts.items():
            archive.writestr(each, held)
    return target.getvalue()


def _bent(rng: random.Random, content: bytes) -> bytes:
    bent = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at, length = rng.randrange(len(bent) + 1), rng.choice((1, 1, 2, 4, 64))
        way = rng.randrange(6)
        if way == 0:
            del bent[at : at + length]
        elif way == 1:
            bent[at : at + length] = rng.randbytes(length)
        elif way == 2:
            bent[at:at] = bent[at : at + length] * rng.choice((1, 2, 50))
        elif way == 3:
            bent[at : at + 1] = rng.choice((b"\xff", b"\x00", b"\x7f", b"<", b'"', b"99999999999"))
        elif way == 4:
            bent[at:at] = rng.choice(PIECES).encode("utf-8", "surrogatepass")
        elif rng.random() < 0.2:
            del bent[at:]
    return bytes(bent)


def file_targets() -> Mapping[str, Callable[[Path], object]]:
    """Return what reads a file, by its ending."""
    photo = dict.fromkeys(("jpg", "png", "webp"), lambda path: clean_photo(path.read_bytes()))
    endings = {name.rpartition(".")[2] for name in seed_files()} - set(photo)
    return {**dict.fromkeys(endings, _read), **photo}


def _read(path: Path) -> None:
    source = OpenSource(path, contract=_COMPLAINTS)
    source.describe()
    for _ in source.batches():
        pass


@cache
def seed_files() -> Mapping[str, bytes]:
    """Return sound files of every kind, made here; name → content."""
    rows = pd.DataFrame(
        {"工单编号": ["26110210811661", "0012"], "来电时间": ["2026-11-01 19:10", "11月2日"],
         "事发地址": ["示例花园3号楼2单元301", "槐荫路12号"], "诉求内容": ["有人\n补课", '晚托班,"吵"']}
    )  # fmt: skip
    points = gpd.GeoDataFrame(
        rows.rename(columns=dict(zip(rows, ("no", "at", "addr", "text"), strict=True))),
        geometry=[shapely.Point(117.12, 36.19), shapely.box(117, 36, 117.1, 36.1)], crs=4326,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write_tables(root, rows)
        points.to_file(root / "a.gpkg")
        points.to_file(root / "a.geojson")
        points.to_file(root / "a.kml", driver="KML")
        points.to_file(root / "a.gml", driver="GML")
        points.iloc[:1].to_file(root / "s.shp")
        with zipfile.ZipFile(root / "shape.zip", "w") as archive:
            for part in sorted(root.glob("s.*")):
                archive.write(part, part.name)
                part.unlink()
        for ending in ("jpg", "png", "webp"):
            exif = Image.Exif()
            exif[0x0112], exif[0x010E] = 6, "x" * 50
            Image.effect_noise((60, 40), 50).convert("RGB").save(root / f"a.{ending}", exif=exif)
        (root / "a.xsd").unlink(missing_ok=True)
        return {path.name: path.read_bytes() for path in sorted(root.iterdir()) if path.is_file()}


def _write_tables(root: Path, rows: pd.DataFrame) -> None:
    rows.to_excel(root / "a.xlsx", index=False)
    book = openpyxl.load_workbook(root / "a.xlsx")
    book.active.insert_rows(1)
    book.active["A1"] = "××街道台账"
    book.active.merge_cells("A1:D1")
    book.active["E3"] = "=A3&B3"
    book.create_sheet("第二").append(list(rows))
    book.save(root / "b.xlsx")
    rows.to_csv(root / "a.csv", index=False)
    rows.to_csv(root / "gbk.csv", index=False, encoding="gb18030", sep="\t", quoting=csv.QUOTE_ALL)
    rows.to_parquet(root / "a.parquet")
    rows.to_html(root / "a.html", index=False)
    records = rows.to_dict("records")
    (root / "a.json").write_text(json.dumps({"data": records}, ensure_ascii=False), "utf-8")
    lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in records)
    (root / "a.jsonl").write_text(lines, "utf-8")
    with zipfile.ZipFile(root / "table.zip", "w") as archive:
        archive.write(root / "a.xlsx", "folder/台账.xlsx")
