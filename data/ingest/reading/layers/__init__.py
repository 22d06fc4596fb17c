"""Read map layers: features with columns, and maps that others drew as rows of the basemap."""
