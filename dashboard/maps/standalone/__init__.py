"""Maps as one file: the page, and the scripts and style that it carries."""
