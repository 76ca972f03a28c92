"""What a new installation starts with: settings, rule rows with their clauses, and the working calendars published so far."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SettingKind:
    """One setting: its name on the page, its default, and what it is for."""

    title: str
    default: Any
    hint: str = ""


SETTINGS: dict[str, SettingKind] = {
    "platform_name": SettingKind("平台名称", "示例县消保联席会议平台", "显示在页首"),
    "county_name": SettingKind("县（市、区）名称", "示例县"),
    "office_hours": SettingKind("发送提醒的时间", {"from": "08:30", "to": "17:30"}, "工作日内，含起始时刻"),
    "mail": SettingKind("发信服务器", {"host": ""}, "未配置时只在平台内提醒，不向外发送任何内容"),
}
