"""The pages of steps beside the usual handling: handing over, merging, calling back, going there, 先行和解; done, and refused."""

from datetime import timedelta

import pytest

from coordination.complaints import service
from coordination.registry import life
from coordination.transaction import transaction
from models import ComplaintStatus, PromiseKind
from models.calendar import SHANGHAI
from tests.complaints.pages import done, refused, seen
from tests.registry.county import found_scheme, recognise
from tests.world import NOW

S = ComplaintStatus
HANDED = {"recipient_kind": "police", "recipient": "县公安局", "reason": "涉嫌诈骗", "document_no": "示移〔2026〕1号", "on": "2026-06-18"}

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
def router(sign_in):
    return sign_in("router")


@pytest.fixture
def shop(session, world, cases):
    """惠民超市 is recognised and promises a fast lane."""
    with transaction() as writing:
        recognition = recognise(writing, found_scheme(writing)["shop"], 1, now=NOW - timedelta(days=21), name="惠民超市")
        writing.flush()
        made = recognition.id
    cases.do("liaison-SCJG", life.promise, recognition_id=made, kind=PromiseKind.FAST_LANE, text="接到转送后先行和解")


def test_a_step_shows_its_last_day_and_what_comes_after(cases, sign_in):
    one = cases.with_unit()
    shown = seen(sign_in("liaison-JYJ"), f"/complaints/{one}/accept")
    assert "最近期限" in shown
    assert "最迟2026年6月" in shown
    assert "须在受理期限内告知投诉人" in shown


def test_returning_is_no_longer_offered_after_its_days(cases, sign_in):
    one = cases.with_unit()
    liaison = sign_in("liaison-JYJ")
    assert "退回分派中心" in seen(liaison, f"/complaints/{one}")
    with transaction() as writing:
        cases.the(one)
        writing.merge(cases.the(one).lead).return_by = NOW.date() - timedelta(days=1)
    shown = seen(liaison, f"/complaints/{one}")
    assert "退回期限已过" in shown
    assert f"/complaints/{one}/return" not in shown


def test_handed_over_signed_for_told_and_closed(cases, router):
    one = cases.made()
    assert "已移送县公安局" in done(router, f"/complaints/{one}/transfer", **HANDED)
    assert "接收机关签收、投诉人已书面告知后" in seen(router, f"/complaints/{one}/transfer/received")
    done(router, f"/complaints/{one}/transfer/received", on="2026-06-18", receipt_no="收1号")
    done(router, f"/complaints/{one}/transfer/told", on="2026-06-18", how="信函")
    assert "已办结" in done(router, f"/complaints/{one}/transfer/close")
    assert cases.the(one).status == S.CLOSED


def test_handing_over_needs_its_paper_and_a_day_that_has_come(cases, router):
    one = cases.made()
    shown = refused(router, f"/complaints/{one}/transfer", **{**HANDED, "document_no": "", "reason": ""})
    assert "请填写移送函文号" in shown
    assert "县公安局" in shown, "what was typed is kept"
    assert "移送日期应在收到之日至今天之间" in refused(router, f"/complaints/{one}/transfer", **{**HANDED, "on": "2026-06-19"})
    assert router.get(f"/complaints/{one}/transfer/received").status_code == 409


def test_what_the_other_body_refuses_comes_home(cases, router):
    one = cases.made()
    done(router, f"/complaints/{one}/transfer", **HANDED)
    assert "请填写退回理由" in refused(router, f"/complaints/{one}/transfer/refused", on="2026-06-18")
    assert "已登记退回，请重新分派" in done(router, f"/complaints/{one}/transfer/refused", on="2026-06-18", reason="不构成犯罪")


def test_a_duplicate_is_merged_and_unmerged(cases, router):
    first, second = cases.made("1"), cases.made("2")
    assert "同一电话" in seen(router, f"/complaints/{second}/duplicates")
    assert "请填写" in refused(router, f"/complaints/{second}/duplicates", first_id=first, told_on="2026-06-18")
    given = {"first_id": first, "told_on": "2026-06-18", "reason": "同一件"}
    assert "已并入1" in done(router, f"/complaints/{second}/duplicates", **given)
    assert "已解除并入" in done(router, f"/complaints/{second}/duplicates/undo", text="并非同一件")


def test_called_back_and_reopened(cases, router):
    one = cases.settled()
    assert f"/complaints/{one}/call" in seen(router, "/complaints/calls")
    assert "请选择是否解决、是否满意" in refused(router, f"/complaints/{one}/call", reached="yes")
    bad = {"reached": "yes", "solved": "no", "satisfied": "no", "reopen": "y"}
    assert "请写明重新办理的理由" in refused(router, f"/complaints/{one}/call", **bad)
    assert "本件重新办理" in done(router, f"/complaints/{one}/call", **bad, note="未收到退款")
    assert f"/complaints/{one}/call" not in seen(router, "/complaints/calls")


def test_a_call_without_an_answer_stays_on_the_list(cases, router, sign_in):
    one = cases.settled()
    assert "未联系上" in done(router, f"/complaints/{one}/call", reached="no")
    assert f"/complaints/{one}/call" in seen(router, "/complaints/calls")
    assert sign_in("liaison-JYJ").get("/complaints/calls").status_code == 403


def test_settled_on_the_spot(cases, router, sign_in):
    one = cases.with_unit()
    assert "已通知承办单位" in done(router, f"/complaints/{one}/on-site", place="惠民超市门口")
    liaison = sign_in("liaison-JYJ")
    assert "到场时间应在安排之后、现在之前" in refused(liaison, f"/complaints/{one}/on-site/arrived", at="2026-06-19T08:00")
    done(liaison, f"/complaints/{one}/on-site/arrived", at=f"{NOW.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}")
    shown = done(liaison, f"/complaints/{one}/on-site/finished", at=f"{NOW.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}", result="当场退款")
    assert "惠民超市门口，当场退款" in shown


def test_nobody_is_said_to_be_told_while_nobody_has_it(cases, router):
    one = cases.made()
    assert "本件尚未分派" in done(router, f"/complaints/{one}/on-site", place="惠民超市门口")
    assert "已安排现场调处，尚无结果" in refused(router, f"/complaints/{one}/on-site", status=409, place="再去")


def test_the_lane_is_offered_answered_and_confirmed(app, cases, router, shop):
    client = app.test_client()
    one = cases.made()
    assert "须经投诉人同意" in refused(router, f"/complaints/{one}/lane")
    shown = refused(router, f"/complaints/{one}/lane", status=200, consents="y")
    link = shown.partition('class="link-once">')[2].partition("<")[0]
    assert link.startswith("http")
    path = "/" + link.split("/", 3)[3]
    assert "13812345678" not in seen(client, path)
    assert "请选择是否已与投诉人和解" in refused(client, path, text="已退款")
    assert "已收到您的答复" in refused(client, path, status=200, settled="yes", text="已退款20元")
    assert "不需再次答复" in seen(client, path)
    assert "经营者答复：已退款20元" in seen(router, f"/complaints/{one}/lane/confirm")
    done(router, f"/complaints/{one}/lane/confirm", confirmed="yes", note="电话核实")
    assert cases.the(one).status == S.CLOSED
    assert "链接不再有效" in seen(client, path)
    seen(client, f"{path}x", status=404)


def test_no_lane_for_who_promised_none(cases, router):
    one = cases.made()
    assert "不是公示先行和解承诺的在册单位" in seen(router, f"/complaints/{one}/lane")
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id)
    seen(router, f"/complaints/{one}/lane", status=409)
