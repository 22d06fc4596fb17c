"""Say whether the words around a name are only what may stand around it.

Callers put areas without their 区 or 社区, a gate, a yard or half a sentence before or behind the
name of an estate. What is none of these belongs to the name: 新锦绣花园 is not 锦绣花园.
"""

import re
from collections.abc import Iterable
from typing import Final

from geo.addresses.lexicon import HAN

_AREA_WORD: Final = re.compile(
    r"省|市辖区|市|区|县|镇|乡|街道办事处|街道办|街道|街办|街(?![\d道])|古城|办事处|社区居委会|社区|居委会|居委|村委会|村|辖区|地区"
)
_GATE: Final = re.compile(
    r"(?:[东西南北正大前后侧旁]|[东西]南|[东西]北)?门(?:口)?(?:进去|进来|进|入口|内侧|内|里)?(?:左[转拐]|右[转拐]|往里|直走)?"
)
_ROAD: Final = re.compile(
    rf"[{HAN}]{{1,6}}?(?:大道|(?<!铁)路|街|巷|胡同)(?:[东西南北中]段)?"
    r"(?:(?:[甲乙丙丁特临]?\d+(?:-\d+)?号?(?:[附之]\d+号?)?)(?:大?院)?)?"
)
_SAYING: Final = re.compile(
    r"[\u4e00-\u9fff]{1,3}?(?:女士|先生|小姐|同志|阿姨|大爷|师傅)|市民|群众|当事人|工作人员|执法人员|检查人员|网格员|房东|房主|租客|承租人|出租人|经营者|民警|物业|保安|居民|村民|家长|业主|邻居|住户|网友|网民|学生|同学|孩子|小孩|班主任|老师|教师|机构|老板|有人|某人|人员|"
    r"[来打致]电人?|来访人?|来信人?|(?:投诉|举报|反映|诉求|信访|咨询|申请|匿名|该|有|多名|一名|某)人?|(?:我|他|她|你|俺)们?家?|其(?=[住家所在位小居])|行政处罚|检查|现场|工单|转办|交办|经营场所|注册地址|登记地址|"
    r"本人|家里|家中|自家|朋友|同事|亲戚|"
    r"听说|听(?=.{1,4}[说讲])|据说|就是|打电话的?|那个|这个|经查|经核查|经核实|反映|反应|举报|投诉|来电|来访|咨询|求助|建议|诉求|声称|称|说|表示|告知|发现|看到|听到|得知|怀疑|"
    r"住在|家住|现住|租住|居住[于的在]?|住址|住|位于|座落于?|坐落于?|地处|地址|地点|位置|具体|详细|就在|是在|在|于|到|去|至|从|"
    r"(?:微信|QQ)?群(?:里|内|中)?|里(?=[说讲传])|"
    r"请问|请到|请去|(?:[查看问]|核实|核查|处理)一?下|一下|一查|看看|请查处|请核查|请核实|请查|请|你好|您好|麻烦|希望|要求|要|想|需要|核查|核实|查处|查看|检查|巡查|走访|排查|"
    r"是不是|是否|能否|有没有|有个|有一家|有一个|有|一家|一个|一户|某|的|了|是|为|将|把|对|向|"
    r"每天|每晚|每周末|周末|周[一二三四五六日天]|星期[一二三四五六日天]|晚上|晚间|夜间|白天|上午|下午|中午|早上|"
    r"昨天|昨晚|今天|前天|近日|近期|最近|长期|一直|经常|多次|再次|目前|现在|寒假|暑假|假期|放学后|"
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]|\d{1,2}[点时]半?|"
    r"[出求转招急]租|房源|关于|县城|城区|市区|城里|镇上|老城|事发地?|案发地?|涉事|违规|无证|非法|私自|"
    r"[,，:：.。\-·()（）、;；!！?？]"
)
_REPORT_BEHIND: Final = re.compile(
    r"(?<=.{4})(?:的?[那这某]一?家|里?有(?:人|个|一|老师|几|很多|不少|多)|一直|长期|经常|每[天晚周]|晚上|周[末一二三四五六日]|"
    r"疑似|涉嫌|违规|无证|私自|这里|开[设办的了]|举办|办班|补课|补习|辅导班|[张王李刘陈]?老师)[^\dA-Z号栋幢座楼]*$"
)
_PREAMBLE: Final = re.compile(
    r"^[^\d号]{2,24}?(?:有限公司|有限责任公司|分公司|事务所|合作社)(?!家属|宿舍|[内院里楼])|"
    r"^(?:(?!小区|社区)(?:村民|[^路街道巷弄村屯寨苑园城院厂坊庄里区县镇乡号楼厦栋幢座\dA-Z])){1,20}?(?:位于|住在|查处|[在系查到称于说把将]|住(?![宅院])|反映|举报|投诉)"
    r"(?![教办搞给为家这那楼上补])"
)
"""市民来电反映其孩子在: half a sentence that names no place, up to the word before an address."""
_YARD: Final = re.compile(
    r"(?:职工|单位)?(?:家属大?院|宿舍大?院|家属区|大院|院)(?:内|里面?|里边)?|内部?|里[面边头]?|中|"
    r"(?:住宅)?小区(?:内|里面?|中)?|社区|住宅区|生活区|楼盘|写字楼|住宅楼|居民楼"
)
_ASIDE: Final = re.compile(rf"(?:{_GATE.pattern}|{_YARD.pattern}|[,，:：\-·()（）、的])+")
_LEAST_LENGTH: Final = 2
_BEFORE: Final = (_SAYING, _GATE, _ROAD)
_BEHIND: Final = (_GATE, _YARD, re.compile(r"[,，:：\-·()（）、的]"))


