"""Read map layers, tables of dBASE, and maps that others drew as rows of the basemap."""
