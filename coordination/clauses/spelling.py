"""How officials shorten the names of bureaus: 市场监督管理局 → 市场监管局, 市监局; 发展和改革委员会 → 发改委."""

import re
from collections.abc import Iterator

MOST = 24  # spellings of one name that are kept
# A field of work and how it is shortened. Longer ones stand before those they contain.
SHORTER = (
    ("市场监督管理", ("市场监管", "市监")),
    ("市场监管", ("市监",)),
    ("食品药品监督管理", ("食品药品监管", "食药监")),
    ("网络交易监督管理", ("网络交易监管", "网监")),
    ("金融监督管理", ("金融监管",)),
    ("地方金融管理", ("地方金融",)),
    ("安全生产监督管理", ("安监",)),
    ("质量技术监督", ("质监",)),
    ("工商行政管理", ("工商",)),
    ("监督管理", ("监管",)),
    ("发展和改革", ("发改", "发展改革")),
    ("发展改革", ("发改",)),
    ("工业和信息化", ("工信", "工业信息化")),
    ("工业信息化", ("工信",)),
    ("经济和信息化", ("经信",)),
    ("经济信息化", ("经信",)),
    ("教育和体育", ("教体", "教育体育")),
    ("教育体育", ("教体",)),
    ("民族宗教事务", ("民宗", "民族宗教")),
    ("人力资源和社会保障", ("人社", "人力社保", "人力资源社会保障")),
    ("人力资源社会保障", ("人社", "人力社保")),
    ("自然资源和规划", ("自然资源", "自规", "资规", "自然资源规划")),
    ("住房和城乡建设", ("住建", "住房城乡建设", "建设")),
    ("住房城乡建设", ("住建", "建设")),
    ("住房和建设", ("住建",)),
    ("交通运输", ("交通", "交运")),
    ("文化广电和旅游", ("文广旅", "文旅", "文化广电旅游")),
    ("文化和广电旅游", ("文广旅", "文旅", "文化广电旅游")),
    ("文化广电旅游", ("文广旅", "文旅")),
    ("文化和旅游", ("文旅", "文化旅游")),
    ("文化旅游", ("文旅",)),
    ("广播电视", ("广电",)),
    ("卫生和计划生育", ("卫计", "卫生计生")),
    ("卫生健康", ("卫健",)),
    ("退役军人事务", ("退役军人",)),
    ("应急管理", ("应急",)),
    ("医疗保障", ("医保",)),
    ("城市管理综合行政执法", ("城管执法", "城管", "综合执法")),
    ("城市管理", ("城管",)),
    ("综合行政执法", ("综合执法", "行政执法", "执法")),
    ("行政审批服务", ("行政审批", "审批服务", "审批")),
    ("政务服务管理", ("政务服务",)),
    ("政务服务和大数据管理", ("政务服务", "大数据", "政数")),
    ("大数据发展管理", ("大数据",)),
    ("大数据发展", ("大数据",)),
    ("大数据管理", ("大数据",)),
    ("环境保护", ("环保",)),
    ("国土资源", ("国土",)),
    ("林业和草原", ("林草",)),
    ("烟草专卖", ("烟草",)),
    ("邮政管理", ("邮政", "邮管")),
    ("通信管理", ("通管",)),
    ("互联网信息", ("网信",)),
    ("消防救援", ("消防",)),
    ("科学技术", ("科技",)),
    ("消费者权益保护", ("消保", "消费维权")),
)
ENDINGS = (
    ("委员会", ("委",)),
    ("办公室", ("办",)),
    ("人民法院", ("法院",)),
    ("人民检察院", ("检察院",)),
    ("合作社联合社", ("社",)),
    ("合作社", ("社",)),
    ("工商业联合会", ("工商联",)),
    ("残疾人联合会", ("残联",)),
    ("妇女联合会", ("妇联",)),
    ("消费者协会", ("消协",)),
    ("局", ("委",)),
    ("委", ("局",)),
)
SUFFIX = re.compile(r"(?:委员会|办公室|监管支局|支局|分局|局|厅|委|办|部|中心|大队|支队|股|科|社|会|院|所)$")
_LEVEL = re.compile(
    r"自治[区县州]|(?<![城都门上])市(?!场|政园|容|委|级|直|民)|县(?!级|直|域|委)|(?<![社景园校库辖地])区(?!域|块|直|级|委)|省(?!级|直|际|委)|州|旗|盟"
)
_TOWN = re.compile(r"(人民政府|办事处)$")
_REACH = 14  # characters a region's name may take, 国家税务总局示例县 among them
_COMMON = {"办公室", "中心", "指挥中心", "服务中心", "建设局", "管理局", "执法局", "政府办公室", "办事处"}


class WORDS:
    """What is known about words of unit names."""

    @staticmethod
    def without_suffix(name: str) -> str:
        """A bureau's field of work: 教育局 → 教育."""
        return SUFFIX.sub("", name)

    @staticmethod
    def is_common(name: str) -> bool:
        """Is it a word that ends many other names?"""
        return name in _COMMON


def variants(name: str) -> Iterator[tuple[str, bool]]:
    """How a unit's name may be written, each with whether its region was elided."""
    region, core = split(name)
    town = _TOWN.sub("", name)
    if town != name:
        for form in {town, town + "政府", town + "办", region and core.removesuffix("人民政府").removesuffix("办事处")} - {""}:
            if len(form) > 2:
                yield form, False
        short = re.sub(r"^.*?[县区市](?=.{2,4}(?:镇|乡|街道)$)", "", town)
        if len(short) > 2:
            yield short, False
            yield short + ("政府" if short[-1] in "镇乡" else "办事处"), False
        return
    heads = {region, region[-1:]} - {""}
    for spelling in spellings(core):
        for head in heads:
            yield head + spelling, False
        if len(WORDS.without_suffix(spelling)) > 1:
            yield spelling, True
        elif heads == set():
            yield spelling, False


def split(name: str) -> tuple[str, str]:
    """The region a name begins with, and the rest: 示例县, 教育局."""
    best = ""
    for found in _LEVEL.finditer(name[:_REACH]):
        rest = name[found.end() :].lstrip("）")
        if len(rest) < 3 or not SUFFIX.search(rest):
            break
        if rest.startswith(("管理局", "建设局", "发展局", "规划局")):
            continue
        best = name[: found.end()]
        if len(best) > 1 and best[-1] in "县区旗":
            break
    return best, name[len(best) :].lstrip("）")


def spellings(core: str) -> list[str]:
    """The name without its region, as it is written in full and shortened."""
    made = {core: None}
    for long, shorts in SHORTER:
        for one in list(made):
            if long in one:
                made.update((one.replace(long, short), None) for short in shorts)
    for long, shorts in ENDINGS:
        for one in list(made):
            if one.endswith(long) and len(one) > len(long) + 1 - (len(long) > 3):
                made.update((one[: -len(long)] + short, None) for short in shorts)
    if "和" in core:
        made.update((one.replace("和", ""), None) for one in list(made) if "和" in one)
    return list(made)[:MOST]
