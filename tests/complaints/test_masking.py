"""What identifies a person does not stand in text that lies in clear; everything else stays as written."""

import pytest

from coordination.complaints.masking import mask_id, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13812345678。", "请打138****5678。"),
        ("请打138-1234-5678或+86 13912345678", "请打138****5678或139****5678"),
        ("座机0579-84123456", "座机0579-*****56"),
        ("电话：84123456", "电话：*****56"),
        ("身份证330726198001011234", "身份证330726********1234"),
        ("证件号33072619800101123x共一页", "证件号330726********123x共一页"),
        ("卡号6222021234567890127，尾号0127", "卡号******0127，尾号0127"),
        ("付款4111 1111 1111 1111", "付款******1111"),
        ("邮箱zhang.san@example.com", "邮箱＊@＊"),
        ("微信号：zhang_san88", "微信号：＊＊＊＊"),
        ("车牌浙G12345停在门口", "车牌浙G*****停在门口"),
        ("浙GD12345电动车", "浙G*****电动车"),
        ("１３８１２３４５６７８", "138****5678"),
    ],
)
def test_what_has_the_form_of_such_a_number_is_hidden(text, masked):
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "拨打12315和12345",
        "订单号2026061812345",
        "6月18日买了3件，共1,280元",
        "条码6901234567892",
        "运单4111111111111112",
        "令121号第15条",
        "20260618-0001",
    ],
)
def test_what_is_no_such_number_stays(text):
    assert mask_text(text) == text


def test_what_is_known_of_the_person_is_hidden_wherever_it_stands():
    text = "我叫张三丰，住人民路18号2单元，张三丰本人购买"
    assert mask_text(text, ["张三丰", "人民路18号2单元", ""]) == "我叫＊＊＊，住＊＊＊＊，＊＊＊本人购买"


def test_a_known_fact_of_one_character_would_blank_the_text_and_is_passed_over():
    assert mask_text("王大爷买了王老吉", ["王"]) == "王大爷买了王老吉"


def test_names_phones_and_ids_are_shown_in_part():
    assert mask_name("张三丰") == "张某"
    assert mask_phone("138 1234 5678") == "138****5678"
    assert mask_phone("84123456") == "******56"
    assert mask_id("330726198001011234") == "330726********1234"
    assert mask_id("12345") == "*****"
