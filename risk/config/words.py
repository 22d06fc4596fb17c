"""Words by which free text tells what a visit was for and what caused it; when it is evening."""

from typing import Final

from data.contracts.loader import read_purpose_words
from data.workspace.sections import section

PURPOSES: Final = ("routine", "revisit", "complaint", "licence", "other")
REPORT_WORDS: Final = (
    "投诉", "投訴", "举报", "檢舉", "信访", "陈情", "陳情", "工单", "线索", "12345",
    "complaint", "beschwerde", "plainte", "denuncia", "denúncia", "queja", "reclama",
    "segnalazione", "interwenc", "skarg", "жалоб", "苦情", "민원",
)  # fmt: skip
"""Words in the purpose (检查事由) of a visit that a report caused: one table for all readers."""
WORDS_OF_LANGUAGES: Final = read_purpose_words()
"""Words of further languages, which tell a class where those of the settings do not."""
RANDOM_MODES: Final = ("抽检",)
"""Ways of inspecting (检查方式) that choose their places at random."""
RANDOM_WORDS: Final = ("抽检", "随机抽查", "双随机", "random arm")
"""Words in the purpose of a visit to a place chosen at random."""
EVENING_FROM_HOUR: Final = 18.0
"""Local hour from which on it is evening: for what is learnt of visits, and where nothing else is
set of shifts."""


@section
class PurposeWords:
    """Words by which the free text of a visit's occasion tells its class, the first class first.

    A text that holds none of them, nor of `WORDS_OF_LANGUAGES`, is a visit for another purpose; a
    visit without a text is
    ``routine``, or a revisit (`risk.events.purposes.fill_in_purposes`). Case does not matter. What
    caused a visit is told by them, too: a report (``complaint``), chance (``random``, and the ways
    of inspecting of ``random_modes``), or a patrol (`risk.events.provenance`).
    """

    revisit: tuple[str, ...] = (
        "复查", "複查", "回头看", "整改核查", "revisit", "follow-up", "follow up", "followup",
        "re-inspection", "reinspection", "return inspection", "nachkontrolle", "覆查", "再監視",
        "再検査", "再調査", "재점검", "재검사", "seguimiento", "reinspección", "retorno",
        "sprawdzając", "повторн", "herinspectie", "uppföljande", "oppfølgende", "opfølgende",
    )  # fmt: skip
    complaint: tuple[str, ...] = REPORT_WORDS
    licence: tuple[str, ...] = (
        "许可", "证照", "办证", "备案核查", "licence", "license", "licensing", "permit",
        "new ownership",
    )  # fmt: skip
    routine: tuple[str, ...] = (
        "日常", "例行", "日查", "夜查", "抽检", "拉网", "routine", "periodic", "regelkontrolle",
        "常规", "定期", "정기", "programad", "rutina", "rotina", "programmat",
    )  # fmt: skip
    random: tuple[str, ...] = RANDOM_WORDS
    random_modes: tuple[str, ...] = RANDOM_MODES
