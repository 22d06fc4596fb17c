"""What a visit found, read from a sentence, or left to a person."""

from pathlib import Path

import pytest

from data.contracts.screening.visit_sentences import result_of_sentence
from data.contracts.vocabulary import VisitResult

SENTENCES = {
    VisitResult.FOUND: [
        "发现3名学生正在上数学课，已制止",
        "发现无证补课，责令停止",
        "现场有2名学生在补习英语",
        "发现未办证补课，下达整改通知书",
        "未按要求整改，仍在补课",
        "经核查属实，已取缔",
        "正在进行小学语文辅导，学生6人",
        "存在违规补课行为，已约谈负责人",
        "老师正在给学生讲题",
        "发现违规",
        "经检查，该户正在组织4名小学生进行数学补课，现场责令停止并登记",
        "发现无证无照办学",
        "现场有学生上课，没有办学手续",
        "发现未成年人补课",
        "未经许可开展培训",
        "教师正在授课",
        "投诉属实",
        "举报属实，已整改",
        "反映情况属实，现已停止",
        "现场有20名学生在补课",
        "上次责令停止后仍在上课",
        "现场系违规培训点",
        "发现教师正在办班",
    ],
    VisitResult.SUSPECTED: [
        "发现招生广告1份",
        "未发现学生，但有黑板和桌椅",
        "现场有5名学生",
        "疑似补课，待进一步核实",
        "涉嫌违规开展学科类培训",
        "现场有桌椅、黑板，未见学生",
        "要求其停止补课，现场有12名学生",
        "上门时无学生，发现教辅资料若干",
        "现场未发现学生上课，室内有课桌椅20套",
        "当日无课，门口贴有招生海报",
        "没收教材30册",
        "未发现学生但有课桌",
        "住房改成教室，未见学生",
        "发现家长接送孩子",
        "未发现有学生上课，门口张贴有招生广告",
    ],
    VisitResult.NOTHING: [
        "未发现无证补课行为",
        "无教师授课",
        "没有老师在上课",
        "无人在该处组织补课",
        "不是学生上课",
        "不存在校外培训情况",
        "未发现补课，如发现将立即上报",
        "未发现学科类培训行为",
        "未发现违规培训",
        "经查，该处未从事学科类培训",
        "据邻居反映周末有学生上课，未发现异常",
        "正常",
        "一切正常",
        "居住正常",
        "无学生，无培训",
        "无异常",
        "未见异常情况",
        "没有发现补课现象",
        "不存在违规培训",
        "经核查不属实",
        "反映情况不实",
        "查无实据",
        "检查某某教育培训机构，未发现违规行为",
        "排查未发现异常，已张贴宣传单",
        "入户宣传双减政策，未发现问题",
        "告知不得开展学科类培训，未发现补课",
        "学生家长在家，无补课",
        "孩子在家写作业，无人补课",
        "无人员聚集",
        "未发现聚集补课",
        "复查未发现再次培训",
        "暂未发现",
        "未发现",
        "未查到培训行为",
        "没有人在上课",
        "未见有人补课",
        "查看现场无补课行为，系居民自住",
        "未开展培训",
        "系家庭聚会，无学生",
        "检查未来之星培训机构，未发现问题",
        "居民反映不实",
        "投诉不属实",
        "该户为小饭桌，未发现教学",
        "走访未见异常，入户宣传教育",
        "现场未见开班",
        "为棋牌室，无学生",
        "没有补课",
        "没补课",
        "无补课",
        "不存在补课",
    ],
    VisitResult.REFUSED: [
        "拒不开门",
        "拒绝配合检查",
        "住户不配合，拒绝入内",
        "保安不让进",
    ],
    VisitResult.NOBODY: [
        "大门紧锁，敲门无人应答",
        "大门紧锁",
        "家中无人",
        "敲门无人应",
        "门锁着，无人",
        "多次敲门无人回应",
        "群众反映每晚有补课，敲门无人",
        "没人",
    ],
    VisitResult.NO_ENTRY: [
        "未能进入",
        "无法入户",
        "门锁，未进入",
        "仍有学生进出，未能进入室内",
    ],
    VisitResult.GONE: [
        "已搬离",
        "该机构已搬走，人去楼空",
        "已停止办学，现场无学生",
        "已关停，未发现补课",
        "房东告知租户已退租",
    ],
}
LEFT = [
    "如发现补课将立即上报",
    "下一步将持续巡查，发现违规培训立即查处",
    "街道组织开展校外培训专项检查",
    "严禁开展学科类培训",
    "业主否认从事补课",
    "大学生志愿者辅导学生做作业",
    "公益课堂，有老师授课",
    "房东说租给夫妻俩，没办班",
    "市民称每晚有人补课，要求查处",
    "计划周末联合开展补课专项检查",
    "第0间教室有学生0名",
    "第2间教室有学生3名",
    "发现0名学生上课",
    "有学生在写作业，系住户子女，未发现补课",
    "该处为艺术类培训，证照齐全",
    "普通居民住宅",
    "发现小饭桌，无学科培训",
    "已责令整改",
    "已整改",
    "空置房",
    "无人居住",
    "普通办公",
    "该培训机构证照齐全，未发现违规",
    "现场教育、告知其不得从事学科培训",
    "业主称自己孩子在学习",
    "复查：已停止补课",
    "发现",
    "发现问题2处",
    "不再培训",
    "无证无照",
    "房门关闭，听到有上课声音",
    "里面有老师讲课声，拒不开门",
    "检查未来之星培训机构",
    "未停止补课",
    "已排除补课嫌疑",
    "不排除补课可能",
    "除桌椅外未发现异常",
    "发现无偿补课",
    "未取得办学许可证",
    "无证据表明补课",
    "无法判断是否补课",
    "多名家长接送孩子",
    "未见异样",
    "二楼有人上课",
    "未开门营业",
    "店铺未营业",
    "无人员进出，门锁",
    "正在装修",
    "已要求补课老师停止上课",
    "现场教师已停止上课",
    "该处已停止上课",
    "学生已散去",
    "经查系瑜伽馆",
    "上次检查时发现有学生上课",
    "该处此前查获补课",
    "听见讲课声，敲门后没人开门",
    "检查组认为“发现补课”一说有误",
    "发现有人补课，证据不足",
    "去年曾查获补课，责令停止",
    "该址为培训机构",
]
"""Permitted, private, denied twice, two results in one, or nothing of a result."""


