"""Reports on A4: of a building, of a community."""
