"""Show that the rules are kept: read, export and prune the audit log, export tables as files.

Unmasked columns leave only after a second person approved, and complainants' identities only one
ticket at a time; each leaves an audit line.
"""
