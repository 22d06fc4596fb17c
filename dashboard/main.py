"""The script that Streamlit runs for every visitor: frame, language, navigation, page."""

from dashboard.ui import frame

page = frame.open_page()
if page is not None:
    with page.run():
        frame.navigate(page).run()
