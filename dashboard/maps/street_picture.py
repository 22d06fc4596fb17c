"""The map of the street as a picture for papers: communities coloured by a count."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from PIL import Image, ImageDraw

from dashboard.documents.reports.bulletins.fonts import font
from dashboard.maps.paper_basemap import AREA_COLOURS, ROAD_STYLES, clipped

CLASSES: Final = ("#f4f1ea", "#d5e0ec", "#a6c2de", "#6b98c6", "#31699f")
"""From none to most; read in grey as well."""
_UNKNOWN: Final = "#e3e6ea"
_BORDER, _TEXT, _HALO = "#46566b", "#1d2733", "#ffffff"
_OVERSAMPLED: Final = 2
_WIDTH_PX: Final = 1_000
_HEIGHT_PX: Final = 760
_MARGIN: Final = 0.03
_ROAD_SCALE: Final = 0.55
_ALPHA: Final = 190
"""How much of the basemap shows through a community's colour: 255 would be nothing."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Puts longitude and latitude on a picture, north up, true to shape at its middle."""

    west: float
    north: float
    scale_x: float
    scale_y: float
    left: float
    top: float

    @classmethod
    def of(cls, bounds: tuple[float, float, float, float], width: int, height: int) -> "Layout":
        """Return the layout in which bounds fill a picture, centred, with a margin."""
        west, south, east, north = bounds
        narrowed = float(np.cos(np.radians((south + north) / 2)))
        wide, high = max((east - west) * narrowed, 1e-9), max(north - south, 1e-9)
        scale = (1 - 2 * _MARGIN) * min(width / wide, height / high)
        left, top = (width - wide * scale) / 2, (height - high * scale) / 2
        return cls(west, north, scale * narrowed, scale, left, top)

    def points(self, geometry: Any) -> list[tuple[float, float]]:  # noqa: ANN401 -- shapely ships no types
        """Return the places of a line or ring, in pixels."""
        lon, lat = shapely.get_coordinates(geometry).T
        x = self.left + (lon - self.west) * self.scale_x
        y = self.top + (self.north - lat) * self.scale_y
        return list(zip(x.tolist(), y.tolist(), strict=True))


def street_picture(
    communities: pd.DataFrame,
    features: pd.DataFrame,
    counts: Mapping[str, int],
    *,
    legend: str,
    credit: str = "",
) -> bytes:
    """Draw communities by a count.

    ``communities``, ``features``: as `governance.scores.basemap.Places.communities` and
    `BasemapService.features` give them.
    ``counts``: by community code; one that is not named is grey.
    ``credit``: whose the basemap is.

    Returns a PNG.
    """
    size = (_WIDTH_PX * _OVERSAMPLED, _HEIGHT_PX * _OVERSAMPLED)
    picture = Image.new("RGB", size, "#fbf9f5")
    shapes = shapely.from_wkb(communities["geom"].map(bytes).tolist())
    foot = round(0.09 * size[1])
    if len(shapes):
        bounds = tuple(shapely.total_bounds(np.asarray(shapes, dtype=object)).tolist())
        layout = Layout.of(bounds, size[0], size[1] - foot)
        breaks = class_breaks(counts.values())
        _draw_basemap(picture, features, bounds, layout)
        _colour(picture, shapes, communities["unit"].tolist(), counts, breaks, layout)
        _draw_names(picture, communities, shapes, counts, layout)
        _draw_legend(picture, breaks, legend, foot)
        _draw_credit(picture, credit, foot)
    target = io.BytesIO()
    picture.resize((_WIDTH_PX, _HEIGHT_PX), Image.Resampling.LANCZOS).save(
        target, "PNG", optimize=True
    )
    return target.getvalue()


def class_breaks(counts: Any) -> tuple[int, ...]:  # noqa: ANN401 -- any iterable of whole numbers
    """Return the highest count of each class but the last: 0, then quarters of the highest."""
    most = max([0, *counts])
    steps = {round(most * part / 4) for part in (1, 2, 3)} - {0}
    return (0, *sorted(each for each in steps if each < most))


def class_of(count: int, breaks: tuple[int, ...]) -> int:
    """Return the class of a count, 0 for none."""
    return sum(count > each for each in breaks)


def _colour_of(count: int, breaks: tuple[int, ...]) -> str:
    place = class_of(count, breaks)
    return CLASSES[place if place == 0 else len(CLASSES) - 1 - len(breaks) + place]


