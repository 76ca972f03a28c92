"""Which passwords are taken, and how they are kept."""

from time import perf_counter

import pytest

from coordination.accounts import passwords
from models import PasswordProfile

LENGTH, DENGBAO = PasswordProfile.LENGTH, PasswordProfile.DENGBAO


@pytest.mark.parametrize("password", ["correct horse battery", "西湖龙井茶碧螺春毛尖", "duanwu-jie-618", "x7!kQ-mm2pL"])
def test_a_long_and_uncommon_password_is_taken(password):
    assert passwords.problems(password, profile=LENGTH, username="liaison-JYJ", name="钱一") == []


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short-1!", "密码至少10位，现为8位"),
        ("19900618123", "密码不能只用数字，生日、电话、证件号都容易被猜到"),
        ("aaaaabbbbbccc", "密码重复的字符太多，请换一个"),
        ("Password123!", "密码过于常见，请换一个"),
        ("P@ssw0rd2026", "密码过于常见，请换一个"),
        ("１２３woaini５２０!", "密码过于常见，请换一个"),
        ("1qaz2wsx3edc", "密码过于常见，请换一个"),
        ("abcdefgh12345", "密码过于常见，请换一个"),
        ("987654321zyx", "密码过于常见，请换一个"),
        ("my-LIAISON-jyj-pass", "密码不能含有用户名或姓名"),
        ("钱一是县教育局的人啊", "密码不能含有用户名或姓名"),
        ("x" * 100 + "abcdefgh" * 4, "密码最多128位"),
    ],
)
def test_a_weak_password_is_refused_and_told_why(password, words):
    assert passwords.problems(password, profile=LENGTH, username="liaison-JYJ", name="钱一") == [words]


@pytest.mark.parametrize(("password", "taken"), [("Xk7mq2pL", True), ("xk7!q2p,", True), ("xk7mq2pl", False), ("Xk7mq2p", False)])
def test_dengbao_asks_for_eight_characters_of_three_kinds(password, taken):
    assert (passwords.problems(password, profile=DENGBAO) == []) is taken


def test_a_one_time_password_keeps_both_profiles_and_is_another_each_time():
    made = {passwords.one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all(passwords.problems(password, profile=profile) == [] for password in made for profile in PasswordProfile)


def test_what_is_kept_does_not_tell_the_password_and_full_width_typing_counts_as_plain():
    kept = passwords.hash_password("duanwu-jie-618")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(kept, "ｄｕａｎｗｕ-jie-６１８")
    assert not passwords.matches(kept, "duanwu-jie-619")


@pytest.mark.parametrize("password", ["", "\x00", "\ud800", "😀" * 40, "x" * 100_000])
def test_any_text_can_be_tried(password):
    assert not passwords.matches(passwords.hash_password("duanwu-jie-618"), password)
    assert not passwords.matches(None, password)


def test_a_name_that_does_not_exist_takes_as_long_as_a_wrong_password():
    def lasts(kept: str | None) -> float:
        began = perf_counter()
        passwords.matches(kept, "wrong")
        return perf_counter() - began

    kept = passwords.hash_password("duanwu-jie-618")
    pairs = [(lasts(kept), lasts(None)) for _ in range(7)]
    somebody, nobody = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    assert 0.5 < nobody / somebody < 2
