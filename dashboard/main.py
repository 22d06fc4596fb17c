"""The script that Streamlit runs for every visitor: frame, language, navigation, page."""

from dashboard.runtime.run_queue import script_runs
from dashboard.ui import frame

with script_runs.turn():
    page = frame.open_page()
    if page is not None:
        with page.run():
            frame.navigate(page).run()
