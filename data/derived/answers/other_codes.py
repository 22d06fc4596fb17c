"""Codes that later lists gave to buildings which are held under another one."""

from data.engine import Engine


def other_codes(engine: Engine) -> dict[str, str]:
    """Return other code → code that is held, of buildings that have one; no held code is another's.

    By it rows that name buildings and are not placed find theirs; the others are placed by it.
    """
    register = engine.table("buildings")
    both = register.select("building_id", "other_code").drop_null("other_code")
    both = both.anti_join(register.select(held="building_id"), [("other_code", "held")])
    rows = both.order_by(["other_code", "building_id"]).to_pyarrow().to_pydict()
    codes: dict[str, str] = {}
    for other, held in zip(rows["other_code"], rows["building_id"], strict=True):
        codes.setdefault(other, held)
    return codes
