"""Addresses as written in the United States: only the Chicago run needs them."""
