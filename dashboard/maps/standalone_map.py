"""Maps as one file: folium with its assets inside, which opens on any PC without internet."""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.template import Template
from xstatic.pkg import leaflet

from dashboard.documents.html import render
from geo.errors import GridwardenError

ASSETS = Path(__file__).parents[1] / "assets"
LEAFLET = Path(leaflet.BASE_DIR)
MAX_ZOOM = 19
_WGS84 = "EPSG:4326"
_PRECISION = 1e-6  # degrees: a tenth of a metre
_JS, _CSS = "leaflet.js", "leaflet.css"
# Addresses that are names or credits, never fetched.
_HARMLESS = re.compile(r"https?://(?:www\.w3\.org/|leafletjs\.com|mths\.be/|github\.com/Leaflet/)")
_ADDRESS = re.compile(r"""(?:https?:)?//[\w\[][^\s"'<>)]*""")
_FETCHING = re.compile(
    r"""(?:src|href|action|data|poster)\s*=\s*["']?\s*([^"'\s>]+)|url\(\s*["']?([^"')]+)|"""
    r"""@import\s+["']([^"']+)|\bfetch\(\s*["'`]([^"'`]+)|import\(\s*["'`]([^"'`]+)""",
    re.IGNORECASE,
)


class UnknownAddressError(GridwardenError):
    """A map that should stand alone would fetch something."""


class StandaloneMap(folium.Map):  # type: ignore[misc]  # folium ships no types
    """A folium map that needs Leaflet alone and carries it inside.

    Starts without a basemap. Plugins that bring scripts of their own make :meth:`page` fail.
    """

    default_js = [("leaflet", _JS)]  # noqa: RUF012 -- folium reads class lists
    default_css = [("leaflet_css", _CSS)]  # noqa: RUF012 -- folium reads class lists

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- folium's own options
        super().__init__(tiles=None, prefer_canvas=True, control_scale=False, **options)
        self.add_child(_Scale())
        self.add_child(_Patterns())
        self.add_child(_OnPaper())
        # Without tiles nothing else tells Leaflet where to stop.
        self.options["maxZoom"] = MAX_ZOOM
        self.options["attributionControl"] = False

    def page(self, *, title: str, above: str = "", below: str = "") -> str:
        """Return the map as one HTML page.

        ``title``: plain text; it is escaped here.
        ``above``, ``below``: HTML over the map, whose texts the caller has escaped.

        Raises `UnknownAddressError` when the page would fetch anything at all.
        """
        figure = self.get_root()
        figure.title = escape(title)
        figure.html.add_child(Element(above), name="above")
        figure.html.add_child(Element(below), name="below")
        figure.render()  # collects the links that elements ask for
        _inline_links(figure)
        self.default_js, self.default_css = [], []
        figure.header.add_child(Element(f"<style>{_PAGE_STYLE}</style>"), name="page_style")
        html = str(figure.render())
        check_standalone(html)
        return html


