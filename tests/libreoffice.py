"""What tests that look at papers as LibreOffice makes them share."""

import pytest

from governance.records.rendering.pdf import can_make_pdf

needs_libreoffice = pytest.mark.skipif(not can_make_pdf(), reason="no LibreOffice is installed")
