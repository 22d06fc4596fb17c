"""Parts of a page: one function show(...) each."""
