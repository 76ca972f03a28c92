"""Forms for signing in, one's own account, and the admin's accounts pages."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from wtforms import Field, HiddenField, IntegerField, PasswordField
from wtforms.validators import EqualTo, Length, Regexp, ValidationError
from wtforms.widgets import HiddenInput, Select

from coordination.accounts import passwords
from coordination.accounts.queries import PeopleSought
from coordination.forms import Form, Line, Number, OneOf, Required, SomeOf, choices
from coordination.permissions import MECHANISM_ROLES, Grant
from models import AccountRules, Mechanism, PasswordProfile, Person, Role, Unit
from models.text import clean_text

NO_UNIT = 0
ROLES = {role.value: role for role in Role}


class Secret(PasswordField):
    """A password: never cut or cleaned, never shown again."""

    def __init__(self, label: str, *, autocomplete: str, checks: Iterable[Any] = (), **more: Any) -> None:
        limits = [Required(), Length(max=passwords.MOST, message=f"{label}最多{passwords.MOST}位")]
        super().__init__(label, [*limits, *checks], render_kw={"autocomplete": autocomplete}, **more)


class Code(Line):
    """Six digits from an authenticator app; blanks between them do no harm."""

    def __init__(self, label: str = "动态验证码", **more: Any) -> None:
        kw = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        super().__init__(label, most=12, checks=[Regexp(r"(\s*\d){6}\s*\Z", message=f"{label}为6位数字")], render_kw=kw, **more)


class Version(IntegerField):
    """The version the editor saw; one that cannot be read is none that was ever stored."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """What is no number becomes -1."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else -1


class LoginForm(Form):
    """Signing in."""

    username = Line("用户名", most=64, render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})
    password = Secret("密码", autocomplete="current-password")


class CodeForm(Form):
    """The one-time code, asked after the password."""

    code = Code()


class SetUpForm(Form):
    """The first code from a newly set up app, with the secret it was offered."""

    offered = HiddenField()
    code = Code("应用中当前的6位数字")


class ConfirmForm(Form):
    """The password once more."""

    password = Secret("密码", autocomplete="current-password")


class PasswordForm(Form):
    """A new password."""

    current = Secret("原密码", autocomplete="current-password")
    new = Secret("新密码", autocomplete="new-password")
    again = Secret("再填一次新密码", autocomplete="new-password", checks=[EqualTo("new", message="两次填写的新密码不一致")])


class ActForm(Form):
    """A button that acts on an account as the admin saw it."""

    version = Version()


