"""Names of columns: each its own."""

from data.ingest.reading.headers.names import unique_names


def test_repeated_names_are_counted_whatever_is_called_so_already() -> None:
    labels = ["a", "a", "a(3)", "a", None, "a", "a(3)"]
    assert unique_names(labels) == ("a", "a(2)", "a(3)", "a(4)", "列5", "a(5)", "a(3)(2)")
