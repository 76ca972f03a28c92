"""Whose is a case: what the router suggests, why, and what it does with texts nobody could judge."""

from datetime import date

import pytest

from coordination.complaints.explaining import ByCases, ByDuty, ByKeyword, ByRuling, BySubject, ByTerritory, DutyText, Ruling, RulingKind
from coordination.complaints.grams import Message
from coordination.complaints.learning import Confirmed
from coordination.complaints.routing import Answer, Case, Note, Router, Suggestion, Terms

TODAY = date(2026, 11, 30)
TERMS = Terms(TODAY)
DUTIES = (
    DutyText("HOUSING", "物业服务企业监督管理；房屋装修质量；商品房买卖", subject="物业", clause="第三条"),
    DutyText("SPORT", "健身场馆经营管理；体育培训；游泳馆安全", subject="健身", clause="第四条"),
    DutyText("TRANSPORT", "机动车维修；驾驶员培训学校；网约车、出租车客运", subject="交通", clause="第五条"),
)
GYM = "在示范路的健身场馆办了年卡，现在场馆关门，会员卡里的钱退不出来。"
CARS = "车送去做机动车维修，换下的零件说好是原厂，结果不是，要求退还维修费。"
HOMES = "小区物业服务企业长期不修电梯，业主多次反映无人处理，物业费却照收。"


def confirmed(text: str, unit: str, number: int) -> list[Confirmed]:
    return [Confirmed(Message("", f"{text}第{at}次来电。"), unit, f"{unit}-{at}") for at in range(number)]


def cases(number: int) -> list[Confirmed]:
    return [*confirmed(GYM, "SPORT", number), *confirmed(CARS, "TRANSPORT", number), *confirmed(HOMES, "HOUSING", number)]


def best(answer: Answer) -> Suggestion:
    return answer.ranked[0]


def reason(suggestion: Suggestion, kind: type):
    return next((one for one in suggestion.reasons if isinstance(one, kind)), None)


@pytest.mark.parametrize(("text", "unit"), [(GYM, "SPORT"), (CARS, "TRANSPORT"), (HOMES, "HOUSING")])
def test_without_any_confirmed_case_the_duty_text_ranks_the_right_unit_first(text, unit):
    answer = Router(DUTIES, terms=TERMS).suggest(Case(text))

    assert best(answer).unit == unit
    assert sum(one.confidence for one in answer.ranked) == pytest.approx(1)
    assert [one.confidence for one in answer.ranked] == sorted((one.confidence for one in answer.ranked), reverse=True)


def test_the_reason_is_the_piece_of_the_duty_with_the_words_where_they_stand_in_the_text():
    case = Case(GYM, title="健身场馆 关门")

    found = reason(best(Router(DUTIES, terms=TERMS).suggest(case)), ByDuty)

    assert (found.duty.clause, found.piece) == ("第四条", "健身场馆经营管理")
    assert {word.text for word in found.words} >= {"健身场馆"}
    for word in found.words:
        assert getattr(case, word.field)[word.start : word.end] == word.text


def test_full_width_letters_and_capitals_are_marked_as_they_were_written():
    duties = (*DUTIES, DutyText("TAX", "ETC扣费争议", subject="通行费"))
    case = Case("高速路口的ＥＴＣ扣费重复，扣费争议一直没有解决。")

    found = reason(best(Router(duties, terms=TERMS).suggest(case)), ByDuty)

    assert any(word.text == "ＥＴＣ扣费" and case.detail[word.start : word.end] == word.text for word in found.words)


def test_what_people_confirmed_overrides_the_duty_text():
    case = Case("健身场馆的储物柜被人撬开，柜内现金丢失，场馆不肯调取监控。")
    before = Router(DUTIES, cases(4), terms=TERMS)
    theft = confirmed("健身场馆储物柜被撬，现金丢失，场馆不给看监控。", "POLICE", 8)
    duties = (*DUTIES, DutyText("POLICE", "治安案件、盗窃、诈骗"))

    after = Router(duties, [*cases(4), *theft], terms=TERMS)

    assert best(before.suggest(case)).unit == "SPORT"
    assert best(after.suggest(case)).unit == "POLICE"
    found = reason(best(after.suggest(case)), ByCases)
    assert found.count <= found.of
    assert set(found.refs) <= {one.ref for one in theft}