class PersonForm(Form):
    """Who somebody is; the username is asked once and never changed."""

    version = Version(default=0)
    username = Line("用户名", most=64, render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    name = Line("姓名", most=40)
    unit = OneOf("单位", coerce=int, widget=Select(), default=NO_UNIT)
    roles = SomeOf("岗位角色", coerce=str)
    seats = SomeOf("联席会议角色", coerce=str)
    email = Line("邮箱", most=254, required=False, checks=[Regexp(r"[^@\s]+@[^@\s]+\Z", message="邮箱不完整，应如zhang@example.cn")])

    def offer(self, units: Iterable[Unit], mechanisms: Iterable[Mechanism], person: Person | None = None) -> None:
        """Set what can be chosen: units, roles, roles per joint meeting, and what the person already has of roles for all of them."""
        self.unit.choices = choices([(NO_UNIT, "不属于任何单位"), *((unit.id, unit.short_name) for unit in units)])
        self.roles.choices = choices((role.value, role.label) for role in Role if role not in MECHANISM_ROLES)
        bound = [(f"{role}:{m.id}", f"{m.short_name}{_post(role)}") for m in mechanisms for role in Role if role in MECHANISM_ROLES]
        wide = [grant.role for grant in person.grants if grant.role in MECHANISM_ROLES and grant.mechanism_id is None] if person else []
        self.seats.choices = choices([*bound, *((f"{role}:", f"各联席会议{_post(role)}") for role in wide)])

    def show(self, person: Person) -> None:
        """Fill in what is stored."""
        self.version.data, self.name.data, self.email.data = person.version, person.name, person.email
        self.unit.data = person.unit_id or NO_UNIT
        self.roles.data = [grant.role.value for grant in person.grants if grant.role not in MECHANISM_ROLES]
        self.seats.data = [f"{grant.role}:{grant.mechanism_id or ''}" for grant in person.grants if grant.role in MECHANISM_ROLES]

    @property
    def facts(self) -> dict[str, Any]:
        """What was filled in, as the service takes it: name, email, unit_id, grants."""
        seats = (seat.split(":") for seat in self.seats.data or ())
        bound = {Grant(ROLES[role], int(mechanism) if mechanism else None) for role, mechanism in seats}
        grants = {Grant(ROLES[role]) for role in self.roles.data or ()} | bound
        return {"name": self.name.data, "email": self.email.data or "", "unit_id": self.unit.data or None, "grants": grants}


class RulesForm(Form):
    """The rules of log-in."""

    version = Version(default=0)
    password_profile = OneOf("密码规则", coerce=str, choices=choices((profile.value, profile.label) for profile in PasswordProfile))
    idle_minutes = Number("无操作自动退出（分钟）", least=5, most=480)
    session_hours = Number("一次登录最长（小时）", least=1, most=24)
    tries = Number("同一账号在同一处连续不正确（次）", least=3, most=20)
    address_tries = Number("同一网络地址不正确（次）", least=5, most=1000)
    account_tries = Number("同一账号各处合计不正确（次）", least=5, most=1000)
    first_wait_minutes = Number("首次等待（分钟）", least=1, most=60)
    longest_wait_minutes = Number("最长等待（分钟）", least=1, most=1440)
    totp_roles = SomeOf("须用动态验证码的角色", coerce=str, choices=choices((role.value, role.label) for role in Role))

    def validate_longest_wait_minutes(self, field: Field) -> None:
        """The longest wait is no shorter than the first."""
        if field.data is not None and (self.first_wait_minutes.data or 0) > field.data:
            raise ValidationError("最长等待不能短于首次等待")

    def show(self, rules: AccountRules, version: int) -> None:
        """Fill in what is in force."""
        self.version.data = version
        for part in fields(rules):
            value = getattr(rules, part.name)
            self[part.name].data = [role.value for role in value] if part.name == "totp_roles" else value

    @property
    def rules(self) -> AccountRules:
        """The rules as filled in."""
        return AccountRules.read({part.name: self[part.name].data for part in fields(AccountRules)})


def sought(args: Mapping[str, str]) -> PeopleSought:
    """What an address narrows the list of accounts to: ?q=words&role=liaison&state=on|off. What cannot be read narrows nothing."""
    words = (clean_text(args.get("q")) or "")[:60]
    return PeopleSought(words, ROLES.get(args.get("role", "")), {"on": False, "off": True}.get(args.get("state", "")))


def say(where: Form | Field, words: str) -> None:
    """Put a refusal where the form shows it: at a field, or above all."""
    if isinstance(where, Form):
        where.form_errors.append(words)
    else:
        where.errors = [*where.errors, words]


def take_over(mine: PersonForm | RulesForm, stored: PersonForm | RulesForm) -> list[tuple[str, str, str]]:
    """Somebody else saved meanwhile: label, mine and stored, where they differ. ``mine`` keeps its text and takes the stored version,
    for whoever saves it again has then seen both."""
    mine.version.data, mine.version.raw_data = stored.version.data, None
    pairs = [(field, stored[field.name]) for field in mine if field.name in stored and not isinstance(field.widget, HiddenInput)]
    return [(field.label.text, _words(field), _words(other)) for field, other in pairs if _words(field) != _words(other)]


def _post(role: Role) -> str:
    """A role behind the name of its joint meeting: 召集人, 办公室."""
    return role.label.removeprefix("联席会议")


def _words(field: Field) -> str:
    """A field's value as people read it."""
    if not isinstance(field, OneOf | SomeOf):
        return str(field.data or "")
    chosen = set(field.data or ()) if isinstance(field, SomeOf) else {field.data}
    return "、".join(choice.label for choice in field.choices if choice.value in chosen)