class Surroundings:
    """Knows the areas of a register.

    ``stems``: names of provinces, cities, districts, streets and communities without the word for
    what they are.
    """

    def __init__(self, stems: Iterable[str]) -> None:
        self._stems = frozenset(stem for stem in stems if len(stem) > 1)
        self._lengths = sorted({len(stem) for stem in self._stems}, reverse=True)

    def may_precede(self, text: str) -> bool:
        """Say whether a text may stand before a name and mean nothing for it."""
        return self._is_made_of(text, _BEFORE)

    def may_follow(self, text: str) -> bool:
        """Say whether a text may stand between a name and its number and mean nothing for it."""
        return self._is_made_of(text, _BEHIND)

    def without_beginning(self, text: str) -> list[str]:
        """Return a text without the words it begins with, and without the areas behind them."""
        starts, reached = {0}, {0}
        for start in range(len(text)):
            if start in starts and (word := _SAYING.match(text, start)):
                starts.add(word.end())
            if start in starts | reached:
                reached.update(self._ends(text, start, (_SAYING,)))
        if preamble := _PREAMBLE.match(text):
            starts.add(preamble.end())
        names = [
            text[at:]
            for at in sorted(starts - {0}, reverse=True)
            if len(text) - at >= _LEAST_LENGTH
        ]
        names += [
            text[at:]
            for at in sorted(reached - starts, reverse=True)
            if len(text) - at > _LEAST_LENGTH
        ]
        return names

    def without_saying(self, text: str) -> str:
        """Return the address in a sentence that begins or ends with other words; else ''."""
        start = 0
        while word := _SAYING.match(text, start):
            start = word.end()
        while preamble := _PREAMBLE.match(text[start:]):
            start += preamble.end()
        named = _REPORT_BEHIND.sub("", text[start:])
        return named if named != text else ""

    def says_nothing(self, text: str) -> bool:
        """Say whether a text is words of a sentence and gates, and names no area."""
        if (preamble := _PREAMBLE.match(text)) and preamble.end() == len(text):
            return True
        reached = {0}
        for start in range(len(text)):
            if start in reached:
                reached.update(_ends_of_words(text, start, (_SAYING, _GATE)))
        return len(text) in reached

    def is_area(self, text: str) -> bool:
        """Say whether a text is an area of the register, without the word for what it is."""
        return text in self._stems

    def is_aside(self, text: str) -> bool:
        """Say whether a text is a gate or a yard: an area behind a name is part of the name."""
        return _ASIDE.fullmatch(text) is not None

    def _is_made_of(self, text: str, words: tuple[re.Pattern[str], ...]) -> bool:
        reached, size = {0}, len(text)
        for start in range(size):
            if start in reached:
                reached.update(self._ends(text, start, words))
        return size in reached

    def _ends(self, text: str, start: int, words: tuple[re.Pattern[str], ...]) -> set[int]:
        """Return where the words that may begin at a place end."""
        ends = _ends_of_words(text, start, words)
        for length in self._lengths:
            if text[start : start + length] in self._stems:
                end = start + length
                ends.add(end)
                if area := _AREA_WORD.match(text, end):
                    ends.add(area.end())
        return ends


def _ends_of_words(text: str, start: int, words: tuple[re.Pattern[str], ...]) -> set[int]:
    return {found.end() for word in words if (found := word.match(text, start))}
