"""Words of two characters and more find cases by masked text and target, newest first, for those who may see them."""

from random import Random

import pytest

from coordination.complaints import service
from coordination.complaints.importing import Import
from coordination.complaints.reading import Table
from coordination.complaints.searching import searched
from coordination.permissions import OPERATOR
from coordination.transaction import transaction
from models import Channel, Complaint
from models.errors import BadInput, NotAllowed
from tests.world import NOW


def numbers(cases, words, who="router", **more):
    return [row.number for row in searched(cases.session, cases.actor(who), words, **more).rows]


def test_found_by_text_or_target_every_word_counts(cases):
    cases.made("1", text="面包过期，要求退款", target="惠民超市")
    cases.made("2", text="手机屏幕碎裂，商家拒绝退款", target="某某手机店")
    cases.made("3", text="过期的牛奶和面包", target="平价商店")
    assert numbers(cases, "退款") == ["2", "1"]
    assert numbers(cases, "面包 过期") == ["3", "1"]
    assert numbers(cases, "面包过期") == ["1"], "as written, not only in pieces"
    assert numbers(cases, "惠民超市") == ["1"]
    assert numbers(cases, "超市 手机") == []
    assert numbers(cases, "款2") == []


def test_widths_marks_and_gaps_do_not_matter(cases):
    cases.made("1", text="购买 ＡＢＣ１２３ 牌手机", target="(示例)商店")
    assert numbers(cases, "abc123") == ["1"]
    assert numbers(cases, "（示例）商店") == ["1"]


@pytest.mark.parametrize("words", ["", " ", "退", "退款 包", "，。", "***"])
def test_too_short_to_look_for(cases, words):
    with pytest.raises(BadInput):
        numbers(cases, words)


def test_nobody_is_found_by_what_is_hidden(cases):
    cases.made("1", text="我是张三丰，电话13812345678，面包过期")
    for secret in ("张三丰", "13812345678", "12345"):
        assert numbers(cases, secret) == []


def test_a_unit_finds_its_own_alone(cases):
    mine, _ = cases.made("1"), cases.made("2")
    cases.do("router", service.assign, mine, lead_id=cases.world.units["JYJ"].id)
    assert numbers(cases, "面包", "liaison-JYJ") == ["1"]
    assert numbers(cases, "面包", "liaison-WLJ") == []
    with pytest.raises(NotAllowed):
        numbers(cases, "面包", "convenor")


def test_a_changed_text_is_found_by_what_it_says_now(cases):
    cases.made("1", text="面包过期，要求退款")
    cases.made("1", text="牛奶变质，要求换货")
    assert numbers(cases, "牛奶变质 换货") == ["1"]
    assert numbers(cases, "面包") == []
    cases.made("1", text="面包过期，要求退款")
    assert numbers(cases, "面包过期 退款") == ["1"]


def test_pages_lose_nobody_and_filters_narrow(cases):
    random = Random(5)
    heads = ("登记编号", "类型", "接收方式", "企业名称", "具体问题")
    rows = []
    for at in range(2300):
        words = "".join(chr(0x4E00 + random.randrange(400)) for _ in range(20))
        found = words[:9] + ("过期面包" if at % 50 == 0 else "新鲜") + words[9:]
        rows.append((at + 2, dict(zip(heads, (f"N{at}", "投诉", "来访" if at % 100 == 0 else "平台", "某店", found), strict=True))))
    running = Import(Table(heads, (), rows), {}, NOW)
    for batch in running.batches():
        with transaction() as writing:
            running.take(writing, actor=OPERATOR, batch=batch)
    got, after = [], None
    while True:
        hits = searched(cases.session, OPERATOR, "过期面包", after=after, limit=7)
        got += [row.number for row in hits.rows]
        after = hits.after
        if after is None:
            break
    assert got == [f"N{at}" for at in range(2250, -1, -50)]
    visits = searched(cases.session, OPERATOR, "过期面包", conditions=(Complaint.channel == Channel.VISIT,), limit=100)
    assert [row.number for row in visits.rows] == [f"N{at}" for at in range(2200, -1, -100)]
