"""Settings for the tests of geo."""

from hypothesis import settings

# How long an example takes depends on the neighbours of the machine; time is judged in benchmarks.
settings.register_profile("gridwarden", deadline=None)
settings.load_profile("gridwarden")
