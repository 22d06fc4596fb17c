"""Split a text on what was done into the clauses that state something, of here and now.

What somebody reported (市民反映每晚有人补课), what is quoted, planned, promised, forbidden, asked
or supposed (如属实将依法查处) states nothing of what was found. Both readers of sentences begin
here: that of visits and that of complaints.
"""

import re
from collections.abc import Iterator
from typing import Final

from data.contracts.case_vocabulary import Finding
from geo.addresses.traditional import SIMPLIFIED

_SENTENCE: Final = re.compile(r"[。！!？?；;\n]+|(?<=[^0-9])(?=[1-9１-９][.．、])")
_CLAUSE: Final = re.compile(r"[，,：:\s【】\[\]（）()]+|但是?|不过|然而")
_QUOTED: Final = re.compile(
    r"(?<=[称说：:问映报诉])的?[“「『\"][^”」』\"]{6,}[”」』\"]"
    r"|[“「『\"][^”」』\"]*[”」』\"](?=[一的之等]{0,2}(?:说|传言|误传)|[系是属为]{1,2}误)"
)
"""The words of somebody: too long for a name, or called a saying."""
_UNTICKED: Final = re.compile(r"[□☐]\s*[\u4e00-\u9fff]*")
"""A choice of a form that was not made."""
_WHO: Final = (
    r"(?:诉求|来电|反映|投诉|举报|信访|来信|陈情)人|市民|群众|居民|网民|网友|邻居"
    r"|物业|家长|业主|房东|住户|其|您"
)
_REPORTED: Final = re.compile(
    rf"^(?:据|接到?|收到|根据|经)?(?:{_WHO})(?:的?来电)?.{{0,6}}(?:反映|投诉|举报|称|说|表示|来电|要求|希望)"
    r"|^(?:并|又|还|且)?(?:称|表示|声称|自称|认为|要求|希望|申请|请求?)|^(?:接|收到|据).{0,8}(?:反映|举报|投诉|来电)|来电反映"
)
_OF_REPORT: Final = re.compile(r"属实|不实|实据|实情|存在$")
"""反映的情况属实 is about a report and is none."""
_CLAIMED: Final = re.compile(r"(?<!所)(?:称|说(?!明)|表示|认为|要求|希望)")
"""投诉人称情况属实 is said by whom it is of."""
_EARLIER: Final = re.compile(
    r"(?:上一?次|上回|前次|此前|之前|前期|以往|历次|往年|去年)(?!.*(?:仍|依然|依旧|还在|又|再次))"
    r"|(?:多次|屡次|反复)(?:投诉|举报|反映|来电)"
)
"""What was found or answered earlier says nothing of now, unless it goes on."""
_AFTER_REPORT: Final = re.compile(
    r"^(?:经|现|我|已|网格|社区|街道|执法|工作人员|民警|[未无没不]有?(?:能|再|曾)?(?:发现|见|查|异常|人应|人在|存在)|无人|暂?[无难未][法以从能]|敲门|上门|入户|检查|核|查|情况|但|实际|多次|该|大门|拒)"
)
"""Begins what came of a report, in its sentence."""
_COMING: Final = re.compile(
    r"^(?:如(?![实下期上])|若|倘|一旦|一经|今后|后续|下一步|下步|接下来|下阶段)|(?:如果?|若)(?:经|情况|查|反映|再|发现)+"
)
"""Supposed or planned; the rest of the sentence is, too."""
_NOT_YET: Final = re.compile(
    r"^(?:拟|择日|并?将|建议|请)|是否|属实率|查实后|属实后|(?:(?<![现以])将|会)(?:持续|继续|加强|依法|依规|联合|再次|严肃|移送|尽快|立即|及时|第一时间)"
    r"|(?:有待|待|尚未|正在|正)(?:进一步|继续|上门|现场)*(?:核|查|调|处(?!于)|办(?![班学]))"
    r"|不得|严禁|禁止|不会|承诺|保证|防止|杜绝|避免|否认"
)


