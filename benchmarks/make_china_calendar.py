"""Write ``data/calendars/china.csv`` from the public package ``chinesecalendar``.

    python benchmarks/make_china_calendar.py

Nothing else needs the package. Run it again when the State Council has announced the next year
and the package has it.
"""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from chinese_calendar import constants  # installed for this alone

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
HEADER = ("from", "to", "kind", "name", "source")


def main() -> None:
    """Write one row per stretch of days of one kind and name, in order."""
    origin = f"chinesecalendar {version('chinesecalendar')}"
    years = sorted({day.year for day in constants.holidays})
    rows = [
        (date(years[0], 1, 1), date(years[-1], 12, 31), "announced", "", f"国务院公布；{origin}")
    ]
    for kind, days in (("holiday", constants.holidays), ("makeup_workday", constants.workdays)):
        for first, last, name in _stretches(days):
            notice = f"国务院办公厅关于{first.year}年节假日安排的通知；{origin}"
            rows.append((first, last, kind, NAMES[name], notice))
    path = Path(__file__).parents[1] / "data" / "calendars" / "china.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(sorted(rows))


def _stretches(days: Mapping[date, str]) -> list[tuple[date, date, str]]:
    """Join days that follow each other under one name, within one year."""
    found: list[tuple[date, date, str]] = []
    for day in sorted(days):
        name = days[day]
        if (
            found
            and found[-1][1:] == (day - timedelta(days=1), name)
            and (day.month, day.day) != (1, 1)
        ):
            found[-1] = (found[-1][0], day, name)
        else:
            found.append((day, day, name))
    return found


if __name__ == "__main__":
    main()
