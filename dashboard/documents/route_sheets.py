"""A team's way on paper and in Excel: where, when, what to look for, a box to tick, a signature.

A sheet names buildings, times and signs. It never says why a building is on it, nor which one
chance has drawn, whatever the rows hold. Its labels are Chinese; on an English page both.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from dashboard.documents.html import render
from dashboard.documents.print_page import BOXES, LONG_NAME, NOTE, TICK_BOXES, fitting, pages_of
from dashboard.documents.workbook import Sheet, workbook
from dashboard.i18n import Translator, translator
from dashboard.i18n.patrol import clock, day_text, team_text

_ROWS_OF_FEW: Final = 14
"""Rows up to which a page has room for higher ones, with the address under the name."""
_ROWS_OF_BOTH: Final = 14
"""Rows of a page that says everything twice."""
_NUMBER: Final = re.compile(r"\d")
"""What an address holds that tells more than the name of the street office."""
_COLUMNS: Final = ("day", "part", "place", "arrive", "building", "address", "mode", "departments",
                   "look", "result", "signature")  # fmt: skip


def patrol_pages(shifts: Sequence[pd.DataFrame], *, office: str, say: Translator) -> str:
    """Return shifts as a page of HTML that prints on A4 landscape, 25 rows a page at most.

    ``shifts``: rows of ``team_routes.sheets`` in the order to walk them, a table for each shift;
    one without rows is left out.
    ``say``: a page in English says everything in both languages.
    """
    both = say.language != "zh"
    return render(
        "paper/route_sheets.html",
        labels=_labels(say),
        office=office,
        both=both,
        sheets=[
            sheet
            for rows in shifts
            if len(rows)
            for sheet in _sheets(rows, office=office, both=both)
        ],
        boxes=TICK_BOXES,
        footing=_footing(both=both),
    )


def patrol_book(shifts: Sequence[pd.DataFrame], *, office: str, say: Translator) -> bytes:
    """Write shifts into a workbook, a sheet for each team.

    ``shifts``, ``office``, ``say``: as for :func:`patrol_pages`.
    """
    labels = _labels(say)
    walked = [rows for rows in shifts if len(rows)]
    rows = pd.concat(walked, ignore_index=True) if walked else pd.DataFrame(columns=["team"])
    sheets = [
        Sheet(
            title=f"{team_text(team, say=translator('zh'))} {labels['title']}",
            table=pd.DataFrame(
                [_cells(row) for row in group.to_dict("records")], columns=list(_COLUMNS)
            ),
            headers={name: labels[name] for name in _COLUMNS},
            note=f"{office}　{NOTE}",
        )
        for team, group in rows.groupby("team", sort=True)
    ]
    empty = Sheet(title=labels["title"], table=pd.DataFrame(columns=list(_COLUMNS)), headers=labels)
    return workbook(sheets or [empty])


def _sheets(rows: pd.DataFrame, *, office: str, both: bool) -> list[dict[str, Any]]:
    """Return what stands on each page of a shift."""
    lines = rows.sort_values("place").to_dict("records")
    few = len(lines) <= _ROWS_OF_FEW
    pages = pages_of(lines, most=_ROWS_OF_BOTH) if both else pages_of(lines)
    return [
        {
            "classes": " ".join(name for name, so in (("both", both), ("few", few)) if so),
            "whose": _whose(rows, office, both=both),
            "number": number,
            "pages": len(pages),
            "lines": [_row(line, few=few) for line in page],
        }
        for number, page in enumerate(pages, start=1)
    ]


def _row(line: Mapping[Any, Any], *, few: bool) -> dict[str, Any]:
    name = str(line["name"])
    address = str(line.get("address") or "").removesuffix(name)
    return {
        "place": int(line["place"]),
        "building": name,
        "is_long": len(name) > LONG_NAME,
        "address": address if few and _NUMBER.search(address) else "",
        "arrive": clock(line["arrive"]),
        "look": fitting(_looks(line, "zh")),
        "look_en": next(iter(_looks(line, "en")), ""),
    }


def _cells(line: Mapping[Any, Any]) -> dict[str, Any]:
    say = translator("zh")
    return {
        "day": pd.Timestamp(line["day"]).date(),
        "part": say.name("part", str(line["part"])),
        "place": int(line["place"]),
        "arrive": clock(line["arrive"]),
        "building": str(line["name"]),
        "address": str(line.get("address") or ""),
        "mode": say.name("visit_kind", str(line["mode"])),
        "departments": "、".join(map(str, line["departments"])),
        "look": "、".join(_looks(line, "zh")),
        "result": TICK_BOXES,
        "signature": "",
    }


def _looks(line: Mapping[Any, Any], language: str) -> list[str]:
    return [translator(language).name("look_short", str(code)) for code in line["look_for"]]


def _whose(rows: pd.DataFrame, office: str, *, both: bool) -> str:
    """Say whose sheet this is: office, team, day, part of the day, hours, departments."""
    say, first = translator("zh"), rows.sort_values("place").iloc[0]
    ends = rows["arrive"] + rows["minutes"]
    texts = [
        office,
        team_text(first["team"], say=say),
        f"{first['day'].year}年{day_text(first['day'], say=say)}",
        say.name("part", str(first["part"])),
        f"{clock(rows['arrive'].min())}–{clock(ends.max())}",
    ]
    if both:
        english = translator("en")
        part = english.name("part", str(first["part"]))
        texts.append(f"{day_text(first['day'], say=english)} {part}")
    if departments := "、".join(map(str, first["departments"])):
        texts.append(f"联检：{departments}")
    return "　".join(text for text in texts if text)


def _footing(*, both: bool) -> str:
    if not both:
        return NOTE
    say = translator("en")
    boxes = " · ".join(f"{box} {say.name('visit_result', box)}" for box in BOXES)
    note = say(
        "Tick the box before the result. Counts only, no names; do not enter, do not "
        "punish, report what you find."
    )
    return f"{NOTE} {note} {boxes}"


def _labels(say: Translator) -> dict[str, str]:
    """Return what stands on a sheet, by column; in both languages unless the page is Chinese."""
    chinese = _labels_of(translator("zh"))
    if say.language == "zh":
        return chinese
    return {name: f"{chinese[name]} {text}" for name, text in _labels_of(say).items()}


def _labels_of(say: Translator) -> dict[str, str]:
    return {
        "title": say("Patrol route"),
        "none": say("No stops in this plan."),
        "place": say("Order"),
        "building": say("Building"),
        "arrive": say("Arrive"),
        "look": say("What to look for"),
        "result": say("Result"),
        "signature": say("Signature"),
        "day": say("Day"),
        "part": say("Part of the day"),
        "address": say("Address"),
        "mode": say("Kind of visit"),
        "departments": say("Departments"),
    }
