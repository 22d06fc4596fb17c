"""One module a page: twenty to forty lines, no rule in any."""
