"""The page and the JSON API of public reports, before any sign-in."""