@pytest.mark.parametrize(
    ("sentence", "result"),
    [(sentence, result) for result, some in SENTENCES.items() for sentence in some],
)
def test_a_sentence_of_which_all_parts_agree_is_a_result(
    sentence: str, result: VisitResult
) -> None:
    assert result_of_sentence(sentence) == result


@pytest.mark.parametrize("sentence", LEFT)
def test_a_sentence_that_may_mean_another_thing_is_left_to_a_person(sentence: str) -> None:
    assert result_of_sentence(sentence) is None


@pytest.mark.parametrize("text", ["", "。", "Pass w/ Conditions", "No tutoring found", "补" * 301])
def test_what_is_no_chinese_sentence_is_left_to_the_lists_of_words(text: str) -> None:
    assert result_of_sentence(text) is None


def test_two_sentences_that_disagree_are_left_to_a_person() -> None:
    for first, some in SENTENCES.items():
        for other in {VisitResult.FOUND, VisitResult.GONE, VisitResult.NOBODY} - {first}:
            if {first, other} & {VisitResult.NOTHING, VisitResult.SUSPECTED} == set():
                assert result_of_sentence(f"{some[0]}；{SENTENCES[other][0]}") is None


def test_a_missing_permit_is_no_word_for_nothing() -> None:
    assert result_of_sentence("经核实，没有相关办学许可和营业手续，已责令整改") is None


def test_no_visit_of_a_kept_list_is_read_wrongly() -> None:
    """Each line has the results that may be read, ``?`` for none, and a sentence."""
    lines = Path(__file__).with_name("unseen_visits.tsv").read_text("utf-8").splitlines()
    read = [(line.split("\t"), result_of_sentence(line.split("\t")[1])) for line in lines]
    assert [text for (right, text), got in read if got and got not in right.split("/")] == []
    assert sum(got is not None for _, got in read) >= len(lines) // 5, "some are read"
