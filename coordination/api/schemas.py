"""The shapes of requests and answers, with their words in Chinese; OpenAPI is made of them."""

import math
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range, Regexp

from coordination.portal.exporting import UNIT_FIELDS
from models import Channel, ComplaintKind, ComplaintStatus, Sector
from models.business import read_uscc
from models.calendar import SHANGHAI
from models.errors import BadInput
from models.states import Status
from models.text import clean_text

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MOST_ID = 2**31 - 1
MOST_AMOUNT = 10**13  # fen
PAGE, MOST_PAGE = 50, 200
_SAID = {"required": "请填写", "null": "不能为空值（null）", "validator_failed": "不合要求"}


class Shape(Schema):
    """Parent of every shape: nothing unknown is taken, and refusals are Chinese."""

    error_messages = {"unknown": "没有这个字段", "type": "应为JSON对象", **_SAID}  # noqa: RUF012  read by marshmallow


class Text(fields.String):
    """Text of at least ``least`` and at most ``most`` characters, cleaned as everywhere (models/text.py)."""

    default_error_messages = {**_SAID, "invalid": "应为文字", "invalid_utf8": "应为文字"}  # noqa: RUF012  read by marshmallow

    def __init__(self, title: str, *, most: int, least: int = 1, **more: Any) -> None:
        size = Length(min=least, max=most, error=f"应为{least}至{most:,}字" if least else f"最多{most:,}字")
        super().__init__(validate=[size, *more.pop("checks", ())], metadata={"title": title, **more.pop("about", {})}, **more)

    def _deserialize(self, value: Any, *given: Any, **more: Any) -> Any:
        return clean_text(super()._deserialize(value, *given, **more))


class Word(fields.String):
    """One of the words of a ``Status``."""

    default_error_messages = {**_SAID, "invalid": "应为文字"}  # noqa: RUF012  read by marshmallow

    def __init__(self, title: str, kind: type[Status], **more: Any) -> None:
        words = [status.value for status in kind]
        meaning = "，".join(f"{status.value}为{status.label}" for status in kind)
        super().__init__(
            validate=OneOf(words, error=f"应为{'、'.join(words)}之一"), metadata={"title": title, "description": meaning}, **more
        )


