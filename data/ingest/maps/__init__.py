"""Maps that others drew: what their tags and layers mean as rows of the table `basemap`."""