def test_a_unit_s_not_ours_outranks_what_was_learned():
    ruling = Ruling("SPORT", RulingKind.NOT_OURS, subject="预付卡", why="由商务部门负责")
    router = Router(DUTIES, cases(6), terms=Terms(TODAY, (ruling,)))

    refused, untouched = router.suggest(Case(GYM, subject="预付卡")), router.suggest(Case(GYM))

    assert best(untouched).unit == "SPORT"
    assert best(refused).unit != "SPORT"
    last = next(one for one in refused.ranked if one.unit == "SPORT")
    assert (last.confidence, reason(last, ByRuling)) == (0, ByRuling(ruling))


def test_a_not_ours_given_for_a_text_holds_for_cases_like_it():
    ruling = Ruling("SPORT", RulingKind.NOT_OURS, text=GYM)
    router = Router(DUTIES, cases(6), terms=Terms(TODAY, (ruling,)))

    assert best(router.suggest(Case(GYM))).unit != "SPORT"
    assert best(router.suggest(Case("健身场馆的游泳馆水质浑浊，体育培训的教练没有证。"))).unit == "SPORT"


def test_a_designation_outranks_learning_and_not_ours():
    rulings = (
        Ruling("HOUSING", RulingKind.NOT_OURS, business="示例健身公司"),
        Ruling("HOUSING", RulingKind.DESIGNATED, business="示例健身公司", why="〔2026〕3号"),
    )
    answer = Router(DUTIES, cases(6), terms=Terms(TODAY, rulings)).suggest(Case(GYM, business="示例健身公司"))

    assert (best(answer).unit, best(answer).confidence, answer.preset) == ("HOUSING", 1, "HOUSING")
    assert reason(best(answer), ByRuling).ruling.why == "〔2026〕3号"


def test_a_preference_decides_where_nobody_was_designated():
    ruling = Ruling("TRANSPORT", RulingKind.PREFERRED, territory="东街")

    answer = Router(DUTIES, cases(6), terms=Terms(TODAY, (ruling,))).suggest(Case(GYM, territory="东街"))

    assert best(answer).unit == "TRANSPORT"
    assert best(answer).confidence == pytest.approx(0.9)


def test_below_the_threshold_nothing_is_preset():
    unsure = Router(DUTIES, cases(6), terms=Terms(TODAY, threshold=1.0)).suggest(Case(GYM))
    sure = Router(DUTIES, cases(6), terms=Terms(TODAY, threshold=0.5)).suggest(Case(GYM))

    assert (unsure.preset, Note.UNSURE in unsure.notes) == (None, True)
    assert (sure.preset, sure.notes) == ("SPORT", ())


def test_a_subject_a_keyword_and_a_territory_speak_for_a_unit_and_say_so():
    duties = (
        DutyText("EAST", "商品质量投诉调解", subject="商品", territory="东街", keywords=(("三包", 2.0),)),
        DutyText("WEST", "商品质量投诉调解", subject="商品", territory="西街"),
        *DUTIES,
    )
    answer = Router(duties, terms=TERMS).suggest(Case("商品质量有问题，三包期内不给修。", subject="商品", territory="东街"))

    assert best(answer).unit == "EAST"
    assert reason(best(answer), BySubject).duty.subject == "商品"
    assert reason(best(answer), ByTerritory).duty.territory == "东街"
    assert [word.text for word in reason(best(answer), ByKeyword).words] == ["三包"]
    assert Router(duties, terms=TERMS).suggest(Case("商品质量有问题。", territory="西街")).ranked[0].unit == "WEST"


def test_an_excluded_word_takes_a_duty_away():
    duties = (*DUTIES[1:], DutyText("HOUSING", DUTIES[0].text, excluded=("物业费",)), DutyText("PRICE", "收费标准、价格违法"))

    answer = Router(duties, terms=TERMS).suggest(Case("小区物业服务企业的物业费收费标准没有公示。"))

    assert best(answer).unit == "PRICE"
    assert reason(next(one for one in answer.ranked if one.unit == "HOUSING"), ByDuty) is None


