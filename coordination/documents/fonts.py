"""The fonts papers are set in. Apart from the styles, so that a setting can name them without loading the .docx library."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fonts:
    """Font names, a setting of the office. 仿宋 and 楷体 hold rare characters of people's names; the _GB2312 fonts do not."""

    body: str = "仿宋"
    heading1: str = "黑体"
    heading2: str = "楷体"
    title: str = "方正小标宋简体"
    number: str = "宋体"


DEFAULT = Fonts()
