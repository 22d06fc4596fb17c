"""Read what a visit found from a Chinese sentence, where every part of it agrees.

发现3名学生正在上数学课，已制止 is a find; 大门紧锁，敲门无人应答 means that nobody was there. A
sentence that says both, tells of a permitted training or of a resident's own children, or holds no
words of a result is left to a person. What somebody reported is no finding.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from data.contracts.case_vocabulary import Finding
from data.contracts.screening.clauses import stated_clauses, verdict_in
from data.contracts.vocabulary import VisitResult

_HAN: Final = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]")
_LONGEST: Final = 300
_TAUGHT: Final = (
    r"补课|补习|培训|教学|授课|上.{0,4}课|讲课|讲授|听课|讲题|辅导|办班|开班|办学|托管|小饭桌|学科"
    r"|违规|违法|非法|黑机构"
)
_THINGS: Final = r"桌椅|课桌|黑板|白板|教辅|教材|试卷|教具|教室|粉笔|辅导材料|招生|广告|传单|海报"
_SIGNS: Final = rf"{_THINGS}|学生|孩子|小孩|儿童"
_LEFT: Final = re.compile(
    r"证照齐全|有证|合法|合规|持证|已备案|艺术|体育(?!局|和|部门)|舞蹈|美术|音乐|书法|钢琴|成人|职业|无偿|免费|公益|义务(?!教育)|志愿者"
    r"|(?:自家|自己|住户|户主|业主|房东|邻居|亲戚|其)的?(?:孩子|子女|小孩|儿子|女儿)"
    r"|排除|(?<![0-9０-９])[0０零]\s*(?:名|人|个)|除.{1,8}外|(?:未|没有?)(?:停|整改|制止|关|改正|搬|清)|(?:无法|难以|不能)(?:确认|判断|核实)|是否|证据不足"
)
"""What may be permitted, private, denied twice or undecided: a person reads it."""
_LICENCE: Final = re.compile(
    r"无(?:证(?!据)|照|资质|牌|许可)|未(?:办(?![班学])|经|取得|按|公示|备案|登记)|没有?(?:证(?!据)|执照|资质)"
    r"|(?:未|没有?|无|无法)[^，]{0,8}(?:许可|执照|资质|手续|资格)"
)
"""无证办学 and 未按规定 are no words for nothing."""
_OURS: Final = re.compile(
    r"^(?:已|并|当场|现场|及时|对其|向其|入户|进行|予以)*"
    r"(?:张贴|发放|宣传|教育|告知|要求|责令|约谈|提醒|劝|叮嘱|督促|登记|拍照|移交|下达|制止)"
)
"""What the visitors did or results."""
_ENDED: Final = re.compile(r"(?:停止|结束|取消|不再)(?!.*(?:仍|还)在)")
"""已停止补课 does not say that it was seen."""
_DOUBT: Final = re.compile(r"疑似|涉嫌|可疑|可能|怀疑|疑有|(?:听[到见]|传[出来]).{0,10}声")
_NONE: Final = re.compile(
    rf"(?:未|没有?|无)(?:再|能|有)*(?:发现|见到?|查到?|看到|听到|从事|开展|进行|组织|举办|存在)(?:.{{0,12}}"
    rf"(?:{_TAUGHT}|{_SIGNS}|异常|问题|隐患|迹象|痕迹|行为|情况|现象)|$)"
    rf"|(?:没有?|无|不存在)(?:任何|明显|其他|相关|可疑|校外|人员?|正?在|再)*(?:{_TAUGHT}|{_SIGNS}|异常|问题|隐患|聚集)"
    rf"|[并均]?[无不]存?在.{{0,10}}(?:{_TAUGHT})|(?:{_TAUGHT}).{{0,6}}(?:未发现|未见|不存在)$"
    r"|(?:一切|均|居住)正常$|^正常$"
)
_CLOSED: Final = (
    (
        VisitResult.REFUSED,
        re.compile(
            r"拒不(?:开门|配合|让)|拒绝(?:开门|检查|配合|入内|进入)|不予?配合|不(?:给|肯|让)(?:开门|进)"
        ),
    ),
    (
        VisitResult.GONE,
        re.compile(
            r"人去楼空|已经?(?:全部|自行|于.{1,20})?(?:搬离|搬走|搬迁|搬空|迁走|停业|关停|停办|歇业|注销|退租|清退|腾空)"
            r"|已经?(?:停止|不再)(?:营业|经营|办学|办班|招生)|^不再(?:营业|经营|办学)"
        ),
    ),
    (
        VisitResult.NOBODY,
        re.compile(
            r"无人(?:在家|应答|应门|开门|回应|在场|在内)?$|没人(?:在家|应答|开门|应)?$|敲门(?:后|多次|数次)*(?:均|未|无|没)"
            r"|(?:大门|房门|店门|铁门|防盗门|门)(?:已|均|被|处于)*(?:紧锁|上锁|锁闭|锁着|紧闭|关闭|落锁)|锁门|铁将军"
        ),
    ),
    (VisitResult.NO_ENTRY, re.compile(r"(?:未|无法|没)能?(?:进入|入户|进门|入内)")),
)
_FOUND: Final = re.compile(
    rf"(?<![未不没无])(?:发现|查获|查见|查到|查实|存在|正在|正|[仍还]在|仍有|确有|确实|现场有|从事|开展|组织|进行).{{0,16}}(?:{_TAUGHT})"
    r"(?!.{0,8}(?:检查|排查|整治|治理|巡查|专项|宣传|监管|执法|问题|线索|工作))"
    rf"|(?:学生|孩子|老师|教师).{{0,8}}(?:补课|补习|上.{{0,4}}课|讲课|授课|听课|讲解|讲授|讲题|辅导|参加.{{0,10}}(?:{_TAUGHT}))"
    r"|(?<![不非])(?:属于?|系|为|构成).{0,6}(?:违规|违法|无证|非法|黑|变异).{0,8}(?:补课|培训|办学|办班|教学|托管|机构|点)"
)
_DENIED: Final = re.compile(
    r"(?:没有?|[未无非]|不[是为])$|[无没]有?人|(?:不能|未能|无法|不足以)(?:证明|证实)"
)
_SIGN: Final = re.compile(
    rf"(?:发现|现场有|查获|查到|没收).{{0,16}}(?:{_SIGNS})"
    rf"|(?:见到?|有|张贴|摆放|存放|留有|改成|改为).{{0,16}}(?:{_THINGS})"
    r"|(?<![没未所])有.{0,8}(?:托管|补习|培训|辅导)(?:机构|班|点|中心)"
)


def result_of_sentence(text: str) -> str | None:
    """Return one of `VisitResult` that a sentence says, None where it says none or several.

    Examples
    --------
    >>> result_of_sentence("未发现学科类培训行为"), result_of_sentence("发现2名学生在补课，已制止")
    ('未发现异常', '属实')
    """
    if len(text) > _LONGEST or not _HAN.search(text):
        return None
    results = set()
    for clause in itertools.chain(*stated_clauses(text)):
        verdict, matter = verdict_in(clause)
        if verdict in _OF_VERDICT and not matter:
            results.add(_OF_VERDICT[verdict])
        elif verdict:
            return None
        else:
            results |= {*seen_in(clause)}
    result = agreed(results)
    return result.value if result and not is_left(text) else None


_OF_VERDICT: Final = {Finding.TRUE: VisitResult.FOUND, Finding.UNTRUE: VisitResult.NOTHING}


def is_left(text: str) -> bool:
    """Say whether a text tells of what is permitted, private, denied twice or undecided."""
    return _LEFT.search(text) is not None


def agreed(results: set[VisitResult]) -> VisitResult | None:
    """Return the one of several results that the others do not contradict."""
    found = results & {VisitResult.FOUND, VisitResult.SUSPECTED}
    others = results - {*found, VisitResult.NOTHING}
    if len(others) > 1 or (others and found):
        return None
    if VisitResult.FOUND in found and VisitResult.NOTHING in results:
        return None
    if others:
        return next(iter(others))
    if found:
        return VisitResult.FOUND if VisitResult.FOUND in found else VisitResult.SUSPECTED
    return VisitResult.NOTHING if results else None


def seen_in(clause: str) -> Iterator[VisitResult]:
    """Yield what a clause says that was seen: most are of what was done, or of nothing asked."""
    plain = _LICENCE.sub("违规", clause)
    closed = next((value for value, pattern in _CLOSED if pattern.search(clause)), None)
    if closed:
        yield closed
    elif _OURS.search(clause) or _ENDED.search(clause):
        return
    elif _NONE.search(plain):
        yield VisitResult.NOTHING
    elif found := _FOUND.search(plain):
        if _DENIED.search(plain[: found.start()]):
            yield VisitResult.NOTHING
        else:
            yield VisitResult.SUSPECTED if _DOUBT.search(plain) else VisitResult.FOUND
    elif _SIGN.search(plain) or (_DOUBT.search(plain) and re.search(_TAUGHT, plain)):
        yield VisitResult.SUSPECTED