def test_bureaus_come_first_and_their_sections_within():
    duties = (DutyText("S1", "食品安全监督管理"), DutyText("S2", "特种设备电梯安全"), *DUTIES)
    router = Router(duties, terms=Terms(TODAY, parents={"S1": "MARKET", "S2": "MARKET"}))

    answer = router.suggest(Case("超市卖的食品过期，食品安全没人管。"))

    assert {one.unit for one in answer.ranked} == {"MARKET", "HOUSING", "SPORT", "TRANSPORT"}
    assert best(answer).unit == "MARKET"
    assert [one.unit for one in best(answer).within] == ["S1", "S2"]
    assert best(answer).confidence == pytest.approx(sum(one.confidence for one in best(answer).within))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", Note.EMPTY),
        ("  \n\t", Note.EMPTY),
        ("13900000000", Note.CONTACT_ONLY),
        ("联系电话 13900000000", Note.CONTACT_ONLY),
        ("The gym closed and will not refund my card", Note.NOT_CHINESE),
        ("Спортзал закрылся", Note.NOT_CHINESE),
        ("健身", Note.SHORT),
        ("你们都是混蛋，不要脸，滚！", Note.NO_REASON),
    ],
)
@pytest.mark.parametrize("number", [0, 6])
def test_a_text_that_cannot_be_judged_presets_nothing_and_says_why(text, note, number):
    answer = Router(DUTIES, cases(number), terms=TERMS).suggest(Case(text))

    assert answer.preset is None
    assert note in answer.notes


def test_one_word_still_ranks_by_duty():
    assert best(Router(DUTIES, terms=TERMS).suggest(Case("健身"))).unit == "SPORT"


def test_a_very_long_text_is_read_to_a_limit():
    answer = Router(DUTIES, cases(4), terms=TERMS).suggest(Case((GYM * 1000)[:12_000]))

    assert best(answer).unit == "SPORT"


def test_a_lone_surrogate_or_an_emoji_breaks_nothing():
    assert Router(DUTIES, cases(2), terms=TERMS).suggest(Case(f"\ud800😀{GYM}")).ranked[0].unit == "SPORT"


def test_a_text_about_two_matters_offers_to_be_split_and_presets_nothing():
    detail = f"{GYM}教练也说健身场馆经营不下去了。{CARS}机动车维修的单子也没有给。"

    answer = Router(DUTIES, cases(20), terms=TERMS).suggest(Case(detail))

    assert (Note.TWO_MATTERS in answer.notes, answer.preset) == (True, None)
    assert {part.unit for part in answer.parts} == {"SPORT", "TRANSPORT"}
    assert "".join(detail[part.start : part.end] for part in answer.parts) == detail


def test_a_text_about_one_matter_is_not_split():
    assert Router(DUTIES, cases(20), terms=TERMS).suggest(Case(f"{GYM}健身场馆的人说没有钱。请体育部门处理。")).parts == ()


def test_a_duty_withdrawn_yesterday_takes_its_unit_out_of_the_ranking_whatever_was_learned():
    withdrawn = DutyText("SPORT", DUTIES[1].text, valid_to=date(2026, 11, 29))
    duties = (DUTIES[0], withdrawn, DUTIES[2])

    answer = Router(duties, cases(6), terms=TERMS).suggest(Case(GYM))
    on_its_last_day = Router(duties, cases(6), terms=Terms(date(2026, 11, 29))).suggest(Case(GYM))

    assert "SPORT" not in {one.unit for one in answer.ranked}
    assert best(on_its_last_day).unit == "SPORT"


def test_two_units_with_the_same_duty_share_the_confidence_and_nothing_is_preset():
    duties = (*DUTIES, DutyText("SPORT2", DUTIES[1].text, subject=DUTIES[1].subject))

    answer = Router(duties, terms=TERMS).suggest(Case(GYM))

    first, second = answer.ranked[:2]
    assert {first.unit, second.unit} == {"SPORT", "SPORT2"}
    assert first.confidence == pytest.approx(second.confidence)
    assert answer.preset is None


