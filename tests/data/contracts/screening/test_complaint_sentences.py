"""Whether a complaint was true, read from what its handling says, or left to a person."""

from pathlib import Path

import pytest

from data.contracts.registry import vocabulary_of
from data.contracts.screening.complaint_sentences import outcome_of_sentence

TEXTS: dict[str | None, list[str]] = {
    None: [
        "经社区网格员现场核实，该处为居民住宅，未发现培训行为，已回复市民。",
        "您好，您反映的“某小区3号楼违规补课”问题，经街道平安办联合社区现场检查，未发现违规培训行为，后续将加强巡查，如发现违规培训将依法查处。",
        "网格员上门核查，未发现补课现象，已向诉求人反馈，诉求人表示满意。",
        "经我街道工作人员现场核查：该地址为空置房，不存在补课行为。",
        "【办理结果】经现场核查未发现违规培训情况。【回访情况】满意",
        "民警与网格员联合上门，屋内仅业主一家三口，无补课情况。",
        "实地查看该商铺已关门停业，未发现从事培训活动",
        "该处为托管班，未发现学科培训内容，下一步将持续关注，如再次发现将依法取缔",
        "未发现。",
        "关于“某某花园7栋有人补课”的工单，我单位答复如下：经走访7栋各楼层并询问楼管员，均未发现有开设补习班的情况。",
        "经多部门联合检查，未发现该机构有学科类培训行为，亦无收费迹象。",
        "经暗访三次，未见学生出入，查无补课事实。",
        "您好，您反映的问题已收悉。经核查，该户确有学科类培训行为，已现场责令停止。感谢您的监督。",
        "检查发现该处有一名教师正在为5名小学生辅导数学，已制止。",
        "我局执法人员于2026年11月8日对该处进行检查，当场发现有初中学生11人在上物理课，授课人员无教师资格证，我局已对该处下达《责令停止办学通知书》。",
        "经核实，该户确实在家中开办小饭桌并辅导作业，已要求其停止",
        "多次敲门无人应答，将持续关注",
        "楼长称偶尔听到读书声，未能入户",
        "现场大门紧闭，未见人员出入，无法判断是否存在补课。",
        "该机构已于上月搬离",
        "与工单20261102重复，合并办理",
        "不属于本街道职权范围，已退单",
        "已转教育局办理",
        "正在办理中，待核实后回复",
        "如情况属实将依法查处",
        "该机构证照齐全，为合规非学科类培训机构",
        "市民反映该处有人补课，已派网格员核查",
        "噪音问题属实，补课问题不属实",
        "已办结",
        "已回复",
        "电话联系诉求人，诉求人撤诉",
        "该户系亲戚家孩子在家写作业",
        "将联合市场监管所、派出所开展联合检查",
        "是否属实有待进一步调查",
        "现场检查时门口贴有招生广告，室内有课桌椅，未见学生",
        "诉求人反映该处每晚补课，我社区已登记，择日上门。",
        "该问题已于2026年6月处理过，属重复投诉。",
        "Referred to education bureau",
        "复查中",
        "经调查，当事人承认曾于7月进行补课，现已停止",
        "请教育部门阅处",
        "承办单位：平安办 承办人：王芳 已签收",
        "因该处属邻近街道管辖，申请退回",
        "该机构持有办学许可证，属合规机构，已向市民解释。",
        "业主表示系自己孩子请的家教，一对一，已提醒。",
        "若经查属实，我局将依规处理并反馈。",
        "经初步了解，情况待进一步核实。",
        "商铺已关门停业，人去楼空",
        "属实率考核件",
        "已要求社区加强巡查，一经发现违规补课立即上报查处。",
        "下一步我街道将持续关注，如再次发现培训行为将依法取缔",
        "信访人反映问题已受理，15个工作日内答复",
        "12月1日已联系市民，市民要求保密，不再追究。",
        "经查，反映的噪音情况属实，未发现补课。",
        "学校已开展自查，要求教师签订承诺书，严禁有偿补课。",
        "该诉求不合理，不予支持",
        "前期已多次检查未果，将再次联合检查。",
        "物业表示不清楚是否有人补课",
        "经查，该处为自习室，仅提供座位，不提供教学服务。",
        "该处实为晚托班，已备案。",
        "经与市民沟通，市民称已自行解决。",
        "重复件，前期已答复：不属实。",
        "经协调，双方达成一致，已退还部分费用。",
        "我街道已第一时间组织人员核查处理，感谢您的关心。",
        "现场负责人表示只是同学聚会，未承认补课，继续观察。",
        "诉求已转派至城管中队。",
        "工单超时未处理，已督办。",
        "待定",
        "反映人要求严查，如不处理将继续投诉。",
        "虽未发现学生，但现场有大量教辅材料，不排除存在补课可能。",
        "该小区无7号楼，请诉求人补充准确地址。",
    ],
    "不属实": [
        "经查不属实",
        "反映不实，该户为自家孩子写作业",
        "查无实据",
        "所反映问题不属实。已做好解释工作。",
        "經查不屬實",
        "经与物业、楼长核实，该户近期无人补课，情况不属实",
        "尊敬的市民：您好！您的来电诉求已收悉。现就有关情况答复如下：经社区工作人员实地走访，该住户家中未见学生及教学设备，您反映的情况不属实。如您后续发现相关线索，可继续拨打12345反映。",
        "【核实情况】不属实【处理措施】已解释",
        "现场检查无异常，反映问题查无实据",
        "信访人所反映的有偿补课问题，经调查核实，不属实。",
        "投诉人所述情况与事实不符。",
        "经核实并无此事。",
    ],
    "属实": [
        "经查，反映情况属实，现场有8名学生，已责令停止，移交教育局。",
        "投诉属实，已下达责令整改通知书",
        "情况属实。1.已约谈负责人；2.已责令退费。",
        "经查实，该处存在无证办学行为，移送执法队立案处理。",
        "诉求人反映该处每晚补课，经上门核实，情况属实，已劝停",
        "舉報屬實，已責令停辦",
        "市民您好！关于您反映的某某路88弄12号501室违规办班一事，我街道高度重视，立即安排工作人员前往现场。经查，现场有2名教师、6名学生，确系学科类培训，您反映的情况属实。现已责令其立即停止，并将线索移交区教育局。感谢您对我们工作的支持！",
        "【核实情况】属实【处理措施】责令停止",
        "核查情况：确有其事，业主在家中为邻居孩子补习英语收取费用，已教育停止。",
        "经核，举报情况属实，已立案。",
        "查证属实，给予警告",
        "信访人所反映的教师有偿补课问题，经查属实，已对相关教师作出处理。",
        "已查实并关停",
        "您反映的问题，经核查确实存在，我们将督促其整改到位。",
        "教育局牵头核查：举报情况属实，涉事教师已停职调查。",
        "属实。",
    ],
    "无法核实": [
        "联系诉求人，其表示不愿提供具体地址，无法核实。",
        "多次上门均无人在家，暂无法核实",
        "因举报人未提供具体门牌号，无法查实。",
        "工作人员于11月3日、5日两次上门，均无人应门，无法核实。",
        "来电人匿名，无法联系，且地址不详，无法查证",
        "反映人提供的地址不存在，无法核实该情况",
        "因无法进入室内，暂未能核实，社区将继续跟进。",
    ],
    "部分属实": [
        "经核实，反映问题部分属实。",
        "基本属实，已整改",
        "反映事项部分属实：确有招收学生，但为美术类。",
        "举报内容部分属实，已对收费问题责令退还",
    ],
}


