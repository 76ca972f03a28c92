"""Hiding what identifies a person in running text, before it is stored in clear, indexed or shown (rules.md §10). Pure.

What is known of the complainant is hidden wherever it stands; besides that, what has the form of a telephone, id or bank card number,
an e-mail address, a number plate or an account name.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from stdnum import luhn

HIDDEN = "＊"
SHORTEST = 2  # a known fact of one character would blank the text
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[-\s)）]?\s?([2-9]\d{6,7})(?!\d)")
_NAMED_PHONE = re.compile(r"((?:电话|手机|联系方式|座机|号码)[是为:：\s]{0,3})([2-9]\d{6,7})(?!\d)")
# A birth date stands in it; the check digit is not asked for: people mistype their own.
_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})((?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(\d{3}[0-9Xx])(?![0-9A-Za-z])")
_NAMED_ID = re.compile(r"((?:身份证|证件)(?:号码?)?[是为:：\s]{0,3})(\d{14,17}[0-9Xx])(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<!\d)\d{4}(?:[-\s]?\d{4}){2,3}[-\s]?\d{1,4}(?!\d)")
_NAMED_CARD = re.compile(r"((?:卡号|账号|账户|户号)[是为:：\s]{0,3})(\d(?:[-\s]?\d){9,22})(?!\d)")
_MAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,190}\.[A-Za-z]{2,20}")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\s]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
)
_ACCOUNT = re.compile(r"((?:微信号?|QQ号?|qq号?|支付宝账?号?|抖音号|快手号)[是为:：\s]{0,3})([A-Za-z0-9_\-]{5,30})")
_MARKS = re.compile("[0-9@]|微信|[Qq][Qq]|支付宝|抖音|快手")  # without one of these no pattern below can match
_NAMES = re.compile("电话|手机|联系方式|座机|号码|身份证|证件|卡号|账号|账户|户号|微信|[Qq][Qq]|支付宝|抖音号|快手号")
_WIDE = re.compile("[\uff10-\uff19\uff20-\uff3a\uff41-\uff5a]")
_BETWEEN = "\x00"  # no text can be stored that holds one
_GAPS = str.maketrans("", "", " \t\u3000-－—·")


def mask_phone(phone: str) -> str:
    """138****5678; of a shorter number the last two digits, of what is none nothing but stars."""
    digits = unicodedata.normalize("NFKC", phone).translate(_GAPS)
    if len(digits) == 11 and digits.isdigit():
        return f"{digits[:3]}****{digits[-4:]}"
    return "*" * max(len(digits) - 2, 3) + digits[-2:] if digits.isdigit() else "*" * min(len(digits), 6)


def mask_name(name: str) -> str:
    """The first character and 某: 张某."""
    return f"{name[:1]}某" if name else ""


def mask_id(number: str) -> str:
    """The first six and last four: 330726********001X; a short one is hidden whole."""
    return f"{number[:6]}********{number[-4:]}" if len(number) == 18 else "*" * min(len(number), 8)


def mask_text(text: str, known: Iterable[str] = ()) -> str:
    """``text`` with the ``known`` facts and whatever has such a form hidden; everything else as written."""
    text = _narrow(text)
    for fact in sorted(map(_narrow, known), key=len, reverse=True):
        if len(fact) >= SHORTEST:
            text = text.replace(fact, HIDDEN * min(len(fact), 4))
    if not _MARKS.search(text):
        return text
    if "@" in text:
        text = _MAIL.sub(f"{HIDDEN}@{HIDDEN}", text)
    named = _NAMES.search(text) is not None  # most texts name none of these, and each pattern that begins with a name looks at every sign
    if named:
        text = _ACCOUNT.sub(lambda found: found[1] + HIDDEN * 4, text)
        text = _NAMED_ID.sub(lambda found: found[1] + mask_id(found[2]), text)
    text = _ID.sub(r"\1********\3", text)
    text = _MOBILE.sub(r"\1****\3", text)
    if named:
        text = _NAMED_PHONE.sub(lambda found: found[1] + "*" * 5 + found[2][-2:], text)
    text = _LANDLINE.sub(lambda found: found[1] + "-" + "*" * 5 + found[2][-2:], text)
    if named:
        text = _NAMED_CARD.sub(lambda found: f"{found[1]}{'*' * 6}{found[2][-4:]}", text)
    text = _CARD.sub(_bank_card, text)
    return _PLATE.sub(lambda found: found[0][:2] + "*" * 5, text)


def mask_texts(texts: Sequence[str], known: Iterable[str] = ()) -> list[str]:
    """Several texts of one case, each as ``mask_text`` masks it, in one go: no pattern reaches over the mark between them."""
    joined = mask_text(_BETWEEN.join(text.replace(_BETWEEN, "") for text in texts), known)
    return joined.split(_BETWEEN) if texts else []


def _bank_card(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return f"{'*' * 6}{digits[-4:]}" if len(digits) >= 15 and luhn.is_valid(digits) else found[0]


def _narrow(text: str) -> str:
    """Full-width digits and letters as plain ones, each for one, so that nothing slips through by its width; other signs stay."""
    return _WIDE.sub(lambda sign: chr(ord(sign[0]) - 0xFEE0), text)
