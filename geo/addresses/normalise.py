"""Make one key of every way to write the same building."""

from geo.addresses.parse import parse_address


def normalise_address(text: str) -> str:
    """Return the building-level key of an address: room, unit and areas stripped.

    ``示例区示例花园十二栋3单元1001室`` → ``示例花园12号楼``.
    A text that names no building gives the name it holds; a relative place
    keeps its 旁 or 对面, so that neither equals a building's key. Normalising a key changes
    nothing.

    ``text``: anything; '' gives '', and so does a text that holds areas only.

    Returns the key; use ``parse_address(text).names_building`` to know whether it is a building's.
    """
    # One reading is a key already for any real address. Noise may read differently once it is
    # cleaned, so the reading goes on until it repeats itself.
    keys = [text]
    while (key := parse_address(keys[-1]).key) not in keys:
        keys.append(key)
    return min(keys[keys.index(key) :])