@pytest.mark.parametrize(
    ("outcome", "text"), [(outcome, text) for outcome, texts in TEXTS.items() for text in texts]
)
def test_an_outcome_is_read_where_the_handling_says_it(outcome: str | None, text: str) -> None:
    assert outcome_of_sentence(text) == outcome


@pytest.mark.parametrize("name", ["handlings.tsv", "unseen_handlings.tsv"])
def test_no_text_of_a_kept_list_is_read_wrongly(name: str) -> None:
    """Each line has the outcomes that may be read, ``?`` for none, and a text."""
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    read = [(line.split("\t"), outcome_of_sentence(line.split("\t")[1])) for line in lines]
    assert [text for (right, text), got in read if got and got not in right.split("/")] == []
    assert sum(got is not None for _, got in read) >= len(lines) // 5, "some are read"


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (None, "投诉人称情况属实。"),
        ("属实", "投诉人所称情况属实。"),
        ("属实", "投诉人所说属实。"),
        ("不属实", "不存在来电人反映的问题。"),
    ],
)
def test_a_claim_of_who_reported_is_no_outcome_and_what_is_found_of_it_is(
    outcome: str | None, text: str
) -> None:
    assert outcome_of_sentence(text) == outcome


@pytest.mark.parametrize("text", ["该投诉人多次投诉均不属实。", "此前举报经查属实。"])
def test_what_came_of_earlier_reports_is_no_outcome(text: str) -> None:
    assert outcome_of_sentence(text) is None


@pytest.mark.parametrize(
    "text", ["失实举报将影响信用。", "查无实据的做好解释。", "举报不实者担责。"]
)
def test_what_holds_of_such_reports_at_large_is_no_outcome(text: str) -> None:
    assert outcome_of_sentence(text) is None


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ("属实", "☑属实 □不属实"),
        ("不属实", "□属实 ☑不属实"),
        (None, "□属实 □不属实"),
    ],
)
def test_of_the_choices_of_a_form_the_ticked_one_counts(outcome: str | None, text: str) -> None:
    assert outcome_of_sentence(text) == outcome


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ("不属实", "1.关于补课问题，经查不属实；2.关于高价收费问题，经查不属实。"),
        ("部分属实", "1.关于无证办学问题，属实，已责令停止；2.关于殴打儿童问题，不属实。"),
        ("部分属实", "反映无证办学属实，反映收费十万元不属实。"),
        ("部分属实", "经查不完全属实。"),
        ("属实", "反映王某某在家中办班一事属实。"),
        (None, "反映李某系在职教师不属实。"),
        (None, "关于乱停车问题，经查属实。"),
        (None, "反映事项至今未查实。"),
        (None, "反映的补课问题不属实；反映的占道问题属实。"),
    ],
)
def test_a_word_counts_for_the_matter_that_it_is_of(outcome: str | None, text: str) -> None:
    assert outcome_of_sentence(text) == outcome


def test_what_somebody_is_quoted_with_is_no_outcome() -> None:
    assert outcome_of_sentence("反映人称“天天有人补课，情况属实，请来查”，现已派单。") is None


def test_every_outcome_is_a_word_of_the_contract() -> None:
    assert {outcome for outcome in TEXTS if outcome} <= set(
        vocabulary_of("complaints", "is_true").values
    )


def test_a_very_long_text_is_left_to_a_person() -> None:
    assert outcome_of_sentence("经核实，情况属实。" + "已处理。" * 200) is None
