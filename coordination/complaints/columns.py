"""What the columns of an export are called (rules.md §9), and what a row under them says. Pure.

A row is a mapping from the heading as written to the cell as text; ``fields`` reads it into the columns of a complaint.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from models.business import read_uscc
from models.calendar import SHANGHAI
from models.complaint import Channel, ComplaintKind
from models.errors import BadInput

NUMBER = "number"
COLUMNS: dict[str, tuple[str, ...]] = {
    NUMBER: ("登记编号", "投诉编号", "登记号", "登记编码", "投诉单号", "投诉举报编号", "工单编号", "编号"),
    "kind": ("类型", "登记类型", "业务类型", "信息类型", "诉求类型"),
    "channel": ("接收方式", "接收渠道", "登记来源", "信息来源", "来源", "渠道"),
    "received": ("接收时间", "登记时间", "投诉时间", "收到时间", "举报时间", "登记日期", "接收日期", "投诉日期"),
    "name": ("投诉人姓名", "投诉人", "举报人姓名", "举报人", "消费者姓名", "诉求人", "提供方姓名", "姓名"),
    "phone": ("投诉人电话", "投诉人联系电话", "联系电话", "手机号码", "手机号", "来电号码", "联系方式", "提供方电话", "电话"),
    "id_no": ("证件号码", "身份证号码", "身份证号", "投诉人证件号码", "证件号"),
    "address": ("联系地址", "投诉人地址", "投诉人联系地址", "通讯地址", "住址"),
    "target_name": (
        "企业名称",
        "被投诉方",
        "被投诉人",
        "被投诉人名称",
        "被投诉单位",
        "被投诉企业",
        "被举报人",
        "被举报方",
        "被举报单位",
        "涉及主体名称",
        "经营者名称",
    ),
    "target_uscc": ("统一社会信用代码", "信用代码", "社会信用代码"),
    "target_address": ("企业地址", "被投诉人地址", "被投诉方地址", "被投诉单位地址", "经营地址"),
    "text": ("具体问题", "投诉内容", "问题描述", "举报内容", "争议事实依据", "事实依据", "问题陈述", "诉求描述", "内容"),
    "request": ("诉求内容", "投诉请求", "具体诉求", "诉求"),
    "problem": ("问题类别", "投诉问题类别", "问题分类", "涉及问题分类", "举报问题类别"),
    "category": ("客体类别", "客体分类", "商品服务类别", "行业分类"),
    "place": ("事发地", "事发地点", "所在地", "所属区域", "区域"),
    "amount": ("涉及金额", "争议金额", "涉案金额", "金额"),
    "said_status": ("初查受理状态", "受理状态", "办理状态", "状态"),
    "said_body": ("处理机构", "处理单位", "办理机构", "办理单位"),
    "said_section": ("处理部门", "承办部门", "承办单位", "办理部门"),
    "said_result": ("反馈内容", "处理结果", "办理结果", "答复内容"),
    "consents_to_publication": ("是否同意公示投诉信息", "是否同意公示", "同意公示"),
    "consents_to_delegation": ("是否同意委托调解", "同意委托调解"),
}
LENGTHS = {
    NUMBER: 60,
    "target_name": 200,
    "target_address": 300,
    "text": 50_000,
    "request": 2000,
    "problem": 200,
    "category": 200,
    "place": 200,
    "said_status": 60,
    "said_body": 200,
    "said_section": 200,
    "said_result": 50_000,
}
_NOTHING = {key: "" for key in LENGTHS if key != NUMBER}
PERSONAL = ("name", "phone", "id_no", "address")
EARLIEST = 2000  # the year before which nothing can have been received
_BY_NAME = {name: key for key, names in COLUMNS.items() for name in names}
_ORDER = {name: at for names in COLUMNS.values() for at, name in enumerate(names)}
_ASIDE = re.compile(r"[\s*:]|\(.*$", re.DOTALL)
_GAPS = re.compile(r"\s")
_LOST = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
_MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[\sT]*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*[:分]?\s*(?:(\d{1,2})(?:\.\d+)?\s*秒?)?)?)?(?:Z|\+08:?00)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s*(\d{2})(\d{2})(\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a spreadsheet's day 0, local by nature
_AMOUNT = re.compile(r"(?:约|人民币|共|¥|￥)*\s*(\d[\d,]*(?:\.\d+)?)\s*(万)?\s*(?:元|圆|块)?(?:整|左右)?")
_CHANNELS = (
    ("12345", Channel.CITY_HOTLINE),
    ("8890", Channel.CITY_HOTLINE),
    ("热线", Channel.HOTLINE),
    ("电话", Channel.HOTLINE),
    ("来电", Channel.HOTLINE),
    ("平台", Channel.PLATFORM),
    ("互联网", Channel.PLATFORM),
    ("网络", Channel.PLATFORM),
    ("网站", Channel.PLATFORM),
    ("APP", Channel.PLATFORM),
    ("小程序", Channel.PLATFORM),
    ("公众号", Channel.PLATFORM),
    ("12315", Channel.PLATFORM),
    ("来访", Channel.VISIT),
    ("信访", Channel.VISIT),
    ("来函", Channel.LETTER),
    ("来信", Channel.LETTER),
    ("信函", Channel.LETTER),
    ("邮寄", Channel.LETTER),
    ("窗口", Channel.ON_SITE),
    ("现场", Channel.ON_SITE),
    ("来人", Channel.ON_SITE),
    ("上门", Channel.ON_SITE),
    ("移送", Channel.HANDED_OVER),
    ("转办", Channel.HANDED_OVER),
    ("分送", Channel.HANDED_OVER),
)


class BadCell(BadInput):
    """A cell that cannot be taken; ``column`` is its heading as written."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Read:
    """What a row says: the columns of a complaint, and what identifies the person, which must not lie in clear."""

    number: str
    columns: dict[str, Any]
    person: dict[str, str] = field(default_factory=dict)


