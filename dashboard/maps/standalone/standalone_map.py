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

ASSETS = Path(__file__).parents[2] / "assets"
LEAFLET = Path(leaflet.BASE_DIR)
_FOLDER = Path(__file__).parent
"""Scripts and style that are put into a page."""
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
        self.add_child(MapScript("page", needs=_pattern_script()))
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
        figure.header.add_child(Element(f"<style>{_style()}</style>"), name="page_style")
        html = str(figure.render())
        check_standalone(html)
        return html


class MapScript(MacroElement):  # type: ignore[misc]  # branca ships no types
    """A script of ours that works on a map, put into its page.

    ``name``: of its file: the function there is called with the map and ``facts``.
    ``needs``: JavaScript that must stand before it.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}(() => { {{ this.needs }}"
        "({{ this.function }})({{ this._parent.get_name() }}, {{ this.facts|tojson }});"
        "})();{% endmacro %}"
    )

    def __init__(self, name: str, *, needs: str = "", **facts: Any) -> None:  # noqa: ANN401 -- JSON
        super().__init__()
        self._name = "MapScript"
        self.function, self.needs, self.facts = _function(name), needs, facts


@cache
def _function(name: str) -> str:
    text = (_FOLDER / f"{name}.js").read_text(encoding="utf-8")
    return text.partition("export default ")[2].rstrip()


@cache
def _style() -> str:
    return (_FOLDER / "page.css").read_text(encoding="utf-8")


@cache
def _pattern_script() -> str:
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
