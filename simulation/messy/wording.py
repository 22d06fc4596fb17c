"""Write complaints in callers' words, open and disguised; every phrase is invented."""

import numpy as np

from geo.arrays import Ints, Objects, Texts
from simulation.truth.reports import NOT_OUR_BUSINESS

SUBJECTS = ("数学", "英语", "语文", "物理", "化学", "数xue", "英yu", "S学", "大语文", "思维训练")
STAGES = ("小学", "初中", "高中", "幼小衔接", "初三", "小学三年级", "高一")
SHELLS = (
    *("托管", "晚托", "自习室", "AI自习室", "作业辅导", "家庭教育指导", "咨询", "一对一"),
    *("1V1", "小班课", "众筹私教", "住家教师", "研学", "布课", "拼班"),
)
_SEEN = (
    "每天晚上六点以后有大量学生集中出入，电梯要等十多分钟",
    "周末从早到晚都有学生背着书包上下楼，{pupils}来个孩子",
    "有人以{shell}的名义补{subject}，按次收费",
    "一名自称{stage}老师的人租房开{shell}，收费不低",
    "楼道里贴了{shell}的小广告，写着加V详聊，位置私发",
    "家长的电动车和汽车把楼下路口堵死，一问都是来上{subject}课的",
    "窗帘一直拉着，敲门不开，里面有讲课的声音，听着像{subject}",
    "之前查过一次，搬到这里又开起来了，还是教{stage}{subject}",
    "屋里摆了好多套桌椅和白板，暑假天天上课",
    "孩子同学在这里上{subject}小班，说是{shell}，其实就是补ke",
)
_FEARED = (
    "怀疑有人办{shell}，具体不清楚，请核实",
    "经常看到学生进出，不知道是不是在补课",
    "楼上天天有小孩跑跳，估计是开了{shell}",
    "看到招聘{subject}家教的信息，留的地址在这里",
    "听邻居说有老师在家里给学生补{subject}，请查一下",
    "这家{shell}有没有资质，请相关部门看一下",
)
_OTHER = (
    "楼下烧烤店油烟扰民",
    "小区停车位被占，物业不管",
    "深夜施工噪音影响休息",
    "路灯坏了半个月没人修",
    "楼道堆放杂物，有火灾隐患",
    "住户在阳台养鸡，气味很大",
    "自来水水压太小",
    "电梯三天两头坏",
)
_PLEAS = (
    "，请相关部门处理。",
    "，影响休息，望尽快解决。",
    "，希望查处并回复。",
    "，已多次反映无果！",
    "。",
    "，请为我保密。",
    "，请给个说法，我电话{phone}。",
    "📚请核实。",
)
_TITLES = (
    "反映{shell}扰民",
    "举报无证补课",
    "咨询{shell}是否合规",
    "投诉居民楼内补{subject}",
    "反映学生集中出入",
    "举报有偿补课问题",
)


def word_complaints(
    about: Ints, pupils: Ints, phones: Texts, *, rng: np.random.Generator
) -> tuple[Objects, Objects]:
    """Return titles and contents; `about` is 0 for a true report, 1 for a fear, 2 for the rest."""
    count = len(about)
    dice = rng.integers(0, 1 << 16, (6, count))
    facts = [
        {
            "subject": SUBJECTS[s % len(SUBJECTS)],
            "stage": STAGES[g % len(STAGES)],
            "shell": SHELLS[h % len(SHELLS)],
            "pupils": max(p, 3),
            "phone": phone,
        }
        for s, g, h, p, phone in zip(*dice[:3], pupils, phones, strict=True)
    ]
    pools = (_SEEN, _FEARED, _OTHER)
    contents = [
        (pools[kind][body % len(pools[kind])] + _PLEAS[plea % len(_PLEAS)]).format(**fact)
        for kind, body, plea, fact in zip(about, dice[3], dice[4], facts, strict=True)
    ]
    titles = [
        f"反映{_OTHER[body % len(_OTHER)][:8]}问题"
        if kind == NOT_OUR_BUSINESS
        else _TITLES[title % 6].format(**fact)
        for kind, body, title, fact in zip(about, dice[3], dice[5], facts, strict=True)
    ]
    return np.array(titles, dtype=object), np.array(contents, dtype=object)