class _Scale(MacroElement):  # type: ignore[misc]  # branca ships no types
    """A metric scale bar; folium's own shows feet as well."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.control.scale({imperial: false}).addTo({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )


class _OnPaper(MacroElement):  # type: ignore[misc]  # branca ships no types
    """Fit what is seen, or the map's ``paperBounds``, on a page of A4 while it is printed.

    In a frame, it is printed as it is seen.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}(map => { if (window !== parent) return;"
        "let seen; const snap = map.options.zoomSnap, paper = on => {"
        "document.body.classList.toggle('gw-paper', on); map.options.zoomSnap = on ? 0 : snap;"
        "map.invalidateSize({animate: false}); };"
        "addEventListener('beforeprint', () => { const bounds = map.paperBounds ?? map.getBounds();"
        "seen = [map.getCenter(), map.getZoom()]; paper(true); map.fitBounds(bounds,"
        "{animate: false, paddingTopLeft: [10, 90], paddingBottomRight: [10, 10]}); });"
        "addEventListener('afterprint', () => { paper(false);"
        "map.setView(...seen, {animate: false}); });"
        "})({{ this._parent.get_name() }});{% endmacro %}"
    )


class _Patterns(MacroElement):  # type: ignore[misc]  # branca ships no types
    """Fill what has a ``pattern`` with it as well: tiers are told apart without colour."""

    _template = Template(
        "{% macro header(this, kwargs) %}<script>(() => { {{ this.tile }}"
        "const plain = L.Canvas.prototype._fillStroke, made = new Map();"
        "L.Canvas.include({ _fillStroke(ctx, layer) { const o = layer.options;"
        "plain.call(this, ctx, layer);"
        "if (!o.pattern || o.pattern === 'plain') return;"
        "const key = o.pattern + o.color;"
        "if (!made.has(key)) made.set(key,"
        " ctx.createPattern(patternTile(o.pattern, o.color), 'repeat'));"
        "ctx.globalAlpha = 0.8; ctx.fillStyle = made.get(key); ctx.fill('evenodd'); } });"
        "addEventListener('DOMContentLoaded', () => {"
        " for (const key of document.querySelectorAll('i[data-pattern]')) {"
        " const tile = patternTile(key.dataset.pattern, key.style.borderColor);"
        " const seen = Object.assign(document.createElement('canvas'), {width: 20, height: 12});"
        " const ctx = seen.getContext('2d'); ctx.fillStyle = ctx.createPattern(tile, 'repeat');"
        " ctx.fillRect(0, 0, 20, 12); key.append(seen); } });"
        "})();</script>{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()
        self._name = "Patterns"
        self.tile = _pattern_script()


@cache
def _pattern_script() -> str:
    """Return the function of the street map that draws patterns."""
    script = (ASSETS / "map/street/units.js").read_text(encoding="utf-8")
    return "function patternTile" + script.partition("export function patternTile")[2]


def style_of(fill: str, outline: str, *, width_px: float, opacity: float) -> dict[str, Any]:
    """Return a GeoJSON path style."""
    return {"fillColor": fill, "color": outline, "weight": width_px, "fillOpacity": opacity}


def heading(title: str, facts: str, note: str = "") -> str:
    """Return the panel over a map: a title, a line under it and a note, all plain text."""
    return render("map/heading.html", title=title, facts=facts, note=note)


def legend(items: Iterable[tuple[str, str, str, str]], *, height: str = "") -> str:
    """Return the panel that names colours: fill, outline, plain text and pattern of each."""
    named = [
        {"fill": fill, "outline": outline, "name": name, "pattern": pattern, "height": height}
        for fill, outline, name, pattern in items
    ]
    return render("map/legend.html", items=named)


def add_shapes(
    target: StandaloneMap,
    shapes: Sequence[Any] | np.ndarray,
    *,
    name: str,
    styles: Sequence[dict[str, Any]],
    labels: Sequence[str] = (),
    precision_mode: str = "valid_output",
) -> None:
    """Add polygons, lines or points to a map; nothing else of them travels with the page.

    ``shapes``: WGS-84 geometries, written to a tenth of a metre.
    ``styles``: one path style for each shape, in order.
    ``labels``: what the tooltip of each says, plain text; none without.
    ``precision_mode``: as :func:`shapely.set_precision` takes it.
    """
    frame = gpd.GeoDataFrame(
        {"label": [escape(text) for text in labels]} if labels else {},
        geometry=shapely.set_precision(shapes, _PRECISION, mode=precision_mode),
        crs=_WGS84,
    )
    folium.GeoJson(
        frame,
        name=name,
        style_function=lambda feature: styles[int(feature["id"])],
        marker=folium.CircleMarker(radius=7, fill=True),
        tooltip=folium.GeoJsonTooltip(["label"], labels=False) if labels else None,
        smooth_factor=0.5,
    ).add_to(target)


def check_standalone(html: str) -> None:
    """Make sure that a page fetches nothing.

    Raises `UnknownAddressError` with the first address that is neither inlined nor known to be a
    mere name.
    """
    for address in _addresses(html):
        if not address.startswith(("data:", "#", "blob:")) and not _HARMLESS.match(address):
            raise UnknownAddressError("unknown_address", seen=address, expected="a local asset")


def _addresses(html: str) -> Iterator[str]:
    known = _asset(_JS)
    rest = html.replace(known, "")  # Leaflet's own code is checked once, by a test in a browser
    for match in _FETCHING.finditer(rest):
        yield next(group for group in match.groups() if group)
    for match in _ADDRESS.finditer(rest):
        yield match.group()


def _inline_links(figure: Figure) -> None:
    for name, child in list(figure.header._children.items()):  # noqa: SLF001 -- branca has no accessor
        if isinstance(child, JavascriptLink):
            figure.header.add_child(Element(f"<script>{_asset(child.url)}</script>"), name=name)
        elif isinstance(child, CssLink):
            figure.header.add_child(Element(f"<style>{_asset(child.url)}</style>"), name=name)


@cache
def _asset(name: str) -> str:
    if name not in {_JS, _CSS}:
        raise UnknownAddressError("unknown_address", seen=name, expected="a local asset")
    text = (LEAFLET / name).read_text(encoding="utf-8")
    if name == _JS:
        return re.sub(r"/[/*]# sourceMappingURL=.*", "", text)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"url\((images/[\w.-]+)\)", _image, text)


def _image(match: re.Match[str]) -> str:
    content = base64.b64encode((LEAFLET / match.group(1)).read_bytes()).decode()
    return f"url(data:image/png;base64,{content})"


_PAGE_STYLE = """
body { font-family: "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  color: #1d2733; }
.leaflet-container { font: inherit; background: #f1efea; }
.leaflet-tooltip { font-size: 13px; border-color: #b6c0ca; white-space: normal;
  width: max-content; max-width: min(420px, calc(50vw - 24px)); }
.gw-panel { position: fixed; z-index: 900; background: rgb(255 255 255 / 94%);
  border: 1px solid #d5dbe1; border-radius: 6px; padding: 8px 14px; font-size: 13px;
  line-height: 1.5; }
.gw-top { top: 10px; left: 54px; max-width: min(560px, calc(100vw - 120px)); }
.gw-top h1 { font-size: 17px; margin: 0 0 2px; }
.gw-top p { margin: 0; color: #4a5563; }
.gw-bottom { right: 10px; bottom: 24px; }
.gw-bottom ul { list-style: none; margin: 0; padding: 0; }
.gw-bottom li { display: flex; align-items: center; gap: 8px; margin: 3px 0; }
.gw-bottom i { width: 22px; height: 14px; box-sizing: border-box; border: 1px solid; }
.gw-bottom i canvas { display: block; }
.gw-side { right: 10px; top: 10px; width: 300px; max-height: calc(100vh - 230px); overflow: auto; }
.gw-side summary { font-weight: 650; cursor: pointer; }
.gw-side ol { list-style: none; margin: 6px 0 0; padding: 0; }
.gw-side li { display: flex; gap: 7px; align-items: baseline; padding: 3px 0; }
.gw-side li i { flex: none; width: 10px; height: 10px; border-radius: 2px; }
.gw-side li b { flex: none; min-width: 18px; text-align: right; }
.gw-side em { font-style: normal; color: #4a5563; }
.gw-side small { display: block; color: #4a5563; font-size: 12px; }
@media (max-width: 700px) { .gw-side { top: auto; bottom: 24px; left: 10px; right: auto;
  width: 56vw; max-height: 34vh; } }
@page { size: A4 landscape; margin: 10mm; }
.gw-paper .folium-map { width: 277mm !important; height: 188mm !important; }
@media print {
  .leaflet-bar { display: none; }
  .gw-panel { position: absolute; }
  .gw-bottom { bottom: auto; top: 10px; }
  .gw-side { top: 190mm; left: 0; right: 0; width: auto; max-height: none; border: 0; }
  .gw-side ol { columns: 3; }
  .gw-side li { break-inside: avoid; }
}
"""
