"""From features to scores, points, ranks and intervals of buildings and larger units."""