def stated_clauses(text: str) -> list[list[str]]:
    """Return, by sentence, the clauses of a Chinese text that state what was found or done.

    Examples
    --------
    >>> stated_clauses("市民反映每晚补课。上门未發現異常，如再发现将查处")
    [['上门未发现异常']]
    """
    plain = _QUOTED.sub("", _UNTICKED.sub("", text.translate(SIMPLIFIED)))
    sentences = ([*_stated(_CLAUSE.split(each))] for each in _SENTENCE.split(plain))
    return [each for each in sentences if each]


def _stated(clauses: list[str]) -> Iterator[str]:
    reported = False
    for clause in clauses:
        if _COMING.search(clause):
            return
        if _REPORTED.search(clause) and (_CLAIMED.search(clause) or not _OF_REPORT.search(clause)):
            reported = True
        elif not reported or _AFTER_REPORT.search(clause):
            reported = False
            if clause and not (_NOT_YET.search(clause) or _EARLIER.search(clause)):
                yield clause


_VERDICTS: Final = (
    (
        Finding.UNVERIFIABLE,
        re.compile(r"(?:无法|不能|难以|未能|无从)(?:进一步)?(?:核实|查实|查证|证实|核查)"),
    ),
    (Finding.PARTLY, re.compile(r"(?:部分|基本|不完全|不全|不尽)(?:情况)?属实")),
    (
        Finding.UNTRUE,
        re.compile(
            r"[不非]属实|不实(?!名)|失实|(?:与|并非|不是)(?:客观|实际)?事实(?:不符|不一致)?$|查无(?:实据|此事)|无此(?:情况|事)"
            r"|(?:反映|投诉|举报|所称|所述|诉求)的?(?:情况|问题|事项)?(?:均|并)?不(?:存在|成立)|不存在(?:该|此|上述|所述|(?:您|其|\w{2}人|市民|群众)?所?反映的?)(?:情况|问题|现象)$"
        ),
    ),
    (
        Finding.TRUE,
        re.compile(r"(?<!未)(?<!能)属实|(?<![未待请没能])查实|确有(?:其|此)事|确实存在$"),
    ),
)
_OF_NOUN: Final = re.compile(r"的|者|举报|投诉|信访|信息|线索")
"""After a word of an outcome makes it say of which reports something holds: 失实举报影响信用."""
_SUBJECT: Final = re.compile(
    r"所[说言]|反映|投诉|举报|诉求|来电|来信|关于|针对|核查|核实|调查|查|称|所述"
)
"""After the last of these comes what a verdict is of."""
_PLAIN: Final = re.compile(
    r"的|该|此|其|所|均|都|并|也|为|系|是|您|我|一事|情况|问题|事项|内容|线索|行为|现象|存在|认定|证|后|经|已|确|即|完全|[a-zA-Z0-9“”「」『』\"号楼栋幢座单元室户弄层、.．\-—]"
)
_OF_TEACHING: Final = re.compile(
    r"违规|违法|有偿|无证|非法|擅自|补课|补习|培训|教学|授课|上课|辅导|办班|开班|办学|托管|晚托|晚辅|学科类?|教师|老师|学生|聚集|集中|出入|家中|家里|住宅|小区|居民|利用|开办|开设|从事|开展|组织|[有内班]|[\u4e00-\u9fff]某+"
)
"""What is left without these, and the words before, is another matter: 收费十万元不属实."""


def verdict_in(clause: str, topic: str = "") -> tuple[Finding | None, str]:
    """Return the verdict that a clause gives in a word, and of what: "" of the report or teaching.

    ``topic``: of what the sentence is that the clause is in, where the clause itself does not say.
    """
    for value, pattern in _VERDICTS:
        word = pattern.search(clause)
        if word and not _OF_NOUN.match(clause, word.end()):
            return value, matter_of(clause[: word.start()]) or topic
    return None, ""


def matter_of(text: str) -> str:
    """Return what words that introduce a report, or are of teaching, leave of a text."""
    rest = _OF_TEACHING.sub("", _PLAIN.sub("", _SUBJECT.split(text)[-1]))
    return rest if len(rest) > 1 else ""
