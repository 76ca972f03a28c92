"""Passwords: how they are kept, and which are refused under either profile. Pure.

Kept with Argon2id at 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet). Full-width letters and digits, which a Chinese
input method types, count as their plain ones (NFKC). The list of common passwords is our own.
"""

import re
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models import PasswordProfile

MOST = 128
LEAST: dict[str, int] = {PasswordProfile.LENGTH: 10, PasswordProfile.DENGBAO: 8}
CLASSES = ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]")
LEAST_CLASSES = 3
LEAST_DIFFERENT = 5
HINTS: dict[str, str] = {
    PasswordProfile.LENGTH: "至少10位，越长越好；不要只用数字，不要含用户名、姓名或常见词。几个互不相干的词连在一起，好记也难猜。",
    PasswordProfile.DENGBAO: "至少8位，大写字母、小写字母、数字、符号至少用三种；不要含用户名、姓名或常见词。90天须更换一次。",
}
# What is left of a password when digits and signs around it are taken off; written out, or in the shapes people think are clever.
COMMON = """
password passwd passw pass pwd admin administrator root user guest test demo default login welcome letmein changeme secret master super
manager system server oracle mysql postgres qwer qwert qwerty qwertyuiop asdf asdfg asdfgh asdfghjkl zxcv zxcvb zxcvbn zxcvbnm qazwsx
qazwsxedc wsxedc qweasd qweasdzxc abc abcd abcde abcdef abcdefg abcdefgh iloveyou love baby angel dragon monkey sunshine princess
football hello summer winter spring autumn china beijing shanghai zhongguo woaini woaiwojia wodemima mima mimamima woshishui nihao
zhangsan lisi wangwu ceshi guanliyuan yonghu xiaofei xiaobaohui xiaozhi shichang shichangjiandu shijianju gongshang gongshangju zhengfu
bangong bangongshi xianzhengfu lianxihui weiquan quanyi
"""
COMMON_WORDS = frozenset(COMMON.split())
RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")
LONG_RUN = 5
LEET = str.maketrans("@430$17!5", "aaeosltis")
LETTERS_OF_ONE_TIME = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"  # none that look alike in print

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = f"$argon2id$v=19$m={19 * 1024},t=2,p=1${'A' * 22}${'A' * 43}"  # no password is known to have this hash; trying one costs the same


def hash_password(password: str) -> str:
    """What the database keeps of a password."""
    return _hasher.hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Is this the password? ``kept`` None (nobody of that name) takes the same time and is never right."""
    try:
        return _hasher.verify(kept or _NOBODY, _plain(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def problems(password: str, *, profile: str, username: str = "", name: str = "") -> list[str]:
    """What speaks against this password, each in words for the person who chose it; empty when it may be taken."""
    text = unicodedata.normalize("NFKC", password)
    least = LEAST[profile]
    found = []
    if len(text) < least:
        found.append(f"密码至少{least}位，现为{len(text)}位")
    if len(text) > MOST:
        found.append(f"密码最多{MOST}位")
    if profile == PasswordProfile.DENGBAO and sum(bool(re.search(kind, text)) for kind in CLASSES) < LEAST_CLASSES:
        found.append("密码须含大写字母、小写字母、数字、符号中的至少三种")
    if any(len(part) >= 2 and part.casefold() in text.casefold() for part in (username, name)):
        found.append("密码不能含有用户名或姓名")
    return found or _too_simple(text)


def one_time_password() -> str:
    """A random password to be told to somebody and changed at first use: three groups of four; keeps the rules of both profiles."""
    while True:
        groups = ("".join(secrets.choice(LETTERS_OF_ONE_TIME) for _ in range(4)) for _ in range(3))
        password = "-".join(groups)
        if not any(problems(password, profile=profile) for profile in PasswordProfile):
            return password


def _too_simple(text: str) -> list[str]:
    if text.isdigit():
        return ["密码不能只用数字，生日、电话、证件号都容易被猜到"]
    if len(set(text)) < LEAST_DIFFERENT:
        return ["密码重复的字符太多，请换一个"]
    if not COMMON_WORDS.isdisjoint(_cores(text.casefold())) or _is_runs(text.casefold()):
        return ["密码过于常见，请换一个"]
    return []


def _cores(text: str) -> set[str]:
    """The word inside: without the digits and signs put behind or around it to please a rule, and with digits read as letters."""
    front = re.sub(r"[\W\d_]+$", "", text)
    middle = re.sub(r"^[\W\d_]+", "", front)
    return {front, middle, front.translate(LEET), middle.translate(LEET)}


def _is_runs(text: str) -> bool:
    """Made of rows of the keyboard, the alphabet or digits, forwards or backwards, with little beside: 1qaz2wsx3edc, abc12345."""
    left = text
    for size in range(len(text), LONG_RUN - 1, -1):
        for row in (run[::way] for run in RUNS for way in (1, -1)):
            for start in range(len(row) - size + 1):
                left = left.replace(row[start : start + size], "")
    return len(left) < LONG_RUN


def _plain(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