def test_a_stored_model_answers_as_the_one_that_was_trained():
    router = Router(DUTIES, cases(6), terms=TERMS)
    again = Router.load(router.save(), DUTIES, terms=TERMS)

    assert again.fallback is None
    assert again.suggest(Case(GYM)) == router.suggest(Case(GYM))
    assert again.save() == router.save()


def test_a_stored_model_takes_up_the_duties_of_today():
    content = Router(DUTIES, cases(6), terms=TERMS).save()
    duties = (*DUTIES, DutyText("CULTURE", "网吧营业、歌舞厅噪声、电影院退票", subject="文化"))

    answer = Router.load(content, duties, terms=TERMS).suggest(Case("电影院退票难，网吧营业到半夜。"))

    assert best(answer).unit == "CULTURE"


@pytest.mark.parametrize(
    "spoil",
    [lambda it: b"", lambda it: b"no model", lambda it: it[: len(it) // 2], lambda it: it[:200] + bytes(400) + it[600:]],
    ids=["empty", "another file", "cut off", "damaged"],
)
def test_a_model_file_that_does_not_load_falls_back_to_the_duty_text_and_says_so(spoil):
    content = Router(DUTIES, cases(6), terms=TERMS).save()

    router = Router.load(spoil(content), DUTIES, terms=TERMS)
    answer = router.suggest(Case(GYM))

    assert router.fallback is not None
    assert best(answer).unit == "SPORT"
    assert Note.NO_MODEL in answer.notes


def test_many_cases_are_ranked_as_each_one_is():
    router = Router(DUTIES, cases(6), terms=TERMS)

    ranked = router.rank([Case(GYM), Case(CARS), Case("")])

    assert [line[0][0] for line in ranked[:2]] == ["SPORT", "TRANSPORT"]
    assert ranked[0][0][1] == pytest.approx(best(router.suggest(Case(GYM))).confidence, abs=1e-5)


def test_a_router_without_duties_and_cases_has_nothing_to_say():
    answer = Router((), terms=TERMS).suggest(Case(GYM))

    assert (answer.ranked, answer.preset) == ((), None)


def test_more_confirmed_cases_never_make_it_worse():
    texts = {
        "SPORT": ["办的健身年卡退不了", "游泳馆的水很脏", "体育培训班的教练不见了", "健身场馆停业不退钱"],
        "TRANSPORT": ["汽车维修多收了钱", "驾校一直不安排考试", "网约车司机绕路", "出租车不打表"],
        "HOUSING": ["物业不修电梯", "房子装修漏水", "开发商不交房", "小区物业乱收费"],
    }
    pool = [Confirmed(Message("", text), unit) for at in range(4) for unit, lines in texts.items() for text in (lines[at],)]
    asked = [("健身卡没法退款", "SPORT"), ("驾校考试总是不安排", "TRANSPORT"), ("电梯坏了物业不修", "HOUSING")]

    right = []
    for number in (0, 3, 6, 12):
        router = Router(DUTIES, pool[:number], terms=TERMS)
        right.append(sum(router.suggest(Case(text)).ranked[0].unit == unit for text, unit in asked))

    assert right == sorted(right)


@pytest.mark.parametrize("others", [0, 1, 3])
def test_a_unit_that_comes_first_and_most_does_not_drown_the_duties_of_the_others(others):
    begun = [
        *confirmed(HOMES, "HOUSING", 9),
        *confirmed("开发商收了定金不交房，要求退还定金。", "HOUSING", 9),
        *confirmed(GYM, "SPORT", others),
    ]
    router = Router(DUTIES, begun, terms=TERMS)

    for text, unit in (
        ("出租车多收车费，要求退还。", "TRANSPORT"),
        ("驾驶员培训学校停业，要求退还。", "TRANSPORT"),
        ("游泳馆不退定金。", "SPORT"),
    ):
        assert best(router.suggest(Case(text))).unit == unit
