"""The map's side of the server: tiles and names, the first sight of a page, a unit's card."""