def _draw_basemap(
    picture: Image.Image, features: pd.DataFrame, bounds: tuple[float, ...], layout: Layout
) -> None:
    draw = ImageDraw.Draw(picture)
    inside = clipped(features, shapely.box(*bounds).buffer(0.001, join_style="mitre"))
    for kind, colour in AREA_COLOURS.items():
        for shape in inside.loc[inside["kind"] == kind, "shape"]:
            for polygon in _polygons(shape):
                draw.polygon(layout.points(polygon.exterior), fill=colour)
    roads = inside[(inside["kind"] == "道路") & (inside["dimension"] == 1)]
    for casing in (True, False):
        for level, shape in zip(roads["level"], roads["shape"], strict=True):
            colour, width = ROAD_STYLES.get(level, ROAD_STYLES[""])
            wide = round((width + casing * 2) * _ROAD_SCALE * _OVERSAMPLED)
            for line in shapely.get_parts(shape):
                draw.line(layout.points(line), "#cfc8bb" if casing else colour, max(wide, 1),
                          joint="curve")  # fmt: skip


def _colour(
    picture: Image.Image, shapes: Any, codes: list[str],  # noqa: ANN401 -- shapely ships no types
    counts: Mapping[str, int], breaks: tuple[int, ...], layout: Layout,
) -> None:  # fmt: skip
    over = Image.new("RGBA", picture.size)
    fill = ImageDraw.Draw(over)
    for code, shape in zip(codes, shapes, strict=True):
        colour = _colour_of(counts[code], breaks) if code in counts else _UNKNOWN
        for polygon in _polygons(shape):
            fill.polygon(layout.points(polygon.exterior), fill=(*_rgb(colour), _ALPHA))
    picture.paste(over, (0, 0), over)
    draw = ImageDraw.Draw(picture)
    for shape in shapes:
        for polygon in _polygons(shape):
            draw.line(layout.points(polygon.exterior), _BORDER, 2 * _OVERSAMPLED, joint="curve")


def _draw_names(
    picture: Image.Image, communities: pd.DataFrame, shapes: Any, counts: Mapping[str, int],  # noqa: ANN401 -- as above
    layout: Layout,
) -> None:  # fmt: skip
    draw = ImageDraw.Draw(picture)
    name_font, count_font = (font(round(size * picture.size[1] / _HEIGHT_PX), bold=True)
                             for size in (27, 33))  # fmt: skip
    rows = zip(communities["unit"], communities["name"], shapes, strict=True)
    for code, name, shape in rows:
        [(x, y)] = layout.points(shapely.point_on_surface(shape))
        text = str(name).removesuffix("社区").removesuffix("村")
        lines = [((x, y), text, name_font, "mb")]
        if code in counts:
            lines.append(((x, y + 4), str(counts[code]), count_font, "mt"))
        for place, words, drawn_in, anchor in lines:
            draw.text(place, words, _TEXT, drawn_in, anchor, stroke_width=3 * _OVERSAMPLED,
                      stroke_fill=_HALO)  # fmt: skip


def _draw_legend(picture: Image.Image, breaks: tuple[int, ...], legend: str, foot: int) -> None:
    draw, text = ImageDraw.Draw(picture), font(round(foot * 0.42))
    x, y, side = round(foot * 0.4), picture.size[1] - foot // 2, round(foot * 0.42)
    draw.text((x, y), legend, font=text, anchor="lm", fill=_TEXT)
    x += round(draw.textlength(legend, font=text)) + side
    lows = [0, *(each + 1 for each in breaks)]
    for low, high in zip(lows, [*breaks, None], strict=True):
        words = f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}"
        box = (x, y - side // 2, x + side, y + side // 2)
        draw.rectangle(box, fill=_colour_of(low, breaks), outline=_BORDER, width=_OVERSAMPLED)
        draw.text((x + side + 8, y), words, font=text, anchor="lm", fill=_TEXT)
        x += side * 2 + round(draw.textlength(words, font=text))


def _draw_credit(picture: Image.Image, credit: str, foot: int) -> None:
    place = (picture.size[0] - foot // 4, picture.size[1] - foot // 8)
    ImageDraw.Draw(picture).text(
        place, credit, font=font(round(foot * 0.24)), anchor="rb", fill=_TEXT
    )


def _polygons(shape: Any) -> Iterator[Any]:  # noqa: ANN401 -- as above
    for part in shapely.get_parts(shape):
        if shapely.get_type_id(part) == shapely.GeometryType.POLYGON and not part.is_empty:
            yield part


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
