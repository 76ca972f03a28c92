"""Businesses (经营主体): who runs a shop, keyed by the unified social credit code, and what they were called before."""

import unicodedata
from datetime import date

from pypinyin import Style, lazy_pinyin
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column
from stdnum.cn import uscc as code_standard
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from models.base import Line, Model, choice
from models.errors import BadInput
from models.states import Status

INITIALS_LENGTH = 200
_GAPS = str.maketrans("", "", " \t\u3000-－—")


class LegalStatus(Status):
    """Whether the business still stands in the register of companies."""

    OPEN = "open", "存续"
    SUSPENDED = "suspended", "停业"
    REVOKED = "revoked", "吊销"
    CANCELLED = "cancelled", "注销"


def read_uscc(typed: str) -> str:
    """统一社会信用代码 as typed (full-width digits, small letters, gaps) as its 18 characters; BadInput says what is wrong (GB 32100)."""
    code = unicodedata.normalize("NFKC", typed).translate(_GAPS).upper()
    try:
        return code_standard.validate(code)
    except InvalidLength as wrong:
        raise BadInput(f"统一社会信用代码应为18位，现有{len(code)}位") from wrong
    except InvalidChecksum as wrong:
        raise BadInput("统一社会信用代码校验位不符，请核对第18位") from wrong
    except (InvalidFormat, ValidationError) as wrong:
        raise BadInput("统一社会信用代码有不合规定的字符，请对照营业执照核对") from wrong


def read_name(typed: str) -> str:
    """A business's name for comparing: full-width letters and brackets made plain, without gaps."""
    return unicodedata.normalize("NFKC", typed).translate(_GAPS).upper()


def initials(name: str) -> str:
    """The first letters of the name's pinyin (惠民超市: hmcs); letters and digits stay, other signs go."""
    letters = "".join(lazy_pinyin(read_name(name), style=Style.FIRST_LETTER, errors=lambda rest: rest))
    return "".join(sign for sign in letters.lower() if sign.isascii() and sign.isalnum())[:INITIALS_LENGTH]


def name_on(name: str, former_names: list[dict[str, str]], day: date) -> str:
    """What somebody now of that name, and formerly of those, was called on that day."""
    return next((old["name"] for old in former_names if day <= date.fromisoformat(old["until"])), name)


class Business(Model):
    """One business. Without ``uscc`` it is known by name only, and nothing follows from a name by itself.

    ``former_names`` holds {"name", "until"} (the last day it was so called, ISO), oldest first.
    """

    __table_args__ = (Index("ix_business_plain_name", "plain_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uscc: Mapped[str | None] = mapped_column(Line(18), unique=True)
    name: Mapped[str] = mapped_column(Line(120))
    plain_name: Mapped[str] = mapped_column(Line(120))
    initials: Mapped[str] = mapped_column(Line(INITIALS_LENGTH), index=True)
    former_names: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    address: Mapped[str] = mapped_column(Line(200), default="")
    street: Mapped[str] = mapped_column(Line(40), default="")
    contact: Mapped[str] = mapped_column(Line(40), default="")
    phone: Mapped[str] = mapped_column(Line(40), default="")
    legal_status: Mapped[LegalStatus] = mapped_column(choice(LegalStatus), default=LegalStatus.OPEN)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def named(cls, name: str, uscc: str | None = None, **more: str) -> "Business":
        """A business of this name, with what is derived from it."""
        return cls(
            uscc=uscc,
            name=name,
            plain_name=read_name(name)[:120],
            initials=initials(name),
            former_names=[],
            legal_status=LegalStatus.OPEN,
            **more,
        )

    def rename(self, name: str, until: date) -> None:
        """Take a new name; the old one stays on record with the last day it was used."""
        if name != self.name:
            self.former_names = [*self.former_names, {"name": self.name, "until": until.isoformat()}]
            self.name, self.plain_name, self.initials = name, read_name(name)[:120], initials(name)

    def name_on(self, day: date) -> str:
        """What it was called on that day."""
        return name_on(self.name, self.former_names, day)
