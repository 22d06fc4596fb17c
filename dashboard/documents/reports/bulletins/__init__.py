"""Bulletins on paper: words and numbers, pictures, Word templates and workbooks."""