class Flag(fields.Boolean):
    """true or false, and nothing that only looks like it."""

    default_error_messages = {**_SAID, "invalid": "应为true或false"}  # noqa: RUF012  read by marshmallow

    def __init__(self, title: str, **more: Any) -> None:
        super().__init__(metadata={"title": title}, **more)

    def _deserialize(self, value: Any, *given: Any, **more: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number, as JSON understands it: 12 and 12.0, no text and no truth value."""

    default_error_messages = {**_SAID, "invalid": "应为整数", "too_large": "数字过大"}  # noqa: RUF012  read by marshmallow

    def __init__(self, title: str, *, least: int, most: int, **more: Any) -> None:
        super().__init__(validate=Range(least, most, error=f"应在{least}至{most}之间"), metadata={"title": title}, **more)

    def _deserialize(self, value: Any, *given: Any, **more: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value != int(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class Place(fields.Integer):
    """A whole number in an address, where everything is text."""

    default_error_messages = {**_SAID, "invalid": "应为整数", "too_large": "数字过大"}  # noqa: RUF012  read by marshmallow

    def __init__(self, title: str, *, most: int, **more: Any) -> None:
        super().__init__(validate=Range(1, most, error=f"应在1至{most}之间"), metadata={"title": title}, **more)

    def _deserialize(self, value: Any, *given: Any, **more: Any) -> Any:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10):
            raise self.make_error("invalid", input=value)
        return int(value)


class Instant(fields.AwareDateTime):
    """A day and time by ISO 8601; without a zone it is the time in China."""

    default_error_messages = {  # noqa: RUF012  read by marshmallow
        **_SAID,
        "invalid": "不是有效时间，请按“2026-06-18T09:00:00+08:00”填写",
        "invalid_awareness": "不是有效时间，请按“2026-06-18T09:00:00+08:00”填写",
        "format": "不是有效时间",
    }

    def __init__(self, title: str, **more: Any) -> None:
        super().__init__(format="iso", default_timezone=SHANGHAI, metadata={"title": title}, **more)

    def _serialize(self, value: Any, *given: Any, **more: Any) -> Any:
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds") if value is not None else None


class PersonShape(Shape):
    """投诉人."""

    name = Text("姓名", most=60)
    phone = Text("电话", most=40)
    id_no = Text("证件号码", most=40)
    address = Text("地址", most=200)


class ComplaintShape(Shape):
    """投诉举报登记."""

    kind = Word("类型", ComplaintKind, required=True)
    channel = Word("来源渠道", Channel, required=True)
    received_at = Instant("收到时间", required=True)
    text = Text("具体问题", most=50_000, required=True)
    number = Text(
        "登记编号",
        most=60,
        checks=[Regexp(r"[0-9A-Za-z_-]+\Z", error="登记编号只能有字母、数字和-、_")],
        about={"pattern": "^[0-9A-Za-z_-]+$", "description": "对方平台已有的编号；不填则由本平台编号"},
    )
    request = Text("投诉请求", most=2000)
    sector = Word("所属领域", Sector)
    target_name = Text("被投诉人名称", most=200)
    target_uscc = Text("被投诉人统一社会信用代码", most=40)
    target_address = Text("被投诉人地址", most=300)
    problem = Text("问题类别", most=200)
    category = Text("商品或服务类别", most=200)
    place = Text("事发地", most=200)
    amount = Whole("争议金额（分）", least=0, most=MOST_AMOUNT)
    is_small = Flag("小额清楚")
    is_group = Flag("群体投诉")
    consents_to_publication = Flag("同意公示")
    consents_to_delegation = Flag("同意委托调解")
    person = fields.Nested(PersonShape, metadata={"title": "投诉人"}, error_messages=dict(_SAID))

    @validates_schema(skip_on_field_errors=False)
    def has_what_its_kind_needs(self, data: dict[str, Any], **_: Any) -> None:
        """What a complaint must have (总局令第121号第十条), each missing thing by its field; a code that is one; a day that can be."""
        wrong: dict[str, Any] = {}
        if data.get("kind") == ComplaintKind.COMPLAINT:
            wrong |= {name: ["投诉须填写"] for name in ("target_name", "request") if not data.get(name)}
            person = {name: ["投诉须填写"] for name in ("name", "phone") if not (data.get("person") or {}).get(name)}
            wrong |= {"person": person} if person else {}
        try:
            read_uscc(data["target_uscc"]) if data.get("target_uscc") else None
        except BadInput as bad:
            wrong["target_uscc"] = [bad.message]
        if "received_at" in data and data["received_at"] < EARLIEST:
            wrong["received_at"] = ["收到时间不能早于2000年"]
        if wrong:
            raise ValidationError(wrong)


class KeyShape(Shape):
    """The header that makes a request safe to send again."""

    key = Text(
        "幂等键",
        most=128,
        data_key="Idempotency-Key",
        checks=[Regexp(r"[!-~]+\Z", error="只能有可打印的ASCII字符")],
        about={"pattern": "^[!-~]+$", "description": "同一请求重发时用同一个值：内容相同答复相同，内容不同答复409"},
    )


class PageShape(Shape):
    """Which page of a list."""

    after = Place("从哪一条之后取", most=MOST_ID)
    limit = Place("每页条数", most=MOST_PAGE, load_default=PAGE)


class LinksShape(Shape):
    """Where a thing is asked for."""

    self = fields.String(required=True)


class RegisteredShape(Shape):
    """登记结果."""

    number = fields.String(required=True, metadata={"title": "登记编号"})
    status = Word("状态", ComplaintStatus, required=True)
    links = fields.Nested(LinksShape, required=True)


class CaseShape(RegisteredShape):
    """A complaint as the client that registered it may read it: nothing about people."""

    status_text = fields.String(required=True, metadata={"title": "状态名称"})
    kind = Word("类型", ComplaintKind, required=True)
    received_at = Instant("收到时间", required=True, allow_none=True)
    registered_at = Instant("登记时间", required=True)
    due_on = fields.Date(required=True, allow_none=True, metadata={"title": "最近的时限"})
    closed_at = Instant("办结时间", required=True, allow_none=True)


def _next() -> fields.String:
    return fields.String(required=True, allow_none=True, metadata={"title": "下一页的地址", "description": "没有下一页为空值"})


class CasesShape(Shape):
    """本接口登记的投诉举报."""

    items = fields.List(fields.Nested(CaseShape), required=True)
    next = _next()


UnitShape = Shape.from_dict(
    {
        name: fields.String(required=True, allow_none="为空" in words, metadata={"title": title, "description": words})
        for name, title, words in UNIT_FIELDS
    },
    name="UnitShape",
)


class UnitsShape(Shape):
    """示范单位名录."""

    as_of = fields.Date(required=True, metadata={"title": "数据日期"})
    version = fields.Integer(required=True, metadata={"title": "名录版本号"})
    items = fields.List(fields.Nested(UnitShape), required=True)
    next = _next()


class ErrorShape(Shape):
    """One thing that is wrong."""

    field = fields.String(required=True, metadata={"description": "字段名，如person.phone；不涉及某一字段的为空"})
    message = fields.String(required=True)


class ErrorsShape(Shape):
    """Every refusal looks like this."""

    errors = fields.List(fields.Nested(ErrorShape), required=True)


def errors_of(messages: Any, field: str = "") -> list[dict[str, str]]:
    """Marshmallow's nested messages as one list: ``{"person": {"phone": ["…"]}}`` becomes field person.phone."""
    if isinstance(messages, dict):
        return [one for name, said in messages.items() for one in errors_of(said, _within(field, name))]
    return [{"field": field, "message": str(message)} for message in (messages if isinstance(messages, list) else [messages])]


def _within(field: str, name: Any) -> str:
    """The whole name of a field, as it can be said again: one that nobody knows may hold anything."""
    if name in ("_schema", "json"):
        return field
    said = str(name).encode("utf-8", "replace").decode()[:60]
    return f"{field}.{said}" if field else said
