"""Vector tiles: what of a layer lies in a square of the map, cut on demand."""
