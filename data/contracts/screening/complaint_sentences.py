"""Read whether a complaint was true from what is written about its handling, where it is said.

经核实，情况属实，已责令停止 says so in a word. Texts that say none are left to a person, whatever
was found there, and so is what was reported, planned or supposed (如属实将依法查处), what is true
of another matter (噪音情况属实), and what contradicts itself.
"""

import re
from typing import Final

from data.contracts.case_vocabulary import Finding
from data.contracts.screening.visit_sentences import result_of_sentence
from data.contracts.vocabulary import VisitResult
from geo.addresses.traditional import SIMPLIFIED

_LONGEST: Final = 600
_CLAUSE: Final = re.compile(r"[，,。；;！!？?：:、\s【】\[\]（）()]+|但是?|不过|然而")
_LEFT_OUT: Final = re.compile(
    r"^(?:如|若|倘|一旦|一经|今后|后续|下一步|下步|拟|择日|并?将|要求|建议)|是否|属实率"
    r"|(?:有待|待|尚未|正在)(?:进一步|继续|上门|现场)*(?:核|查|调|处)|核实后|将(?:持续|继续|加强|依法|依规|联合|再次)"
    r"|(?:诉求人|来电人|反映人|投诉人|举报人|信访人|市民|群众|居民|网民|邻居|您).{0,6}(?:反映|投诉|举报|称|表示)"
    r"(?!.{0,16}(?:属实|不实|实据))"
)
"""Clauses of what was reported, is asked, or is still to come."""
_OUTCOMES: Final = (
    (Finding.UNVERIFIABLE, re.compile(r"(?:无法|不能|难以|未能|无从)(?:核实|查实|查证|证实|核查)")),
    (Finding.PARTLY, re.compile(r"(?:部分|基本)(?:情况)?属实")),
    (
        Finding.UNTRUE,
        re.compile(r"不属实|不实(?!名)|失实|与事实不符|查无(?:实据|此事)|无此(?:情况|事)"),
    ),
    (Finding.TRUE, re.compile(r"属实|查实|确有其事|确实存在$")),
)
_QUOTED: Final = re.compile(r"(?:称|说|：)“[^”]*”")
"""What somebody said, in quotation marks."""
_OTHER_MATTER: Final = re.compile(
    r"殴打|体罚|虐待|收费|收取|费用|在职|噪[音声]|扰民|消防|油烟|装修|停车|占道|违建|违章|卫生|垃圾"
    r"|物业费|退费|欠薪"
)
_REPEATED: Final = re.compile(r"重复(?:件|单|投诉|工单|反映|诉求|举报)")
"""What was answered before says nothing new."""

_AGAINST: Final = {Finding.TRUE: VisitResult.NOTHING, Finding.UNTRUE: VisitResult.FOUND}
"""What was found there that contradicts an outcome."""


def outcome_of_sentence(text: str) -> str | None:
    """Return one of `Finding` as a text on its handling says, None where none is said.

    Examples
    --------
    >>> outcome_of_sentence("经核实，情况属实，已责令停止"), outcome_of_sentence("已转教育局办理")
    ('属实', None)
    """
    plain = text.translate(SIMPLIFIED)
    if len(plain) > _LONGEST or _REPEATED.search(plain):
        return None
    clauses = _CLAUSE.split(_QUOTED.sub("", plain))
    clauses = [each for each in clauses if each and not _LEFT_OUT.search(each)]
    outcomes: set[Finding] = set()
    others = []
    for clause in clauses:
        value = next((value for value, pattern in _OUTCOMES if pattern.search(clause)), None)
        if value and _OTHER_MATTER.search(clause):
            return None
        if value:
            outcomes.add(value)
        else:
            others.append(clause)
    if len(outcomes) != 1:
        return None
    (value,) = outcomes
    against = _AGAINST.get(value)
    return None if against and result_of_sentence("，".join(others)) == against else value.value
