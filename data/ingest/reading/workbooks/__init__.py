"""Read workbooks, and pages that go by the name of one."""