def plain(heading: str) -> str:
    """A heading without gaps, marks, and what stands in brackets behind it: 登记编号*（必填） is 登记编号."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", heading))


@lru_cache(maxsize=2000)
def _common_key(heading: str) -> str | None:
    return _BY_NAME.get(plain(heading))


def key_of(heading: str, remembered: Mapping[str, str]) -> str | None:
    """Our key for a heading: what the office once said it means, else what it is commonly called."""
    return (remembered.get(plain(heading)) if remembered else None) or _common_key(heading)


def fields(row: Mapping[str, str], remembered: Mapping[str, str], now: datetime) -> Read:
    """What the row says. BadCell names the heading whose cell cannot be taken. Of two columns for one thing the first name in COLUMNS that
    is not empty counts."""
    cells: dict[str, tuple[str, str]] = {}
    for heading, text in row.items():
        key = key_of(heading, remembered)
        if key is not None and text and (key not in cells or _before(heading, cells[key][0])):
            cells[key] = (heading, text)
    for key, (heading, text) in cells.items():
        if len(text) > LENGTHS.get(key, 500):
            raise BadCell(heading, f"文字过长：最多{LENGTHS.get(key, 500):,}字，现有{len(text):,}字")
    columns: dict[str, Any] = {**_NOTHING, **{key: cells[key][1] for key in _NOTHING if key in cells}}
    columns["kind"] = _kind(*cells.get("kind", ("", "")))
    columns["channel"] = _channel(cells.get("channel", ("", ""))[1])
    columns["received_at"] = _received(*cells["received"], now) if "received" in cells else None
    columns["received_on"] = columns["received_at"].astimezone(SHANGHAI).date() if columns["received_at"] else None
    columns["target_uscc"] = _code(cells.get("target_uscc", ("", ""))[1])
    columns["amount"] = _amount(cells.get("amount", ("", ""))[1])
    for key in ("consents_to_publication", "consents_to_delegation"):
        columns[key] = {"是": True, "同意": True, "否": False, "不同意": False}.get(cells.get(key, ("", ""))[1])
    return Read(_number(*cells.get(NUMBER, ("登记编号", ""))), columns, {key: cells[key][1] for key in PERSONAL if key in cells})


def moment(text: str) -> datetime | None:
    """A date with or without a time, as people and spreadsheets write them; None when it is none. In China's time."""
    words = unicodedata.normalize("NFKC", text).strip()
    if _SERIAL.fullmatch(words):
        days = float(words)
        return (_SERIAL_ZERO + timedelta(seconds=round(days * 86_400))).replace(tzinfo=SHANGHAI)
    found = _MOMENT.fullmatch(words) or _COMPACT.fullmatch(words)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
    except ValueError:
        return None


def _before(heading: str, other: str) -> bool:
    return _ORDER.get(plain(heading), 0) < _ORDER.get(plain(other), 0)


def _number(heading: str, text: str) -> str:
    number = _GAPS.sub("", unicodedata.normalize("NFKC", text)).lstrip("'`")
    if not number:
        raise BadCell(heading, "没有登记编号")
    if _LOST.fullmatch(number):
        raise BadCell(heading, "登记编号存成了数字，末几位已失真，请把该列设为文本后重新导出")
    return number


def _kind(heading: str, text: str) -> ComplaintKind:
    """投诉 unless it says otherwise."""
    complaint, report = "投诉" in text, "举报" in text
    if complaint and report:
        return ComplaintKind.MIXED
    if report:
        return ComplaintKind.REPORT
    if "咨询" in text:
        return ComplaintKind.QUERY
    if text and not complaint:
        raise BadCell(heading, f"类型“{text[:20]}”无法识别，应为投诉、举报或咨询")
    return ComplaintKind.COMPLAINT


def _channel(text: str) -> Channel:
    """By the words that stand in it; an export of the platform that says nothing came through the platform."""
    if not text:
        return Channel.PLATFORM
    return next((channel for words, channel in _CHANNELS if words in text.upper()), Channel.OTHER)


def _received(heading: str, text: str, now: datetime) -> datetime:
    found = moment(text)
    if found is None:
        raise BadCell(heading, f"时间“{text[:30]}”无法识别，请写成2026-06-18 09:30")
    if found > now:
        raise BadCell(heading, f"时间{found.date().isoformat()}尚未到，请核对")
    if found.year < EARLIEST:
        raise BadCell(heading, f"时间{found.date().isoformat()}过早，请核对")
    return found


def _code(text: str) -> str:
    """The code where it is right; a wrong one must not lose a complaint, and stays with the row as it came."""
    try:
        return read_uscc(text) if text else ""
    except BadInput:
        return ""


def _amount(text: str) -> int | None:
    """In fen; None where no single sum can be read."""
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    fen = round(float(found[1].replace(",", "")) * 100) * (10_000 if found[2] else 1)
    return fen if fen < 2**53 else None
