"""Serve a fake office, for browser tests and benchmarks: serve_fake.py PORT BUILDINGS [empty]."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from fake_office import FakeOffice
from flat_services import Composed

from dashboard import app as dashboard_app
from dashboard.runtime import context

if __name__ == "__main__":
    port, buildings = int(sys.argv[1]), int(sys.argv[2])
    days = () if "empty" in sys.argv else FakeOffice.snapshot_days
    office: Any = Composed(FakeOffice(buildings=buildings, snapshot_days=days))
    context.provide(office)
    dashboard_app.serve(port=port)
