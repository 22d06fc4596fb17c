"""The sentence about the top tenth follows its interval."""

import pytest

from dashboard.i18n import translator
from dashboard.i18n.evaluation.verdict import promised
from risk.evaluation.report.overstatement import overstatement


@pytest.mark.parametrize(
    ("expected", "observed", "english", "chinese"),
    [
        (137.0, 92.0, "there were 92: it overstates by a factor of 1.5 (likely 1.2 to 1.8).",
         "高估了"),
        (92.0, 137.0, "it understates; there were 1.5 times as many (likely 1.3 to 1.8).",
         "低估了"),
        (100.0, 96.0, "can tell (predicted over observed 1.0, likely 0.9 to 1.3).", "大致相符"),
        (8.0, 0.0, "8.0 finds and there were none: it overstates by a factor of 2.2 at least.",
         "至少是实际"),
        (2.0, 0.0, "2.0 finds and there were none: too few to say whether it overstates.",
         "次数太少"),
    ],
)  # fmt: skip
def test_the_top_tenth_is_said_to_promise_too_much_too_little_or_neither(
    expected: float, observed: float, english: str, chinese: str
) -> None:
    found = overstatement(expected, observed)
    said = promised(found, say=translator("en"))
    assert said.startswith("In the tenth that it ranks highest the score predicted ")
    assert said.endswith(english)
    assert chinese in promised(found, say=translator("zh"))
