"""The demo's businesses: invented names, sound codes, and what became of each. Days are working days from the day of loading."""

from dataclasses import dataclass

from stdnum.cn import uscc

REGION = "99000"  # no place has it


def code(serial: int) -> str:
    """A sound 统一社会信用代码 of a place that does not exist; another for each serial."""
    body = f"91{REGION}1{serial:09}"
    return body + uscc.calc_check_digit(body)


@dataclass(frozen=True)
class Shop:
    """One business: its serial, name, street and address, and the category it stands in."""

    serial: int
    name: str
    street: str
    address: str
    category: str

    @property
    def uscc(self) -> str:
        """Its code."""
        return code(self.serial)


def _shops(text: str) -> dict[str, Shop]:
    found = {}
    for line in text.strip().splitlines():
        serial, category, name, street, address = line.split()
        found[name] = Shop(int(serial), name, street, address, category)
    return found


# Serial, category, name, street, address.
SHOPS = _shops(
    """
101 market 示例城东农贸市场 城东街道 城东街道东升路1号
102 market 示例中心菜市场 城东街道 城东街道市心路22号
103 shop 示例惠民超市 城东街道 城东街道人民路18号
104 shop 示例家和百货商店 城东街道 城东街道解放街66号
105 shop 示例康宁大药房 城西街道 城西街道康宁路9号
106 shop 示例新华书店 城东街道 城东街道文化路5号
107 shop 示例明亮眼镜店 城东街道 城东街道东升路45号
108 shop 示例百信电器商场 城西街道 城西街道西环路101号
109 shop 示例童乐母婴用品店 城东街道 城东街道花园路12号
110 shop 示例金穗农资商店 乙山镇 乙山镇镇前街3号
111 online 示例山货优选网店 乙山镇 乙山镇电商园2幢
112 online 示例好居家纺网店 城西街道 城西街道电商产业园5幢
113 dining 示例老街面馆 城东街道 城东街道老街31号
114 dining 示例聚香楼酒店 城西街道 城西街道西环路8号
115 dining 示例清溪农家乐 丙川乡 丙川乡清溪村12号
116 sight 示例清溪谷景区 丙川乡 丙川乡清溪谷
117 sight 示例古镇景区 甲溪镇 甲溪镇古镇路1号
201 shop 示例万家便利店 城东街道 城东街道人民路77号
202 shop 示例宏达手机卖场 城西街道 城西街道西环路55号
203 dining 示例粤味茶餐厅 城东街道 城东街道东升路30号
204 online 示例悦读文具网店 城东街道 城东街道文化路20号
205 dining 示例米香早餐店 城东街道 城东街道市心路3号
206 shop 示例佳佳服装店 城东街道 城东街道解放街15号
301 shop 示例安心家电维修部 城东街道 城东街道花园路40号
302 dining 示例湖畔餐厅 甲溪镇 甲溪镇湖滨路6号
303 market 示例甲溪农贸市场 甲溪镇 甲溪镇集市街9号
304 shop 示例优品水果店 城西街道 城西街道康宁路21号
305 online 示例小橘数码网店 城西街道 城西街道电商产业园1幢
306 dining 示例川渝小厨 城东街道 城东街道东升路62号
307 shop 示例福满园糕饼店 城东街道 城东街道老街8号
308 sight 示例云顶山景区 乙山镇 乙山镇云顶山
309 shop 示例阳光文体商店 城东街道 城东街道文化路33号
310 live 示例田野助农直播间 乙山镇 乙山镇电商园3幢
"""
)


@dataclass(frozen=True)
class Former:
    """Recognised before the platform was there: how many months ago, and, where it is not three years, how many days are left."""

    name: str
    months_ago: int
    days_left: int | None = None


FORMERS = (
    Former("示例城东农贸市场", 5),
    Former("示例中心菜市场", 7),
    Former("示例惠民超市", 6),
    Former("示例家和百货商店", 9),
    Former("示例康宁大药房", 8),
    Former("示例新华书店", 12),  # its yearly re-check is due
    Former("示例明亮眼镜店", 6),  # is to mend something
    Former("示例百信电器商场", 10),  # removed by an official list; appeals
    Former("示例童乐母婴用品店", 5),  # a proposal waits
    Former("示例金穗农资商店", 7),  # removed after a penalty, confirmed by a person
    Former("示例山货优选网店", 6),
    Former("示例好居家纺网店", 9),  # removed for 异常名录, since repaired
    Former("示例老街面馆", 34, 40),  # its last day comes
    Former("示例聚香楼酒店", 8),
    Former("示例清溪农家乐", 6),
    Former("示例清溪谷景区", 11),
    Former("示例古镇景区", 9),
    Former("示例万家便利店", 5),
    Former("示例宏达手机卖场", 7),
)


@dataclass(frozen=True)
class Entry:
    """An application: from which day, and how far it has come (``upto``: the last gate passed)."""

    name: str
    day: int
    upto: str
    words: str = ""


# 申报 → 审核 → 检查 → 公示 → 认定; 不予 at whichever gate, with the words.
ENTRIES = (
    Entry("示例粤味茶餐厅", -52, "认定"),
    Entry("示例悦读文具网店", -50, "认定"),
    Entry("示例米香早餐店", -47, "认定"),
    Entry("示例佳佳服装店", -44, "认定"),
    Entry("示例川渝小厨", -38, "认定"),
    Entry("示例安心家电维修部", -18, "公示"),  # the notice is over: the approver's turn
    Entry("示例湖畔餐厅", -9, "公示"),  # on notice, with an objection
    Entry("示例甲溪农贸市场", -8, "检查"),
    Entry("示例优品水果店", -6, "审核"),
    Entry("示例小橘数码网店", -2, "申报"),
    Entry("示例云顶山景区", -4, "申报"),
    Entry("示例田野助农直播间", -1, "申报"),
    Entry("示例福满园糕饼店", -30, "不予", "现场检查未设置明码标价，经营场所与申报地址不符"),
    Entry("示例阳光文体商店", -26, "撤回", "经营者拟迁址，申请撤回，迁址后再申报"),
)
