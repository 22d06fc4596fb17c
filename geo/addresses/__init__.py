"""Read postal addresses and find the building they mean."""

from geo.addresses.areas import Areas
from geo.addresses.normalise import normalise_address
from geo.addresses.parse import ParsedAddress, parse_address

__all__ = ["Areas", "ParsedAddress", "normalise_address", "parse_address"]
