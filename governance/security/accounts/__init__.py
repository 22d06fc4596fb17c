"""Accounts and the roles and scopes granted to them; signing in, sessions, blocks after failures.

`administration` and `grants` are what administrators do, `sign_in` and `sessions` what everybody
does; `authentication` checks passwords and counts failures for them.
"""
