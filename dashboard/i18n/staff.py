"""How the people of the staff are named where one of them is chosen."""

import pandas as pd

from dashboard.i18n import Translator
from geo.addresses.lexicon import natural_key


def people_names(staff: pd.DataFrame, *, say: Translator) -> dict[str, str]:
    """Name each person of the staff who is on duty, with the role and the number."""
    on_duty = staff[staff["active"].astype(bool)]
    on_duty = on_duty.sort_values(["name", "person_id"], key=lambda texts: texts.map(natural_key))
    columns = (on_duty[name].tolist() for name in ("name", "role", "person_id"))
    return {
        str(person): " · ".join(
            text for text in (str(name), say.name("duty", str(role)), str(person)) if text
        )
        for name, role, person in zip(*columns, strict=True)
    }
