"""The rules of cases: pure functions of a case's state, the calendar and the table of deadlines."""
