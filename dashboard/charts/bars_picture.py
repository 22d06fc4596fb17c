"""Bars as a picture for papers: a count of each place, beside what it was before."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

from dashboard.documents.reports.bulletins.fonts import Font, font

NOW, BEFORE = "#31699f", "#b9c6d3"
_TEXT: Final = "#1d2733"
_OVERSAMPLED: Final = 2
_WIDTH_PX: Final = 1_100
_ROW_PX: Final = 44


def bars_picture(places: Sequence[tuple[str, int, int | None]], *, now: str, before: str) -> bytes:
    """Draw two bars for each place.

    ``places``: name, count now and count before, None where it is not known; drawn in this order.

    Returns a PNG.
    """
    high, scale = _ROW_PX * (len(places) + 1), _OVERSAMPLED
    picture = Image.new("RGB", (_WIDTH_PX * scale, high * scale), "#ffffff")
    draw, text = ImageDraw.Draw(picture), font(round(_ROW_PX * 0.44) * scale)
    step, left = _ROW_PX * scale, round(_WIDTH_PX * 0.2) * scale
    most = max([1, *(max(count, earlier or 0) for _, count, earlier in places)])
    unit = (_WIDTH_PX * scale * 0.98 - left - step) / most
    _draw_legend(draw, ((NOW, now), (BEFORE, before)), left, step, text)
    for number, (name, count, earlier) in enumerate(places, start=1):
        top = number * step
        draw.text((left - step // 4, top + step // 2), name, font=text, anchor="rm", fill=_TEXT)
        if earlier is not None:
            box = (left, top + step * 0.52, left + earlier * unit, top + step * 0.78)
            draw.rectangle(box, fill=BEFORE)
        draw.rectangle((left, top + step * 0.18, left + count * unit, top + step * 0.5), fill=NOW)
        end = left + max(count, earlier or 0) * unit + step // 5
        words = str(count) if earlier is None else f"{count} ({earlier})"
        draw.text((end, top + step * 0.46), words, font=text, anchor="lm", fill=_TEXT)
    target = io.BytesIO()
    small = picture.resize((_WIDTH_PX, high), Image.Resampling.LANCZOS)
    small.save(target, "PNG", optimize=True)
    return target.getvalue()


def _draw_legend(
    draw: ImageDraw.ImageDraw, parts: Sequence[tuple[str, str]], left: int, step: int, text: Font
) -> None:
    x = float(left)
    for colour, words in parts:
        draw.rectangle((x, step * 0.3, x + step * 0.5, step * 0.7), fill=colour)
        draw.text((x + step * 0.7, step * 0.5), words, font=text, anchor="lm", fill=_TEXT)
        x += step * 1.5 + draw.textlength(words, font=text)
