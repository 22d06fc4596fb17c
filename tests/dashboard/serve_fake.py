"""Serve a fake office, for browser tests and benchmarks: serve_fake.py PORT BUILDINGS [empty]."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_office import FakeOffice

from dashboard import app as dashboard_app
from dashboard.runtime import context

if __name__ == "__main__":
    port, buildings = int(sys.argv[1]), int(sys.argv[2])
    days = () if "empty" in sys.argv else FakeOffice.snapshot_days
    context.provide(FakeOffice(buildings=buildings, snapshot_days=days))
    dashboard_app.serve(port=port)
