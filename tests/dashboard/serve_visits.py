"""Serve the fake wardens, for browser tests: serve_visits.py PORT LOG_FILE."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_visits import VisitAnswers

from dashboard import app as dashboard_app
from dashboard.runtime import context

if __name__ == "__main__":
    context.provide(VisitAnswers(Path(sys.argv[2])))  # type: ignore[arg-type] -- a fake
    dashboard_app.serve(port=int(sys.argv[1]))
