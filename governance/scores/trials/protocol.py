"""The protocol of a trial: everything laid down before it begins, that can be sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from governance.scores.trials.design import TrialDesign, scores_of

if TYPE_CHECKING:
    import pandas as pd

    from data.results.snapshot import Snapshot

FORMAT: Final = 1
HYPOTHESES: Final = (
    "H1: of the buildings drawn from the high arm, more are found (属实) than of the low arm.",
    "H2: of the buildings drawn from the high arm, more are found than of the middle arm.",
)
ANALYSIS: Final = (
    (
        "Outcome of a building: the result that tells most (属实, 疑似 or 未发现异常) of the first "
        "day of the span on which somebody could look there, whoever went and why. 属实 is a find."
    ),
    (
        "By intention first: every building drawn counts in its arm; without a look it has no "
        "find. Beside it by what was done: only buildings where somebody could look."
    ),
    (
        "Difference of two shares with Newcombe's hybrid score interval; it is shown when its "
        "interval leaves out 0. H2 is tested only where H1 was shown."
    ),
    (
        "Also reported, deciding nothing: Wilson's interval of each arm, the Cochran–Armitage "
        "trend, and the finds that the score predicted beside those that were made."
    ),
    "Level of all intervals: 1 - alpha / (1 + days on which the result was looked at early).",
    "Read from the day on which no visit of the span can be recorded any more.",
)


def protocol_of(
    trial_id: str, design: TrialDesign, snapshot: Snapshot, *, key: str
) -> dict[str, Any]:
    """Return everything that is laid down before a trial begins; the same each time.

    The hash of the snapshot's manifest, which has that of each of its files, is part of it.

    ``key``: of the draw, in hex.
    """
    from data.results.serialization import canonical, sha256
    from risk.evaluation.trial.draw import arms_of, draw_arms

    scores, secret = scores_of(snapshot), bytes.fromhex(key)
    arms = arms_of(scores, low_until=design.low_until, high_from=design.high_from, key=secret)
    drawn = draw_arms(scores, arms, per_arm=design.per_arm, weeks=design.weeks, key=secret)
    return {
        "format": FORMAT,
        "trial_id": trial_id,
        "design": design.to_plain(),
        "manifest_sha256": sha256(canonical(snapshot.manifest).encode()),
        "key": key,
        "hypotheses": list(HYPOTHESES),
        "analysis": list(ANALYSIS),
        "buildings": [
            [row["building_id"], row["arm"], int(row["week"]), float(row["score"])]
            for row in drawn.to_dict("records")
        ],
    }


def drawn_of(protocol: Mapping[str, Any]) -> pd.DataFrame:
    """Return the buildings of a protocol: `risk.evaluation.trial.draw.DRAWN`."""
    import pandas as pd

    from risk.evaluation.trial.draw import DRAWN

    rows = protocol["buildings"]
    frame = pd.DataFrame(rows, columns=list(DRAWN))
    return frame.astype({"building_id": "str", "arm": "str", "week": int, "score": float})
